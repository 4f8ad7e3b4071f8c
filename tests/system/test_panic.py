"""After a panic: its text arrives, whatever else is broken, and its keys work."""

import os
import re
import shutil
import subprocess
import time

import pytest

from debugger import INVALID_OPCODE, Debugger, symbols
from machine import BANNER, IMAGE, ROOT, Machine, wait_until
from pipe import FullPipe

STOPPED = "The machine has stopped"
KEYS = "l log  t threads  k locks"
KEYS_LINE = KEYS + r"[^\n]*\n"


def panic(machine, line="panic"):
    machine.expects_panic = True
    machine.serial.send(line + "\r")
    machine.serial.wait_for(re.escape(STOPPED) + ".*" + KEYS_LINE)


def ask(machine, key):
    """Types a key on COM1; returns what it shows there."""
    start = len(machine.serial.text)
    machine.serial.send(key)
    return machine.serial.wait_for("(.*?)" + KEYS_LINE, start).group(1)


@pytest.fixture(scope="module")
def panicked():
    """With more threads than a page shows, and switches recorded."""
    with Machine() as machine:
        machine.wait_for_prompt()
        machine.command("preempt on; trace start; spawn sleeper 40; spawn lockfight 2; sleep 1")
        panic(machine)
        yield machine
        machine.banners += machine.serial.text.count(f"] Aethel 0.1, {BANNER}")


def test_the_screen_names_the_keys(panicked):
    screen = panicked.screen()
    assert any(STOPPED in row for row in screen)
    assert screen[-1].strip().startswith(KEYS)


def test_the_log(panicked):
    page = ask(panicked, "l")
    assert re.search(r"The log, the latest first:.*boot: from drive.*Aethel 0\.1", page, re.DOTALL)


def test_the_threads_page_by_page(panicked):
    first = ask(panicked, "t")
    assert re.search(r"\n +0 idle +ready +0 +0 ", first)
    assert re.search(r"\n +1 shell-vga +blocked +63 +63 +\d+ input", first)
    assert re.search(r"\n +2 shell-com1 +running ", first)
    assert "(space: more)" in first
    pages = [first]
    while "(space: more)" in pages[-1]:
        assert len(pages[-1].splitlines()) <= 24
        pages.append(ask(panicked, " "))
    tids = [int(tid) for tid in re.findall(r"^ +(\d+) \w", "".join(pages), re.MULTILINE)]
    assert tids == list(range(len(tids))) and len(tids) > 42
    assert "(that is all)" in pages[-1]


def test_the_locks_and_their_holders(panicked):
    page = ask(panicked, "k")
    assert re.search(r"^log +spinlock +- ", page, re.MULTILINE)
    assert re.search(r"^com1 +mutex ", page, re.MULTILINE)


def test_the_latest_switches(panicked):
    page = ask(panicked, "s")
    times = re.findall(r"^\[ *([0-9.]+)\] \S+\(\d+\) +-> \S+\(\d+\) +[a-z]+", page, re.MULTILINE)
    assert len(times) > 10 and times == sorted(times, key=float, reverse=True)


def test_the_registers_and_the_panic_once_more(panicked):
    assert re.search(r"RIP [0-9a-f]{16}", ask(panicked, "r"))
    again = ask(panicked, "P")
    assert re.search("KERNEL PANIC.*the panic command was given on com1.*run_panic", again,
                     re.DOTALL)


def test_help_and_keys_that_mean_nothing(panicked):
    start = len(panicked.serial.text)
    panicked.serial.send("\x1b[A\x1bxq7\r\0")
    page = ask(panicked, "h")
    assert "starts the machine again" in page
    assert panicked.serial.text.count("Nothing runs any more", start) == 1


def test_the_keyboard_too(panicked):
    panicked.press("l")
    panicked.wait_for_screen("^ The log, the latest first:")
    panicked.press("shift", "t")
    panicked.wait_for_screen(r"^ +0 idle")
    panicked.press("pgdn")
    panicked.wait_for_screen(r"^ +2\d sleeper")


def test_an_nmi_is_told_and_the_keys_go_on(panicked):
    start = len(panicked.serial.text)
    panicked.monitor("nmi")
    panicked.serial.wait_for("An NMI has come: no reason given by the chipset", start)
    assert "RIP" in ask(panicked, "r")


@pytest.mark.parametrize("keys", ["b", ("ctrl", "alt", "delete")])
def test_a_key_starts_the_machine_again(keys):
    with Machine() as machine:
        machine.wait_for_prompt()
        panic(machine, "panic null")
        machine.banners = 2
        if keys == "b":
            machine.serial.send("b")
        else:
            machine.press(*keys)
        machine.serial.wait_for(f"{BANNER}.*{BANNER}.*aethel> $")


def test_a_smashed_frame_pointer_leaves_the_rest_of_the_report():
    with Machine() as machine:
        machine.wait_for_prompt()
        panic(machine, "panic frame")
        assert re.search("invalid opcode.*RBP 1234567812345678.*Backtrace:.*smash_frame",
                         machine.serial.text, re.DOTALL)
        assert "cut short" not in machine.serial.text


def test_a_part_that_faults_is_named_and_the_others_follow():
    names = symbols()
    with Machine() as machine:
        machine.wait_for_prompt()
        with Debugger(machine) as debugger:
            for function in ("describe_running_thread", "next_lock_line"):
                debugger.write(names[function], INVALID_OPCODE)
        panic(machine, "panic divide")
        assert re.search(r"divide error.*\(cut short: invalid opcode in describe_running_thread\+0"
                         r".*RIP .*Backtrace:.*run_panic", machine.serial.text, re.DOTALL)
        assert "(cut short: invalid opcode in next_lock_line+0" in ask(machine, "k")
        assert "(that is all)" in ask(machine, "t")
        assert "(cut short: invalid opcode in next_lock_line+0" in ask(machine, "k")


@pytest.mark.parametrize("function", ["keyboard_read_polled", "keyboard_take_over", "vga_write"])
def test_a_console_that_always_faults_leaves_the_other_one(function):
    names = symbols()
    with Machine() as machine:
        machine.wait_for_prompt()
        machine.serial.send("sleep 2; panic\r")
        machine.serial.wait_for("panic\r\n")
        with Debugger(machine) as debugger:
            debugger.write(names[function], INVALID_OPCODE)
        machine.expects_panic = True
        machine.serial.wait_for("KERNEL PANIC.*Backtrace:.*" + KEYS, patience=120)
        time.sleep(1)
        assert "(that is all)" in ask(machine, "t")  # the status bar writes to the screen, too


def test_a_panic_in_the_keys_does_not_end_them():
    """Code that calls panic() where it stands: ASSERT() does."""
    names = symbols()
    with Machine() as machine:
        machine.wait_for_prompt()
        with Debugger(machine) as debugger:
            where = names["next_thread_line"]
            jump = (names["kfree"] - where - 5) & 0xFFFFFFFF
            debugger.write(where, b"\xe9" + jump.to_bytes(4, "little"))
        panic(machine)
        assert re.search(r"\(cut short: kfree\(0x\w+\): kmalloc", ask(machine, "t"))
        assert "(that is all)" in ask(machine, "k")


@pytest.mark.parametrize("link", ["nowhere", "no address", "itself"])
def test_a_damaged_list_of_threads_is_told_as_far_as_it_goes(link):
    names = symbols()
    with Machine() as machine:
        machine.wait_for_prompt()
        with Debugger(machine) as debugger:
            first = debugger.read_address(names["by_tid"])
            second = debugger.read_address(first)
            links = {"nowhere": 0x10, "no address": 0x1234567812345678, "itself": second}
            debugger.write_address(second, links[link])
        panic(machine)
        page = ask(machine, "t")
        assert re.search(r"\n +1 shell-vga .*\n.*list of threads is damaged", page)
        assert "(that is all)" in ask(machine, "k")


def test_damaged_lists_of_locks_and_events_are_told_as_far_as_they_go():
    names = symbols()
    with Machine() as machine:
        machine.wait_for_prompt()
        machine.command("trace start; spawn yielder 2; sleep 1; trace stop")
        with Debugger(machine) as debugger:
            debugger.write_address(names["slots"], 0x1234567812345678)
            debugger.write_address(names["trace_ring"], 0x10)
        panic(machine)
        page = ask(machine, "k")
        assert not re.search(r"^log +spinlock", page, re.MULTILINE)
        assert re.search(r"^com1 +mutex.*\(that is all\)", page, re.MULTILINE | re.DOTALL)
        assert "(none was recorded" in ask(machine, "s")


def test_a_machine_without_com1_answers_on_the_screen():
    with Machine(com1=False) as machine:
        machine.wait_for_screen("^aethel>$")
        machine.type("panic\n")
        machine.wait_for_screen(STOPPED)
        machine.press("t")
        machine.wait_for_screen("shell-vga +running")


def test_the_text_waits_for_a_reader_that_has_stopped(tmp_path):
    """Whose own kernel stores 4 KiB, and it has not read what was printed before."""
    image = tmp_path / "disk.img"
    shutil.copy(IMAGE, image)
    script = "run='help; help; help; echo done'"
    subprocess.run([ROOT / "tools" / "command-line", image, script], check=True)
    pipe = FullPipe(tmp_path / "com1")
    with Machine("-chardev", f"pipe,id=full,path={tmp_path}/com1",
                 "-device", "isa-serial,iobase=0x3f8,irq=4,chardev=full",
                 com1=False, image=image) as machine:
        machine.wait_for_screen("^done$")
        machine.type("panic null\n")
        for _ in range(10):
            machine.monitor("nmi")  # some fall into the report: it waits for the port now and then
        machine.wait_for_screen(STOPPED)
        machine.press("t")
        machine.wait_for_screen("shell-vga +running")
        wait_until(lambda: pipe.drain_for(KEYS.encode() + b".*" + KEYS.encode()),
                   "the panic on COM1", describe=lambda: pipe.received.decode("latin-1"))
        text = pipe.received.decode("latin-1")
        assert re.search(r"KERNEL PANIC\r\nPage fault: write.*RIP .*Backtrace:\r\n.*run_panic.*"
                         f"{STOPPED}.*idle +ready.*shell-vga +running", text, re.DOTALL)
        assert "missing" not in text
        os.write(pipe.to_machine, b"l")
        wait_until(lambda: pipe.drain_for(b"The log, the latest first"), "an answer on COM1")
        for _ in range(60):
            machine.press("h")
        pipe.received = b""
        wait_until(lambda: pipe.drain_for(b"^.{16000}"), "what was queued")
        wait_until(lambda: pipe.drain_for(rb"\(\d+ characters are missing here\)\r\n"
                                          + KEYS.encode()),
                   "what is missing", describe=lambda: pipe.received.decode("latin-1"))
        os.write(pipe.to_machine, b"t")
        wait_until(lambda: pipe.drain_for(b"missing here.*running"), "the next answer",
                   describe=lambda: pipe.received.decode("latin-1"))
        assert pipe.received.count(b"missing") == 1
    pipe.close()


def test_the_report_ends_a_view():
    """On its other screen it would be written over the view, and be gone with it."""
    with Machine() as machine:
        machine.wait_for_prompt()
        machine.serial.send("top\r")
        machine.serial.wait_for("q quit")
        machine.expects_panic = True
        machine.type("panic\n")
        machine.serial.wait_for(STOPPED)
        assert b"\x1b[m\x1b[?1006l\x1b[?1000l\x1b[?25h\x1b[?1049l\r\nKERNEL PANIC" in machine.serial.received


def test_a_machine_check_names_its_bank():
    with Machine() as machine:
        machine.wait_for_prompt()
        machine.expects_panic = True
        machine.monitor("mce 0 2 0xb200000000000135 0x5 0 0")
        machine.serial.wait_for(r"Exception 18: machine check.*\n"
                                r"Bank 2: cache \(code 0135\), uncorrected, the processor's state is "
                                rf"lost\r\n  status b200000000000135.*{STOPPED}")
