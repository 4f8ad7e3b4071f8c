"""gdb's entry to what it knows of Aethel: `source tools/gdb/aethel.py`, which `make debug` does.

Commands are below `aethel` ("help aethel"); structures are printed in words ("print *thread"). All
of it reads the machine that is being debugged, and writes nothing there. docs/debugging.md is a
walk with it.
"""


def load():
    """Loads the package that stands beside this file, anew if it is loaded: it may have changed."""
    import importlib
    import os
    import sys

    sys.path.insert(0, os.path.dirname(os.path.abspath(load.__code__.co_filename)))
    try:
        for name in [name for name in sys.modules if name.split(".")[0] == "aethel_gdb"]:
            del sys.modules[name]
        importlib.import_module("aethel_gdb")
    finally:
        del sys.path[0]


load()
del load
