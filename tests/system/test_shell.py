"""The two shells: typing, editing, history, completion, and what wrong input gets."""

import re

import pytest

from machine import PROMPT, wait_until


def test_a_command_typed_on_the_keyboard_is_answered_on_the_screen(cooperative):
    cooperative.command_on_screen("uptime", r"^uptime_ms: \d+")
    assert "uptime_ms" not in cooperative.serial.text.rsplit(PROMPT, 2)[-1]


def test_a_command_on_com1_is_answered_there(cooperative):
    cooperative.command_on_screen("clear", "^aethel>$")
    before = int(cooperative.values("uptime")["uptime_ms"])
    assert int(cooperative.values("uptime")["uptime_ms"]) >= before
    assert "uptime_ms" not in "\n".join(cooperative.screen())


def test_capitals_and_shifted_keys(cooperative):
    cooperative.command_on_screen('echo Hello_World "a|b+c!"', r"^Hello_World a\|b\+c!$")


def test_caps_lock_makes_capitals(cooperative):
    cooperative.press("caps_lock")
    cooperative.type("echo caps")
    cooperative.press("caps_lock")
    cooperative.wait_for_screen("ECHO CAPS$")
    cooperative.press("ctrl", "c")


def test_semicolons_part_commands(cooperative):
    assert cooperative.command("echo one; echo two;echo three") == "one\ntwo\nthree\n"


def test_quotes_and_comments(cooperative):
    assert cooperative.command("echo 'a ; b' \"c  d\" # e") == "a ; b c  d\n"


KEYS = {
    "left": "\x1b[D", "right": "\x1b[C", "home": "\x1b[H", "end": "\x1b[F",
    "delete": "\x1b[3~", "backspace": "\x7f",
    "ctrl-a": "\x01", "ctrl-e": "\x05", "ctrl-u": "\x15", "ctrl-k": "\x0b", "ctrl-w": "\x17",
    "ctrl-t": "\x14", "ctrl-y": "\x19", "ctrl-_": "\x1f", "ctrl-x": "\x18", "insert": "\x1b[2~",
    "alt-b": "\x1bb", "alt-f": "\x1bf", "alt-d": "\x1bd", "alt-y": "\x1by",
    "alt-backspace": "\x1b\x7f",
}

# What is typed, keys in angle brackets, and the words that `echo` then prints.
EDITS = [
    ("echo ac<left>b", "abc"),
    ("echo abc<left><left><delete>", "ac"),
    ("echo abcd<backspace>", "abc"),
    ("cho abc<home>e<end>d", "abcd"),
    ("cho abc<ctrl-a>e<ctrl-e>d", "abcd"),
    ("nonsense<ctrl-u>echo abc", "abc"),
    ("echo abc def<left><left><left><left><ctrl-k>", "abc"),
    ("echo abc wrong<ctrl-w>right", "abc right"),
    ("echo ab<left><left><right>c", "acb"),
    ("echo ab-cd<alt-b>x<alt-f>y", "ab-xcdy"),
    ("echo ab cd<alt-b><alt-d>ef", "ab ef"),
    ("echo one two<alt-backspace>three<ctrl-y>", "one threetwo"),
    ("echo one<ctrl-w>two<ctrl-w><ctrl-y><alt-y>", "one"),
    ("echo ab<ctrl-t>", "ba"),
    ("echo abc<left><left><insert>x", "axc"),
    ("echo abc<ctrl-w><ctrl-_>", "abc"),
    ("nonsense<ctrl-x><ctrl-u>echo abc", "abc"),
]


@pytest.mark.parametrize("typed, expected", EDITS)
def test_editing_on_com1(cooperative, typed, expected):
    start = len(cooperative.serial.text)
    cooperative.serial.send(re.sub("<(.*?)>", lambda key: KEYS[key.group(1)], typed) + "\r")
    cooperative.serial.wait_for(rf"\r\n{expected}\r\n{PROMPT}$", start)


@pytest.mark.parametrize("typed, expected", EDITS)
def test_editing_on_the_keyboard(cooperative, typed, expected):
    cooperative.press("ctrl", "l")
    for part in re.findall("<.*?>|[^<]+", typed):
        if part.startswith("<"):
            cooperative.press(*part.strip("<>").replace("_", "shift-minus").split("-"))
        else:
            cooperative.type(part)
    cooperative.type("\n")
    cooperative.wait_for_screen(f"^{expected}$")


@pytest.mark.parametrize("answer", [
    "\x1b]0;title; echo typed\r\x1b\\", "\x1b]11;rgb:0/0/0; echo typed\x07", "\x1bP1$r; echo typed\x1b\\",
    "\x1b[?1;2c\x1b[<0;10;20M\x1b[<0;10;20m\x1b[M !!",
])
def test_what_a_terminal_answers_runs_nothing(cooperative, answer):
    start = len(cooperative.serial.text)
    cooperative.serial.send(f"echo o{answer}ne\r")
    cooperative.serial.wait_for(rf"\r\none\r\n{PROMPT}$", start)
    assert "typed" not in cooperative.serial.text[start:]


def test_an_answer_that_is_cut_takes_no_more_with_it(cooperative):
    cooperative.serial.send("\x1b]0;cut")
    cooperative.command_on_screen("sleep 0.2; echo awake", "^awake$")
    assert cooperative.command("echo after") == "after\n"


def test_alt_means_the_same_on_keyboard_and_com1(cooperative):
    cooperative.type("echo one two")
    for keys in ["alt", "b"], ["x"], ["alt", "f"], ["alt", "z"], ["ret"]:
        cooperative.press(*keys)
    cooperative.wait_for_screen("^one xtwo$")
    cooperative.type("echo ")
    for keys in ["alt", "dot"], ["ret"]:
        cooperative.press(*keys)
    cooperative.wait_for_screen("^xtwo$")
    start = len(cooperative.serial.text)
    cooperative.serial.send("echo one two\x1bbx\x1bf\x1bz\r")
    cooperative.serial.wait_for(rf"\r\none xtwo\r\n{PROMPT}$", start)
    cooperative.serial.send("echo \x1b.\r")
    cooperative.serial.wait_for(rf"\r\nxtwo\r\n{PROMPT}$", start)


def test_control_c_abandons_the_line(cooperative):
    start = len(cooperative.serial.text)
    cooperative.serial.send("echo never\x03")
    cooperative.serial.wait_for(rf"\^C\r\n{PROMPT}$", start)
    assert cooperative.command("echo after") == "after\n"


def test_control_l_clears_the_screen_and_keeps_the_line(cooperative):
    cooperative.command_on_screen("echo old", "^old$")
    cooperative.type("echo new")
    cooperative.press("ctrl", "l")
    wait_until(lambda: cooperative.screen()[0] == "aethel> echo new", "the line on top")
    assert "old" not in "\n".join(cooperative.screen())
    cooperative.press("ctrl", "c")


def test_each_shell_has_its_own_history(cooperative):
    cooperative.command("echo serial history")
    cooperative.command_on_screen("echo screen history", "^screen history$")
    start = len(cooperative.serial.text)
    cooperative.serial.send("\x1b[A\r")
    cooperative.serial.wait_for("serial history\r\n" + PROMPT, start)
    cooperative.press("ctrl", "l")
    cooperative.press("up")
    cooperative.type("\n")
    cooperative.wait_for_screen("^screen history$")


def test_history_goes_up_and_down(cooperative):
    cooperative.command("echo first")
    cooperative.command("echo second")
    start = len(cooperative.serial.text)
    cooperative.serial.send("\x1b[A\x1b[A\x1b[B\r")
    cooperative.serial.wait_for(r"\r\nsecond\r\n" + PROMPT, start)


def test_up_takes_lines_that_begin_alike(cooperative):
    cooperative.command("echo first")
    cooperative.command("uptime")
    start = len(cooperative.serial.text)
    cooperative.serial.send("ec\x1b[A\r")
    cooperative.serial.wait_for(r"\r\nfirst\r\n" + PROMPT, start)


def test_the_history_can_be_searched(cooperative):
    cooperative.type("echo needle\necho hay\n")
    cooperative.wait_for_screen("^hay$")
    cooperative.press("ctrl", "l")
    cooperative.press("ctrl", "r")
    cooperative.type("ed")
    cooperative.wait_for_screen(r"^\(reverse-i-search\)`ed': echo needle$")
    cooperative.press("ctrl", "s")
    cooperative.wait_for_screen(r"^\(failed i-search\)`ed': echo needle$")
    assert "stopped" not in cooperative.status_bar
    cooperative.press("ret")
    cooperative.wait_for_screen("^needle$")


def test_the_history_is_told(cooperative):
    cooperative.command("history clear")
    assert cooperative.command("history") == "    1  history\n"
    for line in "echo 'a  b'", "  uptime", "echo 'a  b' ":
        cooperative.command(line)
    assert cooperative.command("history 3") == "    2  uptime\n    3  echo 'a  b'\n    4  history 3\n"
    assert cooperative.command("history x") == (
        "history: 'x' is neither clear nor a number (usage: history [COUNT|clear])\n")


@pytest.mark.parametrize("typed, listed", [
    ("kill \t\t", r"all +that were spawned\r\n\d+ +hog\d+ +\w+\r\n"),
    ("prio 1\t \t\t", r"\n63 +takes turns"), ("stats harm\t", "stats harmony "),
    ("spawn hog for=\t\t", r"for=1 .*for=60 +a minute"), ("latency ho\t", r"latency hog\d+ "),
    ("keymap \t\t", r"de +German"), ("policy \t\t", r"fair +\w+"), ("trace start \t\t", r"sched +switches"),
    ("uptime; kil\t", "uptime; kill "), ("compare \t\t", r"hogs +\w+"), ("help yie\t", "help yielder "),
])
def test_tab_knows_every_argument(cooperative, typed, listed):
    cooperative.command("preempt on; spawn hog prio=0")
    start = len(cooperative.serial.text)
    cooperative.serial.send(typed)
    cooperative.serial.wait_for(listed, start)
    cooperative.serial.send("\x03")
    cooperative.serial.wait_for(PROMPT + "$", start)


@pytest.mark.parametrize("typed, completed", [
    ("upt\t", "uptime "), ("spawn ho\t", "spawn hog "), ("preempt st\t", "preempt status "),
    ("help qua\t", "help quantum "),
])
def test_tab_completes_commands_and_workloads(cooperative, typed, completed):
    start = len(cooperative.serial.text)
    cooperative.serial.send(typed)
    cooperative.serial.wait_for(re.escape(completed), start)
    cooperative.serial.send("\x03")
    cooperative.serial.wait_for(PROMPT + "$", start)


def test_tab_lists_what_is_possible(cooperative):
    start = len(cooperative.serial.text)
    cooperative.serial.send("p\t\t")
    cooperative.serial.wait_for("panic.*poweroff.*preempt.*prio.*ps", start)
    cooperative.serial.send("\x03")
    cooperative.serial.wait_for(PROMPT + "$", start)


def test_a_line_that_is_too_long_is_not_run_in_part(cooperative):
    line = "echo never; echo " + "x" * (255 - 17)
    start = len(cooperative.serial.text)
    cooperative.serial.send(line + "; kill 3\r")
    cooperative.serial.wait_for("\nshell: a line has at most 255 characters: nothing was run\r\n"
                                + PROMPT + "$", start)
    assert "\nnever" not in cooperative.serial.text[start:]
    assert cooperative.command("echo $?") == "1\n"
    start = len(cooperative.serial.text)
    cooperative.serial.send(line + "\r")
    cooperative.serial.wait_for("\nnever\r\nx{238}\r\n" + PROMPT + "$", start)


def test_four_kib_in_one_burst_lose_nothing(cooperative):
    lines = [f"echo line {i:03} of a pasted burst of text" for i in range(105)]
    burst = "".join(line + "\r" for line in lines)
    assert len(burst) > 4096
    start = len(cooperative.serial.text)
    cooperative.serial.send(burst)
    cooperative.serial.wait_for(r"\nline 104 of a pasted burst of text\r\n" + PROMPT + "$", start)
    answers = re.findall(r"\nline (\d+) of a pasted burst of text\r", cooperative.serial.text[start:])
    assert answers == [f"{i:03}" for i in range(105)]


def test_long_output_scrolls_and_leaves_the_status_bar(cooperative):
    cooperative.type("help;help;echo the end\n")
    cooperative.wait_for_screen("^the end$")
    assert cooperative.status_bar.startswith("preempt off")


def test_clear(cooperative):
    cooperative.type("clear\n")
    wait_until(lambda: cooperative.screen()[0] == "aethel>", "a clear screen")


def test_help_names_every_command(cooperative):
    overview = cooperative.command("help")
    for name in ("preempt quantum spawn kill ps stats prio uptime mem irq log help echo clear "
                 "reboot poweroff panic").split():
        assert re.search(rf"\b{name}\b", overview)
        assert f"{name}" in cooperative.command(f"help {name}")


WRONG = """
preempt; preempt maybe; preempt on off; quantum 0; quantum 1001; quantum ten; quantum -5;
quantum 5 5; quantum 99999999999999999999; spawn; spawn nothing; spawn hog 0; spawn hog -1;
spawn hog 10001; spawn hog x; spawn hog prio=64; spawn hog prio=-1; spawn hog prio=; spawn hog for=0;
spawn hog for=x; spawn hog 1 2; spawn hog speed=9; kill; kill 0; kill 1; kill 99999; kill x; kill -1;
kill all all; prio; prio 1; prio 99999 5; prio 0 5; prio 1 64; prio 1 x; prio x 5; ps x; stats xyz;
stats ''; uptime x; mem x; irq x; log x; help nothing; clear x; reboot x; poweroff x; panic x; sleep;
sleep x; sleep -1
"""


@pytest.mark.parametrize("line", [line.strip() for line in WRONG.split(";")])
def test_wrong_input_gets_one_clear_line(cooperative, line):
    before = cooperative.values("stats")
    answer = cooperative.command(line)
    assert re.fullmatch(rf"{line.split()[0]}: .+ \(usage: .+\)\n", answer), answer
    assert len(answer) <= 81 and "... (usage" not in answer, answer
    after = cooperative.values("stats")
    for key in ("preemption", "quantum_ms", "threads"):
        assert before[key] == after[key]


def test_an_unknown_command_is_told(cooperative):
    assert re.fullmatch(r"frobnicate: unknown command .*\n", cooperative.command("frobnicate"))


@pytest.mark.parametrize("line, told", [
    ('"" x', r"'': unknown command .*"), ("trace x", "trace: .*start, .* or mark, not 'x' "),
    ("echo \\", "shell: .*backslash.*"), ("echo 'a", "shell: .*quote.*")])
def test_what_is_told_fits_into_a_row(cooperative, line, told):
    answer = cooperative.command(line)
    assert re.fullmatch(told + r"\(usage: .+\)\n", answer) and len(answer) <= 81


def test_an_unclosed_quote_is_told_and_nothing_runs(cooperative):
    answer = cooperative.command("echo one; echo 'two")
    assert "one" not in answer.splitlines() and "quote" in answer
