"""Calling make from a test."""

import os
import subprocess

from machine import ROOT

SECONDS = 300


def make(*arguments, tree=ROOT, **environment):
    """Runs make with additions to the environment; what it says on both streams is `stdout`. What
    `make test-system` itself was called with is not for this one."""
    inherited = {name: value for name, value in os.environ.items()
                 if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES")}
    return subprocess.run(["make", *arguments], cwd=tree, env={**inherited, **environment},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=SECONDS, check=False)
