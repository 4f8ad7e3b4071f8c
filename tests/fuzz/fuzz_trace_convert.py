"""Feeds tools/trace-convert with damaged traces: fuzz_trace_convert.py [OPTION...] DIRECTORY...

Takes the arguments of a libFuzzer program, as far as there is something to do about them: -runs=,
-max_total_time=, -seed=, -artifact_prefix=; and instead of directories, files that are fed as they
are. Unlike those programs it is blind: it changes traces of the corpus at random, and does not know
which lines of the converter that reaches.

Whatever comes, it makes of it what a viewer can read, within the time that the trace says, or no
events are found.
"""

import importlib.machinery
import importlib.util
import json
import random
import sys
import time
import traceback
import xml.etree.ElementTree as ElementTree
from pathlib import Path

CONVERTER = Path(__file__).resolve().parents[2] / "tools" / "trace-convert"
CHANGES_MAX = 8
NUMBERS = ["0", "1", "-1", "7", "1000000", "1000001", "2147483648", "9" * 30, "1.000000", ""]
PIECES = ["prev_comm=", "next_pid=", " ==> ", "reason=block", " on=mutex:a b", "E|0", "B|0|irq0:timer",
          "I|0|stolen since 1.000000", "I|0|not recorded since 0.000001", "C|0|harmony|5", "I|0|mark: ",
          "--- trace begin ---", "--- trace end ---", "# policy: ", "\x1b[2J", "\0", "\x0c", "\x85",
          "\u2028", "\ufffd", "\U0001f600", "<&>\"'", "\n", "-5 [000] ", "\u0663"]


def load_converter():
    loader = importlib.machinery.SourceFileLoader("trace_convert", str(CONVERTER))
    specification = importlib.util.spec_from_loader(loader.name, loader)
    module = importlib.util.module_from_spec(specification)
    sys.dont_write_bytecode = True  # tools/ stays as it is
    loader.exec_module(module)
    return module


# --- What must hold -----------------------------------------------------------------------------


def check_slices(slices, start, end, what):
    for part in slices:
        assert start <= part.start <= part.end <= end, f"{what}: {part} is not in {start} to {end}"


def check_timeline(timeline):
    start, end = timeline.start, timeline.end
    for tid, thread in timeline.threads.items():
        ran = sorted(thread.runs)
        check_slices(ran, start, end, f"{tid} runs")
        check_slices(thread.waits, start, end, f"{tid} waits")
        for before, after in zip(ran, ran[1:]):
            assert before.end <= after.start, f"{tid} runs twice: {before} {after}"
    check_slices(timeline.interrupts, start, end, "interrupts")


def check(converter, text):
    settings, events, damaged = converter.parse_text(text)
    assert len(events) + len(damaged) <= text.count("\n") + 1
    if not events:
        return
    assert all(before.time <= after.time for before, after in zip(events, events[1:]))
    timeline = converter.Timeline(events)
    check_timeline(timeline)
    for event in json.loads(converter.json_text(timeline)):
        assert event["ph"] in "MXiC" and event.get("dur", 0) >= 0
    ElementTree.fromstring(converter.Picture(settings, timeline).draw())


# --- Changing a trace ---------------------------------------------------------------------------


def change_line(source, line):
    """A number or a character of it becomes another, or a piece is put in or taken out."""
    place = source.randrange(len(line) + 1)
    kind = source.randrange(5)
    if kind == 0:
        return line[:place] + source.choice(PIECES) + line[place:]
    if kind == 1:
        return line[:place] + line[place + source.randrange(1, 9):]
    if kind == 2:
        return line[:place] + chr(source.choice([source.randrange(32, 127), source.randrange(256),
                                                 source.randrange(0x800)])) + line[place + 1:]
    words = line.split(" ")
    word = source.randrange(len(words))
    name, equals, _ = words[word].partition("=")
    words[word] = name + equals + source.choice(NUMBERS if kind == 3 else PIECES)
    return " ".join(words)


def change(source, texts):
    lines = source.choice(texts).split("\n")
    for _ in range(source.randrange(1, CHANGES_MAX + 1)):
        place = source.randrange(len(lines))
        kind = source.randrange(6)
        if kind == 0:
            del lines[place]
        elif kind == 1:
            lines.insert(place, source.choice(lines))
        elif kind == 2:
            other = source.randrange(len(lines))
            lines[place], lines[other] = lines[other], lines[place]
        elif kind == 3:
            lines.insert(place, source.choice(source.choice(texts).split("\n")))
        else:
            lines[place] = change_line(source, lines[place])
        lines = lines or [""]
    return "\n".join(lines)


# --- Arguments ----------------------------------------------------------------------------------


def read(path):
    return path.read_text(encoding="utf-8", errors="replace")


def texts_of(paths):
    return [read(path) for directory in paths for path in sorted(directory.glob("*"))]


def feed(converter, text, prefix):
    """Whether all holds; else the text is kept."""
    try:
        check(converter, text)
        return True
    except Exception:  # whatever it is: a finding
        traceback.print_exc()
        path = Path(f"{prefix}crash")
        path.write_text(text, encoding="utf-8", errors="surrogateescape", newline="")
        print(f"kept in {path}")
        return False


def main():
    options = dict(word[1:].split("=", 1) for word in sys.argv[1:] if word.startswith("-") and "=" in word)
    paths = [Path(word) for word in sys.argv[1:] if not word.startswith("-")]
    prefix = options.get("artifact_prefix", "")
    converter = load_converter()
    files = [path for path in paths if path.is_file()]
    if files:
        return not all(feed(converter, read(path), prefix) for path in files)
    texts = texts_of(paths)
    source = random.Random(int(options.get("seed", 0)) or None)
    runs = int(options.get("runs", -1))
    end = time.monotonic() + int(options.get("max_total_time", 0) or 1e9)
    done = 0
    is_good = all(feed(converter, text, prefix) for text in texts)
    while is_good and done != runs and time.monotonic() < end:
        is_good = feed(converter, change(source, texts), prefix)
        done += 1
    print(f"stat::number_of_executed_units: {done}")
    return not is_good


if __name__ == "__main__":
    sys.exit(main())
