"""The events of the trace: the records in its ring, and what they say in words."""

import gdb

from aethel_gdb import threads
from aethel_gdb.memory import Trouble, address_of_symbol, constant, text, type_of, variable

RECORDS_AT_ONCE = 512
TYPE_SHIFT = 8  # in `what`: TRACE_TYPE_OF() in sched/observe/trace_ring.h
REASON_MASK = 0xFF


def ring_size():
    """How many events it has room for, or a Trouble."""
    ring = variable("trace_ring")
    if int(ring["records"]) == 0:
        raise Trouble("nothing has been recorded: 'trace start' in the shell records")
    return int(ring["mask"]) // type_of("struct trace_record").sizeof + 1


def numbers():
    """Of the events that are in it."""
    size = ring_size()
    end = int(variable("trace_ring")["next"]) // type_of("struct trace_record").sizeof
    return range(max(end - size, 0), end)


def _read_piece(first, count):
    """Records that lie behind each other, in one piece."""
    record = type_of("struct trace_record")
    address = int(variable("trace_ring")["records"]) + first * record.sizeof
    data = gdb.selected_inferior().read_memory(address, count * record.sizeof)
    return gdb.Value(bytes(data), record.array(count - 1))


def read(wanted):
    """The records of this range of numbers."""
    size = ring_size()
    number = wanted.start
    while number < wanted.stop:
        count = min(RECORDS_AT_ONCE, wanted.stop - number, size - number % size)
        piece = _read_piece(number % size, count)
        for i in range(count):
            yield piece[i]
        number += count


def kind_of(record):
    """"switch" and the like."""
    return constant("enum trace_type", int(record["what"]) >> TYPE_SHIFT, "TRACE_")


def _reason_of(record):
    return constant("enum switch_reason", int(record["what"]) & REASON_MASK, "SWITCH_")


def tid_in(identity):
    return int(identity) >> 32


def tid_of(record):
    """Of who ran."""
    has_text = kind_of(record) in ("mark", "end")
    return int(record["object"]) if has_text else tid_in(record["identity"])


def object_of(record):
    """A constant string in the kernel's image, of which the lower half of the address is told."""
    address = int(record["object"])
    address |= 0xFFFFFFFF << 32 if address >> 31 else 0
    if not address_of_symbol("__rodata_start") <= address < address_of_symbol("__data_start"):
        return ""
    return text(gdb.Value(address).cast(type_of("char").pointer()))


class Names:
    """Of threads, also of those that have ended since."""

    def __init__(self):
        self.known = {}
        self.ended = None

    def who(self, tid):
        if tid not in self.known:
            thread = threads.find(tid)
            self.known[tid] = thread.name if thread is not None else self._ended_name(tid)
        return f"{self.known[tid]}({tid})"

    def _ended_name(self, tid):
        if self.ended is None:
            self.ended = {tid_of(record): text(record["text"]) for record in read(numbers())
                          if kind_of(record) == "end"}
        return self.ended.get(tid, "?")


def _describe_switch(record, names):
    reason = _reason_of(record)
    if reason == "block":
        reason += f" on {constant('enum wait_kind', record['wait_kind'], 'WAIT_FOR_')}"
        name = object_of(record)
        reason += f" '{name}'" if name else ""
    return f"switch to {names.who(tid_in(record['other_identity']))}: {reason}"


def _describe_line(record):
    line = int(record["other_identity"]) & 0xFFFFFFFF
    lines = variable("irq_lines")
    name = text(lines[line]["name"]) if line < lines.type.range()[1] + 1 else ""
    return f"{line}{' ' + name if name else ''}"


def describe(record, names):
    kind = kind_of(record)
    value = int(record["other_identity"]) & 0xFFFFFFFF
    words = {
        "switch": lambda: _describe_switch(record, names),
        "wakeup": lambda: f"wakeup of {names.who(tid_in(record['other_identity']))}",
        "suspension": lambda: f"suspension of {names.who(tid_in(record['other_identity']))}",
        "end": lambda: "end",
        "interrupt_entry": lambda: f"interrupt {_describe_line(record)}",
        "interrupt_exit": lambda: f"end of interrupt {_describe_line(record)}",
        "contention": lambda: f"has to wait for '{object_of(record)}'",
        "preemption": lambda: f"preemption {'on' if value else 'off'}",
        "quantum": lambda: f"quantum {value} ms",
        "policy": lambda: f"policy {object_of(record)}",
        "mark": lambda: f"mark {text(record['text'])}",
    }
    return words[kind]() if kind in words else f"{kind} {value}"


def time_of(record):
    """Since the scheduler began, in seconds, or None without a rate of the TSC."""
    zero = variable("boot_cpu")["idle"]["created_at"]
    nanoseconds = threads.to_ns(int(record["time"]) - int(zero))
    return None if nanoseconds is None else nanoseconds / 1e9
