"""aethel trace"""

from aethel_gdb import events
from aethel_gdb.command import Command, show
from aethel_gdb.memory import Trouble
from aethel_gdb.threads import require_scheduler

EVENTS_SHOWN = 20
ROW = "{:>12} {:<22} {}"


def _count(words):
    if not words:
        return EVENTS_SHOWN
    if not words[0].isdecimal() or int(words[0]) == 0:
        raise Trouble(f"'{words[0]}' is no number of events from 1 on")
    return int(words[0])


def _time(record):
    seconds = events.time_of(record)
    return "-" if seconds is None else f"{seconds:.6f}"


class TraceCommand(Command):
    """Show the latest events of the trace, the oldest first: aethel trace [COUNT]

"trace start" in the shell records them. TIME_S is in seconds since the scheduler began;
THREAD is the one that ran, and of a switch the one that lost the CPU. Without COUNT, 20."""

    name = "trace"
    usage = "aethel trace [COUNT]"
    words_max = 1

    def run(self, words):
        require_scheduler()
        count = _count(words)
        there = events.numbers()
        shown = there[-count:]
        names = events.Names()
        show(ROW.format("TIME_S", "THREAD", "EVENT"))
        for record in events.read(shown):
            show(ROW.format(_time(record), names.who(events.tid_of(record)),
                            events.describe(record, names)))
        if len(shown) < len(there):
            show(f"({len(there) - len(shown)} older ones are left out)")


def register():
    TraceCommand()
