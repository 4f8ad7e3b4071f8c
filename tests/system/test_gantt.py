"""gantt: the timeline as text, and live on the screen and on COM1."""

import re
import signal
import time

import pytest

from full_screen import OnScreen, OnSerial
from machine import COLUMNS as WIDTH, Machine, PROMPT, wait_until

BORDER = 18    # the column of the screen where the chart begins
COLUMNS = 60   # of the chart
ROWS = 19      # of threads on the screen
SOLID = 0x20   # the VGA's attribute of a run: black on green

HEAD = re.compile(r"(\d+)\.(\d{3}|\d{6}) s  (\d+) (ms|us) a column  (\S+)")


def chart_rows(text):
    """The rows of a chart: from the name of the thread to what stands between the borders."""
    return {name: cells for name, cells in
            re.findall(r"^ *\d+ (\S+) *\|(.*)\|$", text, re.MULTILINE)}


def chart(machine, seconds):
    answer = machine.command(f"gantt {seconds}")
    assert all(len(line) <= 80 for line in answer.splitlines()), answer
    return chart_rows(answer)


# --- gantt SECONDS -----------------------------------------------------------------------------


def test_hogs_take_turns_of_one_quantum(virtual):
    virtual.command("preempt on; quantum 10; spawn hog 2; sleep 1")
    answer = virtual.command("gantt 0.06")
    assert answer.startswith("1 ms a column, from ")
    assert "preemption on, quantum 10 ms" in answer
    rows = chart_rows(answer)
    hogs = [cells for name, cells in rows.items() if name.startswith("hog")]
    assert len(hogs) == 2
    for cells in hogs:
        assert len(cells) == COLUMNS
        # A tick that the status bar has kept waiting may take the most of a turn's first column.
        runs = re.findall(r"(?<=\.)[-,=%#]#+[>)](?=\.)", cells)
        assert len(runs) >= 2 and all(9 <= len(run) <= 11 for run in runs), answer
        assert set(cells) <= set("-,=%#+.>)!"), answer
    # A switch that is late by a moment may stand in the next column; else one of them runs.
    together = sum((one == ".") == (other == ".") for one, other in zip(*hogs))
    assert together <= 2, answer
    assert rows["idle"].strip() == ""


def test_the_columns_fit_the_time(virtual):
    virtual.command("preempt on; quantum 10; spawn hog 2")
    for seconds, column_ms, columns in (("0.2", 5, 40), ("0.6", 10, 60), ("0.007", 1, 7),
                                        ("1", 20, 50), ("1.201", 50, 25), ("5", 100, 50)):
        answer = virtual.command(f"gantt {seconds}")
        assert answer.startswith(f"{column_ms} ms a column"), answer
        assert len(chart_rows(answer)["idle"]) == columns
    assert "|0 s      |1 s " in answer


def test_a_run_that_lasts_longer_than_a_column_is_solid(virtual):
    virtual.command("preempt on; quantum 10; spawn hog 2")
    rows = chart(virtual, "0.2")
    for name, cells in rows.items():
        if name.startswith("hog"):
            assert re.search(r"(.{4})\1{3}", cells), cells
            assert re.search(r"#[#>)]", cells) and "." in cells, cells


def yielders_half_shaded(rows, columns=COLUMNS):
    """Two rows that show, all along, that each had about half."""
    yielders = [cells for name, cells in rows.items() if name.startswith("yielder")]
    return len(yielders) == 2 and \
        all(re.fullmatch(rf"[-=%]{{{columns}}}", cells) and cells.count("=") >= columns - 4
            for cells in yielders)


@pytest.mark.parametrize("seconds", ["0.06", "3", "60"])
def test_two_yielders_are_two_rows_half_shaded_for_as_long_as_one_likes(virtual, seconds):
    virtual.command("preempt on; quantum 10; spawn yielder 2")
    rows = chart(virtual, seconds)
    assert yielders_half_shaded(rows), rows
    assert not any("?" in cells for cells in rows.values()), rows


@pytest.mark.parametrize("mode", ["on", "off"])
def test_three_yielders_have_a_third_each(virtual, mode):
    rows = chart_rows(virtual.command(f"preempt {mode}; spawn yielder 3; gantt 1"))
    yielders = [cells for name, cells in rows.items() if name.startswith("yielder")]
    assert len(yielders) == 3
    assert all(re.fullmatch(r"-+", cells) for cells in yielders), rows


@pytest.mark.parametrize("workloads", ["lockfight 4", "producer; spawn consumer"])
def test_what_switches_fast_is_known_all_the_time(virtual, workloads):
    virtual.command(f"preempt on; quantum 10; spawn {workloads}")
    rows = chart(virtual, "2")
    threads = [cells for name, cells in rows.items() if not re.match("idle|shell", name)]
    assert len(threads) >= 2
    for cells in threads:
        assert "?" not in cells and len(cells) == 40, rows
        assert sum(cell in ",-=%#" or cell in ">)!iYyZz" for cell in cells) >= 36, rows


def test_a_sleeper_that_runs_for_a_hundredth_is_seen_beside_a_hog(virtual):
    virtual.command("preempt on; quantum 10; spawn hog; spawn sleeper prio=40")
    rows = chart(virtual, "5")
    sleeper = next(cells for name, cells in rows.items() if name.startswith("sleeper"))
    hog = next(cells for name, cells in rows.items() if name.startswith("hog"))
    assert sleeper == "," * 50 and hog == "#" * 50, rows


def test_threads_that_come_and_go_meanwhile(virtual):
    virtual.command("preempt on; quantum 10")
    start = virtual.command("spawn hog 20 for=0.02; spawn hog for=0.5; gantt 0.6")
    rows = [cells for name, cells in chart_rows(start).items() if name.startswith("hog")]
    assert len(rows) == 21, start
    assert all(re.search(r"[Xx] *$", cells) for cells in rows), start


def test_three_hundred_threads_and_no_room_for_all(virtual):
    virtual.command("preempt on; quantum 1; spawn yielder 300; sleep 0.1")
    answer = virtual.command("gantt 1")
    assert re.search(r"^\.\.\. 20\d more, and others left out$", answer, re.MULTILINE), answer
    assert not any("?" in cells for cells in chart_rows(answer).values()), answer


def test_a_sleeper_wakes_runs_and_sleeps(virtual):
    virtual.command("spawn sleeper")
    rows = chart(virtual, "0.06")
    sleeper = next(cells for name, cells in rows.items() if name.startswith("sleeper"))
    # Once it may have to wait for a long handler.
    assert set(sleeper) <= {"z", " ", "."} and sleeper.count(".") <= 1, sleeper
    wakeups = [column for column, cell in enumerate(sleeper) if cell == "z"]
    assert len(wakeups) >= 5
    assert all(8 <= later - sooner <= 11 for sooner, later in zip(wakeups, wakeups[1:])), sleeper
    assert rows["idle"].count("#") > 50


def test_a_more_urgent_thread_preempts(virtual):
    virtual.command("preempt on; quantum 100; spawn hog; spawn sleeper prio=50")
    rows = chart(virtual, "0.06")
    hog = next(cells for name, cells in rows.items() if name.startswith("hog"))
    sleeper = next(cells for name, cells in rows.items() if name.startswith("sleeper"))
    assert hog.count("!") >= 5, rows
    assert ">" not in hog
    for column in range(1, COLUMNS - 1):
        if sleeper[column] == "z":
            assert "!" in hog[column - 1:column + 2], rows


def test_without_preemption_one_hog_starves_the_other(virtual):
    answer = virtual.command("preempt off; spawn hog 2 for=0.1; gantt 0.2")
    assert "preemption off" in answer
    hogs = [cells for name, cells in chart_rows(answer).items() if name.startswith("hog")]
    # What is missing at the left are the milliseconds between the two commands.
    assert re.fullmatch(r"#{18,20}[xX] *", hogs[0]) and re.fullmatch(r"\.{18,20}[xX] *", hogs[1]), answer


def test_who_starves_the_shell_for_long_is_seen_nevertheless(virtual):
    rows = chart_rows(virtual.command("preempt off; spawn hog 2 for=3; gantt 0.05"))
    hogs = [cells for name, cells in rows.items() if name.startswith("hog")]
    assert hogs == ["#" * 50, "." * 50], rows


def test_a_hog_that_never_ran_is_ready(virtual):
    virtual.command("preempt on; spawn hog prio=40; spawn hog prio=20")
    hogs = [cells for name, cells in chart(virtual, "0.06").items() if name.startswith("hog")]
    assert hogs[1] == "." * COLUMNS
    assert set(hogs[0]) <= set("#!+")


def test_who_waits_for_a_second_is_starving(virtual):
    virtual.command("preempt on; quantum 10; spawn hog prio=40; spawn hog prio=20; sleep 1")
    hogs = [cells for name, cells in chart(virtual, "0.06").items() if name.startswith("hog")]
    assert hogs[1] == "*" * COLUMNS


def test_who_has_been_starving_is_seen_when_it_runs_again(virtual):
    virtual.command("preempt on; quantum 10; spawn hog prio=40 for=1.5; spawn hog prio=20")
    hogs = [cells for name, cells in chart(virtual, "2").items() if name.startswith("hog")]
    # 50 ms a column: a second of what the chart has seen, and what is left of the second and a half.
    assert re.fullmatch(r"\.{18,20}\*{4,11}[-,=%]?#+[>)#!=%-]*", hogs[1]), hogs


def test_a_suspended_hog_is_blank(virtual):
    tid = virtual.values("preempt on; quantum 10; spawn hog")["first_tid"]
    virtual.command(f"spawn hog; suspend {tid}")
    hogs = [cells for name, cells in chart(virtual, "0.06").items() if name.startswith("hog")]
    assert hogs[0].strip() == ""
    assert hogs[1].count("#") > 50


def test_of_many_threads_only_those_that_do_something_have_a_row(virtual):
    virtual.command("preempt on; quantum 10; spawn consumer 60; sleep 0.5; spawn hog 2")
    rows = chart(virtual, "0.06")
    assert sum(name.startswith("hog") for name in rows) == 2
    assert not any(name.startswith("consumer") for name in rows), rows


def test_more_rows_than_are_printed(virtual):
    virtual.command("preempt on; quantum 1; spawn hog 100")
    answer = virtual.command("gantt 0.06")
    assert len(chart_rows(answer)) == 48
    assert re.search(r"^\.\.\. 5\d more$", answer, re.MULTILINE), answer
    # Those that ran come first.
    assert sum(">" in cells or "+" in cells for cells in chart_rows(answer).values()) > 40, answer


def test_it_leaves_the_trace_as_it_was(virtual):
    assert virtual.values("trace clear; gantt 0.01; trace")["trace"] == "off"
    virtual.command("trace start irq")
    virtual.command("gantt 0.01")
    assert virtual.values("trace")["trace_categories"] == "irq"
    virtual.command("trace start sched irq")
    virtual.command("gantt 0.01")
    assert virtual.values("trace")["trace_categories"] == "sched irq"
    virtual.command("trace stop; trace clear")


def test_memory_comes_back(virtual):
    virtual.command("trace clear; echo")  # so that no memory is taken for the line
    before = virtual.memory()
    virtual.command("gantt 0.01")
    interrupt(virtual, "gantt 60")
    with Live(OnSerial, virtual) as live:
        live.press(" ")
    after = virtual.memory()
    assert {key: after[key] for key in after if "used" in key or "free" in key} == \
        {key: before[key] for key in before if "used" in key or "free" in key}


def test_a_trace_that_is_cleared_gives_its_memory_back(virtual):
    virtual.command("trace clear; echo")
    before = virtual.memory()["memory_free_kib"]
    virtual.command("trace start; trace stop")
    assert int(virtual.memory()["memory_free_kib"]) < int(before)
    virtual.command("trace start; trace clear; trace stop")
    assert int(virtual.memory()["memory_free_kib"]) < int(before)
    virtual.command("trace clear")
    assert virtual.memory()["memory_free_kib"] == before
    assert virtual.values("trace start sched; sleep 0.01; trace stop")["trace"] == "off"
    assert int(virtual.values("trace clear; trace")["trace_events"]) == 0


def test_time_that_the_machine_did_not_give_is_a_band_of_its_own():
    with Machine() as machine:
        machine.wait_for_prompt()
        machine.command("preempt on; quantum 10; spawn hog 2")
        stolen = []

        def is_shown():
            start = len(machine.serial.text)
            machine.serial.send("gantt 1\r")
            machine.serial.wait_for("gantt 1", start)
            machine.process.send_signal(signal.SIGSTOP)
            time.sleep(0.5)
            machine.process.send_signal(signal.SIGCONT)
            machine.serial.wait_for(re.escape(PROMPT) + "$", start)
            stolen[:] = re.findall(r"^ *- \(stolen\) *\|(.*)\|$",
                                   machine.serial.text[start:].replace("\r", ""), re.MULTILINE)
            return stolen and re.search(r"#{15}", stolen[0])

        # What hits a section without interrupts is taken for the kernel's own.
        wait_until(is_shown, "a band", describe=lambda: str(stolen))


def test_with_little_memory_it_has_few_rows():
    with Machine(virtual=True, memory=24) as machine:
        machine.wait_for_prompt()
        figures = machine.memory()
        room = int(figures["thread_limit"]) - int(figures["threads"])
        assert machine.values(f"spawn consumer {room}")["spawned"] == str(room)
        machine.command("sleep 1")
        before = machine.memory()["memory_free_kib"]
        answer = machine.command("gantt 0.1")
        assert answer.startswith("2 ms a column"), answer
        assert machine.memory()["memory_free_kib"] == before


def interrupt(machine, line):
    """Runs a command and presses Ctrl-C: it ends, and the trace stops."""
    start = len(machine.serial.text)
    machine.serial.send(line + "\r")
    machine.serial.wait_for(re.escape(line), start)
    wait_until(lambda: machine.serial.send("\x03") or
               machine.serial.text[start:].endswith(PROMPT), "the prompt")
    assert machine.values("trace")["trace"] == "off"


@pytest.mark.parametrize("arguments", ["0", "61", "-1", "x", "0.0001", "1 2"])
def test_wrong_arguments_get_one_line(virtual, arguments):
    answer = virtual.command(f"gantt {arguments}")
    assert re.fullmatch(r"gantt: [^\n]+ \(usage: (gantt \[SECONDS\]|help gantt)\)\n", answer)
    assert len(answer) <= 81
    assert virtual.command("echo $?") != "0\n"
    assert virtual.values("trace")["trace"] == "off"


# --- gantt, live --------------------------------------------------------------------------------


class Live:
    """gantt while it runs: what it shows, and its keys."""

    def __init__(self, terminal, machine):
        self.terminal = terminal(machine, "gantt")
        column_ms = self.wait_for("live")[1]
        while column_ms != 10:  # what another test has set is remembered
            self.terminal.press("-" if column_ms < 10 else "+")
            column_ms = wait_until(lambda: (head := self.head()) and head[1] != column_ms and
                                   head[1], "another zoom")

    def rows(self):
        return [row.ljust(WIDTH) for row in self.terminal.rows()]

    def head(self):
        """Milliseconds at the left edge, milliseconds a column, the mode."""
        found = HEAD.match(self.rows()[0])
        if not found:
            return None
        column_ms = int(found[3]) * (1 if found[4] == "ms" else 0.001)
        return int(found[1]) * 1000 + int(found[2][:3]), column_ms, found[5]

    def wait_for(self, mode, *, column_ms=None, start_ms=None):
        def has_come():
            head = self.head()
            return head and head[2] == mode and column_ms in (None, head[1]) and \
                start_ms in (None, head[0]) and head
        return wait_until(has_come, f"{mode} {column_ms} {start_ms}",
                          describe=lambda: "\n".join(self.rows()))

    def press(self, key, mode="paused", **expected):
        self.terminal.press(key)
        return self.wait_for(mode, **expected)

    def chart(self):
        """The cells of each thread. Once the head is there, the rows are."""
        return {row[5:BORDER].strip(): row[BORDER + 1:BORDER + 1 + COLUMNS]
                for row in self.rows()[2:2 + ROWS] if row.strip()}

    def hogs(self):
        return [cells for name, cells in self.chart().items() if name.startswith("hog")]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.terminal.press("q")
        wait_until(self.terminal.is_at_prompt, "the prompt")


@pytest.fixture(params=[OnSerial, OnScreen])
def live(virtual, request):
    """gantt, live, with a whole chart of two hogs that alternate every 10 ms."""
    virtual.command("preempt on; quantum 10; spawn hog 2")
    with Live(request.param, virtual) as shown:
        began = shown.head()[0]
        wait_until(lambda: shown.head()[0] > began + 700, "more than a chart")
        yield shown


def test_live_it_goes_on_until_it_is_paused(live):
    head = live.press(" ")
    chart = live.chart()
    with pytest.raises(AssertionError):
        wait_until(lambda: (live.head(), live.chart()) != (head, chart), "a change", patience=1)
    live.press(" ", mode="live")
    wait_until(lambda: live.head()[0] > head[0], "the time to go on")


def test_live_stepping_moves_the_chart_by_a_column(live):
    start = live.press(" ")[0]
    chart = live.chart()
    live.press("left", start_ms=start - 10)
    stepped = live.chart()
    assert all(stepped[name][1:] == cells[:-1] for name, cells in chart.items()), (chart, stepped)
    live.press("right", start_ms=start)
    assert live.chart() == chart
    live.press("right", start_ms=start)  # there is nothing behind


def test_live_stepping_pauses_by_itself(live):
    live.press("left")


def test_live_paging(live):
    start = live.press(" ")[0]
    live.press("pgup", start_ms=start - 600)
    assert live.press("home")[0] < start
    live.press("end", start_ms=start)


def test_live_zoom_keeps_the_middle(live):
    start = live.press(" ")[0] - 10
    live.press("left", start_ms=start)
    live.press("+", column_ms=5, start_ms=start + 150)
    for column_ms in (2, 1):
        live.press("+", column_ms=column_ms)
    # While the chart is drawn a turn is interrupted.
    hogs = live.hogs()
    assert all("." * 9 in cells for cells in hogs), hogs
    assert any(re.search(r" {4}[>!]", cells) for cells in hogs), hogs
    for column_ms in (2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 5000):
        live.press("-", column_ms=column_ms)


def test_live_yielders_are_half_shaded_at_all_zooms_of_a_millisecond_and_more(virtual):
    virtual.command("preempt on; spawn yielder 2")
    with Live(OnSerial, virtual) as live:
        began = live.head()[0]
        wait_until(lambda: live.head()[0] > began + 3000, "some seconds")
        live.press(" ")
        for column_ms in (5, 2, 1):
            live.press("+", column_ms=column_ms)
            # While the chart is drawn the shell runs as well.
            for cells in (cells for name, cells in live.chart().items() if "yielder" in name):
                assert "?" not in cells and cells.count("=") >= 30, cells


def test_live_below_a_millisecond_each_run_is_seen(virtual):
    virtual.command("preempt on; spawn yielder 2")
    with Live(OnSerial, virtual) as live:
        began = live.head()[0]
        wait_until(lambda: live.head()[0] > began + 1000, "a second")
        live.press(" ")
        for column_ms in (5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001):
            live.press("+", column_ms=column_ms)
        live.terminal.press("+")  # there is no finer one
        live.press("end", column_ms=0.001)

        def yielders():
            return [cells for name, cells in live.chart().items() if "yielder" in name]

        # A handler may have kept both from the CPU for as long as the chart shows.
        wait_until(lambda: re.search(r"[#%= ]+[yY.]?\.+", "".join(yielders())) or
                   live.terminal.press("left"), "a yielder that runs")
        one, other = yielders()
        both = sum(first in " #%=YZ" and second in " #%=YZ" for first, second in zip(one, other))
        assert both <= 8, (one, other)
        for cells in live.chart().values():
            assert "?" not in cells, live.rows()


def test_live_help(live):
    live.terminal.press("h")
    wait_until(lambda: any("With SECONDS" in row for row in live.rows()), "the help")
    live.press("x", mode="live")


def test_live_up_and_down_scroll_the_threads(virtual):
    virtual.command("preempt on; quantum 10; spawn hog 30")
    with Live(OnScreen, virtual) as live:
        wait_until(lambda: re.search(r"threads 1-19 of 3\d", live.rows()[0]), "threads")
        live.press(" ")
        names = list(live.chart())
        for key, first, expected in (("down", 2, names[1:]), ("up", 1, names), ("up", 1, names)):
            live.terminal.press(key)
            wait_until(lambda: f"threads {first}-{first + ROWS - 1} of" in live.rows()[0], key)
            assert list(live.chart())[:len(expected)] == expected


@pytest.mark.parametrize("terminal", [OnSerial, OnScreen])
def test_live_who_starves_is_red_even_if_it_is_not_seen_when_it_began(virtual, terminal):
    virtual.command("preempt on; quantum 10; spawn hog prio=40; spawn hog prio=20; sleep 1.5")
    with Live(terminal, virtual) as live:
        wait_until(lambda: live.hogs() and live.hogs()[1] == "*" * COLUMNS, "starving for all the time",
                   describe=lambda: "\n".join(live.rows()))
        number = next(i for i, row in enumerate(live.rows()) if "*" * COLUMNS in row)
        assert live.terminal.is_red(number, BORDER + 1) and live.terminal.is_red(number, BORDER + 60)


def test_live_going_back_who_starved_is_seen(virtual):
    virtual.command("preempt on; quantum 10")
    with Live(OnScreen, virtual) as live:
        virtual.command("spawn hog prio=40 for=4; spawn hog prio=20; sleep 4.3")
        start = live.press(" ")[0]
        for _ in range(2):
            live.press("pgup", start_ms=start - 600)
            start -= 600
        hogs = {name: cells for name, cells in live.chart().items() if name.startswith("hog")}
        assert "*" * COLUMNS in hogs.values(), hogs


def names_marked(live):
    return [name for name in (live.terminal.marked(row)[5:].strip() for row in range(2, 2 + ROWS))
            if name]


@pytest.mark.parametrize("terminal", [OnSerial, OnScreen])
def test_live_searching_and_leaving_out(virtual, terminal):
    virtual.command("preempt on; quantum 10; spawn hog 20; spawn sleeper; spawn hog 20; "
                    "spawn sleeper")
    sleepers = [thread["NAME"] for thread in virtual.threads_of("sleeper")]
    with Live(terminal, virtual) as live:
        foot = 23
        wait_until(lambda: re.search(r"threads 1-19 of 4\d", live.rows()[0]), "threads")
        live.press(" ")
        live.terminal.press("/")
        wait_until(lambda: live.rows()[foot].startswith("Find which name?"), "the question")
        live.terminal.press(*"sleeper", "\r")
        # Who ran in what is shown stands before those who did not.
        first = wait_until(lambda: next((name for name in sleepers if any(name in row for row in live.rows())),
                                        None), "a sleeper")
        second = sleepers[1 - sleepers.index(first)]
        for found in (first, second, first):
            wait_until(lambda: any(found in row for row in live.rows()), found,
                       describe=lambda: "\n".join(live.rows()))
            live.terminal.press("n")
        live.terminal.press("N")
        live.terminal.press("&")
        wait_until(lambda: live.rows()[foot].startswith("Only threads with this"), "the question")
        live.terminal.press(*"sleeper", "\r")
        wait_until(lambda: set(live.chart()) == set(sleepers), "the sleepers alone",
                   describe=lambda: "\n".join(live.rows()))
        wait_until(lambda: "only 'sleeper'" in live.rows()[0], "a word of it in the head")
    with Live(terminal, virtual) as live:
        wait_until(lambda: set(live.chart()) == set(sleepers), "the sleepers alone, again")
        live.terminal.press("&")
        wait_until(lambda: live.rows()[foot].startswith("Only threads with this"), "the question")
        live.terminal.press("\r", "/")
        wait_until(lambda: live.rows()[foot].startswith("Find which name?"), "the question")
        live.terminal.press("\r")
        wait_until(lambda: len(live.chart()) == ROWS, "all threads")


def test_live_the_zoom_is_remembered_by_the_terminal(virtual):
    with Live(OnSerial, virtual) as live:
        live.press("-", mode="live", column_ms=20)
    virtual.serial.send("gantt\r")
    seen = Live.__new__(Live)
    seen.terminal = OnSerial(virtual)
    seen.wait_for("live", column_ms=20)
    seen.press("+", mode="live", column_ms=10)
    seen.__exit__()
    with Live(OnScreen, virtual) as live:
        assert live.head()[1] == 10


def test_live_the_wheel_scrolls_on_com1(virtual):
    virtual.command("preempt on; quantum 10; spawn hog 30")
    with Live(OnSerial, virtual) as live:
        wait_until(lambda: re.search(r"threads 1-19 of 3\d", live.rows()[0]), "threads")
        assert live.terminal.terminal.mouse == {1000, 1006}
        live.press(" ")
        for key, first in (("wheel-down", 4), ("wheel-up", 1), ("wheel-up", 1)):
            live.terminal.press(key)
            wait_until(lambda: f"threads {first}-{first + ROWS - 1} of" in live.rows()[0], key)
    assert not live.terminal.terminal.mouse


def test_live_on_the_screen_runs_are_solid(virtual):
    virtual.command("preempt on; quantum 100; spawn hog 2")
    with Live(OnScreen, virtual) as live:

        def is_solid():
            number = next(i for i, row in enumerate(live.rows()) if "hog" in row)
            attributes = virtual.screen_cells()[number * 160 + 1:(number + 1) * 160:2]
            return bytes([SOLID]) * 4 in attributes[BORDER + 1:]

        wait_until(is_solid, "a solid run", describe=lambda: "\n".join(live.rows()))


def test_live_the_first_to_quit_leaves_the_other_its_recording(virtual):
    virtual.command("preempt on; quantum 10; spawn hog 2")
    with Live(OnScreen, virtual) as live:
        hogs = [cells for name, cells in chart(virtual, 0.5).items() if name.startswith("hog")]
        assert len(hogs) == 2 and not any("?" in cells for cells in hogs)
        live.wait_for("live")
        assert virtual.values("trace")["trace"] == "on"
    assert virtual.values("trace")["trace"] == "off"


def test_live_it_leaves_a_trace_alone_that_somebody_has_started(virtual):
    with Live(OnScreen, virtual):
        virtual.command("trace start sched")
    assert virtual.values("trace")["trace"] == "on"
    virtual.command("trace stop; trace clear")


def test_live_what_is_not_in_the_ring_is_not_drawn_below_a_millisecond(virtual):
    virtual.command("preempt on; quantum 10; spawn hog 2")
    with Live(OnScreen, virtual) as live:
        for column_ms in (5, 2, 1):
            live.press("+", mode="live", column_ms=column_ms)
        virtual.command("trace stop")
        wait_until(lambda: live.head()[0] > 0 and not any("?" in cells for cells in live.hogs()),
                   "a chart that goes on", describe=lambda: "\n".join(live.rows()))
        live.press("+", mode="trace", column_ms=0.5)
        wait_until(lambda: all(cells.rstrip().endswith("????") for cells in live.hogs()),
                   "question marks", describe=lambda: "\n".join(live.rows()))
        virtual.command("trace start sched")
        wait_until(lambda: live.hogs() and all(re.search(r"\?[^?]+$", cells) or "?" not in cells
                                               for cells in live.hogs()),
                   "hogs behind the gap", describe=lambda: "\n".join(live.rows()))
    virtual.command("trace stop; trace clear")


@pytest.mark.parametrize("key", ["q", "\x1b", "\x03"])
def test_live_it_quits_and_stops_the_trace(virtual, key):
    Live(OnSerial, virtual).terminal.press(key)
    virtual.wait_for_prompt()
    assert virtual.values("trace")["trace"] == "off"
    assert virtual.command("echo here") == "here\n"
