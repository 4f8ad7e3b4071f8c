"""tools/gdb: what gdb tells of a machine that has stopped is what the machine tells itself. At any
moment it has an answer, be it one line, and changes nothing."""

import json
import re
import shutil
import subprocess

import pytest

from machine import IMAGE, ROOT, Machine

KERNEL = IMAGE.parent / "kernel.elf"
ENTRY = ROOT / "tools" / "gdb" / "aethel.py"
COMMANDS = ["threads", "bt all", "run-queue", "locks", "timers", "trace"]
SECONDS = 60


def has_python():
    if shutil.which("gdb") is None:
        return False
    return subprocess.run(["gdb", "-nx", "-batch", "-ex", "python print(1)"], capture_output=True,
                          check=False).returncode == 0


pytestmark = pytest.mark.skipif(not has_python(), reason="this gdb has no Python, or there is none")


def ask(*commands, target=None, kernel=KERNEL):
    """What each command answers, in a gdb of its own."""
    before = ["set pagination off", "set width 0", "set architecture i386:x86-64",
              f"source {ENTRY}"] + ([f"target remote {target}"] if target else [])
    words = []
    cut = "echo --8<--\\n"
    for line in [*before, *(line for command in commands for line in (cut, command)), cut]:
        words += ["-ex", line]
    run = subprocess.run(["gdb", "-nx", "-q", "-batch", kernel, *words], cwd=ROOT, text=True,
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         timeout=SECONDS, check=False)
    assert "Traceback" not in run.stdout and "Python Exception" not in run.stdout, run.stdout
    return run.stdout.split("--8<--\n")[1:-1]


class Stopped:
    """A machine that stands still while it is asked."""

    def __init__(self, machine):
        self.path = f"{machine.directory.name}/gdb"
        machine.monitor(f"gdbserver unix:{self.path},server=on,wait=off")

    def ask(self, *commands):
        return ask(*commands, target=self.path)


def rows(table):
    """Lines of a table as lists of words, without its heads."""
    return [line.split() for line in table.splitlines()[1:]]


# --- A busy machine ------------------------------------------------------------------------------

SPAWNED = "spawn sleeper 2; spawn deadlock; spawn lockfight 3; spawn hog 2"


@pytest.fixture(scope="module")
def busy():
    """Preemption, hogs, sleepers, threads that wait for named locks; what the machine has told of
    itself, and what gdb tells then."""
    with Machine(virtual=True) as machine:
        machine.wait_for_prompt()
        machine.command(f"preempt on; quantum 10; trace start sched set; {SPAWNED}; sleep 0.5")
        told = {"ps": machine.threads(), "locks": machine.command("locks"),
                "ps -v": machine.command("ps -v")}
        names = ["threads", "run-queue", "locks", "timers", "trace 50", "bt all"]
        answers = Stopped(machine).ask(*(f"aethel {name}" for name in names))
        yield told, dict(zip(names, answers)), machine


def test_threads_are_those_of_ps(busy):
    told, answers, _ = busy
    found = {row[0]: row for row in rows(answers["threads"])}
    assert list(found) == [row["TID"] for row in told["ps"]]
    for row in told["ps"]:
        assert found[row["TID"]][1] == row["NAME"]
        assert found[row["TID"]][3].split("/")[0] == row["PRI"]
    accounts = {words[0]: int(words[2]) for words in rows(told["ps -v"])}
    assert all(int(row[4]) >= accounts[tid] for tid, row in found.items())
    assert [row[2] for row in found.values()].count("running") == 1


def test_threads_tell_what_is_waited_for_and_where(busy):
    table = busy[1]["threads"]
    assert re.search(r" shell-vga +blocked +63 +\d+ input +\w+ shell/\S+\.c:\d+\n", table)
    assert re.search(r" sleeper1 +(ready|sleeping) .* sleeper shell/workloads/sleeper\.c:\d+\n",
                     table)
    assert re.search(r" hog1 +(ready|running) +31 +\d+ - +\w+ \S+\.[ch]:\d+\n", table)
    assert re.search(r" deadlock1 +blocked +31 +\d+ join of left1\(\d+\) ", table)
    assert re.search(r" left1 +blocked +31 +\d+ mutex 'right' +take_crosswise "
                     r"shell/workloads/deadlock\.c:\d+\n", table)


def test_a_backtrace_goes_through_interrupts_to_the_first_function(busy):
    traces = dict(re.findall(r"^(\w[^(\n]*)\(\d+\), [^\n]*:\n((?:#[^\n]*\n)+)", busy[1]["bt all"],
                             re.MULTILINE))
    assert len(traces) == len(busy[0]["ps"])
    for name, trace in traces.items():
        assert re.search("(thread_start|kernel_entry) \\(\\)[^\n]*\n$", trace), (name, trace)
    hogs = traces["hog1"] + traces["hog2"]
    assert re.search(r"<signal handler called>\n(#.*\n)*#\d+ .*hog \(run=0x\w+\) at "
                     r"shell/workloads/hog\.c:\d+\n", hogs)
    assert re.search(r"mutex_lock .*\n.*take_crosswise .*\n.*left .*thread_start", traces["left1"],
                     re.DOTALL)


def test_the_run_queue_has_all_that_are_ready(busy):
    states = {row[0]: row[2] for row in rows(busy[1]["threads"])}
    queued = re.findall(r"^ +31 +(\d+) ", busy[1]["run-queue"], re.MULTILINE)
    assert "policy: prio\npreemption: on\nquantum_ms: 10\n" in busy[1]["run-queue"]
    assert sorted(queued) == sorted(tid for tid, state in states.items()
                                    if state in ("ready", "running") and tid != "0")


def test_locks_are_those_of_the_shell(busy):
    told, answers, _ = busy
    listed = re.findall(r"^(\S+) +(spinlock|mutex|rwlock) ", told["locks"], re.MULTILINE)
    assert re.findall(r"^(\S+) +(spinlock|mutex|rwlock) ", answers["locks"],
                      re.MULTILINE)[:len(listed)] == listed
    for name, holder, waiter in (("left", "left1", "right1"), ("right", "right1", "left1")):
        assert re.search(rf"^{name} +mutex +{holder}\(\d+\) ", told["locks"], re.MULTILINE)
        assert re.search(rf"^{name} +mutex +{holder}\(\d+\) +1 +1 +{waiter}\(\d+\)$",
                         answers["locks"], re.MULTILINE)
    assert re.search(r"^deadlock: .*left1\(\d+\) waits for mutex 'right'", answers["locks"],
                     re.MULTILINE)


def test_timers_come_in_order(busy):
    clock = int(re.search(r"clock_ticks: (\d+)", busy[1]["timers"])[1])
    timers = re.findall(r"^ *(-?\d+) +(\d+) (\w+) +(.*)$", busy[1]["timers"], re.MULTILINE)
    deadlines = [int(deadline) for _, deadline, _, _ in timers]
    assert deadlines == sorted(deadlines) and deadlines
    assert all(int(left) == int(deadline) - clock for left, deadline, _, _ in timers)
    sleeping = {f"{row[1]}({row[0]})" for row in rows(busy[1]["threads"]) if row[2] == "sleeping"}
    assert {who for _, _, kind, who in timers if kind == "sleep"} == sleeping


def test_the_trace_is_told_oldest_first(busy):
    events = re.findall(r"^ +(\d+\.\d{6}) (\S+\(\d+\)) +(.*)$", busy[1]["trace 50"], re.MULTILINE)
    times = [float(time) for time, _, _ in events]
    assert len(events) == 50 and times == sorted(times)
    switches = [(who, event) for _, who, event in events if event.startswith("switch to ")]
    assert switches
    for (_, event), (who, _) in zip(switches, switches[1:]):
        assert event.startswith(f"switch to {who}: ")
    running = [row for row in rows(busy[1]["threads"]) if row[2] == "running"][0]
    assert switches[-1][1].startswith(f"switch to {running[1]}({running[0]}): ")


def test_structures_are_printed_in_words(busy):
    """Everything that can be opened is, once."""
    machine = Stopped(busy[2])
    thread, idle, queue, boot_info, table, record = machine.ask(
        "print *boot_cpu.running", "print idle", "print the_scheduler.run_queue", "print boot_info",
        "print 'sched/state/thread_table.c'::by_tid", "print trace_ring.records[0]")
    assert re.match(r"\$1 = \S+\(\d+\) running, priority \d+ = \{base_priority = \d+, ", thread)
    assert re.match(r"\$2 = idle\(0\) ready, priority -- ", idle)
    assert re.match(r"\$3 = \d+ threads in \d+ levels = .*\[31\] = .*hog", queue)
    assert re.match(r"\$4 = from drive 80h, \d+ memory entries, command line '' ", boot_info)
    assert f"circle with {len(busy[0]['ps'])} others" in table
    assert re.match(r"\$6 = \S+\(\d+\): ", record)
    left = next(row["TID"] for row in busy[0]["ps"] if row["NAME"] == "left1")
    wanted = machine.ask(f"python from aethel_gdb import threads, locks; "
                         f"print(locks.lock_of(locks.at(int(threads.find({left})"
                         f".block['wanted_lock']), 'struct lock_record')))")[0]
    assert re.match(r"'right' held by right1\(\d+\), wanted by left1\(\d+\)", wanted)


def test_nothing_changes(busy):
    """Neither gdb's frame and registers nor a byte of the kernel's data."""
    state = ["frame", "info registers", "up", "frame"]
    everything = [f"aethel {command}" for command in COMMANDS]
    start, end = (f"int(gdb.parse_and_eval('(unsigned long)&{name}'))"
                  for name in ("__data_start", "__boot_stack_guard"))
    sums = f"python print(hash(bytes(gdb.selected_inferior().read_memory({start}, " \
           f"{end} - {start}))))"
    answers = Stopped(busy[2]).ask(sums, *state[:2], *everything, *state[:2], sums, "up",
                                   *everything, "frame", *state[:2])
    count = len(everything)
    assert answers[0] == answers[5 + count]
    assert answers[1:3] == answers[3 + count:5 + count]
    assert answers[6 + count] == answers[7 + 2 * count] != answers[1]


def test_each_policys_queue_is_shown(busy):
    machine = busy[2]
    notes = {"rr": "", "fair": r"key \d+", "mlfq": "", "lottery": r"32 tickets", "harmony": ""}
    for policy, note in notes.items():
        machine.command(f"policy {policy}; sleep 0.2")
        for _ in range(5):  # it may be stopped in the middle of a switch
            queue, threads = Stopped(machine).ask("aethel run-queue", "aethel threads")
            queued = re.findall(r"^ *(?:\d+|[a-z]+) +(\d+) \S+ +\d+ ", queue, re.MULTILINE)
            ready = [row[0] for row in rows(threads)
                     if row[2] in ("ready", "running") and row[0] != "0"]
            if sorted(queued) == sorted(ready):
                break
        assert queue.startswith(f"policy: {policy}\n")
        assert sorted(queued) == sorted(ready)
        assert not note or re.search(rf"^ *{policy} .* {note}", queue, re.MULTILINE), queue


# --- At any moment -------------------------------------------------------------------------------


def is_one_line(answer):
    return re.fullmatch(r"aethel [a-z-]+: [^\n]{1,70}\n", answer)


def test_without_a_machine_each_says_so():
    for answer in ask(*(f"aethel {command}" for command in COMMANDS)):
        assert is_one_line(answer) and "no machine is attached" in answer


def test_before_the_scheduler_there_is_nothing_to_show():
    """In the firmware, where nothing is mapped at the kernel's addresses, and in its first line."""
    commands = [f"aethel {command}" for command in COMMANDS]
    start = f"target remote | exec tools/run {IMAGE} debug 2>{IMAGE.parent}/gdb.log"
    answers = ask(start, *commands, "hbreak kernel_entry", "continue", *commands)
    firmware, kernel = answers[1:1 + len(commands)], answers[-len(commands):]
    assert all(is_one_line(answer) and "cannot read 0x" in answer for answer in firmware), firmware
    assert all("the scheduler has not begun yet" in answer for answer in kernel), kernel


CALLED_BY_THREAD = {"idle": "kernel_main", "shell": "shell_main", "hog": "hog",
                    "sleeper": "sleeper"}


def test_in_every_instruction_of_a_switch_each_thread_has_its_own_stack():
    """And of the way into an interrupt."""
    with Machine(virtual=True) as machine:
        machine.wait_for_prompt()
        machine.command("preempt on; quantum 10; spawn hog 2; spawn sleeper 2; sleep 0.1")
        steps = []
        for place, count in (("switch_context", 16), ("irq_stub_0", 16)):
            steps += ["delete", f"hbreak *&{place}", "continue", "delete"]
            steps += ["aethel bt all", "stepi"] * count
        answers = [answer for answer in Stopped(machine).ask(*steps) if "idle(0)" in answer]
        assert len(answers) >= 32
        for answer in answers:
            traces = [trace for trace in answer.split("\n\n") if re.match(r"\S+\(\d+\), ", trace)]
            assert len(traces) == 7
            for trace in traces:
                own = CALLED_BY_THREAD[re.match(r"[a-z]+", trace)[0]]
                assert re.search("(thread_start|kernel_entry) ", trace), trace
                assert f" {own} (" in trace, trace


@pytest.mark.parametrize("kind, stands", [
    ("", "run_panic"), ("divide", "divide_by_zero"), ("stack", "recurse")])
def test_after_a_panic_the_thread_stands_where_it_began(kind, stands):
    with Machine() as machine:
        machine.expects_panic = True
        machine.wait_for_prompt()
        machine.serial.send(f"panic {kind}\r")
        machine.serial.wait_for("The machine has stopped")
        trace, table, plain = Stopped(machine).ask("aethel bt 2", "aethel threads", "bt")
        assert re.match(r"shell-com1\(2\), running:\n", trace)
        assert re.search(rf"{stands} \(.*run_panic \(.*command_run \(.*shell_main \(.*"
                         rf"thread_start \(\)", trace if kind else f"{stands} ({trace}", re.DOTALL)
        assert re.search(rf" shell-com1 +running .* {stands} shell/commands/panic\.c:\d+\n", table)
        assert "guard_start_anew" in plain and "run_panic" not in plain


# --- What a person types -------------------------------------------------------------------------


def test_wrong_words_get_one_line(busy):
    answers = Stopped(busy[2]).ask("aethel bt", "aethel bt 99", "aethel bt x", "aethel trace 0",
                                   "aethel trace 1 2", "aethel locks 1", "aethel run-queue x")
    assert all(is_one_line(answer) for answer in answers), answers
    assert re.match("aethel: 'x' is none of its commands", ask("aethel x")[0])


def test_each_command_has_help_and_is_completed(busy):
    listing, words, tids, trace = Stopped(busy[2]).ask(
        "help aethel", "complete aethel ", "complete aethel bt 1", "help aethel trace")
    names = [command.split()[0] for command in COMMANDS]
    assert all(f"aethel {name} -- " in listing for name in names)
    assert sorted(words.split("\n")[:-1]) == sorted(f"aethel {name}" for name in names)
    assert tids.splitlines()[0] == "aethel bt 1" and "aethel bt 10" in tids
    assert "aethel trace [COUNT]" in trace


def test_make_debug_loads_it():
    run = subprocess.run([ROOT / "tools" / "debug", KERNEL, IMAGE, "-nx", "-batch", "-ex",
                          "help aethel"], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True,
                         text=True, timeout=SECONDS, check=False)
    assert re.search(r"kernel_entry \(\) at .*aethel bt -- ", run.stdout, re.DOTALL), run.stderr


# --- What is written twice -----------------------------------------------------------------------


def defined(path, name):
    """What the header says of a constant that debug information does not have."""
    return re.search(rf"#define {name} +(\S.*)", (ROOT / path).read_text(encoding="utf-8"))[1]


def test_constants_are_those_of_the_headers():
    source = (ROOT / "tools" / "gdb" / "aethel_gdb" / "locks.py").read_text(encoding="utf-8")
    shift = re.search(r"MUTEX_TID_SHIFT = (\d+)", source)[1]
    assert defined("sched/sync/mutex.h", "MUTEX_TID_SHIFT") == f"{shift}u"
    assert defined("sched/sync/mutex.h", "MUTEX_NEW").startswith("(UINT32_MAX - 1)")
    assert defined("sched/sync/mutex.c", "DESTROYED").startswith("UINT32_MAX ")
    assert defined("kernel/locks.c", "LOCK_LISTED").endswith('/* "LOCK" */')
    assert defined("kernel/cpu/tsc.c", "NS_SHIFT").startswith("32 ")
    assert "(what) >> 8)" in defined("sched/observe/trace_ring.h", r"TRACE_TYPE_OF\(what\)")


# --- The editor ----------------------------------------------------------------------------------


def test_what_vscode_is_told_is_there():
    """The files parse, and every target of make, task and file that they name exists."""
    tasks, launch = (json.loads((ROOT / ".vscode" / name).read_text(encoding="utf-8"))
                     for name in ("tasks.json", "launch.json"))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    labels = {task["label"]: task for task in tasks["tasks"]}
    assert set(labels) == {"build", "run", "test", "debug"}
    for task in labels.values():
        assert task["command"] == "make"
        assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in task["args"])
    port = re.search(r"^DEBUG_PORT \?= (\d+)$", makefile, re.MULTILINE)[1]
    for configuration in launch["configurations"]:
        assert configuration["preLaunchTask"] in labels
        assert configuration["miDebuggerServerAddress"] == f"localhost:{port}"
        text = json.dumps(configuration)
        named = re.findall(r"\$\{workspaceFolder\}/([\w./]+)", text)
        assert "tools/gdb/aethel.py" in named
        assert all((ROOT / name).exists() or name.startswith("build/") for name in named)
    told = labels["debug"]["problemMatcher"]["background"]["endsPattern"].lstrip("^")
    assert told in (ROOT / "tools" / "run").read_text(encoding="utf-8")
