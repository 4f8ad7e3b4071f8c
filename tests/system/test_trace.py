"""`make trace`: what is recorded, what becomes of it, and that it repeats to the byte."""

import json
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

from machine import IMAGE, ROOT

CONVERT = ROOT / "tools" / "trace-convert"
RUN = ROOT / "tools" / "trace-run"
SCENARIOS = ROOT / "tools" / "scenarios"

TRACE = """\
aethel> trace dump
--- trace begin ---
# tracer: aethel
# policy: prio
# preemption: on
# quantum_ms: 10
# events: 9
# lost: 0
a-3 [000] 1.000000: tracing_mark_write: I|0|mark: here
a-3 [000] 1.010000: tracing_mark_write: B|0|irq0:timer
a-3 [000] 1.010005: sched_waking: comm=c pid=5 prio=40 target_cpu=000
a-3 [000] 1.010010: tracing_mark_write: E|0
a-3 [000] 1.010011: sched_switch: prev_comm=a prev_pid=3 prev_prio=31 prev_state=R ==> \
next_comm=c next_pid=5 next_prio=40 reason=priority
c-5 [000] 1.012000: sched_switch: prev_comm=c prev_pid=5 prev_prio=40 prev_state=S ==> \
next_comm=b next_pid=4 next_prio=31 reason=block on=mutex:fork
b-4 [000] 1.020000: sched_switch: prev_comm=b prev_pid=4 prev_prio=31 prev_state=R ==> \
next_comm=a next_pid=3 next_prio=31 reason=quantum
a-3 [000] 1.025000: sched_switch: prev_comm=a prev_pid=3 prev_prio=31 prev_state=X ==> \
next_comm=b next_pid=4 next_prio=31 reason=exit
--- trace end ---
aethel> poweroff
"""


def convert(path, *options):
    return subprocess.run([str(CONVERT), str(path), *options], capture_output=True, text=True,
                          check=False)


@pytest.fixture
def trace(tmp_path):
    path = tmp_path / "trace.txt"
    path.write_text(TRACE, encoding="ascii")
    return path


def slices(events, tid, name):
    return [(event["ts"] - 1000000, event["dur"]) for event in events
            if event["ph"] == "X" and event["tid"] == tid and event["name"] == name]


def check_nesting(events):
    """On each row, two slices are apart, or one lies inside of the other."""
    for tid in {event["tid"] for event in events}:
        open_ends = []
        for event in sorted((e for e in events if e["ph"] == "X" and e["tid"] == tid),
                            key=lambda e: (e["ts"], -e["dur"])):
            while open_ends and open_ends[-1] <= event["ts"]:
                open_ends.pop()
            end = event["ts"] + event["dur"]
            assert not open_ends or end <= open_ends[-1]
            open_ends.append(end)


def test_the_slices_are_exact(trace):
    assert convert(trace).returncode == 0
    text = trace.with_suffix(".json").read_text(encoding="utf-8")
    events = json.loads(text)
    assert text.startswith('[{"')
    check_nesting(events)
    assert slices(events, 3, "run") == [(0, 10011), (20000, 5000)]
    assert slices(events, 3, "ready") == [(10011, 9989)]
    assert slices(events, 5, "run") == [(10011, 1989)]
    assert slices(events, 5, "ready") == [(10005, 6)]
    assert slices(events, 4, "ready") == [(0, 12000), (20000, 5000)]
    assert slices(events, 1000000, "irq0:timer") == [(10000, 10)]
    assert [event["name"] for event in events if event["ph"] == "i"] == ["mark: here"]


def test_the_picture_is_well_formed_and_says_why(trace):
    convert(trace)
    picture = trace.with_suffix(".svg").read_text(encoding="utf-8")
    ElementTree.fromstring(picture)
    for text in ("a (3)", "policy prio", "quantum 10 ms", "block on mutex:fork", "mark: here"):
        assert text in picture


GAP = """\
b-4 [000] 1.022000: tracing_mark_write: I|0|not recorded since 1.014000
"""


def test_nothing_is_concluded_across_a_gap(trace):
    lines = TRACE.splitlines(keepends=True)
    quantum = next(i for i, line in enumerate(lines) if "reason=quantum" in line)
    trace.write_text("".join(lines[:quantum]) + GAP + "".join(lines[quantum + 1:]),
                     encoding="ascii")
    assert convert(trace, "--strict").returncode == 0
    events = json.loads(trace.with_suffix(".json").read_text(encoding="utf-8"))
    check_nesting(events)
    assert slices(events, 1000001, "not recorded") == [(14000, 8000)]
    assert slices(events, 3, "run") == [(0, 10011), (22000, 3000)]
    assert slices(events, 3, "ready") == [(10011, 3989)]
    assert slices(events, 4, "run") == [(12000, 2000), (25000, 0)]
    assert slices(events, 4, "ready") == [(0, 12000), (22000, 3000)]
    picture = trace.with_suffix(".svg").read_text(encoding="utf-8")
    ElementTree.fromstring(picture)
    assert "not recorded from 14.000 ms for 8.000 ms" in picture


STOLEN = """\
a-3 [000] 1.008000: tracing_mark_write: I|0|stolen since 1.003000
"""


def test_nobody_runs_while_the_machine_is_away(trace):
    lines = TRACE.splitlines(keepends=True)
    quantum = next(i for i, line in enumerate(lines) if "reason=quantum" in line)
    before = next(i for i, line in enumerate(lines[:quantum]) if " 1.01" in line)
    trace.write_text("".join(lines[:before]) + STOLEN + "".join(lines[before:]), encoding="ascii")
    assert convert(trace, "--strict").returncode == 0
    events = json.loads(trace.with_suffix(".json").read_text(encoding="utf-8"))
    check_nesting(events)
    assert slices(events, 1000002, "stolen") == [(3000, 5000)]
    assert slices(events, 3, "run")[:2] == [(0, 3000), (8000, 2011)]
    picture = trace.with_suffix(".svg").read_text(encoding="utf-8")
    ElementTree.fromstring(picture)
    assert "stolen from 3.000 ms for 5.000 ms" in picture


def test_labels_stand_below_each_other_and_inside_of_the_picture(trace):
    marks = "".join(f"a-3 [000] 1.0249{i}0: tracing_mark_write: I|0|mark: number{i}\n"
                    for i in range(4))
    lines = TRACE.splitlines(keepends=True)
    end = next(i for i, line in enumerate(lines) if "reason=exit" in line)
    trace.write_text("".join(lines[:end]) + marks + "".join(lines[end:]), encoding="ascii")
    assert convert(trace, "--strict").returncode == 0
    picture = ElementTree.parse(trace.with_suffix(".svg")).getroot()
    labels = [element for element in picture.iter("{http://www.w3.org/2000/svg}text")
              if element.text.startswith("mark: number")]
    assert len(labels) == 4 and len({label.get("y") for label in labels}) == 4
    width = float(picture.get("viewBox").split()[2])
    assert all(float(label.get("x")) + 6 * len(label.text) < width for label in labels)


@pytest.mark.parametrize("name", ["two words", "", "a-1 [b", "[000]"])
def test_names_may_be_anything(trace, name):
    text = (TRACE.replace("=b ", f"={name} ").replace("b-4", f"{name}-4"))
    trace.write_text(text, encoding="ascii")
    result = convert(trace, "--strict")
    assert result.returncode == 0, result.stderr
    events = json.loads(trace.with_suffix(".json").read_text(encoding="utf-8"))
    assert {"name": f"{name} (4)"} in [event.get("args") for event in events]
    assert slices(events, 4, "run") == [(12000, 8000), (25000, 0)]
    ElementTree.parse(trace.with_suffix(".svg"))


def test_a_log_is_utf_8(trace):
    mark = "I|0|mark: \u00e4\u20ac\U0001f600<&>"
    trace.write_text("h\u00e4rte\n" + TRACE.replace("I|0|mark: here", mark + "\x01"), encoding="utf-8")
    assert convert(trace, "--strict").returncode == 0
    events = json.loads(trace.with_suffix(".json").read_text(encoding="utf-8"))
    assert [event["name"] for event in events if event["ph"] == "i"] == [mark[4:] + "\x01"]
    picture = ElementTree.parse(trace.with_suffix(".svg")).getroot()
    assert mark[4:] + "\ufffd" in [element.text for element in picture.iter()]
    trace.write_bytes(b"\xff\xc3" + TRACE.encode())  # noise before the trace
    assert convert(trace, "--strict").returncode == 0


def test_a_damaged_line_costs_one_line(trace):
    damaged = TRACE.replace("b-4 [000] 1.020000: sched_switch: prev_comm", "b-4 [000 sched")
    trace.write_text(damaged, encoding="ascii")
    lenient = convert(trace)
    assert lenient.returncode == 0 and "trace.txt:15: skipped" in lenient.stderr
    check_nesting(json.loads(trace.with_suffix(".json").read_text(encoding="utf-8")))
    assert convert(trace, "--strict").returncode != 0


@pytest.mark.parametrize("content", ["", "nothing of the kind\n", "# tracer: x\n"])
def test_no_trace_is_one_line(trace, content):
    trace.write_text(content, encoding="ascii")
    result = convert(trace)
    assert result.returncode != 0 and "no events" in result.stderr.splitlines()[-1]
    assert "No such file" in convert("/nowhere.txt").stderr


def run_scenario(scenario, output):
    return subprocess.run([str(RUN), str(IMAGE), str(scenario), str(output)], capture_output=True,
                          text=True, check=False)


@pytest.mark.parametrize("name", sorted(path.name for path in SCENARIOS.glob("*.txt")))
def test_a_scenario_repeats_to_the_byte(name, tmp_path):
    outputs = []
    for number in (1, 2):
        path = tmp_path / f"{number}.txt"
        assert run_scenario(SCENARIOS / name, path).returncode == 0
        assert convert(path, "--strict").returncode == 0
        check_nesting(json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))
        ElementTree.parse(path.with_suffix(".svg"))
        outputs.append([path.with_suffix(suffix).read_bytes()
                        for suffix in (".txt", ".json", ".svg")])
    assert outputs[0] == outputs[1]


def test_a_scenario_without_a_dump_is_said(tmp_path):
    scenario = tmp_path / "scenario"
    scenario.write_text("echo nothing\npoweroff\n", encoding="ascii")
    assert "printed no whole trace" in run_scenario(scenario, tmp_path / "out").stderr
    assert "there is no scenario" in run_scenario(tmp_path / "none", tmp_path / "out").stderr
