"""What the kernel says of a second is what its trace says: got, demand, level and share."""

import re

import pytest

from share_model import History, judge

TOLERANCE = 0.005

# What is typed, and for how long it runs, in seconds.
MIXES = {
    "hogs": "preempt on; spawn hog 3",
    "sleepers": "preempt on; spawn hog 2; spawn sleeper 4",
    "yielders": "preempt on; spawn hog; spawn yielder 2",
    "priorities": "preempt on; spawn hog 3; spawn hog prio=40 for=1.2; spawn hog prio=20",
    "a mutex": "preempt on; spawn lockfight 3 prio=30; spawn hog 2 prio=30",
    "producers": "preempt on; spawn producer; spawn consumer; spawn hog",
    "creation and death": "preempt on; spawn hog 2 for=0.5; sleep 0.3; spawn hog 3 for=0.4; "
                          "sleep 0.5; spawn hog",
    "another policy": "preempt on; policy fair; spawn hog prio=40; spawn hog 2 prio=35; sleep 1; "
                      "policy rr",
    "harmony's policy": "preempt on; policy harmony; spawn hog 2; spawn sleeper",
    "cooperative mode": "preempt off; spawn hog 3 for=0.6; spawn yielder for=2",
}


def trace_of(machine, line):
    machine.command("quantum 10; trace clear; trace start sched irq share")
    machine.command(f"{line}; sleep 1.5; trace stop; kill all", patience=120)
    dump = machine.command("trace dump", patience=240)
    machine.command("trace clear")
    return dump.splitlines()


@pytest.mark.parametrize("mix", MIXES)
def test_the_kernel_agrees_with_its_trace(virtual, mix):
    history = History(trace_of(virtual, MIXES[mix]))
    compared = [(end, permille / 1000, judge(history.threads, begin, end)[0])
                for begin, end, permille in history.seconds()]
    print("".join(f"{end:.3f}: kernel {told:.3f}, trace {found:.3f}\n"
                  for end, told, found in compared))
    assert len(compared) >= 5
    assert all(abs(told - found) <= TOLERANCE for _, told, found in compared)


def shares_in(table):
    """Of the threads of `ps -v` that wanted the CPU, in hundredths."""
    rows = [line.split() for line in table.splitlines()]
    return {int(row[0]): int(row[-2]) for row in rows if row[0].isdigit() and row[-2] != "-"}


def test_each_thread_has_the_share_that_its_trace_tells(virtual):
    virtual.command("quantum 10; trace clear; trace start sched irq share")
    table = virtual.command("preempt on; spawn hog 2; spawn hog prio=32 for=0.9; spawn sleeper 2; "
                            "sleep 1.25; ps -v; trace stop; kill all")
    history = History(virtual.command("trace dump", patience=240).splitlines())
    told = shares_in(table)
    begin, end, _ = list(history.seconds())[-1]
    _, _, found = judge(history.threads, begin, end)
    assert len(told) >= 4
    for tid in told:
        assert abs(told[tid] - 100 * found[tid]) <= 1.5, (told, found)


@pytest.mark.parametrize("load", ["quantum 1; spawn hog 300",
                                  "quantum 10; spawn hog 2; spawn sleeper 4; spawn yielder 3",
                                  "quantum 10; spawn hog 2; spawn sleeper 400",
                                  "quantum 10; spawn hog 4 for=0.68; spawn hog 200 for=0.69"])
def test_the_rows_of_ps_add_up_to_a_hundred_percent(virtual, load):
    virtual.command(f"preempt on; {load}")
    for _ in range(3):
        table = virtual.command("sleep 0.7; ps", patience=240)
        rows = [line.split() for line in table.splitlines()]
        assert abs(sum(float(row[4]) for row in rows if re.match(r"-?\d+$", row[0])) - 100) <= 0.5
