"""Golden timelines: a script yields exactly the recorded sequence of switches, with their reasons.

Each file in golden/ is a script, lines that begin with '> ', and what the scheduler does in it:
tick, who loses the CPU, who gets it, and why. Ticks are counted from the first switch on, which a
script brings about right behind a tick, by a sleep: so a file does not change when code becomes
longer or shorter by some instructions, but it does when somebody decides otherwise. To record it
anew, once the difference is wanted:

    GOLDEN=record make test-system PYTEST_FLAGS='-k golden'
"""

import difflib
import os
import re
import subprocess
from pathlib import Path

import pytest

from machine import IMAGE, ROOT

GOLDEN = Path(__file__).parent / "golden"
FILES = sorted(GOLDEN.glob("*.txt"))
RECORD = os.environ.get("GOLDEN") == "record"

TICK = 0.001193 / 1.193182  # seconds
SWITCHES_MAX = 60
GOES_ON = "..."

EVENT = re.compile(r"\S+-\d+ \[000\] \.{4} (\d+\.\d+): (\w+): (.*)$", re.MULTILINE)
SWITCH = re.compile(r"prev_comm=(\S+) .* ==> next_comm=(\S+) .* reason=(\w+)(?: on=(\S+))?$")


def script_of(golden):
    return re.findall(r"^> (.*)$", golden, re.MULTILINE)


def run(script, directory):
    """The dump of a machine in virtual time, which has had the script since before its boot."""
    scenario, output = directory / "scenario.txt", directory / "trace.txt"
    scenario.write_text("\n".join([*script, "trace stop; trace dump", "poweroff", ""]), "ascii")
    result = subprocess.run([ROOT / "tools" / "trace-run", IMAGE, scenario, output], check=False,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert result.returncode == 0, result.stdout
    return output.read_text("ascii")


def timeline(dump):
    """A line for each switch. Time is told by the timer's interrupts in the dump, each of which may
    stand for many ticks, when the CPU was idle."""
    lines, tick, last_tick_at = [], 0, None
    for time, kind, arguments in EVENT.findall(dump):
        if arguments == "B|0|irq0:timer" and last_tick_at:
            tick += round((float(time) - last_tick_at) / TICK)
            last_tick_at = float(time)
        if kind != "sched_switch":
            continue
        who, other, reason, what = SWITCH.match(arguments).groups()
        last_tick_at = last_tick_at or float(time)
        lines.append(f"{tick:5} {who} -> {other} {reason}{f' on={what}' if what else ''}")
    return lines if len(lines) <= SWITCHES_MAX else [*lines[:SWITCHES_MAX], GOES_ON]


def record(path, golden, lines):
    head = "\n".join(line for line in golden.splitlines() if line.startswith(("#", ">")))
    path.write_text(f"{head}\n\n" + "\n".join(lines) + "\n", "ascii")


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_golden(path, tmp_path):
    golden = path.read_text("ascii")
    dump = run(script_of(golden), tmp_path)
    assert "# lost: 0\n" in dump
    seen, expected = timeline(dump), golden.partition("\n\n")[2].splitlines()
    if RECORD:
        record(path, golden, seen)
    elif seen != expected:
        difference = "\n".join(difflib.unified_diff(expected, seen, str(path.relative_to(ROOT)),
                                                    "this kernel", lineterm="", n=5))
        pytest.fail(f"the scheduler decides otherwise:\n{difference}\n\n"
                    "If that is wanted: GOLDEN=record make test-system PYTEST_FLAGS='-k golden'",
                    pytrace=False)


def test_golden_scripts_run_the_same_twice(tmp_path):
    """All of the dump, to the byte."""
    script = script_of((GOLDEN / "preemption.txt").read_text("ascii"))
    first, second = run(script, tmp_path), run(script, tmp_path)
    assert len(first.splitlines()) > 200
    assert first == second


def test_golden_timelines_count_ticks():
    """An interrupt after idle time stands for all ticks since the one before."""
    dump = """\
a-3 [000] .... 0.999900: tracing_mark_write: B|0|irq0:timer
a-3 [000] .... 1.000000: sched_switch: prev_comm=a prev_pid=3 prev_prio=31 prev_state=R ==> \
next_comm=b next_pid=4 next_prio=31 reason=yield
b-4 [000] .... 1.000900: tracing_mark_write: B|0|irq0:timer
b-4 [000] .... 1.000910: sched_switch: prev_comm=b prev_pid=4 prev_prio=31 prev_state=S ==> \
next_comm=idle next_pid=0 next_prio=0 reason=block on=mutex:lock
idle-0 [000] .... 1.010899: tracing_mark_write: B|0|irq0:timer
idle-0 [000] .... 1.010910: sched_switch: prev_comm=idle prev_pid=0 prev_prio=0 prev_state=R ==> \
next_comm=b next_pid=4 next_prio=31 reason=idle
"""
    assert timeline(dump) == ["    0 a -> b yield", "    1 b -> idle block on=mutex:lock",
                              "   11 idle -> b idle"]
