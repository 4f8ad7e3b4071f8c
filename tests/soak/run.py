"""Soaks a kernel: run.py [--same] IMAGE HOURS [SEED], in virtual hours.

Several machines at once share the hours, each with a seed of its own: the first has SEED, which is
chosen by the time if it is not said, the next SEED + 1, and so on. A machine's whole life follows from
its seed; with --same they all have one seed, and it is an error if they do not all do the same. Prints
what the kernels say of it, and for one that fails its seed and what was typed last.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[2]

# 256 virtual nanoseconds an instruction: four instructions a microsecond, as an old PC. An hour in
# which the processor is busy are 14,000 million of them.
TIME_SHIFT = 8

SECONDS_PER_HOUR = 3600  # on the host, at most: a busy one is slow, too
OUT_OF_TIME = 124  # timeout's status
LINES_SHOWN = 40
OUTPUT_SHOWN = 3000
PASSED = 0x10 << 1 | 1  # as QEMU's isa-debug-exit tells it


class Machine:
    """One machine and what became of it."""

    def __init__(self, image, minutes, seed, directory):
        directory.mkdir()
        self.minutes = minutes
        self.seed = seed
        self.typed = directory / "typed"
        self.output = directory / "output"
        self.image = directory / "disk.img"
        shutil.copy(image, self.image)
        subprocess.run([ROOT / "tools" / "command-line", self.image, f'run="soak {seed} {minutes}"'],
                       check=True, stdout=subprocess.DEVNULL)

    def run(self):
        """Returns whether all went well."""
        console = ["-chardev", f"file,id=typed,path={self.typed}",
                   "-device", "isa-debugcon,iobase=0xe9,chardev=typed"]
        seconds = 120 + self.minutes * SECONDS_PER_HOUR // 60
        with open(self.output, "wb") as output:
            status = subprocess.run([ROOT / "tools" / "boot-repeatable", str(seconds), str(TIME_SHIFT),
                                     self.image, *console], stdin=subprocess.DEVNULL, stdout=output,
                                    check=False).returncode
        text = self.output.read_text(encoding="latin-1")
        for line in re.findall(r"soak: [^\r\n]*", text):
            print(f"seed {self.seed}: {line}", flush=True)
        if status == PASSED:
            return True
        self.describe_failure(status, text)
        return False

    def describe_failure(self, status, text):
        why = "not at its end in time, on a busy host" if status == OUT_OF_TIME else f"QEMU's status {status}"
        print(f"seed {self.seed}: FAILED ({why}). What was typed last "
              "(c: on COM1, k: on the keyboard):")
        typed = self.typed.read_text(encoding="latin-1").splitlines()
        print("\n".join(typed[-LINES_SHOWN:]))
        print(f"seed {self.seed}: the end of what COM1 said:")
        print(text[-OUTPUT_SHOWN:])

    def did(self):
        """Everything that was typed and answered."""
        return self.typed.read_bytes(), self.output.read_bytes()


def did_the_same(machines):
    """Returns whether they did, and says so if not."""
    first = machines[0].did()
    if all(machine.did() == first for machine in machines):
        print(f"soak: all machines did the same: {len(first[0])} bytes typed, {len(first[1])} answered")
        return True
    print(f"soak: FAILED: one seed ({machines[0].seed}), and not all machines did the same")
    return False


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--same", action="store_true")
    parser.add_argument("image")
    parser.add_argument("hours", type=float)
    parser.add_argument("seed", type=int, nargs="?", default=int(time.time()) % 1000000)
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    seed = arguments.seed
    # Two at least can be compared.
    count = max(os.cpu_count() or 1, 2 if arguments.same else 1)
    seeds = [seed] * count if arguments.same else [seed + i for i in range(count)]
    minutes = max(1, round(arguments.hours * 60 / count))
    print(f"soak: {count} machines, {minutes} virtual minutes each, seeds {seeds[0]} to {seeds[-1]} "
          f"(make soak HOURS={arguments.hours:g} SEED={seed})", flush=True)
    began_at = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="aethel-soak-") as directory:
        machines = [Machine(arguments.image, minutes, seeds[i], Path(directory) / str(i))
                    for i in range(count)]
        with ThreadPoolExecutor(count) as pool:
            results = list(pool.map(Machine.run, machines))
        if arguments.same and not did_the_same(machines):
            return 1
    print(f"soak: {sum(results)} of {count} machines are well after "
          f"{time.monotonic() - began_at:.0f} s")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
