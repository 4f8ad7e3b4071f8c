"""The kernel's command line: how it gets into an image, and what its words do."""

import re
import shutil
import subprocess

import pytest

from building import SHARED_OBJECTS, make
from full_screen import OnSerial
from machine import IMAGE, PROMPT, ROOT, Machine, wait_until

TOOL = ROOT / "tools" / "command-line"
COMMAND_LINE_OFFSET = 1024


def tool(*arguments):
    return subprocess.run([TOOL, *arguments], capture_output=True, text=True, check=False)


@pytest.fixture
def image(tmp_path):
    copy = tmp_path / "disk.img"
    shutil.copy(IMAGE, copy)
    return copy


@pytest.fixture
def boot(image):
    """Boots with a command line: boot("preempt=on", ...)."""
    machines = []

    def begin(text, **options):
        assert tool(image, text).returncode == 0
        machines.append(Machine(image=image, **options))
        return machines[-1].__enter__()

    yield begin
    for machine in machines:
        machine.__exit__(None)


# --- The tool ------------------------------------------------------------------------------------

def test_the_tool_sets_and_tells_and_changes_nothing_else(image):
    before = image.read_bytes()
    assert tool(image).stdout == "\n"
    text = "preempt=on run='spawn hog 2; stats'"
    assert tool(image, text).returncode == 0
    assert tool(image).stdout == text + "\n"
    now = image.read_bytes()
    assert now[COMMAND_LINE_OFFSET:COMMAND_LINE_OFFSET + 512] == text.encode().ljust(512, b"\0")
    assert now[:COMMAND_LINE_OFFSET] + now[COMMAND_LINE_OFFSET + 512:] == \
        before[:COMMAND_LINE_OFFSET] + before[COMMAND_LINE_OFFSET + 512:]
    assert tool(image, "").returncode == 0
    assert image.read_bytes() == before


@pytest.mark.parametrize("text, complaint", [
    ("x" * 256, "the text has 256 bytes, and 255 is the most"),
    ("echo \u00e4", "the text has 2 bytes that are not printable ASCII"),
    ("two\nlines", "the text has 1 bytes that are not printable ASCII"),
])
def test_the_tool_refuses_a_text(image, text, complaint):
    before = image.read_bytes()
    result = tool(image, text)
    assert result.returncode == 1 and result.stderr == f"command-line: {complaint}\n"
    assert image.read_bytes() == before


def test_the_tool_refuses_what_is_no_image(tmp_path):
    other = tmp_path / "other.img"
    other.write_bytes(bytes(4096))
    piece = tmp_path / "piece.img"
    piece.write_bytes(IMAGE.read_bytes()[:512])
    for path, complaint in ((other, "holds no Aethel"), (tmp_path / "none", "does not exist"),
                            (tmp_path, "is a directory"), (piece, "is only a piece of an image")):
        result = tool(path, "preempt=on")
        assert result.returncode == 1 and len(result.stderr.splitlines()) == 1
        assert complaint in result.stderr
    assert other.read_bytes() == bytes(4096) and piece.stat().st_size == 512
    assert tool().returncode == tool("-h").returncode == 2


@pytest.mark.parametrize("arguments", [[], ["preempt=on"]])
def test_the_tool_refuses_a_partition(tmp_path, arguments):
    """It begins like the disk, and what is two sectors behind is the beginning of stage 2."""
    partition = tmp_path / "partition.img"
    partition.write_bytes(IMAGE.read_bytes()[512:])
    result = tool(partition, *arguments)
    assert result.returncode == 1 and not result.stdout
    assert result.stderr == (f"command-line: '{partition}' is a partition, or damaged: "
                             "name the whole disk\n")
    assert partition.read_bytes() == IMAGE.read_bytes()[512:]


@pytest.mark.parametrize("stored, shown", [
    (b"a" * 512, "a" * 255), (b"a" * 255 + b"\0junk", "a" * 255), (b"quantum=5\0junk", "quantum=5"),
    (b"\x1b[2J\r\n\t\xe4\x7fx", "_[2J_____x"),
])
def test_the_tool_tells_what_the_kernel_takes(image, stored, shown):
    with image.open("r+b") as file:
        file.seek(COMMAND_LINE_OFFSET)
        file.write(stored)
    assert tool(image).stdout == shown + "\n"


def test_the_tool_takes_no_name_for_an_option(image):
    dashed = image.with_name("-x")
    image.rename(dashed)
    for arguments, printed in (["preempt=on"], ""), ([], "preempt=on\n"):
        result = subprocess.run([TOOL, "-x", *arguments], cwd=dashed.parent, capture_output=True,
                                text=True, check=False)
        assert (result.returncode, result.stdout, result.stderr) == (0, printed, "")


def test_make_run_takes_a_command_line(tmp_path):
    """As in the README, with both kinds of quotes; the image that `make` built stays as it is."""
    before = IMAGE.read_bytes()
    command_line = "preempt=on run='spawn hog 2; echo \"two  words\"; stats quantum; poweroff' quantum=10"
    output = make(f"BUILD={tmp_path}", SHARED_OBJECTS, f"CMDLINE={command_line}", "run-nox",
                  alike=True).stdout
    assert "two  words" in output and "quantum_ms: 10" in output and "spawned: 2" in output
    assert (tmp_path / "disk.img").read_bytes() == before


# --- The words -----------------------------------------------------------------------------------

def test_settings_of_the_scheduler(boot):
    machine = boot("preempt=on quantum=7 policy=mlfq priority=50 keymap=de")
    machine.wait_for_prompt()
    stats = machine.values("stats")
    assert (stats["preemption"], stats["quantum_ms"], stats["policy"]) == ("on", "7", "mlfq")
    assert [thread["PRI"] for thread in machine.threads()] == ["--", "50", "50"]
    assert "keymap: de" in machine.command("keymap")
    assert re.search("command line: preempt=on .* keymap=de", machine.serial.text)


def test_an_automatic_quantum(boot):
    machine = boot("quantum=auto")
    machine.wait_for_prompt()
    assert machine.values("stats")["quantum_mode"] == "auto"


def test_wrong_words_are_told_and_the_others_hold(boot):
    machine = boot("preempt=maybe quantum=12 bogus policy=none keymap=xx tick=0")
    machine.wait_for_prompt()
    for warning in ("'preempt=maybe' should be preempt=on or off", "'bogus' should be one of:",
                    "no policy 'none'", "no keymap 'xx'", "'tick=0' should be tick=fast, slow or rtc"):
        assert warning in machine.serial.text
        machine.wait_for_screen(re.escape(warning))
    stats = machine.values("stats")
    assert (stats["preemption"], stats["quantum_ms"], stats["policy"]) == ("off", "12", "prio")


def test_all_options_are_told_however_long_the_unknown_one_is(boot):
    machine = boot(f"averyverylongoption{'n' * 100}")
    machine.wait_for_prompt()
    keys = "preempt, quantum, policy, priority, console, keymap, log, tick, tsc, run, safe"
    assert f"\ncommand line: 'averyverylongoptio' should be one of:\r\n{keys}\r\n" in machine.serial.text
    machine.wait_for_screen(f"^{keys}$")


def test_a_damaged_command_line_is_not_shown(image):
    with image.open("r+b") as file:
        file.seek(COMMAND_LINE_OFFSET)
        file.write(b"\x1b[2J\x07\xff quantum=5")
    with Machine(image=image) as machine:
        machine.wait_for_prompt()
        assert "'the command line' should be printable ASCII characters only" in machine.serial.text
        assert "[2J" not in machine.serial.text and "\x07" not in machine.serial.text
        assert machine.values("hwinfo")["command_line"] == "damaged"
        assert machine.values("stats")["quantum_ms"] == "100"


def test_console_serial(boot):
    machine = boot("console=serial")
    machine.wait_for_prompt()
    screen = "\n".join(machine.screen())
    assert "The console is COM1" in screen and PROMPT not in screen and "preempt" not in screen
    assert [thread["NAME"] for thread in machine.threads()] == ["idle", "shell-com1"]


@pytest.mark.parametrize("word", ["console=vga", "safe"])
def test_console_vga(boot, word):
    machine = boot(word)
    machine.wait_for_screen("^aethel>")
    machine.command_on_screen("ps", "shell-vga")
    assert "shell-com1" not in "\n".join(machine.screen())
    assert PROMPT not in machine.serial.text
    machine.banners = 0


def test_console_serial_without_a_port_falls_back_to_the_screen(boot):
    machine = boot("console=serial", com1=False)
    machine.wait_for_screen("^aethel>")
    machine.wait_for_screen("console=serial: there is no such port, so the screen is used")
    machine.command_on_screen("echo here", "^here$")


def test_fewer_messages(boot):
    machine = boot("log=warning bogus")
    machine.wait_for_prompt()
    booted = machine.serial.text
    assert "command line: 'bogus'" in booted and "memory:" not in booted
    assert "memory:" in machine.command("log")
    machine.banners = 1  # of the log


def test_a_slow_tick(boot):
    machine = boot("tick=slow", virtual=True)
    machine.wait_for_prompt()
    machine.command("preempt on; quantum 20; spawn hog 2")
    answer = machine.command("irq; sleep 2; irq; check 1")
    before, after = re.findall(r"0 timer +(\d+)", answer)
    assert 195 <= int(after) - int(before) <= 205
    assert answer.endswith("check: PASS\n"), answer
    hogs = [thread for thread in machine.threads() if thread["NAME"].startswith("hog")]
    # A turn that is not over yet, and what the shell's turns have moved: ticks of 10 ms.
    assert abs(int(hogs[0]["RUN_MS"]) - int(hogs[1]["RUN_MS"])) <= 60


def test_run_shows_on_both_consoles_what_it_does(boot):
    machine = boot("preempt=on run='echo one; bogus; spawn hog 2; stats quantum; echo $?'")
    machine.wait_for_prompt()
    machine.wait_for_screen("^aethel> $|^aethel>$")
    script = PROMPT + "echo one; bogus; spawn hog 2; stats quantum; echo $?"
    for text in (machine.serial.text.replace("\r", ""), "\n".join(machine.screen())):
        assert script in text
        assert re.search(r"^one\nbogus: unknown command.*\nspawned: 2$", text, re.MULTILINE)
        assert re.search(r"^quantum_ms: 100\nquantum_mode: fixed\n0$", text, re.MULTILINE)
    assert len(machine.threads()) == 5


def test_a_script_that_starves_the_shells_can_be_rescued(boot):
    machine = boot("run='spawn hog; sleep 0.1; echo back'")
    machine.wait_for_screen(r"wait +[1-9]\.\ds")
    assert "back" not in machine.serial.text.rpartition("echo back'")[2].partition("echo back")[2]
    machine.press("f12")
    machine.wait_for_prompt()
    machine.wait_for_screen("^back$")
    assert "\nback" in machine.serial.text.replace("\r", "")


def test_the_other_console_need_not_wait_for_the_script(boot):
    machine = boot("preempt=on run='sleep 1000'")
    machine.wait_for_screen("sleep 1000")
    machine.serial.send("\r")
    machine.wait_for_prompt()
    assert machine.command("echo here") == "here\n"
    machine.press("ctrl", "c")
    machine.wait_for_screen(r"\^C\naethel>")


def test_who_watches_a_view_gets_the_screen_back(boot):
    machine = boot("run=top", virtual=True)
    seen = OnSerial(machine)
    wait_until(lambda: any(row.startswith("q quit") for row in seen.rows()), "the table on COM1")
    assert seen.terminal.main_screen and not seen.terminal.mouse
    seen.press("\r")
    wait_until(seen.is_at_prompt, "the prompt on COM1")
    assert not seen.terminal.main_screen
    machine.press("q")
    machine.wait_for_screen(rf"^{PROMPT.rstrip()}$")
