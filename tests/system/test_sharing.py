"""Objects that are taken over from another configuration are those that would be compiled."""

from building import make
from machine import ROOT


SOURCES = ["kernel/lib/ring.c", "kernel/panic.c", "sched/core/core.c"]


def build(directory, targets, *options):
    paths = [directory / target for target in targets]
    built = make("-j2", f"BUILD={directory}", *options, *map(str, paths))
    assert built.returncode == 0, built.stdout
    return paths


def test_who_asks_for_an_option_is_known(tmp_path):
    sets = {"stress": "CONFIG_STRESS", "test": "CONFIG_DEBUG"}
    lists = build(tmp_path, [f"objects/{name}/asking" for name in sets])
    sources = {path: path.read_text(encoding="utf-8")
               for room in ("kernel", "drivers", "sched", "shell", "tests/kernel")
               for path in (ROOT / room).rglob("*.[ch]")}
    for option, named in zip(sets.values(), lists):
        asking = {str(path.relative_to(ROOT)) for path, text in sources.items() if option in text}
        assert set(named.read_text(encoding="ascii").split()) == asking - {"kernel/config.h"}


def test_an_object_is_what_it_would_have_been(tmp_path):
    shared = build(tmp_path / "shared", [f"objects/test/{source}.o" for source in SOURCES])
    compiled = build(tmp_path / "compiled", [f"objects/plain/{source}.o" for source in SOURCES],
                     "DEBUG=1")
    assert [path.read_bytes() for path in shared] == [path.read_bytes() for path in compiled]
