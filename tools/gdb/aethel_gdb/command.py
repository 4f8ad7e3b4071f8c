"""What all commands have in common: a word below `aethel`, and one line instead of a traceback."""

import itertools
import re

import gdb

from aethel_gdb.memory import Trouble, cut, require_machine


CANDIDATES_MAX = 200  # no more are shown

# What anything may lead to that lies where the kernel's data should be.
DAMAGES = (ArithmeticError, LookupError, TypeError, ValueError)


class Prefix(gdb.Command):
    """What the scheduler of Aethel's kernel knows, whoever runs and wherever gdb has stopped.

The machine is read, and never written to. Structures are printed in words by gdb's
own commands: "print *thread"; "print/r *thread" shows all of one as it is."""

    def __init__(self):
        super().__init__("aethel", gdb.COMMAND_STATUS, gdb.COMPLETE_COMMAND, True)

    def invoke(self, argument, from_tty):
        """gdb comes here where no word below it fits, and where there is none."""
        if argument:
            raise gdb.GdbError(cut(f"aethel: '{argument}' is none of its commands: 'help aethel'"))
        gdb.execute("help aethel")


Prefix()


class Command(gdb.Command):
    """One of them. `run` gets the words behind it, and says Trouble if there is nothing to show."""

    name = ""
    usage = ""
    words_max = 0

    def __init__(self):
        super().__init__(f"aethel {self.name}", gdb.COMMAND_STATUS)

    def run(self, words):
        raise NotImplementedError

    def candidates(self):
        """What its word can be, for Tab."""
        return []

    def complete(self, text, word):
        try:
            if len(gdb.string_to_argv(text)) > 1:
                return []
            fitting = (candidate for candidate in self.candidates() if candidate.startswith(word))
            return list(itertools.islice(fitting, CANDIDATES_MAX))
        except (Trouble, gdb.error):
            return []

    def invoke(self, argument, from_tty):
        try:
            words = gdb.string_to_argv(argument)
            if len(words) > self.words_max:
                raise Trouble(f"'{words[self.words_max]}' is one argument too many ({self.usage})")
            require_machine()
            self.run(words)
        except (Trouble, gdb.error) as trouble:
            raise gdb.GdbError(cut(f"aethel {self.name}: {self.explain(trouble)}")) from None
        except DAMAGES as damage:
            raise gdb.GdbError(cut(f"aethel {self.name}: damaged: {damage}")) from None
        except KeyboardInterrupt:
            raise gdb.GdbError(f"aethel {self.name}: interrupted") from None

    @staticmethod
    def explain(trouble):
        """While the loader runs, nothing is mapped yet where the kernel will be."""
        if isinstance(trouble, gdb.MemoryError):
            address = re.search("0x[0-9a-f]+", str(trouble))
            return f"cannot read {address[0] if address else 'memory'}: not loaded yet, or broken"
        return str(trouble)


def show(line):
    """A line of an answer. gdb stops at a full screen by itself, and raises where that is left."""
    gdb.write(line.rstrip() + "\n")
