"""What the kernel measures about itself, as it is shown at the prompt: stats, check, harmony,
latency, ps -v and irq. The trace is in test_trace_dump.py."""

import re
import signal
import subprocess
import sys
import time

import pytest

from machine import PROMPT, Machine, values

CONTROL_C, CONTROL_BACKSLASH = "\x03", "\x1c"
STATUS_INTERRUPTED = "130"
TICK_MS = 1193 / 1193.182  # the 8254's divisor is a whole number

# By groups. What is printed in short has all that the design names.
STATS = {
    "settings": "preemption quantum_ms quantum_mode policy tick_hz".split(),
    "shares": "uptime_ms threads ready_threads starved_threads cpu_idle_percent harmony average_harmony "
              "fairness".split(),
    "switches": "context_switches voluntary_switches involuntary_switches switch_avg_ns switch_max_ns "
                "irq_latency_max_ns "
                "switch_min_ns switches_per_second interrupt_percent overhead_percent".split(),
    "delays": "irq_off_max_ns irq_off_max_by preempt_off_max_ns preempt_off_max_by stolen_ms "
              "com1_overruns com1_dropped_bytes".split(),
}
STATS_IN_SHORT = [*STATS["settings"], *STATS["shares"], *STATS["switches"][:6]]
LINE_OF_STATS = re.compile(r"[a-z0-9_]+: \S.*")

LATENCY_KEYS = "samples min_ns avg_ns p50_ns p95_ns p99_ns max_ns".split()

CHECKS = "switch_max_ns irq_latency_max_ns overhead_percent average_harmony shell_late_ms " \
         "starved_threads deadlocked_threads".split()


def starve_until_rescued(machine, line, seconds=3):
    """Types a line that starves the shell, and rescues it; returns all that the line prints."""
    start = len(machine.serial.text)
    machine.serial.send(line + "\r")
    machine.wait_for_screen(rf"wait +([{seconds}-9]|\d\d)\.\ds")
    machine.serial.send(CONTROL_BACKSLASH)
    answer = machine.serial.wait_for(re.escape(line) + r"\r\n(.*?)" + PROMPT + "$", start)
    return answer.group(1).replace("\r", "")


# --- stats ---------------------------------------------------------------------------------------

def test_stats_fits_a_screen_with_the_prompts(virtual):
    """Every line of it is a key with its value; those that all programs may ask for are there."""
    lines = virtual.command("stats").splitlines()
    assert len(lines) <= 22 and all(LINE_OF_STATS.fullmatch(line) for line in lines), lines
    assert [line.split(": ")[0] for line in lines] == [
        key for group in STATS for key in (group, *STATS[group])
        if key in {*STATS_IN_SHORT, "settings", "shares", "switches"}]


def test_stats_all_has_every_key(virtual):
    lines = virtual.command("stats all").splitlines()
    assert all(LINE_OF_STATS.fullmatch(line) for line in lines), lines
    assert [line.split(": ")[0] for line in lines] == [
        key for group in STATS for key in (group, *STATS[group])]


def test_stats_tells_what_one_asks_for(virtual):
    assert list(virtual.values("stats quantum")) == ["quantum_ms", "quantum_mode"]
    assert list(virtual.values("stats overhead_percent")) == ["overhead_percent"]
    for group, keys in STATS.items():
        asked = virtual.values(f"stats {group}")
        assert set(keys) <= set(asked) and all(key in keys or group in key for key in asked)


def test_stats_is_completed_by_groups_and_figures(virtual):
    start = len(virtual.serial.text)
    virtual.serial.send("stats s\t\t")
    listed = virtual.serial.wait_for(r"stats s(.*)stats s$", start)[1]
    for word in ("settings", "shares", "switches", "starved_threads", "stolen_ms", "switch_avg_ns"):
        assert re.search(rf"\b{word}\b", listed), listed
    virtual.serial.send("\x03")
    virtual.serial.wait_for(PROMPT + "$")


def test_stats_agree_with_each_other(virtual):
    stats = virtual.values("preempt on; quantum 5; spawn hog 3; stats reset; sleep 2; stats all")
    switches = int(stats["context_switches"])
    assert switches == int(stats["voluntary_switches"]) + int(stats["involuntary_switches"])
    assert abs(int(stats["switches_per_second"]) - switches / 2) <= 0.01 * switches
    assert 0 < int(stats["switch_min_ns"]) <= int(stats["switch_avg_ns"])
    assert int(stats["switch_avg_ns"]) <= int(stats["switch_max_ns"])
    assert int(stats["irq_off_max_ns"]) <= int(stats["irq_latency_max_ns"])
    overhead = float(stats["overhead_percent"])
    assert 0 < float(stats["interrupt_percent"]) < 5 and 0 < overhead < 5
    assert re.fullmatch(r"[a-z_0-9.]+", stats["irq_off_max_by"])
    assert float(stats["cpu_idle_percent"]) < 1
    assert stats["policy"] == "prio" and int(stats["ready_threads"]) == 3


def test_interrupts_take_more_of_the_time_while_a_terminal_is_busy(virtual):
    quiet = virtual.values("stats reset; sleep 1; stats all")
    busy = virtual.values("stats reset; locks; ps; ps -v; help; sleep 1; stats all")
    assert float(busy["interrupt_percent"]) > float(quiet["interrupt_percent"])


# --- Harmony -------------------------------------------------------------------------------------

def test_harmony_is_one_with_hogs_under_preemption(virtual):
    stats = virtual.values("preempt on; quantum 10; spawn hog 4; sleep 2.5; stats")
    assert 0.98 < float(stats["harmony"]) <= 1
    assert 0.99 < float(stats["fairness"]) <= 1
    assert stats["starved_threads"] == "0"


def test_sleepers_beside_hogs_disturb_neither_harmony_nor_fairness(virtual):
    stats = virtual.values("preempt on; quantum 10; spawn hog 4; spawn sleeper 4 prio=40; sleep 3; "
                           "stats")
    assert 0.98 < float(stats["harmony"]) <= 1
    assert 0.99 < float(stats["fairness"]) <= 1


def test_fairness_does_not_depend_on_the_instant(virtual):
    virtual.command("preempt on; quantum 10; spawn hog 2; spawn sleeper prio=40; sleep 2")
    seen = [float(virtual.values("sleep 0.103; stats")["fairness"]) for _ in range(12)]
    assert min(seen) > 0.99, seen


def test_harmony_collapses_with_hogs_in_cooperative_mode_and_comes_back(virtual):
    collapsed = values(starve_until_rescued(virtual, "quantum 10; spawn hog 4; sleep 0.1; stats"))
    # One of four hogs and the shell that comes back: 1/25 and 1/5, or more if it has run already.
    assert 0.035 < float(collapsed["harmony"]) < 0.2
    assert 0.19 < float(collapsed["fairness"]) <= 0.4
    assert int(collapsed["starved_threads"]) >= 3
    back = virtual.values("sleep 2.5; stats")
    assert float(back["harmony"]) > 0.98 and float(back["fairness"]) > 0.99


def test_harmony_suffers_from_a_hog_that_is_more_urgent(virtual):
    stats = virtual.values("preempt on; spawn hog 3 prio=20; spawn hog prio=40; sleep 2.5; stats")
    assert 0.06 <= float(stats["harmony"]) < 0.08
    assert 0.24 < float(stats["fairness"]) < 0.26
    assert stats["starved_threads"] == "3"
    virtual.wait_for_screen("starved  3")


def test_ps_tells_the_last_second(virtual):
    """Of the CPU, all threads and the interrupts together."""
    virtual.command("preempt on; spawn hog 3 prio=20; spawn sleeper 2; sleep 3; kill all")
    virtual.command("spawn hog; spawn hog prio=20")
    rows = [line.split() for line in virtual.command("sleep 1.5; ps").splitlines()[1:]]
    shares = {row[1]: float(row[4]) for row in rows}
    assert shares["interrupts"] > 0
    assert abs(sum(shares.values()) - 100) <= 0.5, shares
    urgent, starving = [name for name in shares if name.startswith("hog")]
    assert shares[urgent] > 95 and shares[starving] == 0


def test_ps_v_tells_shares(virtual):
    answer = virtual.command("preempt on; spawn hog; spawn hog prio=20; sleep 1.5; ps -v")
    rows = {row["NAME"]: row for row in table(answer, ACCOUNT_HEADS)}
    urgent, starving = [name for name in rows if name.startswith("hog")]
    assert (rows[urgent]["SHARE"], rows[starving]["SHARE"]) == ("200", "0")
    assert rows["idle"]["SHARE"] == "-"
    assert float(rows[urgent]["LIFE"]) > 95 and float(rows[starving]["LIFE"]) == 0


def test_an_idle_machine_is_in_harmony(virtual):
    stats = virtual.values("sleep 2; stats")
    assert stats["harmony"] == "1.000" and stats["fairness"] == "1.000"


def test_the_average_of_harmony_begins_anew(virtual):
    starve_until_rescued(virtual, "spawn hog 4; sleep 0.1")
    assert float(virtual.values("stats")["average_harmony"]) < 1
    assert virtual.values("kill all; sleep 2; stats reset; stats")["average_harmony"] == "1.000"


# --- quantum auto --------------------------------------------------------------------------------

def test_the_automatic_quantum_is_long_in_harmony(virtual):
    assert virtual.values("quantum auto")["quantum_mode"] == "auto"
    stats = virtual.values("preempt on; spawn hog 4; stats reset; sleep 2; stats")
    assert (stats["quantum_ms"], stats["quantum_mode"]) == ("20", "auto")
    assert 95 <= int(stats["involuntary_switches"]) <= 110
    assert virtual.values("preempt status")["quantum_mode"] == "auto"


def test_the_automatic_quantum_reaches_all_bands_and_comes_to_rest(virtual):
    virtual.command("preempt on; quantum auto; spawn hog 2")
    assert virtual.values("sleep 3; stats")["quantum_ms"] == "20"
    stats = virtual.values("spawn hog prio=40 for=4; sleep 3; stats")
    assert float(stats["harmony"]) < 0.5 and stats["quantum_ms"] == "5"
    assert virtual.values("sleep 4; stats")["quantum_ms"] == "20"
    stats = virtual.values("kill all; spawn hog 3 prio=40; spawn hog; sleep 4; stats")
    assert 0.5 < float(stats["harmony"]) < 0.8 and stats["quantum_ms"] == "10"
    virtual.command("kill all; spawn hog 34; trace clear; trace start set; sleep 8; trace stop")
    changes = re.findall(r"(\d+\.\d+): tracing_mark_write: I\|0\|quantum (\d+)",
                         virtual.command("trace dump"))
    begin = float(virtual.values("uptime")["uptime_ms"]) / 1000
    assert not [change for change in changes if float(change[0]) > begin - 4], changes


def test_a_quantum_that_is_set_ends_the_automatic_one(virtual):
    virtual.command("quantum auto")
    assert virtual.values("quantum 10") == {"quantum_ms": "10"}
    stats = virtual.values("preempt on; spawn hog 2; sleep 1; stats")
    assert (stats["quantum_ms"], stats["quantum_mode"]) == ("10", "fixed")


def test_an_idle_machine_is_in_harmony_from_the_first_second_on():
    """Asked again and again, from the first moment at which a shell can be."""
    with Machine(virtual=True) as machine:
        machine.wait_for_prompt()
        answer = machine.command("; ".join(["stats harmony; sleep 0.05"] * 8))
        answer += machine.command("; ".join(["stats harmony; sleep 0.2"] * 8))
    told = re.findall(r"^(?:average_)?harmony: ([\d.]+)$", answer, re.MULTILINE)
    assert len(told) == 32 and set(told) == {"1.000"}, answer


def test_counts_of_threads_agree(virtual):
    answer = virtual.command("spawn sleeper 6; sleep 0.1; ps; stats threads; mem")
    in_ps = len(re.findall(r"^ *\d+ \S+ +(?:ready|running|sleeping|blocked)", answer, re.MULTILINE))
    counts = re.findall(r"^threads: (\d+)$", answer, re.MULTILINE)
    assert counts == [str(in_ps)] * 2, answer
    virtual.wait_for_screen(rf"thr +{in_ps}\b")


# --- check ---------------------------------------------------------------------------------------

def judged(answer):
    """The lines of `check` as {key: (value, verdict)}."""
    found = re.findall(r"^(\w+): ([\d.]+) \((?:under|above) [\d.]+\) (PASS|FAIL|HOST)$", answer,
                       re.MULTILINE)
    return {key: (float(value), verdict) for key, value, verdict in found}


def test_the_plans_criteria_hold_with_hogs_under_preemption(virtual):
    answer = virtual.command("preempt on; quantum 10; spawn hog 4; sleep 1; check; echo status $?")
    results = judged(answer)
    assert list(results) == CHECKS, answer
    assert all(verdict == "PASS" for _, verdict in results.values()), answer
    assert results["switch_max_ns"][0] < 100_000
    assert results["irq_latency_max_ns"][0] < 50_000
    assert results["overhead_percent"][0] < 5
    assert results["average_harmony"][0] > 0.95
    assert answer.endswith("check: PASS\nstatus 0\n")


def test_check_fails_without_preemption(virtual):
    """Hogs that were there all the time: three of the four never ran, nor did the shell; but a second
    that ends after the rescue knows that it has run."""
    answer = starve_until_rescued(virtual, "spawn hog 4; check 1; echo status $?", seconds=4)
    results = judged(answer)
    assert results["average_harmony"][1] == "FAIL" and results["average_harmony"][0] < 0.7
    assert results["starved_threads"] in [(3, "FAIL"), (4, "FAIL")]
    assert results["shell_late_ms"][0] > 1000 and results["shell_late_ms"][1] == "FAIL"
    assert results["deadlocked_threads"] == (0, "PASS")
    assert answer.endswith("check: FAIL\nstatus 1\n")


@pytest.fixture
def busy_host():
    """Two programs that compute beside the machine."""
    programs = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    yield
    for program in programs:
        program.kill()
        program.wait()


def test_check_does_not_judge_a_busy_host(busy_host):
    with Machine() as machine:
        machine.wait_for_prompt()
        answer = machine.command("preempt on; spawn hog 3; check 3")
    results = judged(answer)
    assert all(verdict != "FAIL" for _, verdict in results.values()), answer
    assert answer.endswith("check: PASS\n"), answer
    assert ("HOST: " in answer) == ("HOST" in [verdict for _, verdict in results.values()]), answer


def test_check_does_not_judge_a_host_that_was_away(cooperative):
    """Stopped for a whole second, at a moment when interrupts are on."""
    line = "preempt on; spawn hog; check 3"
    start = len(cooperative.serial.text)
    cooperative.serial.send(line + "\r")
    cooperative.serial.wait_for("last_tid: ", start)
    time.sleep(0.5)
    cooperative.process.send_signal(signal.SIGSTOP)
    time.sleep(1)
    cooperative.process.send_signal(signal.SIGCONT)
    answer = cooperative.serial.wait_for(r"(switch_max_ns.*check: \w+)\r\n", start).group(1)
    results = judged(answer.replace("\r", ""))
    assert results["irq_latency_max_ns"][1] == "HOST", answer
    assert results["irq_latency_max_ns"][0] > 100_000_000, answer
    assert int(values(answer)["stolen_ms"]) > 100, answer
    assert answer.endswith("check: PASS"), answer


def test_check_tells_deadlocks(virtual):
    answer = virtual.command("spawn deadlock 2; sleep 0.2; check 0.1; echo status $?")
    assert judged(answer)["deadlocked_threads"] == (4, "FAIL")
    assert "check: FAIL\nstatus 1\n" in answer


def test_check_takes_as_long_as_it_is_told(virtual):
    for argument, milliseconds in [("", 2000), (" 0.1", 100), (" 1.5", 1500)]:
        answer = virtual.command(f"uptime; check{argument}; uptime")
        before, after = [int(time) for time in re.findall(r"uptime_ms: (\d+)", answer)]
        assert milliseconds - 1 <= after - before <= milliseconds + 60


def test_control_c_ends_a_check(cooperative):
    start = len(cooperative.serial.text)
    cooperative.serial.send("check 1000\r")
    cooperative.serial.wait_for("check 1000\r\n", start)
    cooperative.serial.send(CONTROL_C)
    answer = cooperative.serial.wait_for(r"check 1000\r\n(.*?)" + PROMPT + "$", start).group(1)
    assert "PASS" not in answer and "FAIL" not in answer
    assert cooperative.command("echo $?") == STATUS_INTERRUPTED + "\n"


# --- latency -------------------------------------------------------------------------------------

UNITS = {"ns": 1, "us": 1000, "ms": 1_000_000}
ROUNDING = 1.1  # of the edges of buckets


def histogram(answer):
    """The figures, and the buckets as (from, to, count, length of the bar). Times in ns."""
    rows = re.findall(r"^ *(\d+) (\w+) \.\. (\d+) (\w+) +(\d+) (#*)$", answer, re.MULTILINE)
    return ({key: int(value) for key, value in values(answer).items()},
            [(int(start) * UNITS[unit], int(end) * UNITS[end_unit], int(count), len(bar))
             for start, unit, end, end_unit, count, bar in rows])


def expect_consistent(answer, has_unsampled=False):
    """`has_unsampled`: the longest may be none of the samples."""
    head, answer = answer.split("\n", 1)
    assert head.startswith("latency_of: ")
    figures, buckets = histogram(answer)
    assert list(figures) == LATENCY_KEYS
    order = [figures[key] for key in ("min_ns", "p50_ns", "p95_ns", "p99_ns", "max_ns")]
    assert order == sorted(order) and order[0] <= figures["avg_ns"] <= order[-1]
    assert sum(count for _, _, count, _ in buckets) == figures["samples"]
    assert buckets[0][0] / ROUNDING <= figures["min_ns"] <= buckets[0][1] * ROUNDING
    assert buckets[-1][0] / ROUNDING <= figures["max_ns"]
    assert has_unsampled or figures["max_ns"] <= buckets[-1][1] * ROUNDING
    assert all(one[1] <= two[0] for one, two in zip(buckets, buckets[1:]))
    gaps = sum(one[1] < two[0] for one, two in zip(buckets, buckets[1:]))
    assert answer.count("...") == gaps
    longest = max(count for _, _, count, _ in buckets)
    assert all(bar == -(-40 * count // longest) for _, _, count, bar in buckets)
    return figures


def test_latency_of_switches(virtual):
    virtual.command("preempt on; quantum 1; spawn hog 2")
    answer = virtual.command("stats reset; sleep 1; latency switch")
    figures = expect_consistent(answer.replace("stats: reset\n", ""))
    assert 990 <= figures["samples"] <= 1100 and 0 < figures["min_ns"]
    assert figures["max_ns"] < 100_000


def test_latency_of_interrupts(virtual):
    virtual.command("preempt on; spawn hog")
    answer = virtual.command("sleep 0.2; stats reset; sleep 1.6; latency irq")
    figures = expect_consistent(answer.replace("stats: reset\n", ""), has_unsampled=True)
    assert 98 <= figures["samples"] <= 104 and figures["max_ns"] < 50_000


def test_latency_of_a_thread(virtual):
    """It has to wait for the hog's quantum, which is longer than it sleeps, and for what the shell
    takes in between, which prints."""
    tid = virtual.values("preempt on; quantum 20; spawn hog; spawn sleeper; sleep 3")["first_tid"]
    figures = expect_consistent(virtual.command(f"latency {tid}"))
    assert figures["samples"] > 50
    assert figures["p50_ns"] > 5_000_000 and 10_000_000 < figures["max_ns"] < 26_000_000
    thread = next(thread for thread in virtual.threads() if thread["TID"] == tid)
    by_name = expect_consistent(virtual.command(f"latency {thread['NAME']}"))
    assert by_name["samples"] >= figures["samples"]
    expect_consistent(virtual.command("latency shell-com1"))


def test_latency_of_a_thread_that_was_never_woken(virtual):
    tid = virtual.values("preempt on; spawn hog")["first_tid"]
    answer = virtual.command(f"latency {tid}")
    head, answer = answer.split("\n", 1)
    assert re.fullmatch(r"latency_of: hog\d+", head)
    assert values(answer) == {key: "0" for key in LATENCY_KEYS}
    assert len(answer.splitlines()) == len(LATENCY_KEYS)


# --- ps -v and irq -------------------------------------------------------------------------------

ACCOUNT_HEADS = "TID NAME RUN_MS READY SLEEP BLOCK WAKES MAXRUN MAXRDY STCK SHARE LIFE".split()
IRQ_HEADS = "LINE NAME COUNT SPURIOUS AVG_NS MAX_NS".split()


def table(answer, heads):
    """The table with these heads in an answer, as dictionaries."""
    lines = answer.splitlines()
    first = next(number for number, line in enumerate(lines) if line.split() == heads)
    rows = []
    for line in lines[first + 1:]:
        if len(line.split()) != len(heads):
            break
        rows.append(dict(zip(heads, line.split())))
    return rows


def accounts(answer):
    return {row["NAME"]: {key: int(row[key]) for key in ACCOUNT_HEADS[2:9]}
            for row in table(answer, ACCOUNT_HEADS)}


def lifetime_ms(account):
    return sum(account[key] for key in ("RUN_MS", "READY", "SLEEP", "BLOCK"))


def interrupts_ms(answer):
    return sum(int(row["COUNT"]) * int(row["AVG_NS"]) for row in table(answer, IRQ_HEADS)) / 1e6


def uptime_ms(answer):
    return int(re.search(r"^uptime_ms: (\d+)", answer, re.MULTILINE).group(1)) * TICK_MS


def test_all_times_add_up(virtual):
    """All run times, the idle thread's among them, and interrupts; and each thread's own."""
    virtual.command("preempt on; quantum 7; spawn hog 2 prio=20; spawn sleeper 2; "
                    "spawn yielder prio=20; spawn lockfight 2 prio=20")
    before, after = [virtual.command(f"{pause}ps -v; irq; uptime") for pause in ("", "sleep 10; ")]
    elapsed = uptime_ms(after) - uptime_ms(before)
    threads_before, threads_after = accounts(before), accounts(after)
    assert threads_before.keys() == threads_after.keys() and len(threads_after) == 10
    runs = sum(threads_after[name]["RUN_MS"] - threads_before[name]["RUN_MS"]
               for name in threads_after)
    interrupts = interrupts_ms(after) - interrupts_ms(before)
    assert elapsed >= 10_000 and interrupts > 100
    # Ten figures, each cut to a millisecond, twice.
    assert abs(runs + interrupts - elapsed) <= 0.001 * elapsed + 5
    for name, account in threads_after.items():
        lived = lifetime_ms(account) - lifetime_ms(threads_before[name])
        assert abs(lived - elapsed) <= 0.001 * elapsed + 4, name


def test_times_add_up_on_an_idle_machine_too(virtual):
    before, after = [virtual.command(f"{pause}ps -v; irq; uptime") for pause in ("", "sleep 10; ")]
    elapsed = uptime_ms(after) - uptime_ms(before)
    runs = [sum(account["RUN_MS"] for account in accounts(answer).values())
            for answer in (before, after)]
    interrupts = interrupts_ms(after) - interrupts_ms(before)
    assert abs(runs[1] - runs[0] + interrupts - elapsed) <= 0.001 * elapsed + 2
    idle = accounts(after)["idle"]["RUN_MS"] - accounts(before)["idle"]["RUN_MS"]
    assert idle > 0.98 * elapsed


def test_ps_v_tells_the_use_of_stacks(virtual):
    stacks = {row["NAME"]: row["STCK"] for row in
              table(virtual.command("preempt on; spawn hog; sleep 0.1; ps -v"), ACCOUNT_HEADS)}
    assert stacks.pop("idle") == "-"
    assert all(0 < int(use) <= 8192 and int(use) % 8 == 0 for use in stacks.values()), stacks


def test_irq_tells_the_time_of_handlers(virtual):
    answer = virtual.command("preempt on; spawn hog; sleep 1; irq")
    rows = {row["NAME"]: row for row in table(answer, IRQ_HEADS)}
    assert {"timer", "keyboard", "serial"} <= set(rows)
    for row in (rows["timer"], rows["serial"]):
        assert 0 < int(row["AVG_NS"]) <= int(row["MAX_NS"])
    assert int(rows["timer"]["MAX_NS"]) < 1_000_000


# --- Wrong input, and what fits the screen -------------------------------------------------------

WRONG = """
stats xyz; stats reset x; check 0; check 0.05; check x; check -1; check 1 2; check 3601; latency;
latency x; latency 99999; ps -x; ps -v x; irq x; quantum 0; quantum 1001;
quantum aut; quantum auto x
"""


@pytest.mark.parametrize("line", [line.strip() for line in WRONG.split(";")])
def test_wrong_input_gets_one_clear_line_and_changes_nothing(virtual, line):
    answer = virtual.command(line)
    assert re.fullmatch(rf"{line.split()[0]}: .+ \(usage: .+\)\n", answer), answer
    assert virtual.command("echo $?") == "1\n"
    assert virtual.command("quantum") == "quantum_ms: 100\n"


@pytest.mark.parametrize("line", ["stats", "check 0.1", "latency irq", "latency switch", "irq",
                                  "trace"])
def test_answers_fit_the_screen(virtual, line):
    rows = virtual.command(line).splitlines()
    assert max(len(row) for row in rows) <= 80
    assert len(rows) <= 23


@pytest.mark.parametrize("name", "stats check latency ps irq trace quantum".split())
def test_help_fits_the_screen(virtual, name):
    rows = virtual.command(f"help {name}").splitlines()
    assert max(len(row) for row in rows) <= 80 and len(rows) <= 23


def test_ps_v_fits_the_screen(virtual):
    """The figures of the machine's first minutes are no wider than their heads."""
    assert len(virtual.command("ps -v").splitlines()[0]) <= 80
