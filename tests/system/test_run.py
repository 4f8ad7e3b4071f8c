"""tools/run: whatever an image is called, QEMU boots it."""

import fcntl
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import termios
import time

import pytest

from machine import IMAGE, PATIENCE, ROOT

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


def test_both_shells_are_in_the_terminal(tmp_path):
    """In QEMU's text screen, which `make run` takes where there is no window, the keys that tools/run
    names show COM1, and the screen again."""
    shutil.copy(IMAGE, tmp_path / "aethel.img")
    child, terminal = pty.fork()
    if child == 0:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 90, 0, 0))
        os.execve(RUN, [str(RUN), str(tmp_path / "aethel.img"), "text"], {**os.environ, "TERM": "xterm"})
    seen = ""

    def wait_for(text):
        nonlocal seen
        deadline = time.monotonic() + PATIENCE
        while text not in seen:
            assert time.monotonic() < deadline, f"no {text!r} in {seen!r}"
            if select.select([terminal], [], [], 0.1)[0]:
                seen += re.sub(r"\x1b[\[(][0-9;?]*[A-Za-z]", "", os.read(terminal, 65536).decode(errors="replace"))
        seen = seen[seen.index(text) + len(text):]

    try:
        wait_for("Alt-3")
        wait_for("F12 toggles")
        os.write(terminal, b"\x1b3")
        wait_for("Ctrl-\\ toggles")
        os.write(terminal, b"\x1b1")
        wait_for("F12 toggles")
        os.write(terminal, b"poweroff\r")
    finally:
        deadline = time.monotonic() + PATIENCE
        while os.waitpid(child, os.WNOHANG)[0] == 0:
            if time.monotonic() > deadline:
                os.kill(child, 9)
            if select.select([terminal], [], [], 0.1)[0]:
                try:
                    os.read(terminal, 65536)
                except OSError:
                    pass
        os.close(terminal)


@pytest.mark.parametrize("place", ["README.md", "tools/release"])
def test_the_line_for_those_who_only_look_boots(tmp_path, place):
    shutil.copy(IMAGE, tmp_path / "aethel.img")
    subprocess.run([ROOT / "tools" / "command-line", "aethel.img", "run='echo up and running; poweroff'"],
                   cwd=tmp_path, check=True)
    line, = re.findall(r"^    .*(qemu-system-x86_64 .*)$", (ROOT / place).read_text(encoding="utf-8"), re.MULTILINE)
    run = subprocess.run(f"{line} -display none -serial stdio", shell=True, cwd=tmp_path, capture_output=True,
                         text=True, stdin=subprocess.DEVNULL, timeout=120, check=False)
    assert run.returncode == 0 and "up and running" in run.stdout, run.stderr
