"""Date and time, the tick and its sources, the time stamp counter."""

import datetime
import re

import pytest

from bochs import BochsMachine
from machine import Machine

ISO = "%Y-%m-%dT%H:%M:%S"


def date(text):
    return datetime.datetime.strptime(text, ISO)


def test_uptime_shows_date_and_time_of_the_boot():
    with Machine("-rtc", "base=2000-02-29T23:59:55") as machine:
        machine.wait_for_prompt()
        booted = date(machine.values("uptime")["boot_time"])
        assert datetime.datetime(2000, 2, 29, 23, 59, 55) <= booted
        assert booted < datetime.datetime(2000, 3, 1, 0, 1)
        machine.banners = 2  # the log begins with it, too
        log = machine.command("log")
        assert f"clock: {booted.strftime(ISO)}" in log and "warning" not in log

        later = machine.values("sleep 7; uptime")
        assert date(later["boot_time"]) == booted
        passed = (date(later["date_time"]) - booted).total_seconds()
        assert 7 <= passed and abs(passed - int(later["uptime_ms"]) / 1000) <= 5


@pytest.mark.parametrize("base", ["1999-12-31T12:00:01", "2026-01-01T00:00:00",
                                  "2037-12-31T23:00:00"])
def test_the_century_is_that_of_the_clock(base):
    with Machine("-rtc", f"base={base}", "-M", "q35") as machine:
        machine.wait_for_prompt()
        seen = date(machine.values("uptime")["date_time"])
        assert abs((seen - date(base)).total_seconds()) < 60


def test_the_clock_of_bochs():
    with BochsMachine() as machine:
        machine.wait_for_prompt()
        assert re.search(r"^boot_time: 2000-01-01T\d\d:\d\d:\d\d$", machine.command("uptime"),
                         re.MULTILINE)
