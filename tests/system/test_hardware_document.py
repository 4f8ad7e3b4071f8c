"""docs/hardware.md says what was run: each case that it names is one of the boot matrix."""

import re
import sys

import pytest

from machine import IMAGE, ROOT

sys.path.append(str(ROOT / "tests" / "boot"))

# pylint: disable=wrong-import-position
import bochs_rows
import fake_firmware
import qemu_rows
from images import Image

DOCUMENT = (ROOT / "docs" / "hardware.md").read_text(encoding="utf-8")
FAULTS = DOCUMENT[DOCUMENT.index("## What firmware does wrong"):]
# The last column: `case`, or `device: case`, or a path.
NAMES = sorted({name for row in re.findall(r"^\|.*\|(.*)\|$", FAULTS, re.MULTILINE)
                for name in re.findall(r"`([^`]+)`", row)})


@pytest.fixture(scope="module")
def cases():
    image = Image(IMAGE)
    rows = fake_firmware.rows(image) + qemu_rows.rows(image) + bochs_rows.rows(image)
    return {row.case for row in rows} | {f"{row.device}: {row.case}" for row in rows}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_to_have_been_run_exists(name, cases):
    if name.startswith("tests/"):
        assert (ROOT / name).is_file()
        return
    pattern = re.escape(name).replace("…", r"\d+")
    assert any(re.fullmatch(pattern, case) for case in cases), f"no such case: {name}"


def test_every_fault_is_run_or_reasoned():
    for row in re.findall(r"^\| .*\|$", FAULTS, re.MULTILINE):
        last = row.split("|")[-2].strip()
        assert "`" in last or last in ("run", "the same") or re.match("reasoned|run by hand", last), row
