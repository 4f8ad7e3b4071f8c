"""One grammar: settings tell, errors are a line, help is where it is looked for, slips are asked about."""

import re

import pytest

from bochs import BochsMachine
from machine import PROMPT, ROOT

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
    listed = machine.command("help")
    known = re.findall(r"\b([a-z]{2,8})\b", listed)
    return sorted({name for name in known if machine.command(f"help {name}").startswith(f"usage: {name}")})


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


# --- Slips ---------------------------------------------------------------------------------------

@pytest.mark.parametrize("line, meant", [
    ("prempt on", "preempt"), ("PS", "ps"), ("tpo", "top"), ("hlep", "help"), ("hog 3", "spawn hog"),
    ("hgo", "spawn hog"), ("spawn hgo", "hog"), ("spawn philosphers", "philosophers"), ("policy fiar", "fair"),
    ("policy lotery", "lottery"), ("keymap ed", "de"), ("trace strat", "start"), ("trace start shced", "sched"),
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
