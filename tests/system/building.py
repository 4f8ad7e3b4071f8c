"""Calling make from a test."""

import os
import subprocess

from machine import IMAGE, ROOT

SECONDS = 300

# With `alike`, a build that takes its objects from that of the image has to compile only what is its
# own, and one with other options only what asks for these.
SHARED_OBJECTS = f"OBJECTS={os.path.relpath(IMAGE.parent / 'objects', ROOT)}"
LIKE_OBJECTS = SHARED_OBJECTS.replace("OBJECTS=", "LIKE=")


def variables_of_make():
    """What the variables were set to on the command line of the make around the tests, as make itself
    hands it on: behind its options, which are not for another one."""
    return " -- " + os.environ.get("MAKEFLAGS", "").partition(" -- ")[2]


def make(*arguments, tree=ROOT, alike=False, **environment):
    """Runs make with additions to the environment; what it says on both streams is `stdout`. What
    `make test-system` itself was called with is for this one only if it is to build alike."""
    inherited = {name: value for name, value in os.environ.items()
                 if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES")}
    if alike:
        inherited["MAKEFLAGS"] = variables_of_make()
    return subprocess.run(["make", *arguments], cwd=tree, env={**inherited, **environment},
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=SECONDS, check=False)
