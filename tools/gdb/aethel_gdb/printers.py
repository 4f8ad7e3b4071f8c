"""Structures in words: what a person wants to know in a line, and what is worth opening as
children. "print/r" shows all of one as it is."""

import gdb
import gdb.printing

from aethel_gdb import events, locks, timers, walks
from aethel_gdb.command import DAMAGES
from aethel_gdb.memory import Trouble, around, constant, function_name, text
from aethel_gdb.threads import Thread, require_scheduler

NODES_COUNTED = 200
FAILURES = (Trouble, gdb.error, *DAMAGES)


def _plain(value):
    """A byte is a number, and an address that is kept as a number is told as one."""
    type_ = value.type.strip_typedefs()
    if type_.code != gdb.TYPE_CODE_INT:
        return value
    number = int(value)
    return f"{number:#x}" if number >> 32 else number


class Printer:
    """`line` says it in words; `members` are the children. None of them may fail: what gdb prints
    may be anything."""

    members = ()

    def __init__(self, value):
        self.value = value

    def line(self):
        raise NotImplementedError

    def further(self):
        """Children that are no members, with their names."""
        return []

    def to_string(self):
        try:
            return self.line()
        except FAILURES as trouble:
            return f"(not to be read: {trouble})"

    def children(self):
        for name in self.members:
            yield name, _plain(self.value[name])
        try:
            yield from self.further()
        except FAILURES:
            return


class ThreadPrinter(Printer):
    members = ("base_priority", "level", "waiting_in", "wanted_lock", "contended_mutexes",
               "locks_held", "stack_pointer", "stack_top", "policy", "joiners", "argument")

    def line(self):
        require_scheduler()
        thread = Thread(self.value)
        waits_for = f", waits for {thread.waits_for}" if thread.waits_for else ""
        return f"{thread.who} {thread.state}, priority {thread.priorities}{waits_for}"


def _waiters(queue):
    return ", ".join(thread.who for thread in locks.waiters_of(queue))


class WaitQueuePrinter(Printer):
    def line(self):
        kind = constant("enum wait_kind", self.value["kind"], "WAIT_FOR_")
        gone = ", destroyed" if self.value["is_destroyed"] else ""
        count = int(self.value["count"])
        return f"for {kind}, {f'{count} waiting' if count else 'nobody waits'}{gone}"

    def further(self):
        for index, thread in enumerate(locks.waiters_of(self.value)):
            yield f"[{index}]", f"{thread.who}, priority {thread.priorities}"


class MutexPrinter(Printer):
    members = ("owner", "waiters", "record")

    def line(self):
        holder = locks.describe_holder(self.value)
        held = "free" if holder == "-" else "abandoned" if holder == "abandoned" else \
            f"held by {holder}"
        waiters = _waiters(self.value["waiters"])
        name = locks.name_of(self.value["record"])
        return f"'{name}' {held}" + (f", wanted by {waiters}" if waiters else "")


class RwlockPrinter(MutexPrinter):
    members = ("writer", "readers", "waiters", "record")


class LockRecordPrinter(Printer):
    members = ("acquisitions", "contentions", "longest_hold", "longest_wait")

    def line(self):
        return f"{locks.kind_of(self.value)} '{locks.name_of(self.value)}'"


class SemaphorePrinter(Printer):
    members = ("count", "waiters")

    def line(self):
        waiters = _waiters(self.value["waiters"])
        return f"wanted by {waiters}" if waiters else f"{max(int(self.value['count']), 0)} units"


class MessageQueuePrinter(Printer):
    members = ("message_size", "receivers", "senders", "first", "buffer")

    def line(self):
        capacity = int(self.value["capacity"])
        if capacity == 0:
            return "destroyed, or not there yet"
        return f"{int(self.value['count'])} of {capacity} messages"


class ListNodePrinter(Printer):
    members = ("next", "previous")

    def line(self):
        if self.value.address is None or int(self.value["next"]) == 0:
            return "in no list"
        count = 0
        for count, _ in zip(range(1, NODES_COUNTED + 1), walks.circle(self.value)):
            pass
        if count == 0:
            return "empty, or alone"
        return f"circle with {count}{' or more' if count == NODES_COUNTED else ''} others"


class PriorityListPrinter(Printer):
    members = ("first",)

    def line(self):
        count = sum(1 for _ in zip(range(NODES_COUNTED), walks.priority_list(self.value)))
        return f"{count}{' or more' if count == NODES_COUNTED else ''} nodes" if count else "empty"


class RunQueuePrinter(Printer):
    members = ("levels_in_use",)

    def _levels(self):
        in_use = int(self.value["levels_in_use"])
        return [level for level in reversed(range(in_use.bit_length())) if in_use >> level & 1]

    def line(self):
        return f"{int(self.value['count'])} threads in {len(self._levels())} levels"

    def further(self):
        for level in self._levels():
            nodes = zip(range(NODES_COUNTED), walks.circle_from(self.value["heads"][level]))
            threads = [Thread(around(node, "struct thread", "run_node")) for _, node in nodes]
            yield f"[{level}]", ", ".join(thread.who for thread in threads)


class TraceRecordPrinter(Printer):
    members = ("time",)

    def line(self):
        names = events.Names()
        return f"{names.who(events.tid_of(self.value))}: {events.describe(self.value, names)}"


class TraceEventPrinter(Printer):
    members = ("time", "tid", "priority")

    def line(self):
        kind = constant("enum trace_type", self.value["type"], "TRACE_")
        if kind != "switch":
            return f"{kind} of {int(self.value['tid'])}"
        reason = constant("enum switch_reason", self.value["reason"], "SWITCH_")
        return f"switch from {int(self.value['tid'])} to {int(self.value['other_tid'])}: {reason}"


class InterruptFramePrinter(Printer):
    def line(self):
        symbol = function_name(self.value["rip"])
        error_code = int(self.value["error_code"])
        return f"vector {int(self.value['vector'])} (error code {error_code:#x}) in {symbol}"

    def further(self):
        for field in self.value.type.fields():
            yield field.name, f"{int(self.value[field.name]):#x}"


class TimerPrinter(Printer):
    members = ("expire",)

    def line(self):
        if int(self.value["node"]["parent_and_marks"]) == 0:
            return "not armed"
        deadline = timers.deadline_of(self.value)
        return f"due at tick {deadline}, in {deadline - timers.now()}"


class SoftwareTimerPrinter(Printer):
    members = ("timer", "argument", "period_ticks", "left_out")

    def line(self):
        period = int(self.value["period_ticks"])
        again = f", every {period} ticks" if period else ""
        return f"calls {function_name(self.value['callback'])}(){again}"


class BootInfoPrinter(Printer):
    members = ("version", "boot_drive", "kernel_address", "kernel_bytes", "memory_source",
               "low_memory_kib", "load_ticks", "read_retries")

    def line(self):
        if int(self.value["magic"]) == 0:
            return "not taken yet"
        return f"from drive {int(self.value['boot_drive']):02X}h, " \
               f"{int(self.value['memory_entries'])} memory entries, " \
               f"command line '{text(self.value['command_line'])}'"

    def further(self):
        for index in range(min(int(self.value["memory_entries"]),
                               self.value["memory_map"].type.range()[1] + 1)):
            entry = self.value["memory_map"][index]
            kind = constant("enum boot_memory_type", entry["type"], "BOOT_MEMORY_")
            base = int(entry["base"])
            yield f"[{index}]", f"{base:#x}..{base + int(entry['length']) - 1:#x} {kind}"


PRINTERS = {
    "thread": ThreadPrinter, "wait_queue": WaitQueuePrinter, "mutex": MutexPrinter,
    "rwlock": RwlockPrinter, "lock_record": LockRecordPrinter, "semaphore": SemaphorePrinter,
    "message_queue": MessageQueuePrinter, "list_node": ListNodePrinter,
    "priority_list": PriorityListPrinter, "run_queue": RunQueuePrinter,
    "trace_record": TraceRecordPrinter, "trace_event": TraceEventPrinter,
    "interrupt_frame": InterruptFramePrinter, "timer": TimerPrinter,
    "software_timer": SoftwareTimerPrinter, "boot_info": BootInfoPrinter,
}


def register():
    collection = gdb.printing.RegexpCollectionPrettyPrinter("aethel")
    for tag, printer in PRINTERS.items():
        collection.add_printer(tag, f"^{tag}$", printer)
    gdb.printing.register_pretty_printer(None, collection, replace=True)
