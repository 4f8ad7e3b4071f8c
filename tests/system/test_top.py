"""top: the table of threads, live on COM1 and on the screen, and printed for scripts."""

import re

import pytest

from full_screen import OnScreen, OnSerial
from machine import BANNER, PROMPT, Machine, values, wait_until

HEADS = ["TID", "NAME", "STATE", "PRI", "CPU%", "READY%", "VOL/S", "INVOL/S", "RUN_MS", "SHARE"]
SORT_KEYS = dict(zip(HEADS, "taslcwvimf"))
TEXTS = ("NAME", "STATE")
STATES = ["starving", "ready", "running", "sleeping", "blocked", "suspended", "ended"]
HEAD_ROW, FIRST_ROW, LAST_ROW = 3, 4, 23
TABLE_ROWS = LAST_ROW - FIRST_ROW
THREAD = re.compile(r"\s*(\d+) (\S+) +(\w+) +(\d+) +(\d+\.\d) +(\d+\.\d) +(\d+) +(\d+) +(\d+)"
                    r" +(\d+|-)")


def table(rows):
    """The threads' rows as dictionaries: numbers where there are numbers."""
    found = [THREAD.fullmatch(row) for row in rows]
    return [{head: text if head in TEXTS else float(text.replace("-", "-1"))
             for head, text in zip(HEADS, row.groups())} for row in found if row]


def interval_s(rows):
    found = re.search(r"^in the last (\d+\.\d{3}) s:", rows[1])
    return float(found[1]) if found else 0


class Top:
    """top while it runs."""

    def __init__(self, terminal):
        self.terminal = terminal
        self.wait_for(lambda rows: rows[LAST_ROW].startswith("q quit"), "the first table")

    def wait_for(self, condition, what):
        """Waits for rows that fulfil the condition, and are not just being drawn."""
        def has_come():
            rows = self.terminal.rows()
            return condition(rows) and rows == self.terminal.rows() and rows
        return wait_until(has_come, what, describe=lambda: "\n".join(self.terminal.rows()))

    def wait_for_threads(self, condition, what):
        return table(self.wait_for(lambda rows: condition(table(rows)), what))

    def wait_for_foot(self, pattern):
        return self.wait_for(lambda rows: re.search(pattern, rows[LAST_ROW]), f"{pattern!r} below")

    def pause(self):
        """Then nothing moves but by keys."""
        self.terminal.press(" ")
        return self.wait_for(lambda rows: rows[1].endswith("paused"), "the pause")

    def sort(self, key, head):
        self.terminal.press(key)
        wait_until(lambda: self.terminal.marked(HEAD_ROW).strip() == head, f"the mark on {head}")

    def answer(self, question, text):
        self.wait_for_foot(rf"^{re.escape(question)}$")
        self.terminal.press(*text, "\r")

    def quit(self, key="q"):
        self.terminal.press(key)
        wait_until(self.terminal.is_at_prompt, "the prompt",
                   describe=lambda: "\n".join(self.terminal.rows()))


@pytest.fixture(params=[OnSerial, OnScreen], ids=lambda terminal: terminal.name)
def start(virtual, request):
    """Starts top on one of the terminals, and ends it."""
    started = []

    def start_top(line="top 1"):
        started.append(Top(request.param(virtual, line)))
        started[-1].sort("c", "CPU%")  # what another test has set is remembered
        return started[-1]

    yield start_top
    for top in started:
        if not top.terminal.is_at_prompt():
            top.quit("ctrl-c")


def hogs(threads):
    return [thread for thread in threads if thread["NAME"].startswith("hog")]


# --- What it shows -----------------------------------------------------------------------------


def test_two_hogs_have_half_of_the_cpu_each(virtual, start):
    virtual.command("preempt on; quantum 10; spawn hog 2")
    top = start()

    def is_fair(rows):
        shares = [hog["CPU%"] for hog in hogs(table(rows))]
        return len(shares) == 2 and all(48 <= share <= 51 for share in shares)

    rows = top.wait_for(lambda rows: 0.9 < interval_s(rows) < 1.1 and is_fair(rows), "equal shares")
    assert re.match(r"up \d+:\d\d:\d\d   5 threads: 2 ready, 1 running, 1 blocked, 1 idle$", rows[0])
    assert " CPU 0.0 % idle, " in rows[1]
    assert re.match(r"preemption on   quantum 10 ms   policy prio   harmony [01]\.\d{3}$", rows[2])
    assert rows[HEAD_ROW].split() == HEADS
    for hog in hogs(table(rows)):
        assert 99 <= hog["CPU%"] + hog["READY%"] <= 101
        assert 40 <= hog["INVOL/S"] <= 60 and hog["VOL/S"] == 0
        assert hog["PRI"] == 31 and hog["STATE"] == "ready"
    assert sum(thread["CPU%"] for thread in table(rows)) > 96  # handlers have the rest


def test_the_first_table_is_about_the_time_since_the_boot(virtual, start):
    virtual.command("preempt on; spawn hog")  # an idle minute passes before one can look
    top = start("top 60")
    rows = top.wait_for(lambda rows: interval_s(rows) > 0, "the interval")
    hours, minutes, seconds = map(int, re.match(r"up (\d+):(\d\d):(\d\d) ", rows[0]).groups())
    assert abs(interval_s(rows) - (hours * 3600 + minutes * 60 + seconds)) < 1.5


def test_an_idle_machine(virtual, start):
    def is_idle(rows):
        return (re.search(r"CPU (9\d|100)\.\d % idle", rows[1]) and
                {thread["NAME"] for thread in table(rows)} == {"shell-com1", "shell-vga"})

    rows = start().wait_for(is_idle, "idleness")


def test_figures_stand_still_in_a_pause(virtual, start):
    virtual.command("preempt on; spawn hog")
    top = start("top 0.1")
    before = table(top.pause())
    virtual.monitor("info status")
    assert table(top.terminal.rows()) == before
    top.terminal.press(" ")
    first = hogs(before)[0]["RUN_MS"]
    top.wait_for_threads(lambda threads: any(hog["RUN_MS"] > first for hog in hogs(threads)),
                         "figures that go on")


def test_threads_come_and_go(virtual, start):
    virtual.command("preempt on; spawn hog for=20")
    top = start("top 0.5")
    top.wait_for_threads(lambda threads: len(hogs(threads)) == 1, "the hog")
    top.wait_for_threads(lambda threads: not hogs(threads), "its end")


def test_in_cooperative_mode_it_starves_and_is_rescued(virtual):
    top = OnSerial(virtual, "preempt off; spawn hog; top 0.1")
    wait_until(lambda: top.rows()[2].startswith("preemption off"), "the first rows")
    wait_until(lambda: "run hog" in virtual.status_bar, "the hog that does not yield")
    top.press("q")
    assert not top.is_at_prompt()
    virtual.serial.send("\x1c")
    wait_until(top.is_at_prompt, "the prompt")


# --- Keys --------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["q", "esc", "ctrl-c"])
def test_quitting_gives_the_prompt_back(virtual, start, key):
    top = start("top; echo next")
    top.terminal.press(key)
    wait_until(top.terminal.is_at_prompt, "the prompt")
    rows = top.terminal.rows()
    # What was there before is there again, and the table is not.
    typed = next(i for i, row in enumerate(rows) if "top; echo next" in row)
    assert rows[typed + 1] == ("next" if key != "ctrl-c" else "^C")
    assert not any(row.split() == HEADS for row in rows)


def is_sorted(threads, head):
    if head == "STATE":
        column = [STATES.index(thread[head]) for thread in threads]
    elif head in ("TID", "NAME"):
        column = [thread[head] for thread in threads]
    else:
        column = [-thread[head] for thread in threads]
    return column == sorted(column)


def test_each_column_sorts(virtual, start):
    virtual.command("preempt on; quantum 10; spawn hog 2; spawn sleeper 2 prio=40; "
                    "spawn yielder 2 prio=20")
    virtual.command(f"suspend {virtual.values('spawn hog prio=10')['first_tid']}")
    top = start()
    top.wait_for(lambda rows: 0 < interval_s(rows) < 1.1, "an interval of a second")
    known = {thread["TID"]: thread for thread in table(top.pause())}
    assert len(known) == 9

    def is_drawn(threads):
        return {thread["TID"]: thread for thread in threads} == known

    for head, key in SORT_KEYS.items():
        top.sort(key, head)
        threads = top.wait_for_threads(lambda now: is_drawn(now) and is_sorted(now, head),
                                       f"the order by {head}")
        top.terminal.press("r")
        top.wait_for_threads(lambda now: now == threads[::-1], f"the reverse order by {head}")


def test_arrows_choose_the_column(virtual, start):
    top = start()
    top.sort("right", "READY%")
    top.sort("left", "CPU%")
    top.sort("left", "PRI")
    top.sort("t", "TID")
    top.sort("left", "SHARE")
    top.sort("right", "TID")


def test_scrolling(virtual, start):
    virtual.command("spawn consumer 40")
    tids = [float(thread["TID"]) for thread in virtual.threads()[1:]]
    top = start()
    top.sort("t", "TID")
    top.pause()


    def press(key, first):
        top.terminal.press(key)
        rows = top.wait_for_foot(rf" {first}-{first + TABLE_ROWS - 1} of 42$")
        assert [thread["TID"] for thread in table(rows)] == tids[first - 1:first - 1 + TABLE_ROWS]

    press("up", 1)
    press("down", 2)
    press("down", 3)
    press("up", 2)
    press("pgdn", 21)
    press("pgdn", 24)
    press("down", 24)
    press("pgup", 5)
    press("end", 24)
    press("home", 1)


def test_kill_by_key(virtual, start):
    first = int(virtual.values("preempt on; spawn hog 2")["first_tid"])
    top = start()
    top.terminal.press("k")
    top.answer("Kill which thread?", str(first))
    top.wait_for_foot(rf"^Kill thread {first}: done$")
    threads = top.wait_for_threads(lambda threads: len(hogs(threads)) == 1, "one hog only")
    assert hogs(threads)[0]["TID"] == first + 1


def test_change_a_priority_by_key(virtual, start):
    tid = int(virtual.values("preempt on; spawn hog")["first_tid"])
    top = start()
    top.terminal.press("p")
    top.answer("Change the priority of which thread?", str(tid))
    top.answer("To which priority, 0 to 63?", "17")
    top.wait_for_foot(rf"^Change the priority of thread {tid}: done$")
    top.wait_for_threads(lambda threads: any(hog["PRI"] == 17 for hog in hogs(threads)),
                         "the new priority")


def test_what_is_wrong_with_an_answer_is_told_below(virtual, start):
    top = start()
    for key, question, answer, told in (
            ("k", "Kill which thread?", "99999", "Kill thread 99999: not found"),
            ("k", "Kill which thread?", "1", "Kill thread 1: not permitted"),
            ("k", "Kill which thread?", "0", "Kill thread 0: not permitted"),
            ("k", "Kill which thread?", "q", "'q' is not a number from 0 to 2147483647"),
            ("p", "Change the priority of which thread?", "-1",
             "'-1' is not a number from 0 to 2147483647")):
        top.terminal.press(key)
        top.answer(question, answer)
        top.wait_for_foot(f"^{re.escape(told)}$")
    top.terminal.press("p")
    top.answer("Change the priority of which thread?", "99999")
    top.answer("To which priority, 0 to 63?", "64")
    top.wait_for_foot("^'64' is not a number from 0 to 63$")
    top.terminal.press("t")
    top.wait_for_foot("^q quit")


def test_editing_an_answer(virtual, start):
    tid = int(virtual.values("preempt on; spawn hog")["first_tid"])
    top = start()
    top.terminal.press("k", *str(tid), "7", "backspace", "x", "backspace")
    top.wait_for_foot(rf"^Kill which thread\? {tid}$")
    top.terminal.press("esc")  # only the question ends
    top.wait_for_foot("^q quit")
    top.terminal.press("k", "\r")
    top.wait_for_foot("^q quit")
    assert hogs(table(top.terminal.rows()))


def test_ctrl_c_ends_a_question_and_the_command(virtual, start):
    top = start()
    top.terminal.press("k")
    top.wait_for_foot(r"^Kill which thread\?$")
    top.quit("ctrl-c")


def test_longer_and_shorter_intervals(virtual, start):
    virtual.command("preempt on; spawn hog")
    top = start()
    for key, told in (("+", "2.000"), ("+", "4.000"), ("-", "2.000"), ("-", "1.000"),
                      ("-", "0.500"), ("-", "0.250"), ("-", "0.125"), ("-", "0.100")):
        top.terminal.press(key)
        top.wait_for_foot(rf"^every {told} s$")
    top.wait_for(lambda rows: 0.09 <= interval_s(rows) <= 0.12, "a short interval")


def test_help_and_back(virtual, start):
    top = start()
    top.terminal.press("?")
    rows = top.wait_for_foot("^any key goes back$")
    assert rows[0].startswith("Shows every second")
    assert any(row.startswith("k, p  ") for row in rows)
    top.terminal.press("h")
    top.wait_for_foot("^q quit")


def test_ctrl_l_draws_it_anew(virtual):
    top = Top(OnSerial(virtual, "top"))
    top.pause()
    before = top.terminal.rows()
    drawn = len(virtual.serial.received)
    top.terminal.press("\x0c")
    wait_until(lambda: b"\x1b[2J" in virtual.serial.received[drawn:], "a clear screen")
    top.wait_for(lambda rows: rows[1:] == before[1:], "the same rows")
    top.quit()


# --- States, and what is searched for ------------------------------------------------------------


def test_who_starves_is_red(virtual, start):
    virtual.command("preempt on; quantum 10; spawn hog prio=40; spawn hog prio=20; sleep 1.5")
    assert virtual.command("ps").count(" starving ") == 1
    top = start()
    rows = top.wait_for(lambda rows: any(re.search(r"hog\d+ +starving ", row) for row in rows),
                        "a starving hog")
    assert re.search(r"threads: 1 starving, ", rows[0])
    for number, row in enumerate(rows[FIRST_ROW:LAST_ROW], FIRST_ROW):
        for state in STATES:
            found = re.search(rf"(?<= ){state} ", row)
            if found:
                assert top.terminal.is_red(number, found.start()) == (state == "starving"), row


def marked_names(top):
    return [name for name in (top.terminal.marked(row).strip()
                              for row in range(FIRST_ROW, LAST_ROW)) if name]


def test_searching(virtual, start):
    virtual.command("preempt on; quantum 10; spawn consumer 30; spawn sleeper 2; spawn consumer 30; "
                    "spawn sleeper")
    first, second, third = (thread["NAME"] for thread in virtual.threads_of("sleeper"))
    top = start()
    top.sort("t", "TID")
    top.pause()
    top.terminal.press("/")
    top.answer("Find which name?", "sleeper")

    def wait_for_hits(*names):
        """They are seen, and marked, and nothing else is."""
        wait_until(lambda: marked_names(top) == list(names), f"{names} marked",
                   describe=lambda: "\n".join(top.terminal.rows()))

    wait_for_hits(first)
    for key, hits in (("n", (first, second)), ("n", (third,)), ("n", (first, second)),
                      ("N", (third,)), ("N", (second,)), ("N", (first, second))):
        top.terminal.press(key)
        wait_for_hits(*hits)
    top.terminal.press("/")
    top.answer("Find which name?", "nobody")
    top.wait_for_foot("^no thread here has 'nobody' in its name$")
    for key in ("/", "n"):
        top.terminal.press(key)
        if key == "/":
            top.answer("Find which name?", "")
        top.wait_for_foot("^nothing is searched for: / asks what$")
        top.terminal.press("left", "right")
        top.wait_for_foot("^q quit")
    assert not marked_names(top)


def test_only_some_are_shown(virtual, start):
    virtual.command("spawn consumer 40; spawn sleeper 2")
    top = start()
    top.terminal.press("&")
    top.answer("Only threads with this in their names:", "sleeper")
    top.wait_for_foot(" 1-2 of 2$")
    rows = top.wait_for(lambda rows: rows[2].endswith("   only 'sleeper'"), "the filter above")
    assert [thread["NAME"][:7] for thread in table(rows)] == ["sleeper"] * 2
    assert " 45 threads: " in rows[0]
    top.terminal.press("&")
    top.wait_for_foot("names:$")
    top.terminal.press("x", "esc")  # given up: it stays
    top.wait_for_foot(" 1-2 of 2$")
    top.terminal.press("&")
    top.answer("Only threads with this in their names:", "nobody")
    assert not table(top.wait_for_foot(" 0-0 of 0$"))
    top.terminal.press("&")
    top.answer("Only threads with this in their names:", "")
    top.wait_for_foot(" 1-19 of 44$")


def test_columns_are_hidden(virtual, start):
    top = start()
    top.sort("v", "VOL/S")
    top.sort("x", "INVOL/S")
    assert top.terminal.rows()[HEAD_ROW].split() == [head for head in HEADS if head != "VOL/S"]
    top.sort("t", "TID")
    top.sort("x", "TID")  # that one stays
    top.terminal.press("X")
    top.wait_for(lambda rows: rows[HEAD_ROW].split() == HEADS, "all columns")


def test_settings_are_remembered_by_the_terminal(virtual, start):
    top = start()
    top.sort("a", "NAME")
    top.terminal.press("r", "-")
    top.wait_for_foot("^every 0.500 s$")
    top.terminal.press("&")
    top.answer("Only threads with this in their names:", "com1")
    top.wait_for_foot(" 1-1 of 1$")
    top.quit()
    again = Top(type(top.terminal)(virtual, "top"))
    again.wait_for(lambda rows: 0.4 < interval_s(rows) < 0.6, "the interval")
    again.wait_for_foot(" 1-1 of 1$")
    assert again.terminal.marked(HEAD_ROW).strip() == "NAME"
    again.quit()
    once = Top(type(top.terminal)(virtual, "top 2"))
    once.wait_for(lambda rows: 1.9 < interval_s(rows) < 2.1, "what was said")
    once.terminal.press("&")
    once.answer("Only threads with this in their names:", "")
    once.wait_for_foot(" 1-2 of 2$")
    once.quit()
    last = Top(type(top.terminal)(virtual, "top"))
    last.wait_for(lambda rows: 0.4 < interval_s(rows) < 0.6, "the interval again")
    names = [thread["NAME"] for thread in table(last.terminal.rows())]
    assert names == ["shell-vga", "shell-com1"]
    last.terminal.press("+")
    last.wait_for_foot("^every 1.000 s$")
    last.quit()


def test_the_wheel_scrolls_on_com1(virtual):
    virtual.command("spawn consumer 40")
    top = Top(OnSerial(virtual, "top"))
    assert top.terminal.terminal.mouse == {1000, 1006}
    top.pause()
    for key, first in (("wheel-down", 4), ("wheel-down", 7), ("wheel-up", 4), ("wheel-up", 1),
                       ("wheel-up", 1), ("\x1b[<0;4;5M\x1b[<0;4;5m", 1)):
        top.terminal.press(key)
        top.wait_for_foot(rf" {first}-{first + TABLE_ROWS - 1} of 42$")
    top.quit()
    assert not top.terminal.terminal.mouse


def test_what_the_mouse_does_at_the_prompt_is_not_typed(virtual):
    start = len(virtual.serial.text)
    virtual.serial.send("echo \x1b[<64;10;10Mon\x1b[<0;10;10M\x1b[<0;10;10me\r")
    virtual.serial.wait_for(rf"\r\none\r\n{PROMPT}$", start)


@pytest.mark.parametrize("line", ["reboot", "poweroff", "panic"])
def test_the_terminal_is_left_as_it_was_whatever_happens(line):
    with Machine(virtual=True) as machine:
        machine.wait_for_prompt()
        machine.expects_panic = line == "panic"
        top = Top(OnSerial(machine, "top"))
        before = top.terminal.terminal.main_screen
        assert before and top.terminal.terminal.mouse
        if line == "poweroff":
            machine.type("poweroff\n")
            machine.wait_for_end()
        else:
            machine.type(line + "\n")
            machine.banners += line == "reboot"
            wait_until(lambda: machine.serial.text.count(BANNER) == machine.banners, "the banner")
        wait_until(lambda: (top.terminal.rows(), not top.terminal.terminal.main_screen and
                            not top.terminal.terminal.mouse)[1], "the main screen")


# --- Colours of what is printed ----------------------------------------------------------------


STARVE = "preempt on; quantum 10; spawn hog prio=40; spawn hog prio=20; sleep 1.5"


def reds(terminal, line):
    """Prints on a terminal what `line` does, and returns what of it stands in red."""
    terminal.press(*line, "\r")
    wait_until(lambda: (rows := [row for row in terminal.rows() if row])[-1:] == [PROMPT.rstrip()] and
               len(rows) > 3, line, describe=lambda: "\n".join(terminal.rows()))
    return ["".join(character for column, character in enumerate(row)
                    if terminal.is_red(number, column)).strip()
            for number, row in enumerate(terminal.rows())]


@pytest.mark.parametrize("line, red", [("ps", "starving"), ("gantt 0.05", "*" * 50)])
def test_what_is_printed_has_colours_where_somebody_sees_them(line, red):
    with Machine(virtual=True) as machine:
        machine.wait_for_prompt()
        machine.command(STARVE)
        start = len(machine.serial.received)
        assert red in machine.command(line)
        assert b"\x1b" not in machine.serial.received[start:]  # nobody has said that he is a terminal
        screen = OnScreen(machine, "echo")
        assert red in reds(screen, line)
        seen = OnSerial(machine, "", answers=True)
        seen.press("ctrl-l")
        wait_until(lambda: seen.rows()[0] == PROMPT.rstrip(), "an empty screen")
        assert red in reds(seen, line)


# --- In scripts --------------------------------------------------------------------------------


def test_tables_are_printed(virtual):
    virtual.command("preempt on; quantum 10; spawn hog 2")
    for line in ("top count=3 0.5", "top 0.5 -n 3", "top -n 3 0.5"):
        check_three_tables(virtual, line)


def check_three_tables(virtual, line):
    start = len(virtual.serial.received)
    answer = virtual.command(line)
    assert b"\x1b[2J" not in virtual.serial.received[start:]
    frames = answer.rstrip("\n").split("\n\n")
    assert len(frames) == 3
    for frame in frames:
        rows = frame.split("\n")
        assert 0.49 <= interval_s(rows) <= 0.51
        assert rows[HEAD_ROW].split() == HEADS
        assert len(table(rows)) == 4 and len(rows) == 8
        assert all(47 <= hog["CPU%"] <= 53 for hog in hogs(table(rows)))
        assert all(row == row.rstrip() and len(row) <= 80 for row in rows)


def test_of_many_threads_the_first_are_printed(virtual):
    virtual.command("spawn consumer 40")
    rows = virtual.command("top -n 1 0.1").splitlines()
    assert len(table(rows)) == TABLE_ROWS
    assert rows[-1] == f"... {42 - TABLE_ROWS} more"


def test_keys_in_a_script(virtual):
    start = len(virtual.serial.text)
    virtual.serial.send("top\nk99\nqecho $?\r")
    virtual.serial.wait_for(rf"Kill thread 99: not found.*\r\n0\r\n{PROMPT}$", start)


def test_ctrl_c_ends_the_printing(virtual):
    start = len(virtual.serial.text)
    virtual.command("preempt on; spawn hog")
    virtual.serial.send("top -n 1000000; echo never\r")
    virtual.serial.wait_for("in the last", start)
    virtual.serial.send("\x03")
    virtual.serial.wait_for(rf"\^C\r\n{PROMPT}$", start)
    assert virtual.command("echo $?") == "130\n"


@pytest.mark.parametrize("arguments", ["x", "0", "0.05", "60.1", "-1", "1 2", "-n", "-n 0", "-n x",
                                       "-n 1 x", "-n 1 1 1", "-n 1000001", "1 -n", "count=",
                                       "count=0", "count=x", "count=1 -n 1", "-n1"])
def test_wrong_arguments_get_one_line(virtual, arguments):
    answer = virtual.command(f"top {arguments}")
    usage = r"(top \[-n COUNT\] \[SECONDS\]|help top)"
    assert re.fullmatch(rf"top: [^\n]+ \(usage: {usage}\)\n", answer), answer
    assert len(answer) <= 81
    assert virtual.command("echo $?") == "1\n"


def test_memory_comes_back(virtual):
    def used():
        return {key: value for key, value in values(virtual.command("mem")).items()
                if "used" in key or "free" in key}

    virtual.command("top -n 1 0.1")
    before = used()
    virtual.command("top -n 5 0.1")
    for key in ("q", "ctrl-c"):
        Top(OnSerial(virtual, "top 0.1")).quit(key)
        assert before and used() == before


def test_ten_thousand_threads(virtual):
    virtual.command("spawn consumer 10000; spawn consumer 500")
    top = Top(OnSerial(virtual, "top"))
    top.wait_for_foot(" 1-19 of 10502$")
    top.pause()
    top.sort("t", "TID")
    top.terminal.press("end")
    rows = top.wait_for_foot(" 10484-10502 of 10502$")
    tids = [thread["TID"] for thread in table(rows)]
    assert tids == [tids[0] + i for i in range(TABLE_ROWS)]
    top.quit()


def test_what_switches_fast_is_told_per_second(virtual):
    virtual.command("preempt on; quantum 10; spawn yielder 2; spawn sleeper prio=40")
    for seconds in ("0.2", "2"):
        answer = virtual.command(f"top -n 2 {seconds}")
        second = answer[answer.rindex("up "):].splitlines()
        yielders = [thread for thread in table(second) if "yielder" in thread["NAME"]]
        assert len(yielders) == 2
        switches = int(re.search(r"(\d+) switches/s", answer[answer.rindex("up "):])[1])
        assert abs(sum(thread["VOL/S"] for thread in yielders) - switches) < 0.02 * switches
        for thread in yielders:
            assert 45 <= thread["CPU%"] <= 50 and 49 <= thread["READY%"] <= 55, answer
            assert 99 <= thread["CPU%"] + thread["READY%"] <= 101, answer
            assert 99 <= thread["SHARE"] <= 101
        sleeper = next(thread for thread in table(second) if "sleeper" in thread["NAME"])
        assert 95 <= sleeper["VOL/S"] <= 105, answer


def test_all_count_the_same_threads(virtual):
    virtual.command("spawn consumer 4")
    answer = virtual.command("top -n 1 0.1; stats; ps")
    counted = int(re.search(r"(\d+) threads: ", answer)[1])
    states = re.search(r"threads: (.*)$", answer, re.MULTILINE)[1]
    assert counted == sum(int(number) for number in re.findall(r"(\d+) [a-z]+", states)) == 7
    assert re.search(r"^threads: 7$", answer, re.MULTILINE)
    assert len(re.findall(r"^ *\d+ \S+ +(?:ready|running|blocked|sleeping) +(?:\d+|--) +\d+\.\d "
                          r"+\d+ +\d+ +\d+$", answer, re.MULTILINE)) == 7
    wait_until(lambda: re.search(r"thr +7", virtual.screen()[-1]), "the status bar")


def test_without_memory_it_says_so():
    with Machine(virtual=True, memory=24) as machine:
        machine.wait_for_prompt()
        figures = machine.memory()
        room = int(figures["thread_limit"]) - int(figures["threads"])
        assert machine.values(f"spawn consumer {room}")["spawned"] == str(room)
        for line in ("top", "top -n 1"):
            assert machine.command(line).endswith(
                "top: out of memory (usage: top [-n COUNT] [SECONDS])\n")
        machine.command("kill all")
        machine.values("top -n 1")
