"""Runs the self-tests of a test kernel: run.py IMAGE.

The kernel prints TAP (Test Anything Protocol) on COM1 and ends the machine through
isa-debug-exit. Prints what the kernel prints, and a closing line. Fails if a test failed, if one
that was planned did not run, or if the machine ended in any other way.
"""

import re
import subprocess
import sys
from pathlib import Path

SECONDS = 900
ENDED_BY_TIMEOUT = 124

TIME_SHIFT = 3  # 8 virtual nanoseconds an instruction, whatever the host is busy with

ESCAPE_SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
PLAN = re.compile(r"1\.\.(\d+)$")
RESULT = re.compile(r"(not )?ok (\d+)\b")


class Results:
    """What the lines of TAP so far have told."""

    def __init__(self):
        self.planned = None
        self.passed = 0
        self.failed = 0
        self.problems = []

    def read(self, line):
        plan = PLAN.match(line)
        result = RESULT.match(line)
        if plan:
            if self.planned is not None:
                self.problems.append("the plan came twice: did the machine start again?")
            self.planned = int(plan.group(1))
        elif result:
            if int(result.group(2)) != self.passed + self.failed + 1:
                self.problems.append(f"out of order: {line}")
            if result.group(1):
                self.failed += 1
            else:
                self.passed += 1
        elif line.startswith("Bail out!"):
            self.problems.append(line)

    def judge(self, exit_status):
        """Adds the problems that show only at the end."""
        run = self.passed + self.failed
        if self.planned is None:
            self.problems.append("there was no plan (1..N)")
        elif run != self.planned:
            self.problems.append(f"{self.planned} tests were planned, {run} ran")
        if run == 0:
            self.problems.append("no test ran")
        if exit_status == ENDED_BY_TIMEOUT:
            self.problems.append(f"the machine did not end within {SECONDS} seconds")
        elif exit_status % 2 == 0:
            self.problems.append("the machine was reset or switched off, or QEMU failed "
                                 f"(status {exit_status})")


def main():
    boot = Path(__file__).parents[2] / "tools" / "boot-repeatable"
    machine = subprocess.Popen([boot, str(SECONDS), str(TIME_SHIFT), sys.argv[1]],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               text=True, encoding="ascii", errors="replace")
    results = Results()
    for raw_line in machine.stdout:
        line = ESCAPE_SEQUENCE.sub("", raw_line).strip()
        print(line, flush=True)
        results.read(line)
    results.judge(machine.wait())

    for problem in results.problems:
        print(f"error: test kernel: {problem}")
    print(f"{results.passed} passed, {results.failed} failed")
    return 1 if results.problems or results.failed else 0


if __name__ == "__main__":
    sys.exit(main())
