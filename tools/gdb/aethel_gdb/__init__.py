"""What gdb knows of Aethel's kernel, a file per concern:

    memory     the kernel's variables and structures, by its debug information alone
    walks      circles, priority lists and trees of nodes that live inside of what they link
    threads    the table of threads, and what is known of one
    stacks     the stack of a thread that does not run, as if gdb stood there
    locks      what is locked, by whom, and who waits
    events     the ring of the trace
    printers   structures in words
    command    what all commands have in common
    and one file for each of them

Only the stable part of gdb's Python interface is used, as gdb 13 has it. Importing registers all.
"""

from aethel_gdb import (backtrace_command, locks_command, printers, run_queue_command,
                        threads_command, timers_command, trace_command)

COMMANDS = (threads_command, backtrace_command, run_queue_command, locks_command, timers_command,
            trace_command)

for command in COMMANDS:
    command.register()
printers.register()
