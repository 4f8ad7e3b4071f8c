"""Keyboard layouts, by real keys: what is typed under each of them appears on the screen."""

import re

import pytest

from machine import PROMPT, Machine, wait_until

# Keys as QEMU names them: by the character that they give on a US keyboard.
DIGITS = ["grave_accent", *"1234567890", "minus", "equal"]
UPPER = [*"qwertyuiop", "bracket_left", "bracket_right"]
HOME = [*"asdfghjkl", "semicolon", "apostrophe", "backslash"]
LOWER = ["less", *"zxcvbnm", "comma", "dot", "slash"]


@pytest.fixture
def keyboard(machine):
    """Chooses layouts, and leaves the US one."""
    yield machine
    machine.command("keymap us")
    machine.press("ctrl", "c")


def choose(machine, name):
    assert machine.command(f"keymap {name}") == f"keymap: {name}\n"


def press_all(machine, keys, *modifiers):
    for key in keys:
        machine.press(*modifiers, key)


def current_line(machine):
    """The last line of the screen that has a prompt, without it."""
    lines = [row for row in machine.screen() if row.startswith(PROMPT.rstrip())]
    return lines[-1][len(PROMPT):] if lines else None


def check_line(machine, text):
    """Waits until the line that is being typed is `text`, and abandons it."""
    wait_until(lambda: current_line(machine) == text, f"{text!r} on the screen",
               describe=lambda: "\n".join(machine.screen()))
    choose(machine, "us")
    machine.press("ctrl", "c")
    wait_until(lambda: current_line(machine) == "", "a new prompt")


@pytest.mark.parametrize("name, plain, shifted", [
    ("us", "`1234567890-=<", "~!@#$%^&*()_+>"),
    ("uk", "`1234567890-=\\", '¬!"£$%^&*()_+|'),
    ("it", "\\1234567890'ì<", '|!"£$%&/()=?^>'),
    ("dvorak", "`1234567890[]<", "~!@#$%^&*(){}>"),
])
def test_digits_and_the_extra_key(keyboard, name, plain, shifted):
    choose(keyboard, name)
    press_all(keyboard, DIGITS + ["less"])
    check_line(keyboard, plain)
    choose(keyboard, name)
    press_all(keyboard, DIGITS + ["less"], "shift")
    check_line(keyboard, shifted)


@pytest.mark.parametrize("name, upper, home, lower", [
    ("de", "qwertzuiopü+", "asdfghjklöä#", "<yxcvbnm,.-"),
    ("es", "qwertyuiop`+", "asdfghjklñ´ç", "<zxcvbnm,.-"),
    ("fr", "azertyuiop^$", "qsdfghjklmù*", "<wxcvbn,;:!"),
    ("dvorak", "',.pyfgcrl/=", "aoeuidhtns-\\", "<;qjkxbmwvz"),
])
def test_letters(keyboard, name, upper, home, lower):
    dead = {"de": "", "es": "`´", "fr": "^", "dvorak": ""}[name]
    for keys, text in (UPPER, upper), (HOME, home), (LOWER, lower):
        choose(keyboard, name)
        for key, character in zip(keys, text):
            if character not in dead:
                keyboard.press(key)
        check_line(keyboard, "".join(c for c in text if c not in dead))


@pytest.mark.parametrize("name, keys, text", [
    ("uk", ["e", "a"], "éá"),
    ("de", ["q", "7", "8", "9", "0", "minus", "bracket_right", "less", "m", "2"], "@{[]}\\~|µ²"),
    ("es", ["grave_accent", "1", "2", "3", "bracket_left", "bracket_right", "backslash"],
     "\\|@#[]}"),
    ("fr", ["3", "4", "5", "6", "8", "9", "0", "minus", "equal"], "#{[|\\^@]}"),
    ("it", ["minus", "equal", "bracket_left", "bracket_right", "semicolon", "apostrophe"],
     "`~[]@#"),
])
def test_altgr(keyboard, name, keys, text):
    choose(keyboard, name)
    press_all(keyboard, keys, "alt_r")
    check_line(keyboard, text)
    choose(keyboard, name)
    press_all(keyboard, keys[:2], "ctrl", "alt")
    check_line(keyboard, text[:2])


@pytest.mark.parametrize("name, presses, text", [
    ("de", [["grave_accent"], ["spc"], ["equal"], ["e"], ["shift", "equal"], ["spc"],
            ["grave_accent"], ["u"], ["equal"], ["x"]], "^é`ûx"),
    ("fr", [["bracket_left"], ["e"], ["shift", "bracket_left"], ["i"], ["alt_r", "7"], ["spc"],
            ["alt_r", "2"], ["n"], ["bracket_left"], ["bracket_left"]], "êï`ñ^"),
    ("es", [["apostrophe"], ["a"], ["bracket_left"], ["o"], ["alt_r", "4"], ["spc"],
            ["shift", "apostrophe"], ["u"]], "áò~ü"),
])
def test_dead_keys(keyboard, name, presses, text):
    choose(keyboard, name)
    for keys in presses:
        keyboard.press(*keys)
    check_line(keyboard, text)


def test_caps_lock_and_the_keypad(keyboard):
    choose(keyboard, "fr")
    keyboard.press("caps_lock")
    press_all(keyboard, ["1", "2", "a", "m", "less"])
    keyboard.press("caps_lock")
    press_all(keyboard, ["1", "2"])
    check_line(keyboard, "12Q?<&é")
    choose(keyboard, "de")
    keyboard.press("num_lock")
    press_all(keyboard, ["kp_1", "kp_decimal", "kp_5"])
    keyboard.press("num_lock")
    check_line(keyboard, "1,5")


def test_what_the_screen_cannot_show_is_not_typed(keyboard):
    choose(keyboard, "de")
    keyboard.press("alt_r", "e")
    keyboard.press("alt_r", "3")
    keyboard.press("a")
    check_line(keyboard, "a")


def test_characters_beyond_ascii_go_round(keyboard):
    """From the keyboard to the screen, and from COM1 to COM1, there in UTF-8."""
    choose(keyboard, "de")
    for key in [*"echo", "spc", "apostrophe", "minus", "ret"]:
        keyboard.press(key)
    keyboard.wait_for_screen("^äß$")
    start = len(keyboard.serial.received)
    keyboard.serial.connection.sendall("echo äßÑ¤€ end\r".encode())
    wait_until(lambda: re.search("\r\näßÑ¤ end\r\n".encode(), keyboard.serial.received[start:]),
               "the echo on COM1")


def test_the_command_tells_and_lists(keyboard):
    choose(keyboard, "it")
    answer = keyboard.command("keymap")
    assert answer.startswith("keymap: it\n")
    assert re.findall(r"^(\w+) ", answer, re.MULTILINE) == [
        "NAME", "de", "dvorak", "es", "fr", "it", "uk", "us"]
    start = len(keyboard.serial.text)
    keyboard.serial.send("keymap dv\t")
    keyboard.serial.wait_for("keymap dvorak ", start)
    keyboard.serial.send("\x03")


@pytest.mark.parametrize("line", ["keymap xx", "keymap DE", "keymap us us", "keymap ''"])
def test_wrong_input_gets_one_line(keyboard, line):
    choose(keyboard, "uk")
    answer = keyboard.command(line)
    assert re.fullmatch(r"keymap: .+ \(usage: keymap \[NAME\]\)\n", answer)
    if line != "keymap us us":
        assert "de, dvorak, es, fr, it, uk, us" in answer
    assert keyboard.command("keymap").startswith("keymap: uk\n")


@pytest.mark.parametrize("name", ["fr", "dvorak"])
def test_f12_rescues_under_every_layout(keyboard, name):
    choose(keyboard, name)
    keyboard.press("f12")
    assert keyboard.values("preempt status")["preemption"] == "on"
    keyboard.press("f12")
    assert keyboard.values("preempt status")["preemption"] == "off"


# --- Controllers that are not as they should be, made so behind the kernel's back ------------------

WRITE_CONFIGURATION = 0x60
INTERRUPT, SYSTEM, MOUSE_OFF, TRANSLATION = 0x01, 0x04, 0x20, 0x40


def configure(machine, configuration):
    machine.monitor(f"o /b 0x64 {WRITE_CONFIGURATION:#x}")
    machine.monitor(f"o /b 0x60 {configuration:#x}")


@pytest.fixture
def controller(keyboard):
    """May be configured, and is left as the kernel found it."""
    yield keyboard
    configure(keyboard, INTERRUPT | SYSTEM | MOUSE_OFF | TRANSLATION)
    keyboard.press("f1")


def test_scan_code_set_2_is_recognised(controller):
    """Nothing translates any more: the first key that is let go gives it away."""
    configure(controller, INTERRUPT | SYSTEM | MOUSE_OFF)
    controller.press("f1")
    controller.type("\nEcho set 2; echo cursor")
    controller.press("home")
    controller.press("delete")
    controller.type("e\n")
    controller.wait_for_screen("^set 2$")
    controller.wait_for_screen("^cursor$")
    controller.press("f12")
    assert controller.values("preempt status")["preemption"] == "on"
    controller.press("f12")


def test_keys_come_without_interrupts(controller):
    configure(controller, SYSTEM | MOUSE_OFF | TRANSLATION)
    controller.type("echo polled\n")
    controller.wait_for_screen("^polled$")
    controller.press("f12")
    wait_until(lambda: controller.values("preempt status")["preemption"] == "on", "preemption")
    controller.press("f12")
    wait_until(lambda: controller.values("preempt status")["preemption"] == "off", "no preemption")


def test_a_keyboard_may_start_anew(controller):
    controller.press("caps_lock")
    controller.type("first\n")  # a reset drops the keys that nobody has read yet
    controller.wait_for_screen("^FIRST: unknown command")
    controller.monitor("o /b 0x60 0xff")  # reset: it answers, and then says that it has started
    controller.type("once\n")
    controller.wait_for_screen("^ONCE: unknown command")
    controller.press("caps_lock")
    controller.type("more\n")
    controller.wait_for_screen("^more: unknown command")


def test_without_a_controller_com1_goes_on():
    with Machine("-M", "q35,i8042=off") as machine:
        machine.wait_for_prompt()
        assert "keyboard: no controller; use COM1" in machine.serial.text
        machine.wait_for_screen("keyboard: no controller; use COM1")
        assert machine.command("keymap de") == "keymap: de\n"
        assert machine.command("echo still here") == "still here\n"
