"""The quick rows of the boot matrix: `make test-boot` runs all of them (tests/boot)."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from machine import IMAGE, ROOT

sys.path.append(str(ROOT / "tests" / "boot"))

# pylint: disable=wrong-import-position
import fake_firmware
import qemu_rows
from images import Image
from judging import run_row

AT_ONCE = 2
ROWS = [row for rows in (fake_firmware.rows, qemu_rows.rows) for row in rows(Image(IMAGE))
        if row.is_quick]


@pytest.fixture(scope="module")
def results(request):
    """What each chosen row has come to, as futures: two machines run at a time."""
    chosen = [item.callspec.params["row"] for item in request.session.items
              if item.function is test_boots_as_expected]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {row.name: pool.submit(run_row, row) for row in chosen}
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_boots_as_expected(row, results):
    result = results[row.name].result()
    if not result.was_run:
        pytest.skip(result.seen)
    assert result.is_as_expected, f"expected {row.expected}, seen {result.seen}"
