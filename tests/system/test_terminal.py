"""Terminals of every size on COM1, as a person sees them; output that is stopped; and what a shell
that starves says there."""

import re
import time

import pytest

from full_screen import OnSerial
from machine import PROMPT, Machine, plain, values, wait_until

SIZES = [(40, 12), (60, 20), (80, 24), (132, 50), (250, 80)]
IDS = [f"{columns}x{rows}" for columns, rows in SIZES]
LONG_LINE = 200


class Seat(OnSerial):
    """A terminal that answers, at a prompt."""

    def __init__(self, machine, columns, rows):
        super().__init__(machine, columns=columns, rows=rows, answers=True)
        self.press("ctrl-l")
        wait_until(lambda: self.is_at_prompt() and self.size() == (columns, rows), "a known size",
                   describe=self.describe)

    def describe(self):
        return "\n".join(f"|{row}" for row in self.rows())

    def size(self):
        """What the shell thinks. The answer comes when the terminal is read."""
        told = values(self.command("terminal"))
        return int(told["terminal_columns"]), int(told["terminal_rows"])

    def command(self, line):
        """What a command printed, without control sequences."""
        start = len(self.serial.received)
        self.serial.send(line + "\r")

        def answer():
            self.rows()
            text = plain(self.serial.received[start:].decode("latin-1"))
            return re.search(rf"{re.escape(line)}\r\n(.*?){PROMPT}$", text, re.DOTALL)

        return wait_until(answer, f"the answer to {line}", describe=self.describe)[1] \
            .replace("\r", "")

    def wait_for_rows(self, condition, what):
        return wait_until(lambda: condition(self.rows()) and self.rows(), what,
                          describe=self.describe)

    def quit(self):
        self.press("q")
        wait_until(self.is_at_prompt, "the prompt", describe=self.describe)


@pytest.fixture(params=SIZES, ids=IDS)
def seat(virtual, request):
    yield Seat(virtual, *request.param)
    start = len(virtual.serial.text)
    virtual.serial.send("\x03")
    virtual.serial.wait_for(rf"\^C\r\n{PROMPT}$", start)
    virtual.command("terminal 80x24")


# --- The size ----------------------------------------------------------------------------------


def test_it_is_asked_and_answers(seat):
    told = values(seat.command("terminal"))
    assert told["terminal"] == "com1" and told["terminal_size"] == "answered"
    assert (int(told["terminal_columns"]), int(told["terminal_rows"])) == \
        (seat.terminal.columns, seat.terminal.rows)


def test_it_is_asked_at_the_boot():
    with Machine() as machine:
        seat = OnSerial(machine, columns=100, rows=30, answers=True)
        seat.position = 0
        wait_until(seat.is_at_prompt, "the prompt")
        assert machine.values("terminal") == {
            "terminal": "com1", "terminal_columns": "100", "terminal_rows": "30",
            "terminal_size": "answered"}


def test_one_that_does_not_answer_is_taken_for_80x24():
    with Machine() as machine:
        machine.wait_for_prompt()
        assert machine.values("terminal") == {
            "terminal": "com1", "terminal_columns": "80", "terminal_rows": "24",
            "terminal_size": "assumed"}


def test_its_size_can_be_said(virtual):
    assert virtual.values("terminal 100x30")["terminal_size"] == "said"
    terminal = OnSerial(virtual, "top", columns=100, rows=30)
    wait_until(lambda: terminal.rows()[29].startswith("q quit"), "the last row")
    terminal.press("q")
    wait_until(terminal.is_at_prompt, "the prompt")
    virtual.command("terminal 80x24")


@pytest.mark.parametrize("size", ["x", "80", "80x", "x24", "80x24x", "39x24", "80x11", "251x24",
                                  "80x81", "-80x24", "80 x 24", "1111111111111111111x24"])
def test_a_size_that_cannot_be_gets_one_line(virtual, size):
    before = virtual.values("terminal 80x24")
    answer = virtual.command(f"terminal {size}")
    assert re.fullmatch(r"terminal: [^\n]+ \(usage: [^\n]+\)\n", answer) and len(answer) <= 81
    assert virtual.values("terminal") == before


def test_the_screen_has_its_own(virtual):
    virtual.command_on_screen("terminal 100x30", "terminal: the screen's size is fixed")
    virtual.command_on_screen("terminal", "^terminal_size: fixed$")


@pytest.mark.parametrize("typed,printed", [
    ("echo \x1b[24;80Rhello\r", "hello"),
    ("echo hel\x1b[50;132Rlo\r", "hello"),
    ("echo hello\x1b[24;8\r", "hello"),         # cut, and Enter at once
    ("echo hello\x1b[\x1b[24;80R\r", "hello"),
])
def test_an_answer_is_never_typed(virtual, typed, printed):
    start = len(virtual.serial.text)
    virtual.serial.send(typed)
    virtual.serial.wait_for(rf"\r\n{printed}\r\n{PROMPT}$", start)


def test_a_cut_answer_is_forgotten(virtual):
    start = len(virtual.serial.text)
    virtual.serial.send("\x0c")
    virtual.serial.wait_for(rf"{PROMPT}$", start)
    virtual.serial.send("\x1b[24;8")
    virtual.command_on_screen("clear; sleep 1; echo passed", "^passed$")
    assert virtual.command("echo here") == "here\n"


# --- What fits -----------------------------------------------------------------------------------


def test_a_long_line_has_one_row(seat):
    for step in range(0, LONG_LINE, 50):
        seat.serial.send("".join(chr(ord("a") + i % 26) for i in range(step, step + 50)))
        end = chr(ord("a") + (step + 49) % 26)
        shown = min(step + 50, seat.terminal.columns - len(PROMPT) - 1)

        def is_shown(rows):
            row = rows[seat.terminal.row]
            return row.startswith(PROMPT) and row.endswith(end) and \
                len(PROMPT) + shown // 2 <= len(row) < seat.terminal.columns

        rows = seat.wait_for_rows(is_shown, f"{step + 50} characters")
        above = rows[seat.terminal.row - 1] if seat.terminal.row > 0 else "terminal_size"
        assert above.startswith("terminal_size") and not any(rows[seat.terminal.row + 1:])
    seat.press("ctrl-c")
    wait_until(seat.is_at_prompt, "the prompt")


def test_help_has_whole_words(seat):
    listed = seat.command("help")
    assert all(len(line) <= seat.terminal.columns for line in listed.splitlines()), listed
    for entry in ("preempt  switch preemption", "top      watch the threads", "reboot"):
        assert entry in listed, listed
    for name in ("top", "compare", "trace", "spawn", "lockfight"):
        told = seat.command(f"help {name}").splitlines()
        assert all(len(line) <= seat.terminal.columns for line in told), told


def test_top_fits(virtual, seat):
    virtual.command("preempt on; quantum 10; spawn hog 2; spawn consumer 100")
    seat.serial.send("top\r")
    last = seat.terminal.rows - 1
    rows = seat.wait_for_rows(
        lambda rows: re.match(rf"q quit .* 1-{last - 4} of 104$", rows[last]) and "hog" in rows[4],
        "a whole table")
    heads = rows[3].split()
    assert heads[:2] == ["TID", "NAME"] and "CPU%" in heads
    assert set(heads) <= set("TID NAME STATE PRI CPU% READY% VOL/S INVOL/S RUN_MS SHARE".split())
    assert len(heads) == {40: 5, 60: 7}.get(seat.terminal.columns, 10)
    assert all(re.match(r" *\d+ \w+", row) for row in rows[4:last])
    assert re.search(r"harm.* [01]\.\d{3}$", rows[2])
    if seat.terminal.columns > 100:  # there are bars
        seat.wait_for_rows(lambda rows: sum(row.endswith("....") and len(row) > 115
                                            for row in rows[4:last]) == 2, "two hogs' bars")
    seat.quit()


def test_gantt_fits(virtual, seat):
    virtual.command("preempt on; quantum 10; spawn hog 2")
    seat.serial.send("gantt\r")
    columns, last = seat.terminal.columns, seat.terminal.rows - 1
    width = (columns - 20) // 10 * 10
    rows = seat.wait_for_rows(
        lambda rows: "q quit" in rows[last] and
        sum(bool(re.search(r"hog\d+ +\|.*[>)=#%].*\|$", row)) for row in rows) == 2,
        "a whole chart")
    assert rows[1].startswith(" TID NAME") and rows[1].rindex("|") == 18 + width
    for row in rows[2:7]:
        assert len(row) == 20 + width, row
    assert rows[last - 2].endswith(("unknown", "not recorded"))
    assert rows[last - 1].endswith(("end", "(ran most, less)"))
    seat.quit()
    answer = [line for line in seat.command("gantt 0.5").splitlines() if "|" in line]
    assert len(answer) == 6 and all(len(line) <= columns for line in answer), answer


def test_compare_fits(seat):
    # On a busy host the few milliseconds of it may be called disturbed.
    answer = re.sub(r"the row above is disturbed:[^:]*?meanwhile\n", "",
                    seat.command("compare equal 0.1 rr")).splitlines()
    assert all(len(line) <= seat.terminal.columns for line in answer), answer
    heads = [head for line in answer for head in line.split() if re.fullmatch("[A-Z0-9_/%]+", head)]
    assert " ".join(heads[:11]) == \
        "POLICY Q_MS JOBS/S TURN_MS WAIT_MS RESP_MS P50_MS P99_MS FAIR SWITCH OVER%"
    assert len(answer) == (1 + 1 + 1 + 3) * (1 if seat.terminal.columns >= 80 else
                                             2 if seat.terminal.columns >= 60 else 3)


def test_a_notice_is_broken_between_words(virtual):
    seat = Seat(virtual, 40, 12)
    virtual.command("preempt on")
    start = len(virtual.serial.text)
    seat.serial.send("spawn deadlock\r")
    wait_until(lambda: seat.is_at_prompt() and "held by left" in virtual.serial.text[start:],
               "the notices", describe=seat.describe)
    lines = virtual.serial.text[start:].replace("\r", "").replace(PROMPT, "").splitlines()
    said = next(i for i, line in enumerate(lines) if "deadlock: " in line)
    assert all(len(line) <= 40 for line in lines[said:]), lines
    told = " ".join(lines[said:])
    for log in virtual.command("log 4").splitlines():
        message = log.split("] ")[-1]
        if "deadlock: " in message:
            assert message in told, (message, told)
    virtual.command("terminal 80x24")


@pytest.mark.parametrize("view,foot", [("top", "q quit"), ("gantt", "space pause")])
def test_a_view_follows_a_change(cooperative, view, foot):
    seat = Seat(cooperative, 80, 24)
    seat.serial.send(view + "\r")
    seat.wait_for_rows(lambda rows: rows[23].startswith(foot), "the last row")
    for columns, rows in SIZES:
        seat.terminal.resize(columns, rows)
        seat.wait_for_rows(lambda now, last=rows - 1: now[last].startswith(foot) and
                           sum(row.startswith(foot) for row in now) == 1 and
                           now[0] and not now[0].startswith(PROMPT), f"{columns}x{rows}")
    seat.quit()
    assert seat.size() == SIZES[-1]
    cooperative.command("terminal 80x24")


def wait_for_page(seat, before):
    """Its last row comes last, and may be the same as that of the page before: so until no more
    comes."""
    def is_whole(rows):
        time.sleep(0.3)
        return (before is None or rows[:11] != before[:11]) and rows == seat.rows() and \
            rows[11] in ("any key goes on", "any key goes back")
    return seat.wait_for_rows(is_whole, "a page")


def test_help_in_a_view_has_pages(cooperative):
    seat = Seat(cooperative, 40, 12)
    seat.serial.send("top\r")
    seat.wait_for_rows(lambda rows: rows[11].startswith("q quit"), "the table")
    seat.press("h")
    pages = 0
    rows = wait_for_page(seat, None)
    while rows[11] == "any key goes on":
        seat.press("x")
        rows = wait_for_page(seat, rows)
        pages += 1
    assert pages >= 2
    seat.press("x")
    seat.wait_for_rows(lambda rows: rows[11].startswith("q quit"), "the table again")
    seat.quit()
    cooperative.command("terminal 80x24")


# --- One row of 80 columns -----------------------------------------------------------------------


def test_usage_and_errors_take_one_row(virtual):
    listed = virtual.command("help").split("Spawn")[0].splitlines()
    names = [name for line in listed for name in (line[6:14].strip(), line[43:51].strip()) if name]
    assert len(names) > 30, names
    word, many = "x" * 75, "y " * 10
    for name in names:
        told = virtual.command(f"help {name}").splitlines()
        assert all(len(line) <= 80 for line in told), told
        assert told[0].startswith(f"usage: {name}") and told[1].startswith(f"{name}: ")
        if name == "echo":
            continue
        for line in (f"{name} {word}", f"{name} 'a {word} b' {word}",
                     f"{name} {word} {word} {word}", f"{name} {word} {many}"):
            answer = virtual.command(line)
            rows = answer.splitlines()
            assert len(rows) == 1 or name in ("kill", "suspend", "resume", "latency"), answer
            for row in rows:
                assert re.fullmatch(rf"{name}: .+ \(usage: ({name}|help {name}).*\)", row), (line, answer)
                assert len(row) <= 79, row
    for line in (word, f"{word}; ", "a" * 250, "'", "\"x", ";", "a 'b"):
        answer = virtual.command(line)
        assert answer.count("\n") <= 1 and len(answer) <= 81, (line, answer)


def test_help_tells_every_word_of_a_usage(virtual):
    for name in ("trace", "preempt", "inherit"):
        told = virtual.command(f"help {name}")
        usage, text = told.split("\n", 1)
        for word in re.findall(r"(?<=[ |\[])[a-z]+(?=[ |\]]|$)", usage.split(name, 1)[1]):
            assert re.search(rf"^{word}  ?", text, re.MULTILINE), word


# --- Ctrl-S and Ctrl-Q -------------------------------------------------------------------------


def test_output_on_com1_stops_and_goes_on(virtual):
    virtual.command("preempt on; spawn hog 2")
    start = len(virtual.serial.text)
    virtual.serial.send("\x13echo hidden\r")
    virtual.command_on_screen("sleep 1; echo meanwhile", "^meanwhile$")  # the other goes on
    assert virtual.serial.text[start:] == ""
    virtual.serial.send("\x11")
    virtual.serial.wait_for(rf"\r\nhidden\r\n{PROMPT}$", start)


def test_output_on_the_screen_stops_and_goes_on(virtual):
    virtual.command("preempt on; spawn hog 2")
    virtual.type("clear\n")
    virtual.wait_for_screen(rf"\A{PROMPT.rstrip()}$")
    virtual.press("ctrl", "s")
    virtual.type("echo hidden\n")
    wait_until(lambda: "stopped ^Q" in virtual.status_bar, "the hint")
    virtual.command("sleep 1")
    assert "hidden" not in "\n".join(virtual.screen())
    virtual.press("ctrl", "q")
    virtual.wait_for_screen("^hidden$")
    wait_until(lambda: "stopped ^Q" not in virtual.status_bar, "no hint")


def test_the_output_of_a_command_stops_and_ctrl_c_ends_it(virtual):
    start = len(virtual.serial.text)
    virtual.serial.send("top -n 100000 0.1; echo never\r")
    virtual.serial.wait_for("in the last.*in the last", start)
    virtual.serial.send("\x13")

    def stands():
        length = len(virtual.serial.text)
        virtual.command_on_screen("clear; sleep 2; echo slept", "^slept$")
        return len(virtual.serial.text) == length

    wait_until(stands, "silence")
    virtual.serial.send("\x11")
    length = len(virtual.serial.text)
    virtual.serial.wait_for("in the last", length)
    virtual.serial.send("\x13")
    wait_until(stands, "silence again")
    virtual.serial.send("\x03")
    virtual.serial.wait_for(rf"\^C\r\n{PROMPT}$", length)
    assert "never\r\n" not in virtual.serial.text[length:]
    assert virtual.command("echo $?") == "130\n"


def test_a_stopped_terminal_keeps_nobody_from_anything(virtual):
    """Text of a workload waits with its thread, which can be killed; the log goes on."""
    virtual.command("preempt on")
    start = len(virtual.serial.text)
    virtual.serial.send("sleep 1; spawn deadlock\r")
    virtual.serial.wait_for(r"spawn deadlock\r\n", start)
    virtual.serial.send("\x13")
    virtual.command_on_screen("clear; sleep 3; log 20", r"deadlock.*")
    virtual.command_on_screen("clear; kill all; ps", r"^ *\d+ shell-com1")
    virtual.serial.send("x" * 40 + "\x11")
    virtual.serial.wait_for(r"deadlock", start)
    virtual.serial.send("\x03")
    virtual.serial.wait_for(rf"{PROMPT}$", start)
    assert virtual.command("echo here") == "here\n"


SEARCH, FORTH = "\x12", "\x13"


def type_ahead(machine, keys):
    """All of them have come in before the shell, which a hog keeps from the CPU, reads the first."""
    machine.command("spawn hog for=1")
    machine.serial.send(keys)


def type_slowly(machine, keys):
    for key in keys:
        machine.serial.send(key)
        machine.command_on_screen("clear; sleep 0.5; echo slept", "^slept$")


@pytest.mark.parametrize("is_slow", [True, False])
def test_ctrl_s_goes_on_with_a_search(virtual, is_slow):
    virtual.command("history clear")
    for word in "zero", "one", "two", "three":
        virtual.command(f"echo {word}")
    start = len(virtual.serial.text)
    keys = [SEARCH, "echo t", SEARCH, "\x05", SEARCH, "echo", SEARCH, SEARCH, FORTH]
    if is_slow:
        type_slowly(virtual, keys)
    else:
        type_ahead(virtual, "".join(keys))
    virtual.serial.send("\r")
    virtual.serial.wait_for(rf"\r\none\r\n{PROMPT}$", start)


@pytest.mark.parametrize("is_slow", [True, False])
def test_ctrl_s_behind_a_search_stops(virtual, is_slow):
    virtual.command("echo before")
    start = len(virtual.serial.text)
    keys = [SEARCH + "bef\x07", "\x13", "echo hidden\r"]
    if is_slow:
        type_slowly(virtual, keys)
    else:
        type_ahead(virtual, "".join(keys))
        virtual.command_on_screen("clear; sleep 2; echo slept", "^slept$")
    assert "hidden\r\n" not in virtual.serial.text[start:]
    virtual.serial.send("\x11")
    virtual.serial.wait_for(rf"\r\nhidden\r\n{PROMPT}$", start)


def test_ctrl_q_does_not_overtake_ctrl_s(virtual):
    virtual.command("echo before")
    start = len(virtual.serial.text)
    type_ahead(virtual, SEARCH + "bef\x07\x13echo shown\r\x11")
    virtual.serial.wait_for(rf"\r\nshown\r\n{PROMPT}$", start)
    assert virtual.command("echo more") == "more\n"
    type_ahead(virtual, SEARCH + "bef\x07\x13echo never\x03")
    virtual.serial.wait_for(rf"\^C\r\n{PROMPT}$", start)
    assert virtual.command("echo more") == "more\n"


def test_more_than_a_screen_is_asked_for(virtual):
    virtual.command("preempt on; spawn hog 2000 prio=0")
    start = len(virtual.serial.text)
    virtual.serial.send("kill \t\t")
    virtual.serial.wait_for(r"kill \r\nDisplay all 2001 possibilities\? \(y or n\)$", start)
    virtual.serial.send("n")
    virtual.serial.wait_for(PROMPT + "kill $", start)
    virtual.serial.send("\t\ty\x03")  # Ctrl-C ends the list
    virtual.serial.wait_for(rf"{PROMPT}kill \^C\r\n{PROMPT}$", start)
    virtual.command("kill all")


# --- A shell that waits --------------------------------------------------------------------------

WAITS = r"the shell waits: (hog)\d+ has the CPU; Ctrl-\\ ([^\r\n]*)\r\n"


def announcements(text):
    return re.findall(WAITS, text)


def test_a_shell_that_starves_says_so(virtual):
    start = len(virtual.serial.text)
    virtual.command("spawn hog 2")
    terminal = OnSerial(virtual)
    virtual.serial.send("ech")
    virtual.serial.wait_for(WAITS + "$", start)
    before = int(re.search(r"wait +(\d+)", wait_until(
        lambda: re.search(r"wait +\d+\.\ds", virtual.status_bar), "the bar")[0])[1])
    wait_until(lambda: re.search(rf"wait +{before + 5}\.\ds", virtual.status_bar), "five seconds")
    assert announcements(virtual.serial.text[start:]) == [("hog", "switches preemption on")]
    virtual.serial.send("\x1c")
    wait_until(lambda: terminal.rows()[terminal.terminal.row] == PROMPT + "ech", "the prompt",
               describe=lambda: "\n".join(terminal.rows()))
    virtual.serial.send("o here\r")
    virtual.serial.wait_for(rf"\r\nhere\r\n{PROMPT}$", start)
    # The message stood in a row of its own, and the prompt comes back once.
    rows = terminal.rows()
    said = next(i for i, row in enumerate(rows) if row.startswith("the shell waits"))
    assert rows[said + 1:said + 4] == [PROMPT + "echo here", "here", PROMPT.rstrip()]


def test_it_says_so_again_when_it_starves_again(virtual):
    virtual.command("spawn hog")
    for times in (1, 2):
        start = len(virtual.serial.text)
        virtual.serial.send(" ")
        virtual.serial.wait_for(WAITS, start)
        virtual.serial.send("\x1c")
        virtual.serial.wait_for(rf"{PROMPT} +$", start)
        assert len(announcements(virtual.serial.text[start:])) == 1, times
        virtual.command("preempt off")


def test_under_preemption_it_names_the_way_back(virtual):
    tid = next(thread["TID"] for thread in virtual.threads() if thread["NAME"] == "shell-com1")
    start = len(virtual.serial.text)
    virtual.serial.send(f"preempt on; spawn hog prio=40; prio {tid} 20\r")
    virtual.serial.send("echo back\r")
    virtual.serial.wait_for(WAITS, start)
    assert announcements(virtual.serial.text[start:]) == [("hog", "twice brings it back")]
    virtual.serial.send("\x1c")
    virtual.serial.send("\x1c")
    virtual.serial.wait_for(rf"\r\nback\r\n{PROMPT}$", start)


def test_a_view_is_whole_again_afterwards(cooperative):
    top = OnSerial(cooperative, "preempt off; spawn hog; top 0.5")
    start = len(cooperative.serial.text)
    cooperative.serial.wait_for(WAITS, start)
    cooperative.serial.send("\x1c")
    wait_until(lambda: "the shell waits" not in "\n".join(top.rows()) and
               top.rows()[23].startswith("q quit") and top.rows()[3].split()[:1] == ["TID"],
               "a whole table", describe=lambda: "\n".join(top.rows()))
    top.press("q")
    wait_until(top.is_at_prompt, "the prompt")
