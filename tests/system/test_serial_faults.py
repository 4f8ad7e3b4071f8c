"""COM1 whose interrupts do not come, and COM1 that does not send."""

import os
import re
import shutil
import subprocess

import pytest

from machine import IMAGE, PROMPT, ROOT, Machine, wait_until
from pipe import FullPipe


@pytest.fixture(scope="module")
def deaf():
    """The port is where COM1 has to be, but its interrupts arrive on COM2's line."""
    with Machine("-global", "isa-serial.irq=3") as machine:
        machine.wait_for_prompt()
        yield machine


def test_a_port_without_interrupts_is_polled(deaf):
    deaf.serial.wait_for("serial: the interrupts of COM1 do not come")
    deaf.wait_for_screen("serial: the interrupts of COM1 do not come")
    assert deaf.values("hwinfo")["com1"] == "16550A, polled; BIOS: COM1 3F8h"


def test_it_loses_nothing_in_either_direction(deaf):
    word = "abcdefghijklmnopqrstuvwxyz" * 4
    for _ in range(5):
        assert deaf.command(f"echo {word}") == word + "\n"
    answer = deaf.command("help")
    assert len(answer) > 1000 and answer.endswith("switches preemption on.\n")


def test_it_is_quick_enough_to_work_with(deaf):
    deaf.command("help")
    took_ms = int(deaf.values("uptime")["uptime_ms"])
    deaf.command("help")
    took_ms = int(deaf.values("uptime")["uptime_ms"]) - took_ms
    assert took_ms < 3000  # 2 KiB, 16 bytes at a time: a poll every 200 ms would take 25 s


@pytest.fixture
def clogged(tmp_path):
    """A machine that does not get rid of what it sends, and its pipe. The script's text is more
    than the driver can store."""
    image = tmp_path / "disk.img"
    shutil.copy(IMAGE, image)
    script = "run='help; help; help; echo done'"
    subprocess.run([ROOT / "tools" / "command-line", image, script], check=True)
    pipe = FullPipe(tmp_path / "com1")
    with Machine("-chardev", f"pipe,id=full,path={tmp_path}/com1",
                 "-device", "isa-serial,iobase=0x3f8,irq=4,chardev=full",
                 com1=False, image=image) as machine:
        yield machine, pipe
    pipe.close()


def test_nobody_waits_for_a_port_that_is_stuck(clogged):
    machine, pipe = clogged
    machine.wait_for_screen("^done$")
    machine.command_on_screen("hwinfo", "^com1: 16550A, stuck; BIOS: COM1 3F8h$")
    os.write(pipe.to_machine, b"\r")
    wait_until(lambda: pipe.drain_for(re.escape(PROMPT.encode()) + b"$"),
               "a prompt on COM1 once it is drained",
               describe=lambda: pipe.received.decode("latin-1"))
    machine.type("clear\n")
    machine.command_on_screen("hwinfo", "^com1: 16550A; BIOS: COM1 3F8h$")
