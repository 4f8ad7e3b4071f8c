"""Transcripts in a document: what was typed on COM1, and what was printed.

A transcript is a block ```console. In it a line that begins with the prompt is typed, RESCUE is the
key that is pressed while the shell starves, a line `...` stands for lines that were left out, and
all other lines are printed. The transcripts of a section (## in the document) are one session on a
machine that has just booted.
"""

import re
from collections import Counter

from machine import PROMPT

RESCUE = "(Ctrl-\\)"
LEFT_OUT = "..."

SECTION = re.compile(r"(?m)^(?=## )")
BLOCK = re.compile(r"(?ms)^```console\n(.*?)^```$")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
WORD = re.compile(r"[A-Za-z_]\w*")
CHART_ROW = re.compile(r"( *\d+ [^|]*\|)(.*)\|")
MOMENT = re.compile(r"(?<= from )[.\d]+(?= s on)")  # since the boot
BAR = re.compile(r"#+$")  # in a histogram, where the number beside it says the same

# What may differ between two kernels, or two runs, that teach the same: 15 %, or a little in the
# last digit. What switches and interrupts cost is not what a lesson stands or falls with: so the
# figures that these patterns find, the last one in the last column of `compare`, may be a few times
# as large or as small.
TOLERANCE = 0.15
LAST_DIGIT = 3
COSTS = [re.compile(r"^(?:switch|irq)_\w+_ns: (\d+)"),
         re.compile(r"^(?:overhead|interrupt)_percent: ([.\d]+)"),
         re.compile(r"^switches_per_second: (\d+)"),
         re.compile(r" (\d+\.\d\d)$")]
COST_FACTOR = 3

# The longest time with interrupts off is a matter of which of them a tick falls into.
LONGEST = re.compile(r"^irq_latency_max_ns: \d+")

# Of a chart, how many columns each thread ran, was ready, and did neither: who is first, and who
# loses the CPU by what when two things happen at the same tick, differs. A turn and a half is
# what a window may have more or less.
KINDS = {**dict.fromkeys("#%=->)!iYZX", "ran"), **dict.fromkeys(".*", "ready"), " ": "neither"}
COLUMNS = 8


class Step:
    """What was typed (or RESCUE), and the lines that were printed after it."""

    def __init__(self, typed):
        self.typed = typed
        self.lines = []

    def text(self):
        first = self.typed if self.typed == RESCUE else PROMPT + self.typed
        return "\n".join([first, *self.lines])


def parse(text):
    """The steps of a transcript. Nothing is printed before the first one."""
    steps = []
    for line in text.splitlines():
        if line == RESCUE:
            steps.append(Step(line))
        elif line.startswith(PROMPT.rstrip()):
            steps.append(Step(line[len(PROMPT):].rstrip()))
        else:
            steps[-1].lines.append(line.rstrip())
    return steps


def sections(document):
    """The sections that have transcripts: for each its title and its blocks."""
    for section in SECTION.split(document):
        blocks = BLOCK.findall(section)
        if blocks:
            yield section.splitlines()[0].lstrip("# "), blocks


# --- Comparing ------------------------------------------------------------------------------------

def numbers_agree(told, seen):
    unit_in_last_place = 10.0 ** -len(told.partition(".")[2])
    slack = max(TOLERANCE * float(told), TOLERANCE * float(seen), LAST_DIGIT * unit_in_last_place)
    return abs(float(told) - float(seen)) <= slack


def costs_agree(told, seen):
    return float(told) <= COST_FACTOR * float(seen) and float(seen) <= COST_FACTOR * float(told)


def take_cost(line):
    """The cost that the line tells, or None, and the line without it."""
    for pattern in COSTS:
        match = pattern.search(line)
        if match:
            return match[1], line[:match.start(1)] + line[match.end(1):]
    return None, line


def texts_agree(told, seen):
    """The words are the same, and each number is about the same."""
    told, seen = [LONGEST.sub("irq_latency_max_ns: 0", line) for line in (told, seen)]
    told_cost, told = take_cost(told)
    seen_cost, seen = take_cost(seen)
    if told_cost is not None and seen_cost is not None and not costs_agree(told_cost, seen_cost):
        return False
    if NUMBER.sub("0", " ".join(told.split())) != NUMBER.sub("0", " ".join(seen.split())):
        return False
    return all(map(numbers_agree, NUMBER.findall(told), NUMBER.findall(seen)))


def cells_agree(told, seen):
    told_kinds, seen_kinds = [Counter(KINDS.get(cell, "moment") for cell in cells)
                              for cells in (told, seen)]
    return len(told) == len(seen) and all(
        abs(told_kinds[kind] - seen_kinds[kind]) <= COLUMNS for kind in told_kinds | seen_kinds)


def lines_agree(told, seen):
    rows = CHART_ROW.fullmatch(told), CHART_ROW.fullmatch(seen)
    if all(rows):
        return texts_agree(rows[0][1], rows[1][1]) and cells_agree(rows[0][2], rows[1][2])
    return texts_agree(*[MOMENT.sub("0", BAR.sub("", line)) for line in (told, seen)])


def align(told, seen, agree):
    """Pairs of lines that agree. LEFT_OUT takes as few lines as it can, or at the end all that are
    left, and is paired with itself. None if lines are missing or too many."""
    pairs = []
    position = 0
    for i, line in enumerate(told):
        if line == LEFT_OUT:
            if i == len(told) - 1:
                position = len(seen)
            while position < len(seen) and not agree(told[i + 1], seen[position]):
                position += 1
            pairs.append((LEFT_OUT, LEFT_OUT))
        elif position < len(seen) and agree(line, seen[position]):
            pairs.append((line, seen[position]))
            position += 1
        else:
            return None
    return pairs if position == len(seen) else None


def steps_agree(told, seen):
    return align(told.lines, seen.lines, lines_agree) is not None


# --- Renewing -------------------------------------------------------------------------------------

def subject(line):
    """What a line is about, whatever its figures are."""
    word = WORD.search(line)
    return word[0] if word else NUMBER.sub("0", line)


def renewed(told, seen):
    """The step as it is now; the lines that were left out stay left out where that can be done."""
    pairs = None
    if LEFT_OUT in told.lines:
        pairs = align(told.lines, seen.lines, lambda one, two: subject(one) == subject(two))
    step = Step(told.typed)
    step.lines = seen.lines if pairs is None else [line for _, line in pairs]
    return step


def renew(document, title, seen):
    """The document in which the steps of one section that differ from `seen` are replaced."""
    remaining = iter(seen)

    def renew_block(block):
        steps = []
        for told in parse(block[1]):
            now = next(remaining)
            steps.append(told if steps_agree(told, now) else renewed(told, now))
        return "```console\n" + "\n".join(step.text() for step in steps) + "\n```"

    parts = SECTION.split(document)
    for i, part in enumerate(parts):
        if part.startswith(f"## {title}\n"):
            parts[i] = BLOCK.sub(renew_block, part)
    return "".join(parts)
