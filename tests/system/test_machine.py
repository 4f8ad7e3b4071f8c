"""The tests' own machine (machine.py, qemu.py)."""

import pytest

import qemu
from machine import Ended, Machine


def test_who_asks_a_machine_that_has_ended_is_told():
    with Machine() as machine:
        machine.wait_for_prompt()
        machine.process.kill()
        machine.wait_for_end()
        for _ in range(2):
            with pytest.raises(Ended):
                machine.monitor("info status")
        with pytest.raises(Ended):
            machine.screen()


def test_the_key_that_ends_a_machine_is_pressed_all_the_same():
    with Machine() as machine:
        machine.wait_for_prompt()
        machine.process.kill()
        machine.type("too late")
        assert machine.process.returncode is not None


@pytest.mark.parametrize("arguments, word", [
    (["-M", "q35,smm=off", "-cpu", "qemu64,-nx", "-device", "qemu-xhci", "-smp", "4"], None),
    (["-M", "pc-i440fx-0.1"], "does not know -M pc-i440fx-0.1"),
    (["-cpu", "z80"], "does not know -cpu z80"),
    (["-device", "fax,line=1"], "does not know -device fax"),
    (["-M", "pc,acpi=off,fax=on"], "the pc of this QEMU has no fax"),
    (["-no-paper"], "has no option -no-paper"),
])
def test_qemu_is_asked_what_it_has(arguments, word):
    missing = qemu.what_is_missing(arguments)
    assert missing is None if word is None else word in missing


def test_the_oldest_pc_is_one_that_qemu_lists():
    assert qemu.what_is_missing(["-M", qemu.oldest_pc()]) is None
