"""docs/lab.md: what it says one sees is what one sees.

A section's commands are in COM1's input while the shell still sleeps, and time is virtual: so no
time lies between two of them, and what is printed is the same but for the last digits. Which
differences count is told in transcript.py.

AETHEL_UPDATE_LAB=1 in the environment writes what has changed into the document.
"""

import os
import re

import pytest

import transcript
from machine import PROMPT, ROOT, Machine, wait_until

DOCUMENT = ROOT / "docs" / "lab.md"
STATUS_BAR = re.compile(r"(?m)^```text\n(.*\u2502.*)\n```$")
SEPARATOR = "\u2502"
UPDATES = bool(os.environ.get("AETHEL_UPDATE_LAB"))

# Nothing from outside, and the machine stands still until its input is there.
ARGUMENTS = ["-rtc", "base=2000-01-01,clock=vm", "-S"]
# The first command, and the first one after a rescue, which are not in the document: a FIFO full of
# input keeps the tick waiting for longer than `check` allows, at 64 ns an instruction.
WHILE_INPUT_COMES = "sleep 2"
CONTROL_BACKSLASH = "\x1c"
STARVED = r"wait +(?:[2-9]|\d{2,})[.\d]*s"  # two seconds, or more
ANNOUNCED = r"\r\nthe shell waits: (\w+) has the CPU; Ctrl-\\ switches preemption on\r\n"


def document():
    return DOCUMENT.read_text(encoding="utf-8")


def typed(steps):
    return "".join(step.typed + "\r" for step in steps)


def wait_for_prompts(machine, count):
    wait_until(lambda: machine.serial.text.count(PROMPT) >= count, f"prompt number {count}",
               describe=lambda: machine.serial.text)


def rescue(machine, steps):
    """Types a command while nobody answers, then the key, then the other ones. All that comes before
    the key is who has the CPU. Returns the status bar as it was then."""
    before = len(machine.serial.text)
    machine.serial.send(typed(steps[:1]))
    machine.wait_for_screen(STARVED)
    status_bar = machine.status_bar
    machine.serial.wait_for(ANNOUNCED, before)
    assert re.fullmatch(ANNOUNCED, machine.serial.text[before:]), "the starved shell has answered"
    machine.serial.send(CONTROL_BACKSLASH + WHILE_INPUT_COMES + "\r" + typed(steps[1:]))
    return status_bar


def play(steps):
    """Types the steps into a machine that boots. Returns them with what it printed, and the status
    bar of the starved machine if there is a rescue."""
    rescues = [i for i, step in enumerate(steps) if step.typed == transcript.RESCUE]
    first_part = steps[:rescues[0]] if rescues else steps
    status_bar = None
    with Machine(*ARGUMENTS, virtual=True) as machine:
        machine.serial.send(WHILE_INPUT_COMES + "\r" + typed(first_part))
        machine.qmp("cont")
        wait_for_prompts(machine, 2 + len(first_part))
        if rescues:
            status_bar = rescue(machine, steps[rescues[0] + 1:])
            wait_for_prompts(machine, 3 + len(steps))  # one before the announcement, one behind it
        text = re.sub(re.escape(PROMPT) + ANNOUNCED, "", machine.serial.text)
    seen = [step for step in transcript.parse(text[text.index(PROMPT):text.rindex(PROMPT)])
            if step.typed != WHILE_INPUT_COMES]
    for position in rescues:
        seen.insert(position, transcript.Step(transcript.RESCUE))
    return seen, status_bar


def sections():
    return [pytest.param(title, blocks, id=title)
            for title, blocks in transcript.sections(document())]


def status_bars_agree(told, seen):
    """All but the seconds that the shell waits, and the cells."""
    *told_fields, told_wait = told.split(SEPARATOR)
    *seen_fields, seen_wait = seen.split(SEPARATOR)
    return (transcript.texts_agree(SEPARATOR.join(told_fields), SEPARATOR.join(seen_fields)) and
            told_wait.split()[0] == seen_wait.split()[0])


@pytest.mark.parametrize("title, blocks", sections())
def test_the_transcripts_are_what_one_sees(title, blocks):
    told = [step for block in blocks for step in transcript.parse(block)]
    seen, status_bar = play(told)
    assert [step.typed for step in seen] == [step.typed for step in told]
    if UPDATES:
        DOCUMENT.write_text(transcript.renew(document(), title, seen), encoding="utf-8")
        return
    wrong = [f"--- docs/lab.md\n{one.text()}\n+++ seen\n{two.text()}"
             for one, two in zip(told, seen) if not transcript.steps_agree(one, two)]
    assert not wrong, "\n\n".join(wrong)
    if status_bar is not None:
        assert status_bars_agree(STATUS_BAR.search(document())[1], status_bar), status_bar


@pytest.mark.parametrize("told, seen, agree", [
    ("   3 hog1  ready  31  24.5  1231", "   3 hog1   ready  31  25.1  1228", True),
    ("   3 hog1  ready  31  24.5  1231", "   3 hog1   ready  31  33.3  1228", False),
    ("   3 hog1  ready  31  24.5  1231", "   3 hog1   sleeping  31  24.5  1231", False),
    ("overhead_percent: 1.62 (under 5) PASS", "overhead_percent: 2.30 (under 5) PASS", True),
    ("overhead_percent: 1.62 (under 5) PASS", "overhead_percent: 7.62 (under 5) FAIL", False),
    ("irq_latency_max_ns: 6803 (under 50000) PASS", "irq_latency_max_ns: 45703 (under 50000) PASS",
     True),
    ("irq_latency_max_ns: 6803 (under 50000) PASS", "irq_latency_max_ns: 65703 (under 50000) FAIL",
     False),
    ("  3 hog1  |####>...............|", "  3 hog1  |.....####!..........|", True),
    ("  3 hog1  |####>...............|", "  3 hog1  |####################|", False),
])
def test_what_counts_as_a_difference(told, seen, agree):
    assert transcript.lines_agree(told, seen) == agree


def test_only_what_differs_is_written_anew():
    head, tail = "# Title\n\n## First\n\n```console\n", "```\n\nText.\n\n## Second\n"
    told = "aethel> one\n...\nshare: 25.0\n...\naethel> two\ncount: 100\n"
    seen = transcript.parse("aethel> one\na: 1\nshare: 50.0\nb: 1\naethel> two\ncount: 101\n")
    now = transcript.renew(head + told + tail, "First", seen)
    assert now == head + told.replace("25.0", "50.0") + tail
