"""Transcripts in a document: what was typed on COM1, and what was printed.

A transcript is a block ```console. In it a line that begins with the prompt is typed, RESCUE is the
key that is pressed while the shell starves, a line `...` stands for lines that were left out, and
all other lines are printed. The transcripts of a section (## in the document) are one session on a
machine that has just booted.
"""

import re

from machine import PROMPT

RESCUE = "(Ctrl-\\)"
LEFT_OUT = "..."

SECTION = re.compile(r"(?m)^(?=## )")
BLOCK = re.compile(r"(?ms)^```console\n(.*?)^```$")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
WORD = re.compile(r"[A-Za-z_]\w*")
CHART_ROW = re.compile(r"( *\d+ [^|]*\|)(.*)\|")
BAR = re.compile(r"#+$")  # in a histogram, where the number beside it says the same

# What may differ between two kernels, or two runs, that teach the same: 5 %, or a little in the
# last digit. What switches and interrupts cost is not what a lesson stands or falls with: so what
# these patterns find, where the last one is the last column of `compare`, may be a few times more
# or less.
TOLERANCE = 0.05
LAST_DIGIT = 1.5
COSTS = [re.compile(r"^(?:switch|irq)_\w+_ns: (\d+)"),
         re.compile(r"^(?:overhead|interrupt)_percent: ([.\d]+)"),
         re.compile(r" (\d+\.\d\d)$")]
COST_FACTOR = 3

# A chart may begin a little earlier or later, and a column's edge may fall to either side of what
# happens there.
SHIFT_COLUMNS = 20
REACH_COLUMNS = 2


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
    slack = max(TOLERANCE * float(told), LAST_DIGIT * unit_in_last_place)
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
    told_cost, told = take_cost(told)
    seen_cost, seen = take_cost(seen)
    if told_cost is not None and seen_cost is not None and not costs_agree(told_cost, seen_cost):
        return False
    if NUMBER.sub("0", " ".join(told.split())) != NUMBER.sub("0", " ".join(seen.split())):
        return False
    return all(map(numbers_agree, NUMBER.findall(told), NUMBER.findall(seen)))


def lines_agree(told, seen):
    """Without the cells of charts, of which a single row says little."""
    rows = CHART_ROW.fullmatch(told), CHART_ROW.fullmatch(seen)
    if all(rows):
        return texts_agree(rows[0][1], rows[1][1])
    return texts_agree(BAR.sub("", told), BAR.sub("", seen))


def is_covered(cells, by, shift):
    """Whether each cell is found `shift` columns further on, or near there. What lies at the edges,
    or beyond them, cannot be told."""
    width = 2 * REACH_COLUMNS + 1
    edges = range(len(by) - width + 1)
    return all(first not in edges or cell in by[first:first + width]
               for first, cell in enumerate(cells, start=shift - REACH_COLUMNS))


def charts_agree(rows):
    """`rows` are pairs of cells, as told and as seen. All of them are shifted alike."""
    return all(len(told) == len(seen) for told, seen in rows) and any(
        all(is_covered(told, seen, shift) and is_covered(seen, told, -shift) for told, seen in rows)
        for shift in range(-SHIFT_COLUMNS, SHIFT_COLUMNS + 1))


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
    pairs = align(told.lines, seen.lines, lines_agree)
    if pairs is None:
        return False
    rows = [(CHART_ROW.fullmatch(one), CHART_ROW.fullmatch(two)) for one, two in pairs]
    return charts_agree([(one[2], two[2]) for one, two in rows if one])


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
