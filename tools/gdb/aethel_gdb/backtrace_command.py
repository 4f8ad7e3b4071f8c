"""aethel bt"""

import gdb

from aethel_gdb.command import Command, show
from aethel_gdb.memory import Trouble
from aethel_gdb.stacks import Places
from aethel_gdb.threads import all_threads, require_scheduler, thread_of_word


def _show(places, thread):
    waits_for = f", waits for {thread.waits_for}" if thread.waits_for else ""
    show(f"{thread.who}, {thread.state}{waits_for}:")
    gdb.write(places.backtrace(thread))


def _show_all(places):
    for thread in all_threads():
        try:
            _show(places, thread)
        except (Trouble, gdb.MemoryError) as trouble:
            show(f"({trouble})")
        show("")


class BacktraceCommand(Command):
    """Show where a thread stands, and who called that: aethel bt TID|all

The stack of one that does not run is followed from where it has been switched out, that
of the running one from where gdb has stopped, and after a panic from where that began;
through interrupts, too. gdb's registers and its selected frame stay as they are."""

    name = "bt"
    usage = "aethel bt TID|all"
    words_max = 1

    def candidates(self):
        yield "all"
        for thread in all_threads():
            yield str(thread.tid)

    def run(self, words):
        require_scheduler()
        if not words:
            raise Trouble(f"whose? ({self.usage})")
        thread = thread_of_word(words[0]) if words[0] != "all" else None
        with Places() as places:
            if thread is not None:
                _show(places, thread)
            else:
                _show_all(places)


def register():
    BacktraceCommand()
