"""Calling make from a test."""

import os
import subprocess

from machine import IMAGE, ROOT

SECONDS = 300

# What make leaves in the environment of what it runs.
VARIABLES_OF_MAKE = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES")

# With `alike`, a build that takes its objects from that of the image has to compile only what is its
# own.
SHARED_OBJECTS = f"OBJECTS={os.path.relpath(IMAGE.parent / 'objects', ROOT)}"


def make(*arguments, tree=ROOT, alike=False, **environment):
    """Runs make with additions to the environment; what it says on both streams is `stdout`. What
    `make test-system` itself was called with is for this one only if it is to build alike."""
    inherited = {name: value for name, value in os.environ.items()
                 if alike or name not in VARIABLES_OF_MAKE}
    return subprocess.run(["make", *arguments], cwd=tree, env={**inherited, **environment},
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=SECONDS, check=False)
