"""Locks, deadlocks, priority inversion, and the workloads that show them; notices at the prompt."""

import re

import pytest

from machine import PROMPT, Machine, wait_until

WORKLOADS = "allocator consumer deadlock hog inversion lockfight philosophers producer sleeper yielder"


def notices(answer):
    """The notices, warnings and errors in an answer: what came while the line was typed, too."""
    return re.findall(r"(?:notice|warning|error): (.*)", answer)


def wait_for_notice(machine, pattern, start=0):
    """Waits for a notice on COM1, at a prompt that has nothing to do."""
    return machine.serial.wait_for(rf"(?:notice|warning): ({pattern})\r\n(?:\w+: [^\r]*\r\n)*"
                                   + PROMPT + "$", start).group(1)


def tid_of(machine, name):
    return next(thread["TID"] for thread in machine.threads() if thread["NAME"] == name)


def names(machine):
    return [thread["NAME"] for thread in machine.threads()]


def locks(machine):
    """`locks` as a dictionary of lines, and its deadlocks. No holder may be readers here."""
    answer = machine.command("locks").splitlines()
    table = [line for line in answer if ": " not in line]
    heads = table[0].split()
    rows = [dict(zip(heads, line.split())) for line in table[1:]]
    return rows, [line.split(": ", 1)[1] for line in answer if line.startswith("deadlock: ")]


def fight_figures(text):
    return re.search(r"lockfight: threads: (\d+), total: (\d+), sum: (\d+), "
                     r"exact: (yes|no)", text).groups()


# --- Workloads -----------------------------------------------------------------------------------

@pytest.mark.parametrize("mode, quantum", [("off", 100), ("on", 100), ("on", 1)])
def test_counts_under_a_lock_are_exact(virtual, mode, quantum):
    answer = virtual.command(f"preempt {mode}; quantum {quantum}; spawn lockfight 8 for=1; sleep 2")
    threads, total, counted, exact = fight_figures(answer)
    assert threads == "8" and int(total) > 100
    assert total == counted and exact == "yes"


def test_counts_are_exact_when_threads_are_killed_in_the_middle(virtual):
    virtual.command("preempt on; quantum 1")
    for _ in range(5):
        first = int(virtual.values("spawn lockfight 6")["first_tid"])
        answers = [virtual.command(f"sleep 0.01; kill {tid}") for tid in range(first, first + 6)]
        threads, total, counted, exact = fight_figures("".join(answers))
        assert threads == "6" and int(total) > 0
        assert total == counted and exact == "yes"


def test_inheritance_ends_priority_inversion(virtual):
    waited = {}
    virtual.command("preempt on")
    for state in ("on", "off"):
        answer = virtual.command(f"inherit {state}; spawn inversion; sleep 2; inherit on")
        figures = re.search(r"inversion\d+: high_waited_ms: (\d+), inheritance: (\w+)", answer)
        assert figures.group(2) == state
        waited[state] = int(figures.group(1))
    assert 50 <= waited["on"] <= 60
    assert 550 <= waited["off"] <= 570
    assert not [name for name in names(virtual) if re.match("inversion|low|medium|high", name)]


def test_inversion_measures_the_same_beside_hogs_that_are_less_urgent(virtual):
    virtual.command("preempt on; quantum 10; spawn hog 4 prio=30")
    answer = virtual.command("spawn inversion 2; sleep 3")
    assert [int(ms) // 10 for ms in re.findall(r"high_waited_ms: (\d+)", answer)] == [5, 5]


def test_inversion_says_when_it_cannot_be_seen(virtual):
    answer = virtual.command("spawn inversion; sleep 1")
    assert len(notices(answer)) == 1 and "preemption is off" in notices(answer)[0]


def test_who_is_killed_takes_its_children_along(virtual):
    before = virtual.memory()
    virtual.command("preempt on")
    for workload, children in [("inversion", "low"), ("deadlock", "left"),
                               ("philosophers", "plato")]:
        # In one line, since time also passes between two of them, and no experiment lasts long.
        tid = int(virtual.values("spawn sleeper; kill all")["first_tid"]) + 1
        answer = virtual.command(f"spawn {workload}; sleep 0.02; ps; kill {tid}; ps")
        before_and_after = [bool(re.search(rf"^ +\d+ {children}\d", table, re.MULTILINE))
                            for table in re.split(r"killed: \d", answer)]
        assert before_and_after == [True, False]
        assert virtual.memory() == before


def test_a_deadlock_is_reported_and_ends_when_one_of_the_two_does(virtual):
    answer = virtual.command("spawn deadlock; sleep 0.1")
    number = re.search(r"left(\d+) waits", answer).group(1)
    left, right = f"left{number}", f"right{number}"
    assert f"deadlock: {left} waits for right, held by {right}" in notices(answer)
    assert f"deadlock: {right} waits for left, held by {left}" in notices(answer)

    rows, deadlocks = locks(virtual)
    assert len(deadlocks) == 1
    for step in (f"{left} waits for right, held by {right}",
                 f"{right} waits for left, held by {left}"):
        assert step in deadlocks[0]
    held = {row["NAME"]: row for row in rows}
    assert held["left"]["HOLDER"] == f"{left}({tid_of(virtual, left)})"
    assert held["right"]["HOLDER"] == f"{right}({tid_of(virtual, right)})"
    assert held["left"]["WAITERS"] == held["right"]["WAITERS"] == "1"

    answer = virtual.command(f"kill {tid_of(virtual, left)}; sleep 0.1")
    assert any(f"{right} goes on" in notice for notice in notices(answer))
    assert any(f"{left} (tid" in notice and "'left'" in notice for notice in notices(answer))
    assert names(virtual) == ["idle", "shell-vga", "shell-com1"]
    rows, deadlocks = locks(virtual)
    assert not deadlocks and not {"left", "right"} & {row["NAME"] for row in rows}


def test_every_deadlock_is_listed_once(virtual):
    virtual.command("spawn deadlock 3; sleep 0.1")
    assert len(locks(virtual)[1]) == 3


@pytest.mark.parametrize("mode", ["on", "off"])
def test_consumers_get_all_that_producers_make(virtual, mode):
    answer = virtual.command(f"preempt {mode}; quantum 1; spawn producer 3 for=1; "
                             "spawn consumer 3 for=1.5; sleep 2")
    received = re.search(r"received: (\d+), lost: 0, doubled: 0, unchecked: 0", answer)
    assert int(received.group(1)) > 100


def test_consumers_that_are_killed_lose_nothing(virtual):
    virtual.command("preempt on; quantum 1")
    virtual.command("spawn producer 3 prio=32")
    # A producer that gets a free place comes before the consumer that has just made it: many of
    # those that are killed have an item in hand.
    for _ in range(5):
        first = int(virtual.values("spawn consumer 6")["first_tid"])
        answers = "".join(virtual.command(f"sleep 0.01; kill {tid}")
                          for tid in range(first, first + 6))
        assert re.search(r"received: \d{2,}, lost: 0, doubled: 0, unchecked: 0", answers)


@pytest.mark.parametrize("mode", ["on", "off"])
def test_philosophers_all_eat(virtual, mode):
    answer = virtual.command(f"preempt {mode}; spawn philosophers for=2; sleep 3")
    meals = [int(number) for number in re.findall(r" (\d+)", re.search("meals:(.*)", answer)[1])]
    assert len(meals) == 5 and min(meals) > 100
    assert not locks(virtual)[1]


@pytest.mark.parametrize("mode", ["on", "off"])
def test_allocators_give_all_back(virtual, mode):
    before = virtual.memory()
    virtual.command(f"preempt {mode}; quantum 1; spawn allocator 10; sleep 0.3")
    assert int(virtual.memory()["heap_blocks"]) > int(before["heap_blocks"]) + 20
    answer = virtual.command("kill all")
    assert re.search(r"allocations: [1-9]\d+, out_of_memory: 0, damaged: 0", answer)
    assert virtual.memory() == before


@pytest.mark.parametrize("workload", WORKLOADS.split())
def test_every_workload_works_with_every_option(virtual, workload):
    before = virtual.memory()
    virtual.command("preempt on; quantum 5")
    assert virtual.values(f"spawn {workload} 3 prio=20 for=0.2; sleep 1")["spawned"] == "3"
    assert names(virtual) == ["idle", "shell-vga", "shell-com1"]
    assert virtual.memory() == before
    assert len(virtual.command(f"help {workload}").splitlines()) > 3


# --- Commands ------------------------------------------------------------------------------------

def test_locks_lists_what_has_a_name(virtual):
    rows, deadlocks = locks(virtual)
    kinds = {row["NAME"]: row["KIND"] for row in rows}
    assert kinds["com1"] == kinds["screen"] == "mutex" and kinds["heap"] == "spinlock"
    assert not deadlocks
    before, after = [next(int(row["ACQUIRED"]) for row in locks(virtual)[0]
                          if row["NAME"] == "com1") for _ in range(2)]
    assert after > before


def test_a_lock_whose_holder_has_ended_is_abandoned(virtual):
    """One of the four holds it when they are killed, and nobody takes it after that."""
    virtual.command("preempt on; spawn lockfight 4; sleep 0.5")
    row = re.compile(r"^lockfight +mutex +(\S+)", re.MULTILINE)
    held, left = row.findall(virtual.command("locks; kill all; locks"))
    assert re.fullmatch(r"lockfight\d+\(\d+\)", held)
    assert left == "abandoned"
    assert "ended(" not in virtual.command("locks")


def test_locks_tells_how_long(virtual):
    virtual.command("preempt on; spawn lockfight 4; sleep 0.1")
    fight = next(row for row in locks(virtual)[0] if row["NAME"] == "lockfight")
    assert int(fight["CONTENDED"]) > 0 and 1 <= int(fight["WAITERS"]) <= 3
    assert fight["HOLDER"].startswith("lockfight")
    assert 0 < int(fight["MAX_HOLD_US"]) < 200_000 and int(fight["MAX_WAIT_US"]) > 0


@pytest.mark.parametrize("line", ["locks", "ps", "help"] + [f"help {w}" for w in WORKLOADS.split()])
def test_answers_fit_the_screen(virtual, line):
    virtual.command("spawn deadlock; sleep 0.1")
    answer = [row for row in virtual.command(line).splitlines() if not row.startswith("deadlock:")]
    assert max(len(row) for row in answer) <= 80 and len(answer) <= 22


def test_inherit(virtual):
    assert virtual.values("inherit status") == {"inheritance": "on"}
    assert virtual.values("inherit off") == {"inheritance": "off"}
    assert virtual.values("inherit status") == {"inheritance": "off"}
    assert virtual.values("inherit on") == {"inheritance": "on"}


def test_a_suspended_thread_stands_still(virtual):
    tid = virtual.values("preempt on; spawn hog; sleep 0.1")["first_tid"]

    def state_and_run():
        thread = next(thread for thread in virtual.threads() if thread["TID"] == tid)
        return thread["STATE"], int(thread["RUN_MS"])

    assert virtual.values(f"suspend {tid}") == {"tid": tid, "suspended": "yes"}
    state, before = state_and_run()
    virtual.command("sleep 0.5")
    assert state == "suspended" and state_and_run() == (state, before)
    assert virtual.values(f"resume {tid}") == {"tid": tid, "suspended": "no"}
    virtual.command("sleep 0.5")
    state, after = state_and_run()
    assert state == "ready" and after >= before + 450


def test_a_suspended_holder_keeps_its_lock(virtual):
    """A thread that is suspended while it waits gets the lock all the same, and keeps it."""
    def fight():
        return next(row for row in locks(virtual)[0] if row["NAME"] == "lockfight")

    tid = int(virtual.values("preempt on; quantum 1; spawn lockfight 4; sleep 0.1")["first_tid"])
    virtual.command(f"suspend {tid}; sleep 0.1")
    before = fight()
    if not before["HOLDER"].endswith(f"({tid})"):  # it was just between two locks: take the next
        tid += 1
        virtual.command(f"resume {tid - 1}; suspend {tid}; sleep 0.1")
        before = fight()
    assert before["HOLDER"].endswith(f"({tid})") and before["WAITERS"] == "3"
    virtual.command("sleep 0.1")
    assert fight()["ACQUIRED"] == before["ACQUIRED"]
    virtual.command(f"resume {tid}; sleep 0.1")
    assert int(fight()["ACQUIRED"]) > int(before["ACQUIRED"])
    assert fight_figures(virtual.command("kill all"))[3] == "yes"


WRONG = """
inherit x; inherit on off; suspend; suspend 0; suspend 1; suspend 99999; suspend x;
resume; resume 1; resume 99999; resume x; locks x
"""


@pytest.mark.parametrize("line", [line.strip() for line in WRONG.split(";")])
def test_wrong_input_gets_one_clear_line(cooperative, line):
    answer = cooperative.command(line)
    assert re.fullmatch(rf"{line.split()[0]}: .+ \(usage: .+\)\n", answer), answer


# --- Notices -------------------------------------------------------------------------------------

def test_a_notice_comes_by_itself_and_only_once(virtual):
    start = len(virtual.serial.text)
    virtual.command("spawn lockfight for=0.3")
    wait_for_notice(virtual, r"lockfight: threads: 1, [^\r]*", start)
    virtual.command("echo again")
    assert virtual.serial.text[start:].count("notice: lockfight") == 1
    assert virtual.command("log 1").count("notice: lockfight: threads: 1,") == 1


def test_a_notice_reaches_both_terminals(cooperative):
    cooperative.command_on_screen("clear", "^aethel>$")
    cooperative.command("spawn lockfight for=0.1")
    cooperative.wait_for_screen(r"^notice: lockfight: threads: 1, .*exact: yes$")


def test_warnings_of_the_boot_are_not_repeated():
    with Machine("-machine", "pc,i8042=off") as machine:
        machine.wait_for_prompt()
        assert machine.serial.text.count("keyboard: no controller") == 1


def test_a_notice_leaves_the_line_that_is_typed_as_it_was(cooperative):
    cooperative.command_on_screen("clear; spawn lockfight for=1", "^last_tid")
    cooperative.type("echo helo world")
    for _ in range(7):
        cooperative.press("left")
    cooperative.wait_for_screen("^notice: lockfight")
    wait_until(lambda: [row for row in cooperative.screen() if row][-2] == "aethel> echo helo world",
               "the line below the notice", describe=lambda: "\n".join(cooperative.screen()))
    rows = [row for row in cooperative.screen()[:-1] if row]
    assert rows[-2].startswith("notice: lockfight") and rows[-3].startswith("last_tid")
    cooperative.type("l\n")
    cooperative.wait_for_screen("^hello world$")


def test_a_notice_leaves_a_long_line_as_it_was(cooperative):
    words = " ".join(f"word{i}" for i in range(20))
    start = len(cooperative.serial.text)
    cooperative.serial.send(f"spawn lockfight for=0.5\recho {words}\x1b[D\x1b[D")
    cooperative.serial.wait_for("notice: lockfight", start)
    cooperative.serial.send("X\r")
    cooperative.serial.wait_for(rf"\r\n{words[:-2]}X{words[-2:]}\r\n{PROMPT}$", start)


def test_a_flood_of_notices_is_cut_short(virtual):
    start = len(virtual.serial.text)
    virtual.command("spawn deadlock 20; sleep 0.5")
    text = virtual.serial.text[start:]
    assert text.count("warning: deadlock: ") == 16 and "and 24 more: see 'log'" in text
    assert virtual.command("log 40").count("warning: deadlock: ") == 40


def test_the_shells_go_on_beside_deadlocks_and_fights(cooperative):
    cooperative.command("preempt on; quantum 1; spawn deadlock 2; spawn lockfight 4; spawn hog 2; "
                        "spawn philosophers; spawn producer 2; spawn consumer 2; spawn allocator 2")
    for i in range(5):
        assert f"answer {i}\n" in cooperative.command(f"echo answer {i}")
    cooperative.command_on_screen("echo here too", "^here too$")
    assert fight_figures(cooperative.command("kill all"))[3] == "yes"


def test_kill_all_counts_those_that_went_along(virtual):
    assert virtual.values("spawn deadlock; sleep 0.02; kill all")["killed"] == "3"


def test_a_deadlock_whose_threads_were_made_less_urgent_can_be_broken(virtual):
    for killed in range(3):
        first = int(virtual.values("preempt on; spawn deadlock prio=40")["first_tid"])
        virtual.command(f"prio {first + 1} 20; prio {first + 2} 20")
        priorities = {int(thread["TID"]): thread["PRI"] for thread in virtual.threads()}
        assert priorities[first + 1] == priorities[first + 2] == "20"
        virtual.command(f"kill {first + killed}; kill all; sleep 0.01")
        assert not [name for name in names(virtual) if re.match("deadlock|left|right", name)]
