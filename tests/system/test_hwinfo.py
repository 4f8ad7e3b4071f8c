"""hwinfo: the page for reports, on machines of several kinds."""

import re

import pytest

from bochs import BochsMachine
from machine import IMAGE, Machine

DRIVE = f"file={IMAGE},format=raw,snapshot=on"
FLOPPY = ["-drive", f"{DRIVE},if=floppy", "-boot", "a"]
USB_STICK = ["-device", "usb-ehci", "-drive", f"{DRIVE},if=none,id=stick",
             "-device", "usb-storage,drive=stick,bootindex=0"]

KEYS = """
kernel machine bios cpu cpu_id cpu_features memory_kib memory_low_kib memory_map
boot_drive boot_access boot_edd boot_disk boot_load boot_a20 boot_menu command_line keyboard
keyboard_bytes timer tsc_mhz com1 video_mode
""".split()


def page(machine):
    """The page as a dictionary; every line of it is `key: value`, and it fits on the screen."""
    lines = machine.command("hwinfo").splitlines()
    assert len(lines) <= 23 and max(map(len, lines)) <= 80, lines
    return dict(line.split(": ", 1) for line in lines)


def test_a_usual_machine(machine):
    told = page(machine)
    assert [key for key in KEYS if key not in told] == []
    assert told["kernel"].startswith("Aethel ")
    assert told["machine"].startswith("QEMU Standard PC (i440FX")
    assert told["bios"].startswith("SeaBIOS ")
    assert "family" in told["cpu_id"] and "no_execute" in told["cpu_features"]
    assert told["memory_map"].startswith("E820h, ") and told["memory_low_kib"] == "639"
    assert told["boot_drive"] == "80h (the BIOS said 80h; hard disks known to it: 1)"
    assert told["boot_access"] == "sector numbers, 0 added, 0 tried again"
    assert told["boot_disk"] == "bus PCI, interface ATA, 2880 sectors of 512 bytes"
    assert re.fullmatch(r"\d+ bytes in \d+\.\d{3} ms \(\d+ ms by the BIOS's clock\)",
                        told["boot_load"])
    assert (told["boot_a20"], told["boot_menu"]) == ("was on", "not shown")
    assert told["keyboard"].startswith("answers, controller answers, set 1 (translated)")
    assert told["com1"] == "16550A; BIOS: COM1 3F8h" and told["video_mode"] == "03h"
    assert re.fullmatch(r"8254; clock works; 8254 "
                        r"(not measured yet|at 119\d{4} Hz, should be 1193182)", told["timer"])
    assert re.fullmatch(r"\d+\.\d{3} \((trusted|being measured)\)", told["tsc_mhz"])


def test_the_memory_map(machine):
    lines = machine.command("hwinfo memory").splitlines()
    assert lines[0].split() == ["FROM", "TO", "KIB", "TYPE"]
    entries = [line.split(maxsplit=4) for line in lines[1:]]
    count = int(re.search(r"(\d+) entries", machine.values("hwinfo")["memory_map"])[1])
    assert len(entries) == count
    for start, end, kib, number, name in entries:
        assert (int(end, 16) - int(start, 16) + 1) // 1024 == int(kib)
        assert (number == "1") == (name == "usable")


@pytest.mark.parametrize("line", ["hwinfo x", "hwinfo memory x"])
def test_wrong_arguments_get_one_line(machine, line):
    answer = machine.command(line)
    assert re.fullmatch(r"hwinfo: [^\n]+ \(usage: hwinfo \[memory\]\)\n", answer)


def test_a_floppy(tmp_path):
    with Machine(drive=FLOPPY) as machine:
        machine.wait_for_prompt()
        told = page(machine)
        assert told["boot_drive"].startswith("00h (the BIOS said 00h")
        assert told["boot_access"].startswith("18 sectors a track, 2 heads")
        assert told["boot_edd"] == "none"


def test_a_usb_stick_on_a_machine_without_a_keyboard_controller():
    with Machine("-M", "q35,i8042=off", "-cpu", "qemu64,-nx",
                 drive=USB_STICK) as machine:
        machine.wait_for_prompt()
        told = page(machine)
        assert "Q35" in told["machine"] and "no_execute" not in told["cpu_features"]
        assert told["keyboard"] == "no controller"


def test_without_com1():
    with Machine(com1=False) as machine:
        machine.wait_for_screen("^aethel>")
        machine.command_on_screen("hwinfo", "^com1: none, or not used; BIOS:$")
        assert "kernel: Aethel" in machine.screen()[1] or "kernel: Aethel" in machine.screen()[0]


def test_in_bochs():
    with BochsMachine() as machine:
        machine.wait_for_prompt()
        told = page(machine)
        assert told["cpu"].startswith("Intel(R) Core(TM) i7") and "Bochs" in told["bios"]
