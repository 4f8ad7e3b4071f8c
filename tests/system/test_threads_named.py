"""Commands that are for threads take TIDs, ranges, names and patterns, as many as are wanted."""

import re

import pytest


@pytest.fixture
def crowd(virtual):
    """Hogs, which are numbered from `first` on, and sleepers behind them."""
    virtual.command("preempt on")
    first = int(virtual.values("spawn hog 9 prio=5")["first_tid"])
    virtual.command("spawn sleeper 3")
    virtual.first = first
    return virtual


def number(machine):
    """Of the first of the hogs, in its name."""
    names = [thread["NAME"] for thread in machine.threads() if thread["NAME"].startswith("hog")]
    return min(int(name[3:]) for name in names)


def living(machine):
    return [thread for thread in machine.threads() if re.match("hog|sleeper", thread["NAME"])]


def hogs_and_sleepers(machine):
    names = [thread["NAME"] for thread in living(machine)]
    return sum(name.startswith("hog") for name in names), sum(name.startswith("s") for name in names)


@pytest.mark.parametrize("words, killed, left", [
    ("{0}", 1, (8, 3)), ("{0} {1} {2}", 3, (6, 3)), ("{0}-{3}", 4, (5, 3)), ("{0}..{3}", 4, (5, 3)),
    ("hog{n}", 1, (8, 3)), ("hog*", 9, (0, 3)), ("*", 12, (0, 0)), ("all", 12, (0, 0)),
    ("hog* sleeper*", 12, (0, 0)), ("{0} {0}-{1} {0}..{1} hog{n}", 2, (7, 3)), ("?og*", 9, (0, 3)),
    ("{0}-{1} {3}-{4} s*", 7, (5, 0)), ("1-999999", 12, (0, 0)), ("all {0} *", 12, (0, 0)),
    ("'hog*'", 9, (0, 3)),
])
def test_kill_takes_any_number_of_threads_each_once(crowd, words, killed, left):
    tids = [str(crowd.first + i) for i in range(9)]
    answer = crowd.command("kill " + words.format(*tids, n=number(crowd)))
    assert answer == f"killed: {killed}\n"
    assert hogs_and_sleepers(crowd) == left
    assert crowd.command("ps").count("shell-") >= 2


@pytest.mark.parametrize("words, told, killed", [
    ("{0} 99999 {1}", ["there is no thread '99999'"], 2),
    ("nobody* {0} x", ["there is no thread 'nobody*'", "there is no thread 'x'"], 1),
    ("{1}-{0} hog*", ["there is no thread '{1}-{0}'"], 9),
    ("shell-com1 0 hog*", ["idle is protected", "shell-com1 is protected"], 9),
    ("'' {0}", ["there is no thread ''"], 1),
    ("9999999999 {0}", ["there is no thread '9999999999'"], 1),
    ("88888-99999 {0}", ["there is no thread '88888-99999'"], 1),
])
def test_who_means_nobody_is_told_and_the_others_are_served(crowd, words, told, killed):
    tids = [str(crowd.first + i) for i in range(9)]
    answer = crowd.command("kill " + words.format(*tids)).splitlines()
    assert answer[-1] == f"killed: {killed}"
    assert len(answer) == len(told) + 1
    for line, expected in zip(answer, told):
        expected = expected.format(*tids)
        hint = "; Tab lists them" if "there is no" in expected else ""
        assert line == f"kill: {expected}{hint} (usage: kill THREAD...)"
    assert crowd.command("kill " + words.format(*tids) + "; echo $?").endswith("\n1\n")


def test_patterns_leave_the_shells_out(virtual):
    assert virtual.command("kill shell*; echo $?").endswith(
        "kill: there is no thread 'shell*'; Tab lists them (usage: kill THREAD...)\n1\n")
    assert virtual.command("kill all; echo $?") == "killed: 0\n0\n"
    assert virtual.command("echo here") == "here\n"


def test_suspend_and_resume_take_several(crowd):
    assert crowd.command("suspend hog*") == "threads: 9\nsuspended: yes\n"
    states = {thread["STATE"] for thread in living(crowd) if thread["NAME"].startswith("hog")}
    assert states == {"suspended"}
    assert crowd.values(f"resume {crowd.first}") == {"tid": str(crowd.first), "suspended": "no"}
    answer = crowd.command(f"resume {crowd.first} {crowd.first + 1}").splitlines()
    assert re.match(r"resume: hog\d+ is not suspended \(usage", answer[0])
    assert answer[1:] == [f"tid: {crowd.first + 1}", "suspended: no"]
    assert crowd.command("resume *") == "threads: 7\nsuspended: no\n"
    assert crowd.command("resume *").startswith("resume: there is no thread '*'")
    assert "suspended" not in {thread["STATE"] for thread in living(crowd)}


def test_prio_takes_several(crowd):
    assert crowd.command("prio hog* sleeper* 7") == "threads: 12\npriority: 7\n"
    assert {thread["PRI"] for thread in living(crowd)} == {"7"}
    assert crowd.command("prio all 8") == "threads: 12\npriority: 8\n"
    shells = {thread["PRI"] for thread in crowd.threads() if thread["NAME"].startswith("shell")}
    assert shells == {"63"}
    answer = crowd.command(f"prio {crowd.first} 77 9")
    assert answer == ("prio: there is no thread '77'; Tab lists them (usage: prio THREAD... LEVEL)\n"
                      f"tid: {crowd.first}\npriority: 9\n")
    assert crowd.command(f"prio {crowd.first} 64").count("\n") == 1


def test_latency_takes_several(crowd):
    answer = crowd.command("latency sleeper* irq")
    heads = re.findall("^latency_of: (.*)$", answer, re.MULTILINE)
    assert heads[0] == "irq" and len(heads) == 4
    assert all(re.match(r"sleeper\d+$", head) for head in heads[1:])
    assert answer.count("samples: ") == 4


def test_thousands_of_threads_are_found_quickly(virtual):
    """Nobody waits for the search, and the search does not take long."""
    virtual.command("preempt on; spawn hog 3000 prio=0; sleep 1; stats reset")
    answer = virtual.command("uptime; suspend h* 1-99999 h?g*; uptime")  # in a line: nobody idles between
    before, after = (int(ms) for ms in re.findall(r"^uptime_ms: (\d+)$", answer, re.MULTILINE))
    assert "threads: 3000\nsuspended: yes\n" in answer and after - before < 2500
    assert int(virtual.values("stats all")["preempt_off_max_ns"]) < 50_000
    assert virtual.command("kill *") == "killed: 3000\n"
