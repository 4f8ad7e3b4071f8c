"""Code from outside of the tree: `make EXTRA=DIRECTORY`, with the worked example of docs/."""

import re
import shutil
import subprocess

import pytest

from building import SHARED_OBJECTS, make
from machine import ROOT, Machine

EXAMPLE = ROOT / "docs" / "example"
BUILD = ROOT / "build" / "extra"  # kept, so that the next run compiles only what has changed

pytestmark = pytest.mark.xdist_group("test_extra.py")  # all build there

HELPER = '#include "relay_helper.h"\nint relay_helper(void)\n{\n    return ANSWER;\n}\n'
HELPER_HEADER = "#define ANSWER 42\nint relay_helper(void);\n"


# Keeps interrupts off for 5 ms, twenty times a second.
KEEPER = """
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/tsc.h"
#include "sched/thread.h"
#include "shell/workloads/workload.h"

static __attribute__((noinline)) void keep_interrupts_off(void)
{
    uint64_t flags = interrupts_save();
    uint64_t start = tsc_read();
    while (tsc_to_ns(tsc_read() - start) < 5000000)
        continue;
    interrupts_restore(flags);
}

static void run(struct workload_run *run)
{
    (void)run;
    for (;;) {
        keep_interrupts_off();
        thread_sleep_ms(45);
    }
}

WORKLOAD(keeper, .summary = "keeps interrupts off", .run = run);
"""


# Threads whose names are none that a program could take a line apart by.
NAMED = """
#include "sched/thread.h"
#include "shell/workloads/workload.h"

static void yield_for_ever(void *unused)
{
    (void)unused;
    for (;;)
        thread_sleep_ms(5);
}

static void run(struct workload_run *run)
{
    static const char *const names[] = {"two  words", "", " \\t"};
    (void)run;
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        thread_create(&(struct thread_attributes){
            .name = names[i], .entry = yield_for_ever, .priority = 31, .detached = true});
}

WORKLOAD(named, .summary = "creates threads with odd names", .run = run);
"""


def build(*arguments):
    return make("-s", "-j2", f"BUILD={BUILD}", SHARED_OBJECTS, *arguments, alike=True)


@pytest.fixture(scope="module", name="directory")
def make_directory(tmp_path_factory):
    """A student's directory outside of the tree: the example, a second file, and a header."""
    directory = tmp_path_factory.mktemp("extra")
    shutil.copy(EXAMPLE / "relay.c", directory)
    (directory / "relay_helper.c").write_text(HELPER, encoding="ascii")
    (directory / "relay_helper.h").write_text(HELPER_HEADER, encoding="ascii")
    (directory / "keeper.c").write_text(KEEPER, encoding="ascii")
    (directory / "named.c").write_text(NAMED, encoding="ascii")
    return directory


@pytest.fixture(scope="module", name="image")
def build_image(directory):
    built = build(f"EXTRA={directory}", f"{BUILD}/disk.img")
    assert built.returncode == 0, built.stdout
    return BUILD / "disk.img"


def test_the_example_is_a_workload_like_any_other(image):
    with Machine(image=image, virtual=True) as machine:
        machine.wait_for_prompt()
        assert "relay" in machine.command("help")
        assert "hands a baton around in a ring" in machine.command("help relay")
        for preemption in ("off", "on"):
            machine.command(f"preempt {preemption}")
            start = len(machine.serial.text)
            machine.command("spawn relay for=0.5")
            machine.serial.wait_for(r"relay\d+: rounds: [1-9]\d{2}", start)
        assert not [thread for thread in machine.threads()
                    if re.match("relay|runner", thread["NAME"])]


def test_its_threads_end_with_it(image):
    with Machine(image=image, virtual=True) as machine:
        machine.wait_for_prompt()
        first = machine.values("preempt on; spawn relay")["first_tid"]
        names = {thread["NAME"] for thread in machine.threads()}
        assert {"relay1", "runner1"} <= names
        machine.command(f"kill {first}")
        assert not {"relay1", "runner1"} & {thread["NAME"] for thread in machine.threads()}


@pytest.mark.parametrize("is_virtual", [True, False], ids=["virtual", "real"])
def test_check_names_who_keeps_interrupts_off(image, is_virtual):
    with Machine(image=image, virtual=is_virtual) as machine:
        machine.wait_for_prompt()
        judged = machine.values("preempt on; spawn hog 3; spawn keeper; check 3")
        assert judged["irq_latency_max_ns"].endswith("(under 50000) FAIL"), judged
        assert judged["irq_off_max_by"] == "keep_interrupts_off", judged
        assert 4_000_000 <= int(judged["irq_off_max_ns"]), judged
        assert judged["check"] == "FAIL"
        machine.command("kill all")


def test_traces_and_ps_stay_parseable_whatever_threads_are_called(image, tmp_path):
    with Machine(image=image, virtual=True) as machine:
        machine.wait_for_prompt()
        machine.command("preempt on; trace start; spawn named; sleep 0.05; trace stop")
        names = [thread["NAME"] for thread in machine.threads()]
        assert names[-3:] == ["two__words", "thread", "__"], names
        assert "two__words " in machine.command("ps -v")
        for name in ("'two  words'", "two__words"):
            assert "p99_ns" in machine.values(f"latency {name}")
        trace = tmp_path / "trace.txt"
        trace.write_text(machine.command("trace dump"), encoding="utf-8")
    assert "next_comm=two__words next_pid=" in trace.read_text(encoding="utf-8")
    converted = subprocess.run([ROOT / "tools" / "trace-convert", trace, "--strict"],
                               capture_output=True, text=True, check=False)
    assert converted.returncode == 0, converted.stderr


def public_headers():
    """Those that docs/extending.md names: a folder stands for all that are in it."""
    text = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
    for name in re.findall(r"`((?:drivers|kernel|sched|shell)/[\w/]+(?:\.h|/))`", text):
        headers = (ROOT / name).glob("*.h") if name.endswith("/") else [ROOT / name]
        yield from (str(header.relative_to(ROOT)) for header in headers)


def test_every_public_header_can_be_included(tmp_path):
    headers = sorted(set(public_headers()))
    assert len(headers) >= 30 and "sched/sync/mutex.h" in headers
    for order, names in (("forwards", headers), ("backwards", headers[::-1])):
        includes = "".join(f'#include "{header}"\n' for header in names)
        (tmp_path / f"{order}.c").write_text(
            f"{includes}int {order}(void);\nint {order}(void)\n{{\n    return 0;\n}}\n",
            encoding="ascii")
    built = build(f"EXTRA={tmp_path}", f"{BUILD}/disk.img")
    assert built.returncode == 0, built.stdout
    assert "warning" not in built.stdout


@pytest.mark.parametrize("wrong", ["no/such/directory", "LICENSE", "tests/system"])
def test_a_directory_without_sources_is_told(wrong):
    built = build(f"EXTRA={wrong}", "all")
    assert built.returncode != 0
    assert f"EXTRA={wrong}: there are no *.c files in" in built.stdout
    assert len(built.stdout.strip().splitlines()) == 1


def test_a_workload_of_the_same_name_does_not_link(tmp_path, image):
    assert image.exists()
    (tmp_path / "hog.c").write_text(
        '#include "shell/workloads/workload.h"\n'
        "static void run(struct workload_run *run)\n{\n    (void)run;\n}\n"
        'WORKLOAD(hog, .summary = "is there twice", .run = run);\n', encoding="ascii")
    built = build(f"EXTRA={tmp_path}", f"{BUILD}/disk.img")
    assert built.returncode != 0
    assert "multiple definition of `workload_registration_hog'" in built.stdout
