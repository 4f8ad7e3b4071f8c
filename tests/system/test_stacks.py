"""A stack that is not large enough, whatever the frame that does not fit: the panic names its thread."""

import shutil

import pytest

from building import SHARED_OBJECTS, make
from machine import ROOT, Machine

BUILD = ROOT / "build" / "stacks"

pytestmark = pytest.mark.xdist_group("test_stacks.py")  # all build there

# Each uses one byte at the far end of a frame that is larger than a stack, so that nothing but the
# compiler's own looks at the guard page meets it.
FRAMES = """
#include "kernel/cpu/interrupts.h"
#include "sched/thread.h"
#include "shell/command.h"
#include "shell/workloads/workload.h"

#pragma GCC diagnostic ignored "-Wframe-larger-than="
#pragma GCC diagnostic ignored "-Wvla"

#define VECTOR 200

static volatile unsigned size = 20000;

static __attribute__((noinline)) void use_twelve_kibibytes(void)
{
    volatile char frame[12288];
    __asm__ volatile("" : : "r"(frame) : "memory"); /* all of it is needed */
    frame[0] = 1;
}

static __attribute__((noinline)) void use_a_hundred_kibibytes(void)
{
    volatile char frame[102400];
    __asm__ volatile("" : : "r"(frame) : "memory"); /* all of it is needed */
    frame[0] = 1;
}

static __attribute__((noinline)) void use_a_variable_length(void)
{
    volatile char frame[size];
    __asm__ volatile("" : : "r"(frame) : "memory"); /* all of it is needed */
    frame[0] = 1;
}

static void run_twelve(struct workload_run *run)
{
    (void)run;
    use_twelve_kibibytes();
}

static void run_hundred(struct workload_run *run)
{
    (void)run;
    use_a_hundred_kibibytes();
}

static void run_variable(struct workload_run *run)
{
    (void)run;
    use_a_variable_length();
}

static void run_handler(struct workload_run *run)
{
    (void)run;
    irq_register_software(VECTOR, use_twelve_kibibytes, "large");
    SOFTWARE_INTERRUPT(VECTOR);
}

WORKLOAD(twelve, .summary = "a frame of 12 KiB", .run = run_twelve);
WORKLOAD(hundred, .summary = "a frame of 100 KiB", .run = run_hundred);
WORKLOAD(variable, .summary = "an array of variable length", .run = run_variable);
WORKLOAD(handler, .summary = "a frame of 12 KiB in a handler", .run = run_handler);

static int run_overflow(struct shell *shell, int count, char **words)
{
    (void)shell;
    (void)count;
    (void)words;
    use_twelve_kibibytes();
    return 0;
}

COMMAND(overflow, .usage = "overflow", .summary = "a frame of 12 KiB in the shell",
        .help = "Overflows the stack of the shell.\\n", .group = COMMAND_GROUP_MACHINE,
        .run = run_overflow);
"""

CASES = {
    "twelve": ("spawn twelve", "twelve1"),
    "hundred": ("spawn hundred", "hundred1"),
    "variable": ("spawn variable", "variable1"),
    "handler": ("spawn handler", "handler1"),
    "shell": ("overflow", "shell-com1"),
}


@pytest.fixture(scope="module", name="image", params=["gcc", "clang"])
def build_image(request, tmp_path_factory):
    options = [SHARED_OBJECTS]
    if request.param == "clang":
        if shutil.which("clang") is None:
            pytest.skip("not run: there is no clang")
        options = ["CC=clang", f"OBJECTS={BUILD}/clang/objects"]
    directory = tmp_path_factory.mktemp("extra")
    (directory / "frames.c").write_text(FRAMES, encoding="ascii")
    image = BUILD / request.param / "disk.img"
    built = make("-s", "-j2", f"BUILD={image.parent}", f"EXTRA={directory}", *options, str(image),
                 alike=request.param == "gcc")
    assert built.returncode == 0, built.stdout
    return image


@pytest.mark.parametrize("case", CASES)
def test_the_panic_names_the_thread_that_used_too_much(image, case):
    line, owner = CASES[case]
    with Machine(image=image, virtual=True) as machine:
        machine.wait_for_prompt()
        machine.expects_panic = True
        machine.serial.send(line + "\r")
        machine.serial.wait_for(rf"Stack overflow: thread '{owner}' \(tid \d+\) ran into the guard page")
