"""The kernel's one timer queue: sleeps, timeouts of waits, and software timers."""

from aethel_gdb.memory import around, function_name, variable
from aethel_gdb.threads import Thread
from aethel_gdb.walks import priority_queue

TICK = "sched/timers/tick.c"
THREADS = "on_timeout"  # the function that a thread's timer calls: sched/threads/life.c
SOFTWARE = "expire"     # and that of a software timer: sched/timers/software_timer.c


def now():
    return int(variable("ticks", TICK))


def armed():
    """All timers in the order in which they are due, as struct timer."""
    for node in priority_queue(variable("timer_queue", TICK)["timers"]):
        yield around(node.address, "struct timer", "node")


def deadline_of(timer):
    return int(timer["node"]["key"])


def _describe_thread(thread):
    if thread.is_stored_as("SLEEPING"):
        return "sleep", thread.who
    return "timeout", f"{thread.who}, of its wait for {thread.waits_for.partition(' up to ')[0]}"


def _describe_software(timer):
    period = int(timer["period_ticks"])
    called = f"{function_name(timer['callback'])}()"
    return "timer", f"{called}, every {period} ticks" if period else called


def describe(timer):
    """Its kind, and whom or what it is for, by what it calls when it is due."""
    expires = function_name(timer["expire"])
    if expires == THREADS:
        return _describe_thread(Thread(around(timer.address, "struct thread", "timer")))
    if expires == SOFTWARE:
        return _describe_software(around(timer.address, "struct software_timer", "timer"))
    return "kernel", f"{expires}()"
