"""The quick rows of the boot matrix: `make test-boot` runs all of them (tests/boot)."""

import sys

import pytest

from machine import IMAGE, ROOT

sys.path.append(str(ROOT / "tests" / "boot"))

# pylint: disable=wrong-import-position
import fake_firmware
import qemu_rows
from images import Image
from judging import run_row

ROWS = [row for rows in (fake_firmware.rows, qemu_rows.rows) for row in rows(Image(IMAGE))
        if row.is_quick]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_boots_as_expected(row):
    result = run_row(row)
    if not result.was_run:
        pytest.skip(result.seen)
    assert result.is_as_expected, f"expected {row.expected}, seen {result.seen}"
