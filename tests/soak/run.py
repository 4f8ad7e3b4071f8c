"""Soaks a kernel: run.py IMAGE HOURS [SEED], in virtual hours.

Several machines at once share the hours, each with a seed of its own: the first has SEED, which is
chosen by the time if it is not said, the next SEED + 1, and so on. A machine's whole life follows from
its seed. Prints what the kernels say of it, and for one that fails its seed and what was typed last.
"""

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
VIRTUAL_TIME = ["-icount", "shift=8,sleep=off", "-rtc", "base=2000-01-01,clock=vm"]
FLOPPY = ["-drive", "file={},format=raw,if=floppy,snapshot=on", "-boot", "a"]

SECONDS_PER_HOUR = 1200  # on the host, at most: a busy one is slow, too
LINES_SHOWN = 40
OUTPUT_SHOWN = 3000
PASSED = 0x10 << 1 | 1  # as QEMU's isa-debug-exit tells it


class Machine:
    """One machine and what became of it."""

    def __init__(self, image, minutes, seed, directory):
        self.minutes = minutes
        self.seed = seed
        self.typed = directory / f"{seed}.typed"
        self.output = directory / f"{seed}.output"
        self.image = directory / f"{seed}.img"
        shutil.copy(image, self.image)
        subprocess.run([ROOT / "tools" / "command-line", self.image, f'run="soak {seed} {minutes}"'],
                       check=True, stdout=subprocess.DEVNULL)

    def run(self):
        """Returns whether all went well."""
        floppy = [argument.format(self.image) for argument in FLOPPY]
        console = ["-chardev", f"file,id=typed,path={self.typed}",
                   "-device", "isa-debugcon,iobase=0xe9,chardev=typed"]
        seconds = 120 + self.minutes * SECONDS_PER_HOUR // 60
        with open(self.output, "wb") as output:
            status = subprocess.run([ROOT / "tools" / "boot-headless", str(seconds), *floppy,
                                     *console, *VIRTUAL_TIME], stdout=output, check=False).returncode
        text = self.output.read_text(encoding="latin-1")
        for line in re.findall(r"soak: [^\r\n]*", text):
            print(f"seed {self.seed}: {line}", flush=True)
        if status == PASSED:
            return True
        self.describe_failure(status, text)
        return False

    def describe_failure(self, status, text):
        print(f"seed {self.seed}: FAILED (QEMU's status {status}). What was typed last "
              "(c: on COM1, k: on the keyboard):")
        typed = self.typed.read_text(encoding="latin-1").splitlines()
        print("\n".join(typed[-LINES_SHOWN:]))
        print(f"seed {self.seed}: the end of what COM1 said:")
        print(text[-OUTPUT_SHOWN:])


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit("usage: run.py IMAGE HOURS [SEED]")
    image, hours = sys.argv[1], float(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) == 4 and sys.argv[3] else int(time.time()) % 1000000
    count = os.cpu_count() or 1
    minutes = max(1, round(hours * 60 / count))
    print(f"soak: {count} machines, {minutes} virtual minutes each, seeds from {seed} on "
          f"(make soak HOURS={sys.argv[2]} SEED={seed})", flush=True)
    began_at = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="aethel-soak-") as directory:
        machines = [Machine(image, minutes, seed + i, Path(directory)) for i in range(count)]
        with ThreadPoolExecutor(count) as pool:
            results = list(pool.map(Machine.run, machines))
    print(f"soak: {sum(results)} of {count} machines are well after "
          f"{time.monotonic() - began_at:.0f} s")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
