"""The table of threads, and what is known of one without looking at its stack."""

import gdb

from aethel_gdb.memory import (Trouble, address_of_symbol, around, at, constant, text, value_of,
                               variable)
from aethel_gdb.walks import circle

TABLE = "sched/state/thread_table.c"
IDLE_TID = 0
PAGE_SIZE = 4096
NS_PER_MS = 1000000
NS_SHIFT = 32  # fraction bits of ns_per_cycle in kernel/cpu/tsc.c


def processor():
    return variable("boot_cpu")


def require_scheduler():
    """Before it has begun there is not even an idle thread."""
    if int(processor()["running"]) == 0:
        raise Trouble("the scheduler has not begun yet: there are no threads")


def running_address():
    return int(processor()["running"])


def to_ns(cycles):
    """Nanoseconds, or None as long as the TSC's rate is not known."""
    rate = int(variable("ns_per_cycle", "kernel/cpu/tsc.c"))
    return cycles * rate >> NS_SHIFT if rate != 0 else None


class Thread:
    """A control block, which has been read in one piece."""

    def __init__(self, block):
        self.block = block
        self.address = int(block.address)
        self.tid = int(block["tid"])

    @property
    def name(self):
        """With an underline for each blank in it, as the shell tells it."""
        return text(self.block["name"]).replace(" ", "_")

    @property
    def who(self):
        return f"{self.name}({self.tid})"

    @property
    def is_running(self):
        return self.address == running_address()

    @property
    def state(self):
        if self.is_running:
            return "running"
        stored = constant("enum thread_state", self.block["state"], "THREAD_")
        return "suspended" if self.block["is_suspended"] and stored != "ended" else stored

    def is_stored_as(self, state):
        return int(self.block["state"]) == value_of("enum thread_state", f"THREAD_{state}")

    @property
    def priority(self):
        return int(self.block["priority"])

    @property
    def priorities(self):
        """The effective one, and the base one where that is another. Idle has none."""
        base = int(self.block["base_priority"])
        if self.tid == IDLE_TID:
            return "--"
        return f"{self.priority}" if base == self.priority else f"{self.priority}/{base}"

    @property
    def run_ms(self):
        """Up to its last switch, in milliseconds; "-" as long as they are not known."""
        running = value_of("enum thread_state", "THREAD_RUNNING")
        nanoseconds = to_ns(int(self.block["accounting"]["cycles"][running]))
        return "-" if nanoseconds is None else nanoseconds // NS_PER_MS

    @property
    def has_timer(self):
        """Whether `timer` is what the union holds, and is armed."""
        waits = self.is_stored_as("SLEEPING") or self.is_stored_as("BLOCKED")
        return waits and int(self.block["timer"]["node"]["parent_and_marks"]) != 0

    @property
    def waits_for(self):
        """In words: the kind, and the lock's name or the thread; "" if it does not wait."""
        if self.is_running or self.is_stored_as("READY") or self.is_stored_as("ENDED"):
            return ""
        what = self._event() if self.is_stored_as("BLOCKED") else ""
        until = f"tick {int(self.block['timer']['node']['key'])}" if self.has_timer else ""
        return " up to ".join(part for part in (what, until) if part)

    def _event(self):
        queue = int(self.block["waiting_in"])
        if queue == 0:
            return "to start"
        try:
            kind = constant("enum wait_kind", at(queue, "struct wait_queue")["kind"], "WAIT_FOR_")
            return " ".join(part for part in (kind, self._object(kind, queue)) if part)
        except gdb.MemoryError:
            return f"a queue at {queue:#x}, which is gone"

    def _object(self, kind, queue):
        lock = int(self.block["wanted_lock"])
        if lock != 0:
            name = text(at(lock, "struct lock_record")["name"])
            return f"'{name}'" if name else f"at {lock:#x}"
        if kind == "join":
            return f"of {Thread(around(queue, 'struct thread', 'joiners')).who}"
        return ""

    @property
    def stack(self):
        """Its lowest address and the one behind it, or None."""
        if self.tid == IDLE_TID:  # it has the stack of the boot
            return (address_of_symbol("__boot_stack_guard") + PAGE_SIZE,
                    address_of_symbol("__boot_stack_top"))
        top = int(self.block["stack_top"])
        return (top - int(self.block["stack_pages"]) * PAGE_SIZE, top) if top != 0 else None

    def owns(self, address):
        """Whether that is on its stack."""
        stack = self.stack
        return stack is not None and stack[0] <= address <= stack[1]


def all_threads():
    """In the order of tids."""
    require_scheduler()
    order = variable("by_tid", TABLE)
    for node in circle(order, "list of threads"):
        yield Thread(around(node, "struct thread", "order_node"))


def find(tid):
    """The thread of that tid, or None: through the table, whatever has become of the list."""
    buckets = variable("buckets", TABLE)
    if tid < 0 or int(buckets) == 0:
        return None
    address = int(buckets[tid & int(variable("bucket_mask", TABLE))])
    seen = set()
    while address != 0 and address not in seen:
        seen.add(address)
        thread = Thread(at(address, "struct thread"))
        if thread.tid == tid:
            return thread
        address = int(thread.block["next_of_bucket"])
    return None


def thread_of_word(word):
    """The thread that the argument of a command names by its tid."""
    require_scheduler()
    if not word.isdecimal():
        raise Trouble(f"'{word}' is no TID: 'aethel threads' lists them")
    thread = find(int(word))
    if thread is None:
        raise Trouble(f"there is no thread {word}: 'aethel threads' lists them")
    return thread
