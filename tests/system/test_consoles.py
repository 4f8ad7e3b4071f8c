"""The consoles on the screen: what has scrolled off comes back, and Alt with F1 to F4 shows another
one, whoever has the CPU."""

import re
import shutil
import subprocess

import pytest

from bochs import BochsMachine
from machine import COLUMNS, IMAGE, PROMPT, ROOT, ROWS, Machine, wait_until

HALF, PAGE, LINES = 12, 23, 2000
ALT, SHIFT, CTRL, F1, PAGE_UP, PAGE_DOWN = 0xFFE9, 0xFFE1, 0xFFE3, 0xFFBE, 0xFF55, 0xFF56

READY = r"^ready\naethel>$"


def boot(tmp_path, text, **options):
    image = tmp_path / "disk.img"
    shutil.copy(IMAGE, image)
    subprocess.run([ROOT / "tools" / "command-line", image, text], check=True)
    return Machine(image=image, **options)


def back(machine):
    """By how many rows the screen is scrolled back, as the status bar has it."""
    told = re.search(r"back +(\d+)F", machine.status_bar)
    return int(told[1]) if told else 0


def rows(machine):
    return machine.screen()[:-1]


def scroll(machine, *keys, to):
    """Presses a key that scrolls, and waits until the status bar says so and all is painted."""
    machine.press(*keys)
    wait_until(lambda: back(machine) == to, f"{to} rows back", describe=lambda: machine.status_bar)
    machine.command("sleep 0.05")


def show(machine, number):
    machine.press("alt", f"f{number}")
    wait_until(lambda: re.search(rf"F{number}\W?", machine.status_bar[60:65]), f"console {number}",
               describe=lambda: machine.status_bar)


@pytest.fixture
def long_output(tmp_path):
    """What is on COM1 is on the screen, too."""
    script = "spawn sleeper 100; " + "ps; " * 21 + "spawn hog; gantt 0.3; kill all"
    with boot(tmp_path, f"preempt=on run='{script}'", virtual=True) as machine:
        machine.serial.wait_for(rf"{PROMPT}$", 3000)
        machine.wait_for_screen("^aethel>$")
        yield machine


def test_2000_lines_back_and_forth(long_output):
    machine = long_output
    text = machine.serial.text[:machine.serial.text.rindex("\n")]
    printed = [row.rstrip() for row in re.sub("\r", "", text).split("\n")]
    end = rows(machine)
    at = 0
    collected = [row for row in end if row]
    while at < LINES:
        step = min(PAGE, LINES - at)
        at += step
        scroll(machine, "ctrl", "pgup", to=at)
        collected = rows(machine)[:step] + collected
    machine.press("shift", "pgup")  # there is no more
    machine.command("sleep 0.05")
    assert back(machine) == LINES
    prompt = collected.pop()
    assert prompt == PROMPT.strip()
    assert len(collected) > LINES
    assert collected == printed[-len(collected):]
    while at > 0:
        at = max(at - HALF, 0)
        if at < 40 or at > LINES - 40:
            scroll(machine, "shift", "pgdn", to=at)
        else:
            machine.press("shift", "pgdn")
    assert rows(machine) == end


def test_colours_come_back(virtual):
    virtual.command_on_screen("preempt on; spawn hog 3 for=1; gantt 0.3; clear", r"\Aaethel>")
    virtual.command_on_screen("spawn hog 3 for=1; gantt 0.2; echo the end", "^the end$")
    size = 20 * COLUMNS * 2
    before = virtual.screen_cells()[:size]
    assert len(set(before[1::2])) > 3
    virtual.type("clear\n")
    wait_until(lambda: rows(virtual)[0] == "aethel>", "a clear screen")
    virtual.press("ctrl", "pgup")
    wait_until(lambda: before[:10 * COLUMNS * 2] in virtual.screen_cells(), "what was there",
               describe=lambda: "\n".join(virtual.screen()))


def test_what_is_printed_meanwhile_is_not_lost(virtual):
    """Notices come at the prompt when they like."""
    virtual.command_on_screen("clear; help; ps; help; echo ready", READY)
    virtual.press("shift", "pgup")
    wait_until(lambda: back(virtual) == HALF, "rows back")
    virtual.command("preempt on")
    seen = rows(virtual)
    virtual.command("spawn deadlock; sleep 1; kill all")
    wait_until(lambda: back(virtual) > HALF, "more rows back")
    assert rows(virtual) == seen
    virtual.type("x")
    wait_until(lambda: back(virtual) == 0, "the end")
    virtual.wait_for_screen(r"^warning: deadlock: (.|\n)*^aethel> x$")
    virtual.press("backspace")


def test_under_a_hog_that_nobody_interrupts(cooperative):
    cooperative.command_on_screen("help; ps; help; echo ready", READY)
    cooperative.serial.send("spawn hog\r")
    wait_until(lambda: "run hog" in cooperative.status_bar, "a hog")
    end = rows(cooperative)
    cooperative.press("shift", "pgup")
    wait_until(lambda: rows(cooperative)[HALF:] == end[:-HALF], "half a screen back")
    assert "run hog" in cooperative.status_bar
    cooperative.press("ctrl", "pgdn")
    wait_until(lambda: rows(cooperative) == end, "the end")


def test_keys_of_a_view_are_its_own(virtual):
    virtual.command("preempt on; spawn sleeper 60")
    virtual.type("help\ntop\n")
    virtual.wait_for_screen("^q quit")
    virtual.press("shift", "pgdn")
    virtual.wait_for_screen(r"2\d-\d\d of 6\d")
    assert back(virtual) == 0
    virtual.type("q")
    virtual.wait_for_screen(r"^aethel> top$")


@pytest.fixture(scope="module")
def four():
    """Four consoles, at their prompts."""
    with Machine() as machine:
        machine.wait_for_prompt()
        machine.wait_for_screen("^aethel>")
        assert len(machine.threads()) == 3
        for number in (2, 3, 4):
            show(machine, number)
            machine.wait_for_screen("^aethel>")
        show(machine, 1)
        yield machine
        show(machine, 1)


def test_each_has_its_shell(four):
    shells = [row for row in four.threads() if row["NAME"].startswith("shell-")]
    assert [row["NAME"] for row in shells] == \
        ["shell-vga", "shell-com1", "shell-vga2", "shell-vga3", "shell-vga4"]
    assert {row["PRI"] for row in shells} == {"63"}
    for row in shells:
        assert "protected" in four.command(f"kill {row['TID']}")


def test_each_has_its_history_and_lines(four):
    for number in (1, 2, 3, 4):
        show(four, number)
        four.command_on_screen(f"echo this is {number}", rf"^this is {number}$")
    for number in (2, 4, 1, 3):
        four.press("alt_r", f"f{number}")
        four.wait_for_screen(rf"^this is {number}$")
        four.press("up")
        four.wait_for_screen(rf"^aethel> echo this is {number}\Z|^aethel> echo this is {number}\n\n")
        four.press("ctrl", "c")
        text = "\n".join(rows(four))
        assert [n for n in "1234" if f"this is {n}" in text] == [str(number)]


def test_each_is_scrolled_by_itself(four):
    show(four, 2)
    four.command_on_screen("help; help; echo ready", READY)
    four.press("shift", "pgup")
    wait_until(lambda: back(four) == HALF, "half a screen back")
    show(four, 3)
    assert back(four) == 0
    show(four, 2)
    wait_until(lambda: back(four) == HALF, "as it was left")
    four.press("ctrl", "c")


def test_output_in_the_background_goes_on(four):
    show(four, 2)
    four.type("clear\n")
    wait_until(lambda: rows(four)[0] == "aethel>", "a clear screen")
    four.type("sleep 0.5; ps; echo done here\n")
    show(four, 4)
    four.command("sleep 1")
    assert "done here" not in "\n".join(rows(four))
    show(four, 2)
    four.wait_for_screen("^done here$")


def test_notices_come_to_each_prompt(four):
    four.command("preempt on; spawn deadlock; sleep 0.5; kill all; preempt off")
    for number in (1, 2, 3, 4):
        show(four, number)
        four.wait_for_screen(r"deadlock: \w+ waits for")


def test_output_is_stopped_on_the_one_that_is_shown(four):
    show(four, 3)
    four.press("ctrl", "s")
    wait_until(lambda: "stopped ^Q" in four.status_bar, "the hint")
    show(four, 4)
    wait_until(lambda: "stopped ^Q" not in four.status_bar, "no hint")
    four.command_on_screen("echo not this one", "^not this one$")
    show(four, 3)
    wait_until(lambda: "stopped ^Q" in four.status_bar, "the hint")
    four.press("ctrl", "q")
    wait_until(lambda: "stopped ^Q" not in four.status_bar, "no hint")


@pytest.mark.parametrize("preemption", ["off", "on"])
def test_a_console_is_opened_while_a_hog_runs(preemption):
    with Machine() as machine:
        machine.wait_for_prompt()
        machine.command(f"preempt {preemption}")
        machine.serial.send("spawn hog 2\r")
        wait_until(lambda: "run hog" in machine.status_bar, "a hog")
        show(machine, 2)
        if preemption == "off":
            wait_until(lambda: not any(rows(machine)), "an empty console")
            machine.type("echo typed ahead\n")
            wait_until(lambda: re.search(r"wait +\d", machine.status_bar), "its shell waits")
            assert not any(rows(machine))
            machine.press("f12")
            machine.wait_for_screen("^typed ahead$")
        machine.wait_for_screen("^aethel>")
        assert "shell-vga2" in [row["NAME"] for row in machine.threads()]


def test_nobody_switches_nothing_is_there(tmp_path):
    """Threads and their numbers are those of a machine without further consoles."""
    with boot(tmp_path, "run='spawn sleeper'", virtual=True) as machine:
        machine.serial.wait_for(rf"{PROMPT}$", 400)
        assert [(row["TID"], row["NAME"]) for row in machine.threads() if row["TID"] != "0"] == \
            [("1", "shell-vga"), ("2", "shell-com1"), ("3", "sleeper1")]
        assert "screen2" not in machine.command("locks")


def test_without_memory_the_log_says_so(tmp_path):
    with boot(tmp_path, "run='spawn sleeper 2000'", virtual=True, memory=8) as machine:
        machine.wait_for_prompt()
        while int(machine.values("mem")["memory_free_kib"]) > 12:
            machine.command("spawn sleeper")
        machine.press("alt", "f3")
        machine.press("alt", "f2")
        machine.serial.wait_for("warning: .*vga2.*memory")
        machine.command("kill all")
        machine.press("alt", "f2")
        machine.wait_for_screen("^aethel>")
        machine.command_on_screen("echo there is again", "^there is again$")


def test_after_a_panic():
    with Machine() as machine:
        machine.expects_panic = True
        machine.wait_for_prompt()
        show(machine, 2)
        machine.command_on_screen("help; ps; help; echo ready", READY)
        end = rows(machine)
        machine.serial.send("panic\r")
        machine.wait_for_screen("The machine has stopped")
        machine.press("shift", "pgup")
        wait_until(lambda: rows(machine) == end, "what the console showed")
        machine.press("shift", "pgup")
        wait_until(lambda: rows(machine)[HALF:] == end[:-HALF], "half a screen back")
        for _ in range(9):
            machine.press("ctrl", "pgup")
        wait_until(lambda: rows(machine)[0].startswith("Type 'help'"), "the first line")
        machine.press("k")
        machine.wait_for_screen("^ NAME +KIND +HOLDER")
        machine.press("ctrl", "pgup")
        wait_until(lambda: rows(machine) == end, "what the console showed")
        machine.press("p")
        machine.wait_for_screen(r"^ KERNEL PANIC(.|\n)*thread_start")
        report = rows(machine)
        machine.press("shift", "pgup")
        wait_until(lambda: rows(machine) == end, "what the console showed")
        machine.press("shift", "pgdn")
        wait_until(lambda: rows(machine) == report, "the report")
        assert machine.screen()[ROWS - 1].startswith(" l log")


def test_after_a_panic_a_view_and_what_is_behind_it():
    with Machine() as machine:
        machine.expects_panic = True
        machine.wait_for_prompt()
        machine.command_on_screen("echo before; top", "^q quit")
        machine.serial.send("panic\r")
        machine.wait_for_screen("The machine has stopped")
        machine.press("shift", "pgup")
        machine.wait_for_screen("^q quit")
        machine.press("shift", "pgup")
        machine.wait_for_screen("^before$")


def test_in_bochs():
    with BochsMachine() as machine:
        machine.wait_for_prompt()
        keyboard = machine.keyboard()
        keyboard.press(ALT, F1 + 1)
        wait_until(lambda: "shell-vga2" in machine.command("ps"), "another shell")
        keyboard.press(SHIFT, PAGE_UP)
        keyboard.press(CTRL, PAGE_DOWN)
        keyboard.type("quantum 44\n")
        wait_until(lambda: machine.values("stats")["quantum_ms"] == "44", "its command")
        keyboard.press(ALT, F1)
        keyboard.type("quantum 45\n")
        wait_until(lambda: machine.values("stats")["quantum_ms"] == "45", "the first one's")
        machine.serial.send("poweroff\r")
        machine.wait_for_end()
