"""Starting again by each of the ways that a PC has, and switching off, or saying that it is not."""

import re

import pytest

from bochs import BochsMachine
from machine import BANNER, PROMPT, Machine
from qemu import what_is_missing


def starts_again(machine, line):
    """The whole way again, with figures that begin anew."""
    machine.wait_for_prompt()
    machine.command("preempt on")
    start = len(machine.serial.text)
    machine.serial.send(line + "\r")
    machine.serial.wait_for(re.escape(BANNER) + ".*" + PROMPT + "$", start)
    assert machine.values("stats")["preemption"] == "off"
    assert machine.serial.text.count(BANNER) == 2


@pytest.mark.parametrize("machine_type, method", [
    ("pc", ""), ("q35", ""), ("q35", "acpi"), ("pc", "chipset"), ("q35", "chipset"),
    ("pc", "keyboard"), ("q35", "keyboard"), ("pc", "port92"), ("pc", "fault"), ("q35", "fault"),
    ("isapc", ""), ("isapc", "keyboard")])
def test_reboot(machine_type, method):
    arguments = ["-M", machine_type, *(["-cpu", "qemu64"] if machine_type == "isapc" else [])]
    missing = what_is_missing(arguments)
    if missing:
        pytest.skip(missing)
    with Machine(*arguments) as machine:
        machine.banners = 2
        starts_again(machine, f"reboot {method}".strip())


def test_reboot_without_a_keyboard_controller():
    with Machine("-M", "pc,i8042=off") as machine:
        machine.banners = 2
        machine.wait_for_prompt()
        assert re.fullmatch("reboot: this machine is not reset by 'keyboard' .*\n",
                            machine.command("reboot keyboard"))
        starts_again(machine, "reboot")


def test_a_way_that_does_not_work_leaves_the_machine_as_it_was():
    """QEMU's pc has no reset register in its ACPI tables; nobody's way is a word of one's own."""
    with Machine() as machine:
        machine.wait_for_prompt()
        machine.command("spawn sleeper")
        answers = machine.command("reboot acpi; reboot dynamite; sleep 0.1; echo alive")
        assert answers.splitlines() == [
            "reboot: this machine is not reset by 'acpi' (usage: help reboot)",
            "reboot: there is no way 'dynamite'; Tab lists them (usage: help reboot)", "alive"]
        assert machine.values("stats")["threads"] == "4"


def test_the_ways_are_completed():
    with Machine() as machine:
        machine.wait_for_prompt()
        start = len(machine.serial.text)
        machine.serial.send("reboot po\t")
        machine.serial.wait_for("reboot port92 ", start)


def test_reboot_in_bochs():
    for line in ("reboot", "reboot chipset"):
        with BochsMachine() as machine:
            starts_again(machine, line)


@pytest.mark.parametrize("method", ["keyboard", "port92", "fault"])
def test_a_reset_of_the_processor_in_bochs(method):
    with BochsMachine(resets=True) as machine:
        starts_again(machine, f"reboot {method}")


def test_poweroff_where_there_is_no_acpi_says_so_and_all_goes_on():
    with Machine("-M", "pc,acpi=off") as machine:
        machine.wait_for_prompt()
        for _ in range(2):
            assert "It is now safe to switch off." in machine.command("poweroff")
        ticks = int(machine.values("uptime")["uptime_ms"])
        assert int(machine.values("sleep 0.1; uptime")["uptime_ms"]) >= ticks + 100
        machine.type("echo still here\n")
        machine.wait_for_screen("^still here$")


def test_poweroff_on_the_keyboard():
    for arguments in ([], ["-M", "q35"]):
        with Machine(*arguments) as machine:
            machine.wait_for_prompt()
            machine.wait_for_screen("^aethel>")
            machine.type("poweroff\n")
            assert machine.wait_for_end() == 0
