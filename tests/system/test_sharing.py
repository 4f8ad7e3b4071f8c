"""Objects that are taken over from another configuration are those that would be compiled."""

import pytest

from building import make
from machine import ROOT


def build(directory, target, *options):
    path = directory / target
    built = make(f"BUILD={directory}", *options, str(path))
    assert built.returncode == 0, built.stdout
    return path


@pytest.mark.parametrize("set_name, option", [("stress", "CONFIG_STRESS"),
                                              ("test", "CONFIG_DEBUG")])
def test_who_asks_for_an_option_is_known(set_name, option, tmp_path):
    sources = [path for room in ("kernel", "drivers", "sched", "shell", "tests/kernel")
               for path in (ROOT / room).rglob("*.[ch]")]
    asking = {str(path.relative_to(ROOT)) for path in sources
              if option in path.read_text(encoding="utf-8")}
    named = build(tmp_path, f"objects/{set_name}/asking").read_text(encoding="ascii").split()
    assert set(named) == asking - {"kernel/config.h"}


@pytest.mark.parametrize("source", ["kernel/lib/ring.c", "kernel/panic.c", "sched/core/core.c"])
def test_an_object_is_what_it_would_have_been(source, tmp_path):
    shared = build(tmp_path / "shared", f"objects/test/{source}.o")
    compiled = build(tmp_path / "compiled", f"objects/plain/{source}.o", "DEBUG=1")
    assert shared.read_bytes() == compiled.read_bytes()
