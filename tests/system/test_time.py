"""Date and time, the tick and its sources, the time stamp counter."""

import datetime
import re
import shutil
import signal
import subprocess
import threading
import time

import pytest

from bochs import BochsMachine
from machine import IMAGE, ROOT, Machine, wait_until

ISO = "%Y-%m-%dT%H:%M:%S"


@pytest.fixture
def image_with(tmp_path):
    """A copy of the image with a command line: image_with("tick=rtc")."""
    def make(command_line):
        image = tmp_path / "disk.img"
        shutil.copy(IMAGE, image)
        subprocess.run([ROOT / "tools" / "command-line", image, command_line], check=True)
        return image

    return make


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


def measure(machine, seconds):
    """Sleeps for so long. Returns how many interrupts came meanwhile, by the name of their line, and
    what the uptime in ms and the clock's date were before and after."""
    answer = machine.command(f"irq; uptime; sleep {seconds}; irq; uptime")
    counts = {name: int(count) for name, count in
              re.findall(r"^ +\d+ (\w+) +(\d+)", answer, re.MULTILINE)}
    for name, count in re.findall(r"^ +\d+ (\w+) +(\d+)", answer[:answer.index("uptime")],
                                  re.MULTILINE):
        counts[name] -= int(count)
    ticks = [int(ms) for ms in re.findall(r"uptime_ms: (\d+)", answer)]
    dates = [date(text) for text in re.findall(r"date_time: (\S+)", answer)]
    return counts, ticks, dates


def test_the_clock_tells_each_second():
    with Machine(virtual=True) as machine:
        machine.wait_for_prompt()
        counts, _, _ = measure(machine, 10)
        assert 9 <= counts["rtc"] <= 11
        assert "warning" not in machine.serial.text


def check_ticks_of_the_clock(counts, ticks, dates):
    elapsed = ticks[1] - ticks[0]
    assert "timer" not in counts
    assert abs(counts["rtc"] - elapsed * 1.024) <= 150
    assert abs((dates[1] - dates[0]).total_seconds() * 1000 - elapsed) <= 1100


def test_ticks_from_the_real_time_clock(image_with):
    """With a CPU that is never idle: under -icount, QEMU 7.2 loses every other interrupt of its
    clock in a machine that halts."""
    with Machine(image=image_with("tick=rtc"), virtual=True) as machine:
        machine.wait_for_prompt()
        assert "timer: ticks come from the real-time clock" in machine.serial.text
        machine.command("preempt on; quantum 20; spawn hog 2")
        check_ticks_of_the_clock(*measure(machine, 20))
        assert machine.command("check 2").endswith("check: PASS\n")
        run_ms = [int(thread["RUN_MS"]) for thread in machine.threads()
                  if thread["NAME"].startswith("hog")]
        assert len(run_ms) == 2 and abs(run_ms[0] - run_ms[1]) <= 40
        assert "warning" not in machine.serial.text


def test_ticks_from_the_real_time_clock_of_bochs(image_with):
    with BochsMachine(image=image_with("tick=rtc")) as machine:
        machine.wait_for_prompt()
        check_ticks_of_the_clock(*measure(machine, 5))
        machine.command("preempt on; spawn hog 2")
        assert machine.command("check 1").endswith("check: PASS\n")


def test_ticks_from_the_clock_of_real_time_emulation(image_with):
    with Machine(image=image_with("tick=rtc")) as machine:
        machine.wait_for_prompt()
        machine.command("preempt on; spawn hog 2; sleep 1; kill all")
        assert int(machine.values("uptime")["uptime_ms"]) >= 1000
        machine.press("f12")
        machine.wait_for_screen("preemption")


def test_virtual_time_beside_the_hosts_clock_is_nobodys_fault():
    """An idle machine passes it at once, and the clock shows the host's: by that the timer and the
    TSC are far too fast, and by another amount in each second."""
    with Machine("-rtc", "clock=host", virtual=True) as machine:
        machine.wait_for_prompt()
        time.sleep(15)
        machine.banners = 2  # the log begins with it, too
        assert "warning" not in machine.command("log")


def test_times_without_the_time_stamp_counter(image_with):
    """Everything is timed by the interval timer's counter then, and comes out the same."""
    with Machine(image=image_with("tsc=off"), virtual=True) as machine:
        machine.wait_for_prompt()
        machine.command("preempt on; quantum 20; spawn hog 2")
        answer = machine.command("check 2; ps -v")
        assert "check: PASS\n" in answer, answer
        machine.command("kill all")
        before = machine.values("stats reset; sleep 5; stats")
        assert float(before["cpu_idle_percent"]) > 90
        answer = machine.command("ps -v; uptime")
        idle = re.search(r"^ +0 idle +(\d+) +(\d+)", answer, re.MULTILINE)
        lifetime = int(idle.group(1)) + int(idle.group(2))
        uptime = int(re.search(r"uptime_ms: (\d+)", answer).group(1))
        assert abs(lifetime - uptime) < uptime / 50
        assert "warning" not in machine.serial.text


def test_times_without_the_time_stamp_counter_in_real_time(image_with):
    with Machine(image=image_with("tsc=off")) as machine:
        machine.wait_for_prompt()
        machine.command("preempt on; spawn hog 2; sleep 1")
        run_ms = [int(thread["RUN_MS"]) for thread in machine.threads()
                  if thread["NAME"].startswith("hog")]
        assert sum(run_ms) > 300
        machine.command("kill all; sleep 1")
        assert int(machine.values("stats")["switch_avg_ns"]) < 1000000


def test_times_without_both(image_with):
    """The coarsest of all: nothing tells the time between two ticks."""
    with BochsMachine(image=image_with("tsc=off tick=rtc")) as machine:
        machine.wait_for_prompt()
        machine.command("preempt on; spawn hog 2; sleep 1; ps")
        before = int(machine.values("uptime")["uptime_ms"])
        assert int(machine.values("sleep 0.5; uptime")["uptime_ms"]) >= before + 500
        assert machine.values("stats")["preemption"] == "on"


class Stopper(threading.Thread):
    """Stops a machine half of the time, as a host that is busy with others does."""

    PERIOD = 0.02

    def __init__(self, machine):
        super().__init__(daemon=True)
        self.process = machine.process
        self.is_over = threading.Event()

    def run(self):
        while not self.is_over.wait(self.PERIOD):
            self.process.send_signal(signal.SIGSTOP)
            time.sleep(self.PERIOD)
            self.process.send_signal(signal.SIGCONT)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.join()


def uptime(machine):
    """The uptime and what was stolen of it, in seconds, and the host's time, good to some tens of
    milliseconds."""
    began = time.monotonic()
    told = machine.values("uptime")
    return (int(told["uptime_ms"]) / 1000, int(told["stolen_ms"]) / 1000,
            (began + time.monotonic()) / 2, date(told["date_time"]))


def check_accounts(machine):
    """Every thread's run, ready, sleep and block times and what was stolen are its lifetime: those
    that are as old as the machine show it, and all others have lived for less."""
    threads = machine.command("ps -v")
    seconds, stolen, *_ = uptime(machine)
    sums = {name: sum(map(int, times.split())) / 1000 + stolen for name, times in
            re.findall(r"^ *\d+ (\S+) +((?:\d+ +){4})", threads, re.MULTILINE)}
    assert abs(sums["shell-com1"] - seconds) < 0.1 + 0.01 * seconds, threads
    assert all(life < seconds + 0.1 + 0.01 * seconds for life in sums.values()), threads
    longest = re.findall(r"^ *\d+ \S+ +(?:\d+ +){5}(\d+) +(\d+)", threads, re.MULTILINE)
    assert all(int(time) <= 1000 * seconds for times in longest for time in times), threads


def test_a_machine_that_is_stopped_half_of_the_time_keeps_the_time():
    with Machine() as machine:
        machine.wait_for_prompt()
        machine.command("preempt on; quantum 10; spawn hog 2; spawn sleeper")
        with Stopper(machine):
            before = uptime(machine)
            machine.command("sleep 26", patience=90)
            began = time.monotonic()
            machine.command("sleep 2")
            assert 1.9 < time.monotonic() - began < 2.5
            machine.command("sleep 2")
            after = uptime(machine)
            passed, stolen, host, by_clock = (later - earlier for earlier, later in
                                              zip(before, after))
            assert passed == pytest.approx(host, rel=0.01)
            assert passed == pytest.approx(by_clock.total_seconds(), abs=1.1)
            assert 0.35 * passed < stolen < 0.95 * passed
            wait_until(lambda: re.search(r"stolen [1-9]\d%", machine.status_bar), "stolen time")
        check_accounts(machine)
        machine.banners = 2  # the log begins with it, too
        assert "warning" not in machine.command("log")


def test_a_machine_that_boots_so_measures_its_tsc_all_the_same():
    with Machine() as machine:
        def rate(state):
            found = re.search(rf"tsc_mhz: ([\d.]+) \({state}\)", machine.command("hwinfo"))
            return found and float(found[1])

        with Stopper(machine):
            machine.wait_for_prompt()
            machine.command("sleep 3")
            stopped = rate("trusted|being measured")
        running = wait_until(lambda: rate("trusted"), "a TSC that is trusted")
        assert stopped == pytest.approx(running, rel=0.02)


def test_a_long_stop_is_charged_to_nobody():
    with Machine() as machine:
        machine.wait_for_prompt()
        machine.command("preempt on; spawn hog; sleep 1; trace start sched")
        before = uptime(machine)
        machine.process.send_signal(signal.SIGSTOP)
        time.sleep(12)
        machine.process.send_signal(signal.SIGCONT)
        machine.command("sleep 0.5")
        after = uptime(machine)
        passed, stolen, host, by_clock = (later - earlier for earlier, later in zip(before, after))
        assert passed == pytest.approx(host, abs=0.3)
        assert passed == pytest.approx(by_clock.total_seconds(), abs=1.1)
        assert stolen == pytest.approx(12, abs=0.5)
        bands = [(float(end) - float(begin)) for end, begin in re.findall(
            r"(\d+\.\d+): tracing_mark_write: I\|0\|stolen since (\d+\.\d+)",
            machine.command("trace stop; trace dump"))]
        assert max(bands) == pytest.approx(12, abs=0.5)
        check_accounts(machine)


def test_a_snapshot_that_is_restored_charges_nobody(tmp_path):
    disk = tmp_path / "disk.qcow2"
    subprocess.run(["qemu-img", "convert", "-f", "raw", "-O", "qcow2", IMAGE, disk], check=True)
    with Machine(drive=["-drive", f"file={disk},format=qcow2,if=ide"]) as machine:
        machine.wait_for_prompt()
        machine.command("preempt on; spawn hog; sleep 1")
        for name in ("one", "two", "three"):
            before = uptime(machine)
            assert not machine.monitor(f"savevm {name}").strip()
            time.sleep(3)
            assert not machine.monitor(f"loadvm {name}").strip()
            machine.command("sleep 0.5")
            after = uptime(machine)
            passed, stolen = (after[i] - before[i] for i in range(2))
            assert 2.5 < stolen < passed, (before, after)
        check_accounts(machine)
