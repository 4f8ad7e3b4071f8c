"""aethel run-queue"""

import gdb

from aethel_gdb import walks
from aethel_gdb.command import Command, show
from aethel_gdb.memory import address_of_symbol, around, at, text, type_of, variable
from aethel_gdb.threads import Thread, require_scheduler, running_address

ROW = "{:>6} {:>6} {:<15} {:>5} {:>8} {}"

# The structures in which policies keep their threads: how to walk one, the thread's node in it, and
# what a node says of its thread's place.
QUEUES = {
    "priority_queue": (walks.priority_queue, "ready_node", lambda node: f"key {int(node['key'])}"),
    "ticket_tree": (walks.ticket_tree, "ticket_node",
                    lambda node: f"{int(node['tickets'])} tickets"),
}


def _row(level, thread, note=""):
    notes = ", ".join(part for part in ("running" if thread.is_running else "", note) if part)
    show(ROW.format(level, thread.tid, thread.name, thread.priorities, thread.run_ms, notes))


def _show_levels(queue):
    """From the most urgent one on."""
    in_use = int(queue["levels_in_use"])
    for level in reversed(range(in_use.bit_length())):
        if in_use >> level & 1:
            for node in walks.circle_from(queue["heads"][level]):
                _row(level, Thread(around(node, "struct thread", "run_node")))


def _policies():
    """All that are in this kernel."""
    start = address_of_symbol("__policies_start")
    pointer = type_of("unsigned long")
    for place in range(start, address_of_symbol("__policies_end"), pointer.sizeof):
        yield at(int(gdb.Value(place).cast(pointer.pointer()).dereference()), "struct policy")


def _queues_of(policy):
    """The variables of its source that are queues of threads, by the types that they have."""
    has_queue = int(policy["enqueue"]) != 0 and int(policy["waiting"]) != 0
    block = gdb.block_for_pc(int(policy["enqueue"])) if has_queue else None
    for symbol in block.static_block if block is not None else []:
        if symbol.is_variable and symbol.type.strip_typedefs().tag in QUEUES:
            yield symbol.value()


def _show_waiting(policy):
    """Those that are ready, and in no level: a policy with a queue puts the next one there."""
    name = text(policy["information"]["name"])
    for queue in _queues_of(policy):
        walk, member, describe = QUEUES[queue.type.strip_typedefs().tag]
        for node in walk(queue):
            _row(name, Thread(around(node.address, "struct thread", member)), describe(node))


class RunQueueCommand(Command):
    """List the threads that can run, in the order of the run queue: aethel run-queue

LEVEL     of the run queue, the most urgent first: the policy gives it by the priority or
          by what it has seen; or the policy's name, for those that wait in a queue of its
          own, with the key or the tickets that they have there
The idle thread stands outside of it. The running thread stays in its place."""

    name = "run-queue"
    usage = "aethel run-queue"

    def run(self, words):
        require_scheduler()
        state = variable("the_scheduler")
        policy = variable("policy", "sched/policies/policies.c").dereference()
        show(f"policy: {text(policy['information']['name'])}")
        show(f"preemption: {'on' if state['is_preemptive'] else 'off'}")
        show(f"quantum_ms: {int(state['quantum_ticks'])}")
        show(ROW.format("LEVEL", "TID", "NAME", "PRIO", "RUN_MS", ""))
        _show_levels(state["run_queue"])
        for each in _policies():
            _show_waiting(each)
        if running_address() == int(variable("boot_cpu")["idle"]):
            show("(the idle thread runs)")


def register():
    RunQueueCommand()
