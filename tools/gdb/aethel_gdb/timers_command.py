"""aethel timers"""

from aethel_gdb import timers
from aethel_gdb.command import Command, show
from aethel_gdb.threads import require_scheduler

ROW = "{:>10} {:>10} {:<8} {}"


class TimersCommand(Command):
    """List what waits for a tick, the next one first: aethel timers

LEFT      ticks of a millisecond until it is due
KIND      sleep or timeout (of a thread), timer (a software timer, with what it calls), or
          kernel (the kernel's own)
The clock of a machine that idles stands at the last tick that it has been told of: then
LEFT is as of that one."""

    name = "timers"
    usage = "aethel timers"

    def run(self, words):
        require_scheduler()
        now = timers.now()
        show(f"clock_ticks: {now}")
        show(ROW.format("LEFT", "DEADLINE", "KIND", "WHO"))
        for timer in timers.armed():
            kind, who = timers.describe(timer)
            deadline = timers.deadline_of(timer)
            show(ROW.format(deadline - now, deadline, kind, who))


def register():
    TimersCommand()
