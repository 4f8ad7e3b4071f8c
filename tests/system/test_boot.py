"""What a boot leaves behind: the image, the memory, panics, the way out, and the idle machine.

That it boots at all, and where: test_boot_matrix.py and tests/boot.
"""

import re
import subprocess

import pytest

from building import LIKE_OBJECTS, make
from machine import IMAGE, PANIC, PROMPT, ROOT, Machine, wait_until

COOPERATIVE = ROOT / "build" / "lint" / "cooperative"  # has been built, if `make lint` was run


def test_the_image_is_a_floppy_with_one_active_partition():
    sector = IMAGE.read_bytes()[:512]
    assert IMAGE.stat().st_size == 1474560
    assert sector[510:] == b"\x55\xAA" and sector[0] == 0xEB and sector[2] == 0x90
    entries = [sector[i:i + 16] for i in range(446, 510, 16)]
    assert [entry[0] for entry in entries].count(0x80) == 1
    active = next(entry for entry in entries if entry[0] == 0x80)
    start, length = (int.from_bytes(active[i:i + 4], "little") for i in (8, 12))
    assert active[4] != 0 and start > 0 and (start + length) * 512 == 1474560


def test_memory_is_never_writable_and_executable():
    """QEMU's `info tlb` lists every page that the page tables map; X stands for no-execute."""
    with Machine() as machine:
        machine.wait_for_prompt()
        machine.command("spawn sleeper 3")
        pages = re.findall(r"^([0-9a-f]{16}): [0-9a-f]{16} (\S+)", machine.monitor("info tlb"),
                           re.MULTILINE)
        assert len(pages) > 100
        executable = {int(address, 16) for address, rights in pages if not rights.startswith("X")}
        writable = {int(address, 16) for address, rights in pages if rights.endswith("W")}
        mapped = {int(address, 16) for address, _ in pages}
        assert executable and not executable & writable
        assert 0 not in mapped and min(mapped) >= 0x8000_0000_0000
        stacks = sorted(page for page in mapped if 0xC000 == page >> 32 & 0xFFFF)
        # Slots of three pages: a guard page that is not mapped, then the stack.
        assert len(stacks) >= 2 * 7
        assert all((page & 0xFFFFFFF) // 4096 % 3 != 0 for page in stacks)


@pytest.mark.parametrize("line, cause, function", [
    ("panic", "KERNEL PANIC", "run_panic"),
    ("panic null", "Page fault: write at 0x0000000000000000: a NULL pointer", "follow_null"),
    ("panic divide", "Exception 0: divide error", "divide_by_zero"),
    ("panic stack", "Stack overflow: thread 'shell-com1'", "recurse"),
])
def test_a_panic_names_its_cause(line, cause, function):
    with Machine() as machine:
        machine.expects_panic = True
        machine.wait_for_prompt()
        machine.serial.send(line + "\r")
        machine.serial.wait_for("The machine has stopped")
        machine.wait_for_screen("The machine has stopped")
        for text in (machine.serial.text, "\n".join(machine.screen())):
            assert PANIC in text and cause in text
            assert "Thread: shell-com1 (tid 2" in text
            assert re.search(rf"[0-9a-f]{{16}}  {function}\+0x[0-9a-f]+", text)
            assert re.search(r"  run_panic\+0x.*  command_run\+0x", text, re.DOTALL)
        assert all(attribute >> 4 == 4 for attribute in machine.screen_cells()[1::2])  # red


def test_nmis_are_told_and_the_machine_goes_on():
    """Wherever they come: a writer has the terminal's lock and writes to the log now and then."""
    with Machine() as machine:
        machine.wait_for_prompt()
        machine.command("preempt on; spawn hog 2; spawn lockfight 2; spawn yielder 2")
        for _ in range(100):
            machine.monitor("nmi")
        machine.serial.wait_for(r"warning: NMI: no reason given by the chipset \(port 61h is 0x")
        machine.serial.wait_for(r"NMI: .*, in\s+\w+\+0x[0-9a-f]+;\s+\d+\s+before")
        assert "hog" in machine.command("ps")


def test_poweroff_ends_the_machine():
    for arguments in ([], ["-M", "q35"]):
        with Machine(*arguments) as machine:
            machine.wait_for_prompt()
            machine.serial.send("poweroff\r")
            assert machine.wait_for_end() == 0


def test_an_idle_machine_stands_still(virtual):
    """In instructions, since what a host's CPU does for it depends on what else the host does: of
    each second of 15.6 million instructions it runs less than a hundredth, woken a few times."""
    def interrupts():
        return sum(int(count) for count in
                   re.findall(r"^ +\d+ \w+ +(\d+)", virtual.command("irq"), re.MULTILINE))

    before = interrupts()
    stats = virtual.values("stats reset; sleep 10; stats")
    assert float(stats["cpu_idle_percent"]) > 99
    assert interrupts() - before < 10 * 60
    wait_until(lambda: "HLT=1" in virtual.monitor("info registers"), "the CPU to halt")


@pytest.fixture(scope="module")
def cooperative_image():
    """A kernel without the preemptive path."""
    built = make(f"BUILD={COOPERATIVE}", "PREEMPT=0", LIKE_OBJECTS, f"{COOPERATIVE}/disk.img",
                 alike=True)
    assert built.returncode == 0, built.stdout
    return COOPERATIVE / "disk.img"


def test_a_kernel_without_preemption_says_so(cooperative_image):
    with Machine(image=cooperative_image) as machine:
        machine.wait_for_prompt()
        assert re.fullmatch(r"preempt: .*PREEMPT=0.* \(usage: .*\)\n", machine.command("preempt on"))
        assert machine.values("preempt status")["preemption"] == "not built in"
        machine.wait_for_screen("^preempt n/a ")
        machine.press("f12")
        machine.serial.send("\x1c")
        machine.command("spawn hog 2 for=0.5; sleep 1")
        assert machine.values("stats")["involuntary_switches"] == "0"
        for name in ("preempt", "prio", "hog"):
            assert not re.search(r"F12|Ctrl-\\", machine.command(f"help {name}")), name
        machine.command("spawn hog for=10")
        machine.wait_for_screen("run hog3")
        start = len(machine.serial.text)
        machine.serial.send(" \x15")
        machine.serial.wait_for(
            "the shell waits: hog3 has the CPU; without preemption no key helps", start)
        machine.serial.wait_for(f"{PROMPT}$", start)


def test_a_script_piped_into_make_run():
    script = b"spawn hog 2\nstats\npoweroff\n"
    run = subprocess.run(["make", "run"], cwd=ROOT, input=script, timeout=120,
                         capture_output=True, check=False)
    assert run.returncode == 0, run.stderr
    assert b"threads: 5" in run.stdout and b"preemption: off" in run.stdout
