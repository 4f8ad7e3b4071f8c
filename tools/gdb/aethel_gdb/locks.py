"""What is locked, by whom, and who waits. Holders are found by their tids, as the kernel does."""

import gdb

from aethel_gdb import threads
from aethel_gdb.memory import around, at, constant, text, variable
from aethel_gdb.threads import Thread
from aethel_gdb.walks import priority_list

LISTED = b"LOCK"  # lock_record.magic, as it lies in memory: kernel/locks.c

# A mutex's word: sched/sync/mutex.h and mutex.c.
MUTEX_TID_SHIFT = 1
MUTEX_NEW = 0xFFFFFFFE
MUTEX_DESTROYED = 0xFFFFFFFF

STRUCTURES = {"mutex": "struct mutex", "rwlock": "struct rwlock"}


def kind_of(record):
    return constant("enum lock_kind", record["kind"], "LOCK_")


def lock_of(record):
    """The mutex or reader-writer lock around a record; None for a spinlock."""
    structure = STRUCTURES.get(kind_of(record))
    return around(record.address, structure, "record") if structure else None


def holding_tid(lock):
    """Of who alone holds it, whether that thread still is or not, or 0."""
    if "writer" in (field.name for field in lock.type.fields()):
        return max(int(lock["writer"]), 0)
    word = int(lock["owner"])
    return 0 if word in (MUTEX_NEW, MUTEX_DESTROYED) else word >> MUTEX_TID_SHIFT


def holder_of(lock):
    """The thread that alone holds it, or None."""
    tid = holding_tid(lock)
    return threads.find(tid) if tid > 0 else None


def describe_holder(lock):
    if lock is None:
        return "-"
    holder = holder_of(lock)
    if holder is not None:
        return holder.who
    if holding_tid(lock) > 0:
        return "abandoned"
    readers = int(lock["readers"]) if lock.type.strip_typedefs().tag == "rwlock" else 0
    return f"{readers} reader{'s' if readers > 1 else ''}" if readers > 0 else "-"


def waiters_of(queue):
    """The threads in a struct wait_queue, the one first that will be woken first."""
    return [Thread(around(node, "struct thread", "wait_node"))
            for node in priority_list(queue["waiters"])]


def named_records():
    """The records in the kernel's list of locks; its memory may have become anything else."""
    slots = variable("slots", "kernel/locks.c")
    for index in range(int(variable("used_slots", "kernel/locks.c"))):
        address = int(slots[index])
        try:
            record = at(address, "struct lock_record") if address != 0 else None
        except gdb.MemoryError:
            record = None
        if record is not None and int(record["slot"]) == index and \
                int(record["magic"]).to_bytes(4, "little") == LISTED:
            yield record


def name_of(record):
    return text(record["name"])


# --- Deadlocks -----------------------------------------------------------------------------------


def _blocker(thread):
    """The thread that it waits for, or None."""
    wanted = int(thread.block["wanted_lock"])
    if wanted == 0:
        return None
    lock = lock_of(at(wanted, "struct lock_record"))
    return holder_of(lock) if lock is not None else None


def cycle_of(thread):
    """The threads that wait for each other, beginning with this one; none if it is in no cycle."""
    chain = [thread]
    seen = {thread.address}
    while (thread := _blocker(thread)) is not None:
        if thread.address == chain[0].address:
            return chain
        if thread.address in seen:
            return []
        seen.add(thread.address)
        chain.append(thread)
    return []
