"""aethel threads"""

import gdb

from aethel_gdb.command import Command, show
from aethel_gdb.memory import Trouble
from aethel_gdb.stacks import Places
from aethel_gdb.threads import all_threads, require_scheduler

ROW = "{:>6} {:<15} {:<9} {:>5} {:>8} {:<26} {}"


def _place(places, thread):
    try:
        return places.place(thread)
    except (Trouble, gdb.error):
        return "-" if thread.state == "ended" else "?"


def _row(places, thread):
    return ROW.format(thread.tid, thread.name, thread.state, thread.priorities, thread.run_ms,
                      thread.waits_for or "-", _place(places, thread))


class ThreadsCommand(Command):
    """List the threads: aethel threads

PRIO      the effective priority, behind / the base priority where that is another
RUN_MS    for how long it has run, up to its last switch
WAITS_FOR the kind of what it waits for and the lock's name, or the thread's that it joins;
          "up to" tells the tick at which its sleep or its patience ends
STANDS_AT the innermost function outside of the scheduler, and the line there
The thread that has the processor is "running". Each thread takes a few reads of memory;
Ctrl-C ends a long list."""

    name = "threads"
    usage = "aethel threads"

    def run(self, words):
        require_scheduler()
        show(ROW.format("TID", "NAME", "STATE", "PRIO", "RUN_MS", "WAITS_FOR", "STANDS_AT"))
        with Places() as places:
            for thread in all_threads():
                show(_row(places, thread))


def register():
    ThreadsCommand()
