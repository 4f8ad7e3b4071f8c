"""`compare`: what the theory says about its mixes, and that it leaves everything as it was."""

import pytest

COLUMNS = "policy quantum rate turn wait response p50 p99 fair switches overhead".split()
UNIT_MS = 10
POLICIES = ["fcfs", "fair", "harmony", "lottery", "mlfq", "prio", "rr"]


def rows(answer):
    """The table by policy and quantum."""
    table = [dict(zip(COLUMNS, line.split())) for line in answer.splitlines()[1:]]
    return {(row["policy"], int(row["quantum"])): row for row in table}


def units(text):
    return float(text) / UNIT_MS


def about(value):
    """Each job is a tick shorter than it says, a tenth of a unit (shell/mixes/mix_run.c)."""
    return pytest.approx(value, abs=0.25)


def test_the_convoy(virtual):
    """24, 3 and 3 units: 17 units of waiting, and 17/3 with round robin and a quantum of 4."""
    table = rows(virtual.command("compare convoy"))
    assert [policy for policy, _ in table] == POLICIES + ["rr"]
    assert units(table["fcfs", 10]["wait"]) == about(17)
    assert units(table["rr", 40]["wait"]) == about(17 / 3)
    assert int(table["fcfs", 10]["switches"]) < int(table["rr", 10]["switches"])


def test_the_short_ones_first(virtual):
    table = rows(virtual.command("compare shortest"))
    assert units(table["fcfs", 10]["wait"]) == about(3)
    assert units(table["fcfs", 10]["turn"]) == about(13)


def test_equal_jobs(virtual):
    """5, 5 and 5 units: response against turnaround."""
    table = rows(virtual.command("compare equal"))
    assert units(table["fcfs", 10]["response"]) == about(5)
    assert units(table["fcfs", 10]["turn"]) == about(10)
    assert units(table["rr", 10]["response"]) == about(1)
    assert units(table["rr", 10]["turn"]) == about(14)
    assert units(table["rr", 40]["response"]) == about(4)
    assert units(table["rr", 40]["turn"]) == about(14)


def test_a_late_short_job_passes_a_long_one_that_has_sunk(virtual):
    table = rows(virtual.command("compare late"))
    assert units(table["fcfs", 10]["turn"]) == about((20 + 12) / 2)
    assert float(table["mlfq", 10]["turn"]) < float(table["rr", 10]["turn"])


def test_who_is_typed_into_is_answered_by_mlfq_and_fair(virtual):
    table = rows(virtual.command("compare typing 2"))
    for policy in ("mlfq", "fair"):
        assert float(table[policy, 10]["p50"]) < 1
    assert float(table["rr", 10]["p50"]) > 5
    assert float(table["fcfs", 10]["p99"]) > 1900


def test_shares(virtual):
    table = rows(virtual.command("compare hogs 2"))
    assert float(table["rr", 10]["fair"]) > 0.99
    assert float(table["fair", 10]["fair"]) > 0.99
    assert float(table["fcfs", 10]["fair"]) == pytest.approx(0.25, abs=0.01)
    assert int(table["rr", 100]["switches"]) < int(table["rr", 10]["switches"]) / 5


def test_weights_are_obeyed_by_fair(virtual):
    answer = virtual.command("compare weights 5 fair")
    jobs = {line.split()[0]: float(line.split()[4]) for line in answer.splitlines()[3:]}
    assert jobs["prio34"] / jobs["prio31"] == pytest.approx(1.25 ** 3, rel=0.04)
    assert jobs["prio31"] / jobs["prio28"] == pytest.approx(1.25 ** 3, rel=0.04)


def test_everything_is_as_it_was(virtual):
    virtual.command("preempt on; quantum auto; policy fair")
    before = virtual.values("mem"), virtual.values("preempt status")["preemption"]
    virtual.command("compare equal")
    stats = virtual.values("stats")
    assert stats["policy"] == "fair" and stats["quantum_mode"] == "auto"
    assert (virtual.values("mem"), virtual.values("preempt status")["preemption"]) == before
    virtual.command("policy prio")


def test_ctrl_c_ends_it(cooperative):
    before = cooperative.values("mem")
    start = len(cooperative.serial.text)
    cooperative.serial.send("compare hogs 30\r")
    cooperative.serial.wait_for("fcfs|POLICY", start)
    cooperative.serial.send("\x1c\x03")
    cooperative.wait_for_prompt()
    assert cooperative.command("echo $?") == "130\n"
    assert cooperative.values("mem") == before
    assert cooperative.values("stats")["policy"] == "prio"


def test_wrong_arguments_get_one_line(virtual):
    assert "there is no mix 'nothing'" in virtual.command("compare nothing")
    assert "is not a number of seconds" in virtual.command("compare hogs x")
    assert "there is no policy 'none'" in virtual.command("compare hogs 1 none")
    assert "convoy" in virtual.command("compare")
