"""The same image in Bochs: another BIOS, another processor, another set of devices."""

import re

import pytest

from bochs import ALT, BACKSPACE, CTRL, F12, INSERT, LEFT, BochsMachine
from full_screen import OnSerial
from machine import BANNER, PROMPT, wait_until


@pytest.mark.parametrize("medium", ["disk", "floppy"])
def test_boots_and_answers(medium):
    with BochsMachine(medium) as machine:
        machine.wait_for_prompt()
        assert machine.command("echo hello from Bochs") == "hello from Bochs\n"
        assert machine.serial.text.count(BANNER) == 1


def test_keys_hogs_rescue_and_poweroff():
    with BochsMachine() as machine:
        machine.wait_for_prompt()
        keyboard = machine.keyboard()

        # What is typed on the keyboard's shell is seen in what COM1's shell tells.
        keyboard.type("quantum 33\n")
        wait_until(lambda: machine.values("stats")["quantum_ms"] == "33", "the keyboard's command")

        machine.command("spawn hog 2")
        start = len(machine.serial.text)
        machine.serial.send("echo rescued\r")
        keyboard.press(F12)
        machine.serial.wait_for(r"\r\nrescued\r\n" + PROMPT + "$", start)
        stats = machine.values("stats")
        assert stats["preemption"] == "on" and stats["threads"] == "5"
        hogs = [thread for thread in machine.threads() if thread["NAME"].startswith("hog")]
        assert len(hogs) == 2

        machine.serial.send("poweroff\r")
        machine.wait_for_end()


def test_keys_that_edit():
    with BochsMachine() as machine:
        machine.wait_for_prompt()
        keyboard = machine.keyboard()

        def quantum_becomes(expected):
            wait_until(lambda: machine.values("stats")["quantum_ms"] == expected, expected)

        keyboard.type("quantum 15 99")
        keyboard.press(ALT, BACKSPACE)
        keyboard.press(BACKSPACE)
        keyboard.press(CTRL, ord("t"))
        keyboard.press(LEFT)
        keyboard.press(INSERT)
        keyboard.type("7\n")
        quantum_becomes("57")
        keyboard.press(CTRL, ord("r"))
        keyboard.type("qua")
        keyboard.press(CTRL, ord("e"))
        keyboard.type("0\n")
        quantum_becomes("570")
        keyboard.type("quantum ")
        keyboard.press(ALT, ord("."))
        keyboard.press(ALT, ord("."))
        keyboard.type("1\n")
        quantum_becomes("571")

        start = len(machine.serial.text)
        machine.serial.send("\x12sta\x12\x13\r")
        machine.serial.wait_for(r"quantum_ms: 571\r\n.*" + PROMPT + "$", start)
        machine.serial.send("poweroff\r")
        machine.wait_for_end()


def test_views_stand_on_both_terminals_and_leave_them_as_they_were():
    with BochsMachine() as machine:
        machine.wait_for_prompt()
        keyboard = machine.keyboard()
        assert len(machine.command("stats").splitlines()) == 22
        machine.command("preempt on; quantum 10; spawn hog prio=40; spawn hog prio=20; spawn consumer 30")
        keyboard.type("gantt\n")
        seen = OnSerial(machine, "top 0.5")
        wait_until(lambda: re.search(r" 1-19 of 34$", seen.rows()[23]), "the table on COM1")
        assert seen.terminal.mouse == {1000, 1006}
        seen.press("t", "&", *"hog", "\r")
        wait_until(lambda: any(" starving " in row for row in seen.rows()) and
                   re.search(r" 1-2 of 2$", seen.rows()[23]), "a starving hog",
                   describe=lambda: "\n".join(seen.rows()))
        seen.press("&")
        wait_until(lambda: seen.rows()[23].endswith("names:"), "the question")
        seen.press("\r")
        wait_until(lambda: seen.rows()[23].endswith("34"), "all threads")
        seen.press("wheel-down")
        wait_until(lambda: re.search(r" 4-22 of 34$", seen.rows()[23]), "a step of the wheel")
        seen.press("q")
        wait_until(seen.is_at_prompt, "the prompt")
        keyboard.type("q")
        keyboard.type("quantum 33\n")
        wait_until(lambda: machine.values("stats")["quantum_ms"] == "33", "the keyboard's command")
        machine.serial.send("poweroff\r")
        machine.wait_for_end()


def test_threads_that_synchronise():
    with BochsMachine() as machine:
        machine.wait_for_prompt()
        start = len(machine.serial.text)
        machine.command("preempt on; quantum 1; spawn lockfight 4 for=0.5; spawn deadlock; sleep 1")
        machine.serial.wait_for("exact: yes", start)
        machine.serial.wait_for(r"deadlock: left\d+ waits for right, held by right\d+", start)
        machine.command("kill all")
        start = len(machine.serial.text)
        machine.command("spawn inversion; sleep 1")
        machine.serial.wait_for(r"high_waited_ms: \d\d, inheritance: on", start)
        machine.serial.send("poweroff\r")
        machine.wait_for_end()


def test_after_a_panic_a_flood_on_com1_does_not_lock_the_keyboard_out():
    with BochsMachine() as machine:
        machine.wait_for_prompt()
        keyboard = machine.keyboard()
        machine.serial.send("panic\r")
        machine.serial.wait_for("The machine has stopped")
        machine.serial.send("l" * 20000)
        start = len(machine.serial.text)
        wait_until(lambda: machine.serial.text.count("The log, the latest first", start) > 3, "listings")
        keyboard.type("b")
        machine.serial.wait_for(BANNER + ".*" + PROMPT, machine.serial.text.rindex("latest first"))
