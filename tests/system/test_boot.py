"""Booting: from every kind of medium, and what is said where it cannot go on."""

import re
import shutil
import subprocess

import pytest

from machine import IMAGE, PANIC, ROOT, Machine

DRIVE = f"file={IMAGE},format=raw,snapshot=on"
STOPPED = "The machine has stopped."

MEDIA = {
    "IDE disk": ["-drive", f"{DRIVE},if=ide"],
    "AHCI disk": ["-M", "q35", "-drive", f"{DRIVE},if=ide"],
    "floppy": ["-drive", f"{DRIVE},if=floppy", "-boot", "a"],
    "USB stick": ["-device", "usb-ehci", "-drive", f"{DRIVE},if=none,id=stick",
                  "-device", "usb-storage,drive=stick,bootindex=0"],
    "virtio disk": ["-drive", f"{DRIVE},if=virtio"],
}


@pytest.mark.parametrize("medium", MEDIA)
def test_boots_from(medium):
    with Machine(drive=MEDIA[medium]) as machine:
        machine.wait_for_prompt()
        assert machine.command("echo hello") == "hello\n"
        machine.wait_for_screen("^aethel>")


@pytest.mark.parametrize("megabytes", [4, 64, 3584, 5120])
def test_boots_with_memory(megabytes):
    with Machine(memory=megabytes) as machine:
        machine.wait_for_prompt()
        total = int(machine.values("mem")["memory_total_kib"])
        assert 0.5 * megabytes * 1024 < total <= megabytes * 1024


def test_boots_without_a_keyboard_controller():
    with Machine("-M", "q35,i8042=off") as machine:
        machine.wait_for_prompt()
        assert "keyboard: no controller" in machine.serial.text


def test_boots_without_com1():
    with Machine(com1=False) as machine:
        machine.wait_for_screen("^aethel>")
        machine.command_on_screen("echo no serial line", "^no serial line$")


def stops_with(sentence, *arguments, **options):
    """The machine says that sentence on COM1 and on the screen, and stops."""
    with Machine(*arguments, **options) as machine:
        machine.banners = 0
        machine.serial.wait_for(re.escape(STOPPED))
        for text in (machine.serial.text, "\n".join(machine.screen())):
            assert re.search(sentence, text), text
        return machine.serial.text


@pytest.mark.parametrize("cpu", ["pentium3", "qemu32", "qemu64,-lm"])
def test_a_cpu_without_64_bits_is_told(cpu):
    stops_with("This CPU has no 64-bit mode", "-cpu", cpu)


@pytest.mark.parametrize("cpu", ["qemu64,-nx", "Conroe,-nx"])
def test_a_cpu_without_nx_boots_with_a_warning(cpu):
    with Machine("-cpu", cpu) as machine:
        machine.wait_for_prompt()
        assert "no-execute protection is not available" in machine.serial.text


def test_too_little_memory_is_told():
    stops_with(r"The kernel needs \d+ KiB of memory", memory=1)


def image_with_flipped_bit(tmp_path, sector):
    """A copy of the image with one bit changed in `sector`."""
    copy = tmp_path / "disk.img"
    shutil.copy(IMAGE, copy)
    with copy.open("r+b") as image:
        image.seek(sector * 512 + 77)
        byte = image.read(1)[0]
        image.seek(sector * 512 + 77)
        image.write(bytes([byte ^ 0x10]))
    return copy


def test_a_damaged_kernel_is_told(tmp_path):
    stops_with("The kernel on the disk is damaged: a checksum",
               image=image_with_flipped_bit(tmp_path, 40))


def test_a_damaged_stage_2_is_told(tmp_path):
    with Machine(image=image_with_flipped_bit(tmp_path, 4)) as machine:
        machine.banners = 0
        machine.serial.wait_for("No stage 2: error 00, drive 80, LBA")
        machine.wait_for_screen("No stage 2: error 00, drive 80, LBA")


@pytest.mark.parametrize("sector", [5, 60])
def test_a_read_error_that_passes_is_survived(sector, writable_copy):
    with Machine(drive=failing(writable_copy, sector, "on")) as machine:
        machine.wait_for_prompt()


def test_a_sector_that_cannot_be_read_is_named(writable_copy):
    stops_with(r"Sector 60 of the image cannot be read\s+\(drive 80h, BIOS status 0Ch\)",
               drive=failing(writable_copy, 60, "off"))


@pytest.fixture
def writable_copy(tmp_path):
    """QEMU's error injection works below its snapshots, so it gets a file of its own."""
    copy = tmp_path / "disk.img"
    shutil.copy(IMAGE, copy)
    return copy


def failing(image, sector, once):
    """A disk that fails to read a sector, once or always."""
    return ["-blockdev", f"driver=file,node-name=file,filename={image}",
            "-blockdev", "driver=blkdebug,node-name=failing,image=file,"
            "inject-error.0.event=none,inject-error.0.iotype=read,"
            f"inject-error.0.sector={sector},inject-error.0.errno=5,inject-error.0.once={once}",
            "-blockdev", "driver=raw,node-name=drive,file=failing",
            "-device", "ide-hd,drive=drive,rerror=report"]


def test_a_firmware_that_writes_into_the_bpb_does_no_harm(tmp_path):
    copy = tmp_path / "disk.img"
    shutil.copy(IMAGE, copy)
    with copy.open("r+b") as image:
        image.seek(3)
        image.write(b"\xCC" * 0x57)
    with Machine(image=copy) as machine:
        machine.wait_for_prompt()


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


def test_an_nmi_is_a_panic_that_names_who_was_running():
    with Machine() as machine:
        machine.expects_panic = True
        machine.wait_for_prompt()
        machine.command("spawn hog")
        machine.monitor("nmi")
        machine.serial.wait_for(r"Non-maskable interrupt.*Thread: hog1 \(tid 3")


def test_poweroff_ends_the_machine():
    for arguments in ([], ["-M", "q35"]):
        with Machine(*arguments) as machine:
            machine.wait_for_prompt()
            machine.serial.send("poweroff\r")
            assert machine.wait_for_end() == 0


def test_an_idle_machine_uses_under_three_percent_of_the_hosts_cpu():
    def cpu_seconds(machine):
        with open(f"/proc/{machine.process.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / 100

    with Machine() as machine:
        machine.wait_for_prompt()
        idle_from = int(machine.values("uptime")["uptime_ms"])
        before = cpu_seconds(machine)
        machine.command("sleep 5")
        used = cpu_seconds(machine) - before
        seconds = (int(machine.values("uptime")["uptime_ms"]) - idle_from) / 1000
        assert used < 0.03 * seconds, f"{100 * used / seconds:.1f} %"


@pytest.fixture(scope="module")
def cooperative_image():
    """A kernel without the preemptive path."""
    build = ROOT / "build" / "cooperative"
    subprocess.run(["make", f"BUILD={build}", "PREEMPT=0"], cwd=ROOT, check=True,
                   capture_output=True)
    return build / "disk.img"


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


def test_a_script_piped_into_make_run():
    script = b"spawn hog 2\nstats\npoweroff\n"
    run = subprocess.run(["make", "run"], cwd=ROOT, input=script, timeout=120,
                         capture_output=True, check=False)
    assert run.returncode == 0, run.stderr
    assert b"threads: 5" in run.stdout and b"preemption: off" in run.stdout
