"""tools/run: whatever an image is called, QEMU boots it."""

import shutil
import subprocess

import pytest

from machine import IMAGE, ROOT

RUN = ROOT / "tools" / "run"


@pytest.mark.parametrize("name", ["a,b,,c.img", "nbd:c.img", "-x", "two words.img"])
def test_an_image_is_booted_whatever_it_is_called(tmp_path, name):
    shutil.copy(IMAGE, tmp_path / name)
    subprocess.run([ROOT / "tools" / "command-line", name, "run='echo up and running; poweroff'"],
                   cwd=tmp_path, check=True)
    for path in (name, str(tmp_path / name)):
        run = subprocess.run([RUN, path, "serial"], cwd=tmp_path, capture_output=True, text=True,
                             stdin=subprocess.DEVNULL, timeout=120, check=False)
        assert run.returncode == 0 and "up and running" in run.stdout, run.stderr


def test_without_an_image_it_says_what_it_wants():
    run = subprocess.run([RUN], capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert run.stderr == "usage: tools/run IMAGE [window|text|serial|debug|serve]\n"
