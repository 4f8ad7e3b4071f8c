"""How a boot is judged: by what a person would see, not by what the loader says of itself.

A row of the matrix starts one machine and says what it must come to. A machine that starts again by
itself has failed, whatever it comes to in the end.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Callable, Union

from machine import BANNER, PANIC, PROMPT, values, wait_until

STOPPED = "The machine has stopped."
QUESTION, ANSWER = "echo it runs", "it runs"

# What `mem` tells, in KiB, may be less than the machine has: firmware and kernel take their part.
MIB = 1024
TOLD_AT_LEAST = 0.95
USED_AT_MOST = 2 * MIB

# A shell that shows this has come to its end: there is no use in waiting for its prompt.
DEAD_ENDS = (re.escape(STOPPED), re.escape(PANIC), "fake firmware: refuses",
             BANNER + "(?s:.*)" + BANNER)


@dataclass(frozen=True)
class Prompt:
    """The shell answers. `memory` is how many MiB the machine has, if its map is to be checked, or a
    tuple of which one is right, where firmware is of two minds; `says` is told before the prompt, and so is `greeting`, which shows that the machine went the
    way it was to go; a shell on the screen is asked through the keyboard."""

    memory: Union[int, tuple] = None
    says: str = None
    greeting: str = ""
    on_screen: bool = False
    has_screen: bool = True

    def __str__(self):
        where = "on the screen" if self.on_screen else "on COM1"
        return f"prompt {where}" + (f", after \"{self.says}\"" if self.says else "")

    def judge(self, machine):
        if self.on_screen:
            return self._judge_screen(machine)
        wait_until(lambda: shell_waits(machine) or has_ended(machine), "a prompt",
                   describe=lambda: last_lines(machine.serial.text))
        if not shell_waits(machine):
            raise AssertionError(last_lines(machine.serial.text))
        assert self.greeting in machine.serial.text, f"no \"{self.greeting}\""
        answer = machine.command(QUESTION)
        assert answer == ANSWER + "\n", answer
        seen = "prompt on COM1"
        if self.memory:
            total = int(machine.values("mem")["memory_total_kib"])
            seen += f", {total} KiB"
            assert self._is_right(total), seen
        if self.says:
            assert self.says in machine.serial.text, f"{seen}, not \"{self.says}\""
            seen += f", after \"{self.says}\""
        if self.has_screen and hasattr(machine, "screen"):
            machine.wait_for_screen("^" + PROMPT.rstrip())
        return seen

    def _is_right(self, total):
        """Whether so many KiB may be told."""
        sizes = self.memory if isinstance(self.memory, tuple) else (self.memory,)
        return any(TOLD_AT_LEAST * size * MIB - USED_AT_MOST < total <= size * MIB
                   for size in sizes)

    @staticmethod
    def _judge_screen(machine):
        machine.wait_for_screen("^" + PROMPT.rstrip())
        machine.command_on_screen(QUESTION, f"^{ANSWER}$")
        return "prompt on the screen"


@dataclass(frozen=True)
class Sentence:
    """The loader, or the kernel when it starts, says on COM1 and on the screen why it cannot go on,
    and the machine stays so."""

    pattern: str
    greeting: str = ""
    by_kernel: bool = False
    has_screen: bool = True

    def __str__(self):
        return f"\"{self.pattern}\", and it stops"

    def judge(self, machine):
        machine.banners = 1 if self.by_kernel else 0
        machine.expects_panic = self.by_kernel
        wait_until(lambda: re.search(self.pattern, machine.serial.text) or shell_waits(machine)
                   or machine.process.poll() is not None, repr(self.pattern),
                   describe=lambda: last_lines(machine.serial.text))
        found = re.search(self.pattern, machine.serial.text)
        assert found, last_lines(machine.serial.text)
        assert self.greeting in machine.serial.text, f"no \"{self.greeting}\""
        if hasattr(machine, "screen"):
            if self.has_screen:
                machine.wait_for_screen(self.pattern)
            wait_until(lambda: "HLT=1" in machine.monitor("info registers"), "the machine to stop")
        assert machine.process.poll() is None, "the machine has ended"
        assert machine.serial.text.count(BANNER) == machine.banners, last_lines(machine.serial.text)
        return f"\"{one_line(found.group())}\""


@dataclass(frozen=True)
class FirmwareSays:
    """The real firmware finds nothing to start, and says so on the screen."""

    pattern: str

    def __str__(self):
        return f"\"{self.pattern}\" from the firmware"

    def judge(self, machine):
        machine.banners = 0
        return f"\"{one_line(machine.wait_for_screen(self.pattern).group())}\""


Expectation = Union[Prompt, Sentence, FirmwareSays]


@dataclass(frozen=True)
class Row:
    """One boot. `start` gets a directory for files and returns the machine, not yet entered."""

    firmware: str
    device: str
    case: str
    expected: Expectation
    start: Callable
    missing: str = None  # why this tool cannot run it
    is_quick: bool = False  # part of `make test`

    @property
    def name(self):
        return f"{self.firmware}, {self.device}: {self.case}"


@dataclass
class Result:
    row: Row
    seen: str
    verdict: str = "as expected"

    @property
    def is_as_expected(self):
        return self.verdict == "as expected"

    @property
    def was_run(self):
        return self.verdict != "not run"


def run_row(row):
    """Starts the row's machine, and judges what it comes to."""
    if row.missing:
        return Result(row, row.missing, "not run")
    try:
        with TemporaryDirectory(prefix="aethel-row-") as directory:
            with row.start(Path(directory)) as machine:
                return Result(row, row.expected.judge(machine))
    except Exception as error:  # whatever went wrong is what was seen
        return Result(row, one_line(str(error) or repr(error)), "NOT AS EXPECTED")


def shell_waits(machine):
    return machine.serial.text.endswith(PROMPT)


def has_ended(machine):
    """The machine has gone, or what it says last cannot lead to a prompt."""
    if machine.process.poll() is not None:
        return True
    return any(re.search(end, machine.serial.text) for end in DEAD_ENDS)


def last_lines(text, count=6):
    return "\n".join(text.strip().splitlines()[-count:]) or "nothing on COM1"


def one_line(text):
    return re.sub(r"\s+", " ", text).strip()
