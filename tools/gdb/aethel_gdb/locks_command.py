"""aethel locks"""

import gdb

from aethel_gdb.command import Command, show
from aethel_gdb.locks import (cycle_of, describe_holder, kind_of, lock_of, name_of, named_records,
                              waiters_of)
from aethel_gdb.memory import Trouble, variable
from aethel_gdb.threads import require_scheduler

ROW = "{:<15} {:<8} {:<20} {:>9} {:>9}  {}"


def _row(record):
    """Returns the threads that wait, too."""
    lock = lock_of(record)
    waiters = waiters_of(lock["waiters"]) if lock is not None else []
    show(ROW.format(name_of(record), kind_of(record), describe_holder(lock),
                    int(record["acquisitions"]), int(record["contentions"]),
                    " ".join(thread.who for thread in waiters) or "-"))
    return waiters


def _show_deadlocks(waiters):
    told = set()
    for thread in waiters:
        cycle = cycle_of(thread)
        if cycle and not told & {member.tid for member in cycle}:
            told |= {member.tid for member in cycle}
            show("deadlock: " + ", ".join(f"{member.who} waits for {member.waits_for}"
                                          for member in cycle))


class LocksCommand(Command):
    """List the locks that have a name: aethel locks

HOLDER    the thread that alone holds it, or how many read; "abandoned": that has ended
ACQUIRED  times it was taken
CONTENDED times somebody had to wait for it
WAITERS   the threads that wait for it, the one first that will be woken first
Of spinlocks no holder is known. Threads that wait for each other are told as a deadlock."""

    name = "locks"
    usage = "aethel locks"

    def run(self, words):
        require_scheduler()
        show(ROW.format("NAME", "KIND", "HOLDER", "ACQUIRED", "CONTENDED", "WAITERS"))
        waiting = []
        for record in named_records():
            try:
                waiting += _row(record)
            except (Trouble, gdb.MemoryError) as trouble:
                show(f"{name_of(record):<15} (damaged: {trouble})")
        _show_deadlocks(waiting)
        left_out = int(variable("left_out", "kernel/locks.c"))
        if left_out > 0:
            show(f"left_out: {left_out}")


def register():
    LocksCommand()
