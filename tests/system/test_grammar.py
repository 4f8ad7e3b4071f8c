"""One grammar: settings tell, errors are a line, help is where it is looked for, slips are asked about."""

import re
import subprocess

import pytest

from bochs import BochsMachine
from machine import BANNER, IMAGE, PROMPT, ROOT

COLUMNS = 79  # of a row, so that no terminal begins a new one

# --- Settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize("setting, key", [
    ("preempt", "preemption"), ("inherit", "inheritance"), ("quantum", "quantum_ms"), ("policy", "policy"),
    ("keymap", "keymap"), ("terminal", "terminal_columns"), ("trace", "trace"), ("preempt status", "preemption"),
    ("inherit status", "inheritance"), ("trace status", "trace"),
])
def test_a_setting_without_a_word_tells_and_changes_nothing(cooperative, setting, key):
    once, again = (cooperative.command(f"{setting}; echo $?") for _ in range(2))
    assert once == again and re.search(rf"^{key}: .+$", once, re.MULTILINE) and once.endswith("\n0\n")
    assert "prio=LEVEL" in cooperative.command("help spawn")


# --- Errors --------------------------------------------------------------------------------------

LONG = "x" * 90
WORDS = ["x", "-1", "0", "99999999999999999999", "''", LONG, "a b", "-n", "--", "1-2-3", "prio=", "for=x", "*x*"]

# What runs for long, or ends the session, whatever is behind it.
NOT_TRIED = {"top", "gantt", "reboot", "poweroff", "panic", "echo", "sleep 0", "check"}


def names(machine):
    known = set(re.findall(r"\b([a-z0-9]{2,8})\b", machine.command("help")))
    told = {name: machine.command(f"help {name}") for name in known}
    return sorted(name for name in known if told[name].startswith("usage: ")
                  and not told[name].startswith(f"usage: spawn {name}"))


def expect_errors(answer, name):
    """Each row that is an error says what is wrong, and what would be right, in so many columns."""
    errors = [row for row in answer.splitlines() if row.startswith(f"{name}: ")]
    for row in errors:
        assert len(row) <= COLUMNS, row
        assert re.search(r" \(usage: .+\)$|; did you mean '.+'\?$", row), row
    return errors


def test_errors_are_rows_that_say_what_would_be_right(cooperative):
    provoked = 0
    commands = [name for name in names(cooperative) if name not in NOT_TRIED]
    assert len(commands) > 20
    for name in commands:
        for word in WORDS:
            answer = cooperative.command(f'{name} "{word}" "{word}"' if " " in word else f"{name} {word} {word}")
            provoked += len(expect_errors(answer, name))
            assert not re.search("^(?!" + name + ")[a-z]+: .*usage", answer, re.MULTILINE), answer
    assert provoked > 200


@pytest.mark.parametrize("line", [
    "quantum 5 5", "sleep -1", "check 0", "check x", "panic x", "reboot x", "poweroff x", f"{LONG} x",
    "prio 1 64", "spawn hog for=0", "spawn hog 1 2", "spawn hog prio=1 prio=2", "trace mark", "trace mark a b c",
    "compare hogs 0", "compare hogs 1 x", "terminal 132", "terminal 1x1", "help " + LONG, "kill " + LONG, "'' x",
])
def test_each_error_is_a_single_row(cooperative, line):
    answer = cooperative.command(line)
    assert answer.count("\n") == 1 and len(answer) <= COLUMNS + 1, answer
    assert re.search(r" \(usage: .+\)\n$|; did you mean '.+'\?\n$", answer), answer
    assert cooperative.command("echo $?") in ("1\n", "127\n")


# --- What other systems call it ------------------------------------------------------------------

@pytest.mark.parametrize("word, told", [
    ("ls", "no files"), ("exit", "'poweroff'"), ("halt", "'poweroff'"), ("dmesg", "'log'"), ("free", "'mem'"),
    ("uname", "Aethel"), ("killall", "'kill'"), ("renice", "'prio THREAD LEVEL'"), ("whoami", "no users"),
])
def test_a_word_of_other_systems_is_answered(cooperative, word, told):
    answer = cooperative.command(f"{word} -x; echo $?")
    assert re.fullmatch(rf"{word}: .*{told}.*\n127\n", answer)
    assert cooperative.command(f"man {word}") + "127\n" == answer


def test_what_the_answers_name_exists(cooperative):
    source = (ROOT / "shell/other_words.c").read_text()
    named = set(re.findall(r"(?<![a-z])'([a-z]+)(?: [^']*)?'", source))
    assert len(named) > 10
    for name in named:
        assert cooperative.command(f"help {name}").startswith(f"usage: {name}")


@pytest.mark.parametrize("asked, as_if", [
    ("man kill", "help kill"), ("? kill", "help kill"), ("kill --help", "help kill"), ("ps -h", "help ps"),
    ("man", "help"), ("?", "help"), ("poweroff -h", "help poweroff"), ("man hog", "help hog"),
    ("reboot --help", "help reboot"), ("panic -h", "help panic"),
])
def test_help_is_where_it_is_looked_for(cooperative, asked, as_if):
    answer = cooperative.command(asked)
    assert answer == cooperative.command(as_if) and len(answer) > 100


def test_echo_prints_what_asks_for_help(cooperative):
    assert cooperative.command("echo --help; echo -h") == "--help\n-h\n"


# --- help ----------------------------------------------------------------------------------------

ENDING = {"reboot", "poweroff", "panic"}  # the session


def test_the_list_fits_a_screen_with_the_prompt(cooperative):
    rows = cooperative.command("help").splitlines()
    assert len(rows) <= 23 and max(len(row) for row in rows) <= 80
    assert [row.split()[0] for row in rows if re.match(r"[A-Z]\w+ {1,2}[a-z]", row)][0] == "Sched"
    assert "F12" in rows[-1] and "Ctrl-\\" in rows[-1]
    cooperative.type("clear\n")
    cooperative.command_on_screen("help", "^If nothing answers, F12")
    screen = cooperative.screen()
    assert any(row.startswith("Sched") for row in screen) and "aethel>" in "".join(screen)


def test_the_list_fits_narrow_and_tall_terminals(cooperative):
    cooperative.command("terminal 80x50")
    tall = cooperative.command("help")
    cooperative.command("terminal 40x24")
    narrow = cooperative.command("help")
    cooperative.command("terminal 80x24")
    assert "stop with a panic screen" in tall
    assert max(len(row) for row in narrow.splitlines()) <= 40


def examples(machine, name):
    told = machine.command(f"help {name}").split("For example:\n")
    return [line.strip() for line in told[1].splitlines()] if len(told) > 1 else []


def test_what_takes_words_has_examples_and_each_fits_a_screen(cooperative):
    for name in names(cooperative):
        told = cooperative.command(f"help {name}").splitlines()
        assert len(told) <= 23 or name == "top", name
        assert max(len(row) for row in told) <= 80, name
        assert examples(cooperative, name) or " " not in told[0].removeprefix("usage: "), name


def test_examples_run(virtual):
    """None of them is refused: nothing says what would be right."""
    tried = 0
    for name in set(names(virtual)) - ENDING:
        for line in examples(virtual, name):
            virtual.command("kill all; preempt on; quantum 100; policy prio; stats reset")
            first = int(virtual.values("spawn hog 9 prio=0")["first_tid"])
            hog = min(int(thread["NAME"][3:]) for thread in virtual.threads() if thread["NAME"].startswith("hog"))
            typed = line.replace("hog1", f"hog{hog}").replace("5-9", f"{first}-{first + 1}")
            start = len(virtual.serial.text)
            virtual.serial.send(typed + "\r")
            try:
                virtual.serial.wait_for(PROMPT + "$", start, patience=4)
            except AssertionError:  # it goes on until it is ended
                virtual.serial.send("\x03")
                virtual.serial.wait_for(PROMPT + "$", start)
            answer = virtual.serial.text[start:]
            assert "(usage:" not in answer and "did you mean" not in answer, answer
            virtual.banners += name == "log" and answer.count(BANNER)
            tried += 1
    virtual.command("inherit on; trace stop; trace clear")
    assert tried > 25


def test_the_examples_that_end_the_session_are_of_words_that_there_are(cooperative):
    for name in ENDING:
        usage = cooperative.command(f"help {name}").splitlines()[0]
        for line in examples(cooperative, name):
            assert all(re.search(rf"\b{word}\b", usage) for word in line.split())


def test_the_manual_is_what_the_kernel_says(cooperative):
    """And what it says is what `help` prints."""
    kernel = IMAGE.with_name("kernel.elf")
    made = subprocess.run(["tools/manual", str(kernel)], cwd=ROOT, capture_output=True, text=True, check=True)
    manual = (ROOT / "docs/commands.md").read_text()
    assert made.stdout == manual, "make docs/commands.md"
    for name in names(cooperative):
        usage, summary, rest = cooperative.command(f"help {name}").split("\n", 2)
        assert f"\n### {summary}\n\n```text\n{usage}\n{rest}```\n" in manual


# --- Slips ---------------------------------------------------------------------------------------

@pytest.mark.parametrize("line, meant", [
    ("prempt on", "preempt"), ("PS", "ps"), ("tpo", "top"), ("hlep", "help"), ("hog 3", "spawn hog"),
    ("hgo", "spawn hog"), ("spawn hgo", "hog"), ("spawn philosphers", "philosophers"), ("policy fiar", "fair"),
    ("policy lotery", "lottery"), ("trace strat", "start"), ("trace start shced", "sched"),
    ("stats harmny", "harmony"), ("help qantum", "quantum"), ("spawn hog pri=5", "prio="), ("panic sack", "stack"),
    ("spawn hog fro=5", "for="), ("compare hosg", "hogs"), ("compare hogs 1 fiar", "fair"),
    ("latency swicth", "switch"), ("reboot acpii", "acpi"), ("kill hgo{n}", "hog{n}"), ("prio hgo{n} 5", "hog{n}"),
    ("suspend hgo{n}", "hog{n}"), ("latency shel-com1", "shell-com1"),
])
def test_a_slip_is_asked_about_and_nothing_is_done(cooperative, line, meant):
    cooperative.command("preempt on; spawn hog prio=0")
    hog = [thread["NAME"] for thread in cooperative.threads() if thread["NAME"].startswith("hog")]
    line, meant = line.format(n=hog[0][3:]), meant.format(n=hog[0][3:])
    before = cooperative.values("stats")
    answer = cooperative.command(line)
    assert re.fullmatch(rf"{line.split()[0]}: .+; did you mean '{meant}'\?\n", answer), answer
    assert cooperative.command("echo $?") in ("1\n", "127\n")
    after = cooperative.values("stats")
    for key in "preemption", "quantum_ms", "threads", "policy":
        assert before[key] == after[key]


@pytest.mark.parametrize("line", ["frobnicate", "x", "spawn y", "quantum 2000", "kill 99999", "policy zzz", "stats ''"])
def test_what_is_like_nothing_is_not_guessed_at(cooperative, line):
    assert "did you mean" not in cooperative.command(line)


# --- Elsewhere -----------------------------------------------------------------------------------

def test_it_is_the_same_on_the_screen(cooperative):
    cooperative.command_on_screen("prempt", "^prempt: unknown command; did you mean 'preempt'\\?$")
    cooperative.command_on_screen("ls", "^ls: there are no files here; 'help' lists the commands$")
    cooperative.command_on_screen("spawn sleeper 3; kill 'sleeper*'", "^killed: 3$")
    cooperative.command_on_screen("preempt", "^preemption: off$")


def test_it_is_the_same_in_bochs():
    with BochsMachine() as machine:
        machine.wait_for_prompt()
        assert machine.command("spawn sleeper 4; kill sleeper1 3-5 s*").endswith("killed: 4\n")
        assert machine.command("prempt") == "prempt: unknown command; did you mean 'preempt'?\n"
        assert machine.command("man kill").startswith("usage: kill THREAD...")
        assert machine.values("preempt")["preemption"] == "off"
        assert "there are no files here" in machine.command("ls")
        assert machine.command("echo here") == "here\n" and PROMPT in machine.serial.text
