"""Feeds fuzz targets: run.py [--seconds S] DIRECTORY TARGET...

Without --seconds each target gets so many inputs that it takes a few seconds, from its corpus and one
seed, so that every run is the same. With it, all of them together take S seconds, on all processors,
and what they find out about their targets is kept in DIRECTORY for the next time.

A target is a program of libFuzzer's, or a script that takes the same arguments. Prints a line for
each, and a closing one. What ends a target is a finding: its last lines are shown, and how to see it
again.
"""

import argparse
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests" / "fuzz" / "corpus"

SEED = 1
RUNS = 30000  # some seconds
SCRIPT_RUNS = 3000
INPUT_BYTES = 400  # a line has 255
INPUT_SECONDS = 20  # more than any input takes on a busy machine
LINES_SHOWN = 40

COUNT = re.compile(r"^stat::number_of_executed_units: (\d+)$", re.MULTILINE)


class Target:
    def __init__(self, path, directory):
        self.path = Path(path)
        self.is_script = self.path.suffix == ".py"
        self.name = self.path.stem.removeprefix("fuzz_")
        self.directory = directory
        self.runs = 0
        self.failure = None  # what its output ended with

    def command(self, seconds):
        found = self.directory / "found" / self.name
        arguments = [f"-max_len={INPUT_BYTES}", f"-timeout={INPUT_SECONDS}", "-print_final_stats=1",
                     f"-artifact_prefix={self.directory}/{self.name}-"]
        if seconds:
            arguments.append(f"-max_total_time={seconds}")
        else:
            found = self.directory / "scratch" / self.name
            for old in found.glob("*"):
                old.unlink()
            arguments += [f"-seed={SEED}", f"-runs={SCRIPT_RUNS if self.is_script else RUNS}"]
        found.mkdir(parents=True, exist_ok=True)
        program = [sys.executable, str(self.path)] if self.is_script else [str(self.path.resolve())]
        return [*program, *arguments, str(found), str(CORPUS / self.name)]

    def feed(self, seconds):
        result = subprocess.run(self.command(seconds), stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, check=False, stdin=subprocess.DEVNULL)
        output = result.stdout.decode(errors="replace")
        count = COUNT.search(output)
        self.runs = int(count[1]) if count else 0
        if result.returncode != 0 or not count:
            self.failure = output
        return self

    def report(self):
        if self.failure is None:
            print(f"{self.name}: {self.runs} runs, nothing found", flush=True)
            return
        lines = [line for line in self.failure.splitlines() if not line.startswith(("#", "stat::"))]
        print("\n".join(lines[-LINES_SHOWN:]))
        print(f"{self.name}: FAILED. To see it again: {self.path} {self.directory}/{self.name}-...",
              flush=True)


def feed_all(targets, seconds):
    """How many at a time: what takes a given time is spread over the processors."""
    workers = min(os.cpu_count() or 1, len(targets)) if seconds else 1
    each = seconds and max(seconds * workers // len(targets), 1)
    with ThreadPoolExecutor(workers) as pool:
        for target in pool.map(lambda target: target.feed(each), targets):
            target.report()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int)
    parser.add_argument("directory", type=Path)
    parser.add_argument("targets", nargs="+")
    options = parser.parse_args()
    if options.seconds is not None and options.seconds < 1:
        parser.error("SECONDS should be 1 or more")
    targets = [Target(path, options.directory) for path in options.targets]
    feed_all(targets, options.seconds)
    failed = sum(target.failure is not None for target in targets)
    print(f"{sum(target.runs for target in targets)} runs in all")
    print(f"fuzz: {len(targets) - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
