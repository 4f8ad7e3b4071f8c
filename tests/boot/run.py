"""Boots the image on every machine of the matrix: run.py IMAGE REPORT [PATTERN].

Prints each row as it is judged, and writes all of them as a Markdown table to REPORT. PATTERN is a
regular expression: only rows in whose firmware, device or case it is found are run. Fails if a row
is not as expected.
"""

import hashlib
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "system"))

# pylint: disable=wrong-import-position
import bochs_rows
import fake_firmware
import qemu_rows
from images import Image
from judging import run_row

AT_ONCE = 2
HEADS = ("Firmware", "Device", "Case", "Expected", "Seen", "Result")


def cells(result):
    row = result.row
    return row.firmware, row.device, row.case, str(row.expected), result.seen, result.verdict


def markdown_line(texts):
    return "| " + " | ".join(text.replace("|", "\\|") for text in texts) + " |\n"


def version(program):
    """The first line in which a program tells its version."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60,
                                check=False, stdin=subprocess.DEVNULL)
    except FileNotFoundError:
        return f"{program} is not installed"
    found = re.search(r".*\d+\.\d+.*", answer.stdout + answer.stderr)
    return found.group().strip() if found else program


def summary(results):
    good = sum(result.is_as_expected for result in results)
    not_run = sum(not result.was_run for result in results)
    bad = len(results) - good - not_run
    return f"{len(results)} rows: {good} as expected, {bad} not as expected, {not_run} not run."


def report(image, results):
    digest = hashlib.sha256(image.bytes).hexdigest()
    return "".join([
        "# Boot matrix\n\n",
        f"Image: `{image.path.name}`, SHA-256 `{digest}`.\n",
        f"{version('qemu-system-x86_64')}. {version('bochs')}.\n\n",
        markdown_line(HEADS),
        markdown_line(["---"] * len(HEADS)),
        *(markdown_line(cells(result)) for result in results),
        f"\n{summary(results)}\n"])


def print_result(result):
    print(f"{result.verdict:15}  {result.row.name}", flush=True)
    if not result.is_as_expected:
        print(f"{'':15}  expected: {result.row.expected}\n{'':15}  seen: {result.seen}", flush=True)


def run_all(rows):
    def judge(row):
        result = run_row(row)
        print_result(result)
        return result

    with ThreadPoolExecutor(AT_ONCE) as pool:
        futures = [pool.submit(judge, row) for row in rows]
        try:
            return [future.result() for future in futures]
        finally:
            pool.shutdown(cancel_futures=True)


def main(path, report_path, pattern=""):
    image = Image(path)
    rows = fake_firmware.rows(image) + qemu_rows.rows(image) + bochs_rows.rows(image)
    results = run_all([row for row in rows if re.search(pattern, row.name)])
    Path(report_path).write_text(report(image, results), encoding="utf-8")
    print(f"{summary(results)} The table is in {report_path}.")
    return 0 if all(result.is_as_expected or not result.was_run for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
