"""The boot menu, by real keys and on COM1, and what is shown while a slow drive is read."""

import re
import time

import pytest

from bochs import BochsMachine
from machine import IMAGE, PROMPT, Machine, wait_until

MENU = r"Aethel's boot menu.*1 to 5\? $"
MENU_ON_SCREEN = r"^1 to 5\?"
BYTES_A_SECOND = 100000  # the kernel takes more than a second
CRAWLING_BYTES_A_SECOND = 8000  # and half a minute
HELD_FOR = 1  # seconds; a held key comes again after half of it
IN_MENU = 10  # seconds, longer than loading takes


def slow_drive(bytes_a_second=BYTES_A_SECOND):
    return ["-drive", f"file={IMAGE},format=raw,if=ide,snapshot=on,"
                      f"throttling.bps-read={bytes_a_second}"]


class SlowMachine(Machine):
    """It is ready for keys, and its drive crawls until it is let go: however busy the host is, no key
    comes too late. Nor too early: keys that come while SeaBIOS sets the keyboard up can make it do
    without one."""

    def __init__(self):
        super().__init__(drive=slow_drive(CRAWLING_BYTES_A_SECOND))
        self.serial.wait_for("Hold a key for the boot menu")

    def let_go(self):
        limits = ("bps", "bps_rd", "bps_wr", "iops", "iops_rd", "iops_wr")
        self.qmp("block_set_io_throttle", device="ide0-hd0", **dict.fromkeys(limits, 0))


def is_menu_shown(machine):
    return re.search(MENU, machine.serial.text, re.DOTALL)


def press_until_menu(machine, *keys):
    """As somebody does who does not know when the machine begins to look."""
    wait_until(lambda: is_menu_shown(machine) or machine.press(*keys), "the menu",
               describe=lambda: machine.serial.text)
    machine.wait_for_screen(MENU_ON_SCREEN)


def log_of(machine):
    machine.wait_for_prompt()
    machine.banners += 1  # the log begins with it
    return machine.command("log")


def loaded(machine):
    """Bytes and milliseconds, as the log tells them."""
    found = re.search(r"boot: (\d+) bytes loaded in (\d+)\.\d{3} ms", log_of(machine))
    return [int(text) for text in found.groups()]


@pytest.fixture
def menu():
    """A machine that shows its menu, after a key that has no meaning there."""
    with SlowMachine() as booted:
        booted.banners = 0
        press_until_menu(booted, "z")
        booted.let_go()
        booted.banners = 1
        yield booted


def event(machine, key, is_down):
    machine.qmp("input-send-event", events=[{"type": "key", "data": {
        "down": is_down, "key": {"type": "qcode", "data": key}}}])


def hold(machine, key, until):
    """Holds a key down: it comes again and again, and is let go at last."""
    def go_on():
        event(machine, key, True)
        return until()

    wait_until(go_on, f"what {key} is held for", describe=lambda: machine.serial.text)
    event(machine, key, False)


def test_without_a_key_there_is_no_menu():
    with Machine() as machine:
        machine.wait_for_prompt()
        assert "Hold a key for the boot menu" in machine.serial.text
        assert "1  normal" not in machine.serial.text


def test_normal_starts_with_the_command_line_of_the_image(menu):
    for key in ("q", "f5", "up", "ret", "esc", "6", "0"):
        menu.press(key)
    assert is_menu_shown(menu) and menu.serial.text.count("1  normal") == 1
    menu.press("1")
    assert "command line:" not in log_of(menu)
    menu.wait_for_screen("^aethel> *$")


@pytest.mark.parametrize("key, words, banners", [("2", "preempt=off", 1), ("3", "safe", 0)])
def test_a_choice_becomes_a_word_of_the_command_line(menu, key, words, banners):
    menu.banners = banners
    menu.press(key)
    menu.wait_for_screen("^aethel> *$")
    menu.command_on_screen("log", rf"command line:  ?{words}$")


def test_the_memory_map_is_shown_and_left(menu):
    menu.press("4")
    menu.wait_for_screen(r"^A key goes on")
    screen = "\n".join(menu.screen())
    ends = {text: int(last, 16) for last, text in
            re.findall(r"^[0-9A-F]{16}-([0-9A-F]{16})  (.*)$", screen, re.MULTILINE)}
    assert "INT 15h AX=E820h" in screen
    assert 100 << 20 < ends["usable"] < 128 << 20
    menu.press("esc")
    menu.wait_for_screen(MENU_ON_SCREEN)
    menu.press("1")
    menu.wait_for_prompt()


def test_the_command_line_is_edited_for_this_boot(menu):
    menu.press("5")
    menu.wait_for_screen("Enter takes it")
    menu.type("policy=rr nonsense and more" + "y" * 60)
    menu.wait_for_screen("y{52}\ny{8} *$")  # rows of 79 characters
    for _ in range(len("and more") + 60):
        menu.press("backspace")
    menu.wait_for_screen("^policy=rr nonsense *$")
    menu.press("ret")
    menu.wait_for_screen("^Command line: policy=rr nonsense *$")

    menu.press("5")
    menu.type("gone")
    menu.wait_for_screen("^policy=rr nonsense gone")
    menu.press("esc")
    menu.wait_for_screen("^Command line: policy=rr nonsense *$")
    menu.press("1")
    log = log_of(menu)
    assert "command line: policy=rr nonsense" in log
    assert re.search("warning: command line: 'nonsense'", log)
    assert re.match("rr", menu.values("stats")["policy"])


def test_a_line_that_is_full_takes_no_more(menu):
    menu.serial.send("5" + "x" * 300 + "\r")
    menu.serial.wait_for(r"Command line: x{255}\r\n\n1 to 5\? $")
    menu.serial.send("2")
    menu.serial.wait_for(r"The command line is full: shorten it first")
    menu.serial.send("a")
    menu.serial.wait_for(r"Command line: x{255}\r\n\n1 to 5\? $")
    menu.serial.send("1")
    menu.wait_for_prompt()


def test_the_menu_on_com1():
    with Machine() as machine:
        machine.banners = 0
        machine.serial.send("\x1b")
        machine.serial.wait_for(MENU)
        for answer in ("\x1b]10;rgb:1/2/3\x1b\\", "\x1bP1$r1\x07", "\x1b[1;1R"):  # chooses nothing
            machine.serial.send(answer)
        machine.serial.send("5policy=mlfqq\x7f\x1b[A")  # a cursor key is not Escape
        machine.serial.wait_for("policy=mlfqq\b \b$")
        machine.serial.send("\r")
        machine.serial.wait_for(r"Command line: policy=mlfq\r")
        machine.serial.send("1")
        machine.banners = 1
        machine.wait_for_prompt()
        assert machine.values("stats")["policy"] == "mlfq"


def test_the_menu_in_bochs():
    with BochsMachine("floppy") as machine:
        keyboard = machine.keyboard()
        wait_until(lambda: is_menu_shown(machine) or keyboard.type("z"), "the menu",
                   describe=lambda: machine.serial.text)
        keyboard.type("5policy=rr\n")
        machine.serial.wait_for(r"Command line: policy=rr\r")
        keyboard.type("4")
        machine.serial.wait_for(r"entries: \d+, low memory: 639 KiB\r\n\n0{16}-")
        machine.serial.send("\x1b")
        wait_until(lambda: is_menu_shown(machine), "the menu again")
        keyboard.type("2")
        # The emulated floppy is as slow as a real one, and the host may be busy.
        machine.serial.wait_for(PROMPT, patience=300)
        assert "command line: policy=rr preempt=off" in machine.command("log")


def test_what_is_typed_on_com1_meanwhile_reaches_the_shell():
    with Machine(drive=slow_drive()) as machine:
        machine.serial.send("echo all of this arrives, in this order\r")
        machine.serial.wait_for(r"\nall of this arrives, in this order\r")


@pytest.mark.parametrize("key", ["shift", "ctrl", "alt"])
def test_holding_a_modifier_shows_the_menu(key):
    with SlowMachine() as machine:
        machine.banners = 0
        hold(machine, key, lambda: is_menu_shown(machine))


def test_a_held_key_neither_chooses_nor_reaches_the_shell():
    with SlowMachine() as machine:
        hold(machine, "1", lambda: is_menu_shown(machine))
        end = time.monotonic() + HELD_FOR
        hold(machine, "1", lambda: time.monotonic() > end)
        time.sleep(HELD_FOR)  # nobody touches the keyboard: from now on the key counts
        assert is_menu_shown(machine)
        machine.let_go()

        end = time.monotonic() + HELD_FOR
        hold(machine, "1", lambda: time.monotonic() > end)
        machine.wait_for_screen("^aethel> *$")
        machine.command_on_screen("echo clean", r"^aethel> echo clean *\nclean")


def test_progress_moves_with_each_sector():
    """Two sectors a second: what is shown moves each time, and never goes beyond what is there."""
    with Machine(drive=slow_drive(1024)) as machine:
        machine.banners = 0
        machine.serial.wait_for("Aethel: loading 2 %")
        percents = [int(text) for text in re.findall(r"loading (\d+) %", machine.serial.text)]
        assert percents[0] == 0 and percents == sorted(percents)
        assert len(percents) >= 5, percents
        machine.wait_for_screen(r"^Aethel: loading \d+ % *$")


def test_progress_ends_at_a_hundred():
    with Machine(drive=slow_drive()) as machine:
        machine.wait_for_prompt()
        percents = [int(text) for text in re.findall(r"loading (\d+) %", machine.serial.text)]
        assert percents == sorted(percents) and percents[-1] == 100 and len(percents) >= 4
        size, milliseconds = loaded(machine)
        assert 0.5 * size / BYTES_A_SECOND < milliseconds / 1000 < 10 * size / BYTES_A_SECOND


def test_the_time_in_the_menu_is_not_the_time_of_loading(menu):
    time.sleep(IN_MENU)
    menu.press("1")
    assert loaded(menu)[1] / 1000 < IN_MENU
