"""The trace at the prompt: `trace` in all its forms, and what a dump says, line by line."""

import re

import pytest

from machine import PROMPT, Machine, values, wait_until

CONTROL_C = "\x03"
STATUS_INTERRUPTED = "130"
TICK_MS = 1193 / 1193.182  # the 8254's divisor is a whole number


def uptime(machine):
    """In seconds."""
    return int(machine.values("uptime")["uptime_ms"]) * TICK_MS / 1000


# How importers of ftrace text find what a line says. It is greedy: what it finds must be right.
FTRACE_LINE = re.compile(r"-(\d+)\s+\(?\s*(\d+|-+)?\)?\s?\[(\d+)\]\s*[a-zA-Z0-9.]{0,5}\s*"
                         r"(\d+\.\d+):\s+(\S+):")
EXACT_LINE = re.compile(r"(\S+)-(\d+) \[000\] \.\.\.\. (\d+\.\d{6}): (\w+): (.*)$")

SWITCH = re.compile(r"prev_comm=(\S+) prev_pid=(\d+) prev_prio=(\d+) prev_state=([RSTX]) ==> "
                    r"next_comm=(\S+) next_pid=(\d+) next_prio=(\d+) reason=(\w+)"
                    r"(?: on=(\w+)(?::(\S+))?)?$")
WAKING = re.compile(r"comm=(\S+) pid=(\d+) prio=(\d+) target_cpu=000$")
MARK = re.compile(r"(?:B\|0\|irq\d+:\S+|E\|0|I\|0\|.*)$")
PATTERNS = {"sched_switch": SWITCH, "sched_waking": WAKING, "tracing_mark_write": MARK}

STATES = {"quantum": "R", "priority": "R", "policy": "R", "yield": "R", "idle": "R", "sleep": "S",
          "block": "S", "suspend": "T", "exit": "X", "kill": "X"}

LOAD = "quantum 5; preempt on; spawn hog 2; spawn sleeper 2 prio=40; spawn yielder prio=20; " \
       "spawn lockfight 2"


class Event:
    """A line of a dump."""

    def __init__(self, line):
        found, exact = FTRACE_LINE.search(line), EXACT_LINE.match(line)
        assert found and exact, line
        assert found.group(1, 4, 5) == exact.group(2, 3, 4) and found.group(3) == "000", line
        self.line = line
        self.name, self.kind, self.arguments = exact.group(1, 4, 5)
        self.pid, self.time = int(exact.group(2)), float(exact.group(3))
        self.values = PATTERNS[self.kind].match(self.arguments)
        assert self.values, line


def dump(machine):
    """The header as a dictionary, and the events."""
    lines = machine.command("trace dump").splitlines()
    assert lines[0] == "--- trace begin ---" and lines[-1] == "--- trace end ---"
    assert lines[1] == "# tracer: aethel"
    head = [line for line in lines if line.startswith("# ")]
    events = [Event(line) for line in lines[1 + len(head):-1]]
    header = dict(line[2:].split(": ") for line in head)
    assert len(events) == int(header["events"])
    return header, events


def record(machine, line, categories=""):
    """The events of `line`, from the mark on that begins it."""
    machine.command(f"trace clear; trace start {categories}; {line}; trace stop")
    return dump(machine)


@pytest.fixture(name="traced")
def make_traced(virtual):
    yield virtual
    virtual.command("trace stop; trace clear")


def test_every_line_of_a_dump_is_ftrace(traced):
    header, events = record(traced, LOAD + "; trace mark here; sleep 0.2")
    assert header == {"tracer": "aethel", "policy": "prio", "preemption": "off",
                      "quantum_ms": "100", "events": header["events"], "lost": "0"}
    assert {event.kind for event in events} == set(PATTERNS)
    assert [event for event in events if event.arguments == "I|0|mark: here"]
    reasons = {event.values[8] for event in events if event.kind == "sched_switch"}
    assert reasons >= {"quantum", "priority", "sleep", "block"}
    assert not any("?" in event.line for event in events)


def test_times_in_a_dump_never_go_back(traced):
    begun = uptime(traced)
    _, events = record(traced, LOAD + "; sleep 0.2")
    ended = uptime(traced)
    times = [event.time for event in events]
    assert times == sorted(times)
    assert 0.2 <= times[-1] - times[0]
    assert begun < times[0] and times[-1] < ended


def test_a_dump_tells_a_story_without_gaps(traced):
    """Who is switched to is whose events come next, and who is switched from."""
    _, events = record(traced, LOAD + "; sleep 0.2")
    running = None
    for event in events:
        if event.arguments.startswith("I|0|end"):
            continue
        assert running in (None, event.pid), event.line
        running = event.pid
        if event.kind == "sched_switch":
            assert int(event.values[2]) == event.pid and event.values[1] == event.name
            assert int(event.values[6]) != event.pid
            running = int(event.values[6])


def test_states_in_a_dump_fit_the_reasons(traced):
    _, events = record(traced, LOAD + "; sleep 0.1; spawn hog for=0.05; sleep 0.2")
    seen = set()
    for event in events:
        if event.kind != "sched_switch":
            continue
        reason, what = event.values[8], event.values[9]
        assert event.values[4] == STATES[reason], event.line
        assert (what is not None) == (reason == "block"), event.line
        seen.add((reason, what))
    assert seen >= {("quantum", None), ("priority", None), ("sleep", None), ("exit", None),
                    ("block", "mutex"), ("block", "input")}


def test_who_blocks_or_sleeps_is_woken_before_it_runs_again(traced):
    _, events = record(traced, LOAD + "; sleep 0.2")
    waiting = set()
    for event in events:
        if event.kind == "sched_waking":
            waiting.discard(int(event.values[2]))
        elif event.kind == "sched_switch":
            assert int(event.values[6]) not in waiting, event.line
            if event.values[4] in "ST":
                waiting.add(event.pid)


def test_interrupts_in_a_dump_nest(traced):
    _, events = record(traced, LOAD + "; sleep 0.2")
    open_marks, count = [], 0
    for event in events:
        if event.arguments.startswith("B|"):
            assert not open_marks, event.line
            open_marks.append(event)
            count += 1
        elif event.arguments == "E|0":
            assert open_marks.pop().pid == event.pid
    assert not open_marks and count > 200
    assert any(event.arguments == "B|0|irq0:timer" for event in events)


def test_locks_are_named_in_a_dump(traced):
    _, events = record(traced, "preempt on; quantum 1; spawn lockfight 3; sleep 0.1", "sched lock")
    contentions = [event for event in events if event.arguments == "I|0|contention: lockfight"]
    blocks = [event for event in events if event.kind == "sched_switch" and event.values[10]]
    assert contentions and {event.values[10] for event in blocks} == {"lockfight"}
    assert not any(event.arguments.startswith("B|") for event in events)


def test_settings_are_in_a_dump(traced):
    _, events = record(traced, "preempt on; quantum 7; quantum auto; policy rr; policy prio; "
                               "trace mark 'two words'; preempt off; quantum 100", "set")
    assert [event.arguments[4:] for event in events] == [
        "preempt on", "quantum 7", "quantum 20", "policy rr", "policy prio", "mark: two words",
        "preempt off", "quantum 100"]


def test_the_head_tells_the_settings_of_the_first_event(traced):
    traced.command("trace clear; preempt on; quantum 7; trace start; policy rr; trace stop; "
                   "quantum 99; policy lottery; preempt off")
    header, _ = dump(traced)
    assert (header["policy"], header["quantum_ms"], header["preemption"]) == ("prio", "7", "on")
    traced.command("policy prio; quantum 100")


def test_a_gap_in_the_recording_is_told(traced):
    traced.command("trace clear; preempt on; quantum 5; spawn hog 2; trace start sched; "
                   "sleep 0.03; trace stop; sleep 1; trace start sched; sleep 0.03; trace stop; "
                   "kill all")
    _, events = dump(traced)
    gaps = [(number, event) for number, event in enumerate(events)
            if event.arguments.startswith("I|0|not recorded since ")]
    assert len(gaps) == 1
    number, gap = gaps[0]
    since = float(gap.arguments.split()[-1])
    assert 0.99 < gap.time - since < 1.1
    assert events[number - 1].time <= since and gap.time <= events[number + 1].time


def test_names_outlive_their_threads_in_a_dump(traced):
    _, before = record(traced, "preempt on; quantum 5; spawn hog 2 for=0.03; spawn hog 2; "
                               "sleep 0.1")
    traced.command("kill all")
    _, after = dump(traced)
    assert {event.name for event in after} == {event.name for event in before}
    assert len({event.name for event in after if event.name.startswith("hog")}) == 4


def test_threads_whose_numbers_are_alike_keep_their_names_in_a_dump(traced):
    """Names are looked up in a table of 64 by the thread's number: hog's is the shell's plus 64."""
    tid = next(int(thread["TID"]) for thread in traced.threads() if thread["NAME"] == "shell-com1")
    last = int(traced.values("preempt on; spawn sleeper; kill all")["last_tid"])
    skipped = (tid - last - 2) % 64 + 1
    hog = int(re.findall(r"last_tid: (\d+)", traced.command(f"spawn sleeper {skipped}; kill all; "
                                                            "spawn hog"))[-1])
    assert hog % 64 == tid % 64
    _, events = record(traced, "sleep 0.05", "sched")
    switches = [event for event in events if event.kind == "sched_switch"]
    assert len(switches) >= 2
    for event in switches:
        names = {int(event.values[number]): event.values[number - 1] for number in (2, 6)}
        assert names[tid] == "shell-com1" and names[hog].startswith("hog"), event.line


def test_a_dump_does_not_record_itself(traced):
    answer = traced.command("trace clear; trace start sched; preempt on; spawn yielder 2; "
                            "sleep 0.02; trace dump; trace")
    recorded = int(re.search(r"^# events: (\d+)", answer, re.MULTILINE).group(1))
    status = values(answer.partition("--- trace end ---")[2])
    assert status["trace"] == "on" and status["trace_categories"] == "sched"
    assert 100 < recorded <= int(status["trace_events"]) <= recorded + 10


def test_the_trace_keeps_the_latest_events(traced):
    traced.command("trace clear; trace start sched; spawn yielder 2; sleep 0.5; trace stop")
    status = traced.values("trace")
    kept, lost = int(status["trace_events"]), int(status["trace_lost_events"])
    assert kept in (2 ** exponent for exponent in range(8, 16)) and lost > 0


def test_control_c_ends_a_dump(traced):
    traced.command("trace clear; trace start; preempt on; spawn yielder 2; sleep 0.2")
    start = len(traced.serial.text)
    traced.serial.send("trace dump\r")
    traced.serial.wait_for("sched_switch", start)
    traced.serial.send(CONTROL_C)
    answer = traced.serial.wait_for(r"trace dump\r\n(.*?)" + PROMPT + "$", start).group(1)
    assert "--- trace end ---" not in answer
    assert traced.command("echo $?") == STATUS_INTERRUPTED + "\n"
    assert traced.values("trace")["trace"] == "on"


def test_trace_tells_and_changes_what_it_records(traced):
    off = {"trace": "off", "trace_categories": "", "trace_events": "0", "trace_lost_events": "0"}
    assert values(traced.command("trace stop; trace clear").replace(":\n", ": \n")) == off
    status = traced.values("trace start irq")
    assert status["trace"] == "on" and status["trace_categories"] == "irq"
    assert traced.values("trace start lock sched")["trace_categories"] == "sched lock"
    assert traced.values("trace start")["trace_categories"] == "sched irq lock set"
    assert traced.values("trace status")["trace"] == "on"
    stopped = traced.values("trace stop")
    assert stopped["trace"] == "off" and int(stopped["trace_events"]) > 0
    assert traced.values("trace")["trace_events"] == stopped["trace_events"]
    assert traced.values("trace clear")["trace_events"] == "0"


def test_a_trace_of_nothing_is_dumped(traced):
    header, events = dump(traced)
    assert header["events"] == header["lost"] == "0" and not events


def test_the_prompts_of_both_terminals_share_one_trace():
    with Machine(virtual=True) as machine:
        machine.wait_for_prompt()
        machine.command_on_screen("trace start set", "^trace: on")
        machine.command_on_screen("trace mark screen", "^aethel>$")
        machine.command("trace mark com1")
        wait_until(lambda: machine.values("trace")["trace_events"] == "2", "both marks")
        names = [(event.name, event.arguments) for event in dump(machine)[1]]
        assert names == [("shell-vga", "I|0|mark: screen"), ("shell-com1", "I|0|mark: com1")]


# --- Wrong input ---------------------------------------------------------------------------------

WRONG = """
trace x; trace start x; trace start sched x; trace stop x; trace clear x; trace dump x;
trace status x; trace mark; trace mark a b; trace mark ''; trace mark sixteen_letters_;
trace start sched irq lock set sched
"""


@pytest.mark.parametrize("line", [line.strip() for line in WRONG.split(";")])
def test_wrong_input_gets_one_clear_line_and_changes_nothing(traced, line):
    traced.command("trace clear; trace start set")
    before = traced.command("trace")
    answer = traced.command(line)
    assert re.fullmatch(r"trace: .+ \(usage: .+\)\n", answer), answer
    assert len(answer) <= 81 and "... (usage" not in answer, answer
    assert traced.command("echo $?") == "1\n"
    assert traced.command("trace") == before


def test_a_mark_needs_a_trace(traced):
    traced.command("trace start sched irq lock")
    assert re.fullmatch(r"trace: .+ \(usage: .+\)\n", traced.command("trace mark lost"))
