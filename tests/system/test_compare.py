"""`compare`: what the theory says about its mixes, and that it leaves everything as it was."""

import re

import pytest

from full_screen import TERMINAL_ROWS
from machine import PROMPT, Machine, wait_until

COLUMNS = "policy quantum rate turn wait response p50 p99 fair switches overhead".split()
UNIT_MS = 10
POLICIES = ["fcfs", "fair", "harmony", "lottery", "mlfq", "prio", "rr"]


def rows(answer):
    """The table by policy and quantum. Between its rows it may say that one is disturbed: QEMU's
    timer leaves a tick out now and then, which is told as time that the machine was away."""
    lines = [line.split() for line in answer[answer.index("POLICY"):].splitlines()[1:]]
    table = [dict(zip(COLUMNS, words)) for words in lines if words[0] in POLICIES]
    assert len(table) >= len(lines) - 2 * answer.count("the row above is disturbed: ")
    return {(row["policy"], int(row["quantum"])): row for row in table}


def run_times(answer):
    """Of each job, in milliseconds, where one policy was asked for."""
    lines = answer[answer.index("JOB "):].splitlines()[1:]
    return {line.split()[0]: float(line.split()[4]) for line in lines}


def units(text):
    return float(text) / UNIT_MS


def about(value):
    return pytest.approx(value, abs=0.03)


def test_the_convoy(virtual):
    """24, 3 and 3 units: 17 units of waiting, and 17/3 with round robin and a quantum of 4."""
    table = rows(virtual.command("compare convoy"))
    assert [policy for policy, _ in table] == POLICIES + ["rr"]
    assert units(table["fcfs", 10]["wait"]) == about(17)
    assert units(table["rr", 40]["wait"]) == about(17 / 3)
    assert int(table["fcfs", 10]["switches"]) < int(table["rr", 10]["switches"])
    assert run_times(virtual.command("compare convoy 1 rr")) == pytest.approx(
        {"long": 240, "short1": 30, "short2": 30}, abs=0.2)


def test_the_short_ones_first(virtual):
    table = rows(virtual.command("compare shortest"))
    assert units(table["fcfs", 10]["wait"]) == about(3)
    assert units(table["fcfs", 10]["turn"]) == about(13)


def test_equal_jobs(virtual):
    """5, 5 and 5 units: response against turnaround."""
    table = rows(virtual.command("compare equal"))
    assert units(table["fcfs", 10]["response"]) == about(5)
    assert units(table["fcfs", 10]["turn"]) == about(10)
    assert units(table["rr", 10]["response"]) == about(1)
    assert units(table["rr", 10]["turn"]) == about(14)
    assert units(table["rr", 40]["response"]) == about(4)
    assert units(table["rr", 40]["turn"]) == about(14)


def test_a_late_short_job_passes_a_long_one_that_has_sunk(virtual):
    table = rows(virtual.command("compare late"))
    assert units(table["fcfs", 10]["turn"]) == about((20 + 12) / 2)
    assert units(table["rr", 10]["turn"]) == about((22 + 3) / 2)
    assert units(table["mlfq", 10]["turn"]) == about((22 + 2) / 2)


def test_who_is_typed_into_is_answered_by_mlfq_and_fair(virtual):
    table = rows(virtual.command("compare typing 2"))
    for policy in ("mlfq", "fair"):
        assert float(table[policy, 10]["p50"]) < 1
    assert float(table["rr", 10]["p50"]) > 5
    assert float(table["fcfs", 10]["p99"]) > 1900


def test_shares(virtual):
    table = rows(virtual.command("compare hogs 2"))
    assert float(table["rr", 10]["fair"]) > 0.99
    assert float(table["fair", 10]["fair"]) > 0.99
    assert float(table["fcfs", 10]["fair"]) == pytest.approx(0.25, abs=0.01)
    assert int(table["rr", 100]["switches"]) < int(table["rr", 10]["switches"]) / 5


def test_weights_are_obeyed_by_fair(virtual):
    jobs = run_times(virtual.command("compare weights 5 fair"))
    assert jobs["prio34"] / jobs["prio31"] == pytest.approx(1.25 ** 3, rel=0.04)
    assert jobs["prio31"] / jobs["prio28"] == pytest.approx(1.25 ** 3, rel=0.04)


def test_prio_obeys_the_priorities(virtual):
    jobs = run_times(virtual.command("compare weights 2 prio"))
    assert jobs["prio34"] > 1990 and jobs["prio31"] < 5 and jobs["prio28"] < 5


def test_it_repeats():
    """All but what the switches cost, which is measured since the boot."""
    with Machine("-icount", "shift=0,sleep=off", "-rtc", "base=2000-01-01,clock=vm") as machine:
        machine.wait_for_prompt()
        first, second = [re.sub(r" \S+\n", "\n", machine.command("compare equal"))
                         for _ in range(2)]
    assert first == second


def settings(machine):
    """And the memory and the threads."""
    stats = machine.values("stats")
    names = "preemption", "policy", "quantum_mode", "quantum_ms"
    # Under `quantum auto` harmony sets it.
    shown = [stats[name] for name in names[:3 if stats["quantum_mode"] == "auto" else 4]]
    return shown, machine.memory(), [thread["NAME"] for thread in machine.threads()]


@pytest.mark.parametrize("line", ["preempt on; quantum auto; policy fair",
                                  "preempt off; quantum 37; policy mlfq"])
def test_everything_is_as_it_was(virtual, line):
    virtual.command(line)
    before = settings(virtual)
    virtual.command("compare equal")
    assert settings(virtual) == before
    virtual.command("compare equal x; compare equal 1 none; compare equal 1 lottery")
    assert settings(virtual) == before


def wait_for_jobs(machine):
    """The status bar lives when the shells starve."""
    machine.wait_for_screen("run hog[1-4]")


@pytest.mark.parametrize("policy", ["fcfs", "rr"])
def test_ctrl_c_ends_it(cooperative, policy):
    """Also in cooperative mode, where the jobs have to see it by themselves."""
    cooperative.command("quantum 37; policy fair")
    before = settings(cooperative)
    start = len(cooperative.serial.text)
    cooperative.serial.send(f"compare hogs 60 {policy}\r")
    wait_for_jobs(cooperative)
    cooperative.serial.send("\x03")
    cooperative.serial.wait_for(re.escape(PROMPT) + "$", start, patience=30)
    assert cooperative.command("echo $?") == "130\n"
    assert settings(cooperative) == before


def test_one_terminal_at_a_time(cooperative):
    """Both would set, and set back, the same settings."""
    cooperative.serial.send("compare hogs 60 rr\r")
    wait_for_jobs(cooperative)
    cooperative.command_on_screen("compare late", "^compare: it runs on the other terminal")
    cooperative.serial.send("\x03")
    cooperative.wait_for_prompt()
    cooperative.command_on_screen("compare late 1 rr", r"^rr +10 ")


def compare_while(machine, line, pattern):
    """What `compare` prints while `line` is typed on the keyboard."""
    start = len(machine.serial.text)
    machine.serial.send("compare hogs 3 rr\r")
    wait_for_jobs(machine)
    machine.command_on_screen(line, pattern)
    return machine.serial.wait_for(r"POLICY(.*?)" + re.escape(PROMPT) + "$", start).group(1)


def test_who_turns_its_switches_is_told(cooperative):
    disturbed = compare_while(cooperative, "quantum 77", "^quantum_ms: 77$")
    assert "the row above is disturbed: policy, quantum or preemption changed meanwhile" in disturbed
    disturbed = compare_while(cooperative, "kill all", "^killed: 4$")
    assert "the row above is disturbed: jobs were killed meanwhile" in disturbed
    undisturbed = compare_while(cooperative, "echo hello", "^hello$")
    assert "disturbed" not in undisturbed.replace("disturbed: the machine was away", "")


def job_tid(machine, name):
    """Of a job that runs, from `ps` on the screen, which may show others of that name before."""
    machine.type("clear\n")
    wait_until(lambda: name not in "\n".join(machine.screen()[:TERMINAL_ROWS]), "a clear screen")
    machine.type("ps\n")
    return machine.wait_for_screen(rf"^ *(\d+) {name} ").group(1)


@pytest.mark.parametrize("line, disturbance", [
    ("suspend {}", "a job was suspended"),
    ("suspend {0}; sleep 0.1; resume {0}", "a job was suspended"),
    ("prio {} 30", "the priority of a job was changed"),
    ("prio {0} 30; prio {0} 31", "the priority of a job was changed"),
    ("quantum 77; quantum 10", "policy, quantum or preemption changed"),
    ("spawn hog for=4", "others had some of the CPU"),
    ("kill {}", "jobs were killed"),
    ("spawn hog prio=40", "others kept the CPU from the jobs"),
    ("quantum auto", "policy, quantum or preemption changed"),
    ("preempt off", "policy, quantum or preemption changed"),
    ("policy lottery", "policy, quantum or preemption changed"),
    ("stats reset", "the figures were reset"),
])
def test_what_is_done_to_it_from_the_other_terminal_is_told(cooperative, line, disturbance):
    """And it comes to its end, and leaves nothing behind."""
    cooperative.command("preempt on")  # for the hog that stays, when all is set back
    before = settings(cooperative)
    start = len(cooperative.serial.text)
    cooperative.serial.send("compare hogs 6 prio\r")
    wait_for_jobs(cooperative)
    line = line.format(job_tid(cooperative, "hog2"))
    cooperative.type(line + "; echo d-one\n")
    cooperative.wait_for_screen("^d-one$")
    answer = cooperative.serial.wait_for(r"POLICY(.*?)" + re.escape(PROMPT) + "$", start,
                                         patience=120).group(1)
    assert f"the row above is disturbed: {disturbance} meanwhile" in answer
    runs = re.findall(r"^hog\d +\d+ +\d+ +[\d.]+ +([\d.]+|-)", answer, re.MULTILINE)
    assert len(runs) == 4 and "0.0" not in runs, answer
    assert runs.count("-") == ("kill" in line), answer
    cooperative.command("kill all")
    assert settings(cooperative)[0] == before[0] and settings(cooperative)[2] == before[2]


def test_inheriting_a_priority_is_no_disturbance(virtual):
    """Of jobs there is nothing that could be inherited: so of none of the mixes is it told."""
    for mix in ("hogs", "office", "weights", "typing", "convoy"):
        assert "disturbed" not in virtual.command(f"compare {mix}")


def test_hogs_beside_it(virtual):
    """In cooperative mode they would keep the CPU, and the shell would never come back."""
    virtual.command("preempt on; spawn hog 2")
    answer = virtual.command("compare equal")
    assert answer.startswith("other threads that want the CPU, and disturb this: 2")
    table = rows(answer)
    assert sorted({policy for policy, _ in table}) == POLICIES[1:]
    assert units(table["rr", 10]["turn"]) > 14
    assert re.fullmatch(r"compare: .+ \(usage: .+\)\n", virtual.command("compare equal 1 fcfs"))
    stats = virtual.values("stats")
    assert (stats["preemption"], stats["policy"], stats["quantum_ms"]) == ("on", "prio", "100")
    assert virtual.values("kill all")["killed"] == "2"


def test_others_that_yield_do_no_harm_in_cooperative_mode(virtual):
    virtual.command("spawn yielder 2")
    answer = virtual.command("compare convoy 1 fcfs")
    assert units(rows(answer[:answer.index("JOB ")])["fcfs", 10]["wait"]) == about(17)


WRONG = """
compare nothing; compare hogs x; compare hogs 0; compare hogs 0.05; compare hogs 61;
compare hogs 1 none; compare hogs 1 rr 1
"""


@pytest.mark.parametrize("line", [line.strip() for line in WRONG.split(";")])
def test_wrong_arguments_get_one_line(virtual, line):
    answer = virtual.command(line)
    assert re.fullmatch(r"compare: .+ \(usage: .+\)\n", answer), answer


def test_it_lists_its_mixes(virtual):
    lines = virtual.command("compare").splitlines()
    names = [line.split()[0] for line in lines]
    assert names == sorted(names) and {"convoy", "equal", "typing"} <= set(names)


def test_it_fits_the_screen(virtual):
    answer = virtual.command("help compare; compare; compare office 1 mlfq; compare hogs 60 fcfs")
    assert max(len(line) for line in answer.splitlines()) <= 80
