"""`make usb`: which devices tools/usb refuses, what it asks, and what it makes of a stick.

Most sticks here are plain files: a sysfs and a /proc of the test's own tell of them, and a `stat`
in front of the system's calls them block devices. What only Linux itself can tell, whether anybody
has a device open, is tried on loop devices.
"""

import os
import pty
import shutil
import signal
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

from machine import IMAGE, ROOT, wait_until

QUESTION = "type the device's name"
PATH = f"{os.environ['PATH']}:/usr/sbin:/sbin"  # for losetup
SECTOR = 512
STICK_SECTORS = 8192  # 4 MiB
MAJOR, MINOR = 8, 16
USB_PATH = "devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/host6/target6:0:0/6:0:0:0"
SATA_PATH = "devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0"
CARD_PATH = "devices/pci0000:00/0000:00:1d.0/mmc_host/mmc0/mmc0:0001"
FAKES = {
    "stat": 'test "$3" = "$DEVICE" && echo "block special file:8:10" || exec {real} "$@"',
    "lsblk": 'echo "NAME SIZE FSTYPE LABEL"; echo "sdb1 15G vfat HOLIDAYS"',
    "blockdev": 'test "$1" != --rereadpt || test -z "$NO_REREAD"',
}


class Stick:
    """A device, and the Linux around it."""

    def __init__(self, directory, path=USB_PATH, name="sdb", sectors=STICK_SECTORS, device=None,
                 numbers=(MAJOR, MINOR)):
        self.directory = directory
        self.prefix = []
        self.sysfs = directory / "sys"
        self.disk = self.sysfs / path / "block" / name
        self.numbers = f"{numbers[0]}:{numbers[1]}"
        self.environment = {"AETHEL_SYSFS": str(self.sysfs), "AETHEL_PROC": str(directory / "proc"),
                            "PATH": f"{directory}/bin:{os.environ['PATH']}"}
        (directory / "bin").mkdir()
        self.write(directory / "proc" / "self" / "mountinfo",
                   "21 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n")
        self.write(directory / "proc" / "swaps", "Filename Type Size Used Priority\n")
        self._describe(path, name, sectors)
        self.device = Path(device) if device else directory / name
        if device is None:
            with self.device.open("wb") as content:
                content.write(b"\xA5" * sectors * SECTOR)
            self.environment["DEVICE"] = str(self.device)
            for tool, script in FAKES.items():
                self.fake(tool, script)

    def _describe(self, path, name, sectors):
        self.attributes(size=sectors, removable=0, ro=0, dev=self.numbers, diskseq=7,
                        **{"queue/logical_block_size": SECTOR})
        self.write(self.sysfs / path / "vendor", "SanDisk ")
        self.write(self.sysfs / path / "model", "Ultra Fit       ")
        (self.disk / "device").symlink_to(self.sysfs / path)
        (self.disk / "holders").mkdir()
        if "usb1" in path:
            self.write(self.sysfs / path.partition("1-2/")[0] / "1-2" / "idVendor", "0781")
            self.write(self.sysfs / path.partition("1-2/")[0] / "1-2" / "serial", "4C530001")
        for place, link in (("dev/block", self.numbers), ("block", name)):
            (self.sysfs / place).mkdir(parents=True)
            (self.sysfs / place / link).symlink_to(self.disk)

    @staticmethod
    def write(path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n" if not str(text).endswith("\n") else text, encoding="ascii")

    def attributes(self, **values):
        for name, value in values.items():
            self.write(self.disk / name, value)

    def partition(self, number=1):
        """The n-th partition, which is on the fake sysfs only."""
        directory = self.disk / f"{self.disk.name}{number}"
        self.write(directory / "partition", number)
        self.write(directory / "dev", f"{MAJOR}:{MINOR + number}")
        (directory / "holders").mkdir()
        return directory

    def mount(self, point, numbers, source="/dev/sdb1"):
        path = self.directory / "proc" / "self" / "mountinfo"
        self.write(path, path.read_text() +
                   f"99 21 {numbers} / {point} rw shared:5 - vfat {source} rw\n")

    def fake(self, tool, script):
        """A command of that name comes before the system's own, which `script` calls {real}."""
        path = self.directory / "bin" / tool
        script = script.format(real=shutil.which(tool, path=PATH))
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="ascii")
        path.chmod(0o755)

    def content(self):
        return self.device.read_bytes()

    def is_untouched(self):
        return self.content() == b"\xA5" * len(self.content())

    def start(self, device=None, image=IMAGE, **options):
        environment = {**os.environ, "YES": "", **self.environment}
        arguments = [ROOT / "tools" / "usb", image, self.device if device is None else device]
        return subprocess.Popen(self.prefix + arguments, env=environment, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                preexec_fn=heed_interruptions, **options)

    def run(self, device=None, **options):
        """Runs it with nobody to ask; returns its exit status and all it said."""
        return finish(self.start(device, stdin=subprocess.DEVNULL, **options))

    @contextmanager
    def asking(self, **options):
        """Runs it in a terminal up to the question; yields the process, a function that types, and
        what it has said."""
        master, terminal = pty.openpty()
        process = self.start(stdin=terminal, **options)
        said = ""
        try:
            while QUESTION not in said:
                piece = os.read(process.stdout.fileno(), 4096).decode()
                assert piece, f"it did not ask: {said}"
                said += piece
            yield process, lambda text: os.write(master, text), said
        finally:
            process.kill()
            os.close(terminal)
            os.close(master)

    def ask(self, answer, during_the_question=lambda: None):
        """Runs it and answers the question; returns its exit status and all it said."""
        with self.asking() as (process, answer_with, said):
            during_the_question()
            answer_with(answer)
            status, rest = finish(process)
            return status, said + rest

    def refuses(self, sentence, **options):
        """It says one line, with that sentence, and has not written."""
        status, said = self.run(**options)
        assert status == 1 and said.count("\n") == 1, said
        assert said.startswith("error: ") and sentence in said, said


def heed_interruptions():
    """What a shell has started in the background ignores them, and all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def finish(process):
    try:
        said = process.communicate(timeout=60)[0]
    finally:
        process.kill()
    return process.returncode, said


@pytest.fixture
def stick(tmp_path):
    return Stick(tmp_path)


@pytest.fixture
def loop_device(tmp_path):
    """A real block device of 4 MiB."""
    backing = tmp_path / "backing"
    backing.write_bytes(b"\xA5" * STICK_SECTORS * SECTOR)
    made = subprocess.run(["losetup", "--find", "--show", backing], capture_output=True, text=True,
                          check=False, env={**os.environ, "PATH": PATH})
    if made.returncode != 0:
        pytest.skip(f"this needs a loop device, and root to make it: {made.stderr.strip()}")
    device = Path(made.stdout.strip())
    yield device
    subprocess.run(["losetup", "--detach", device], check=True,
                   env={**os.environ, "PATH": PATH})


@pytest.fixture
def loop_stick(tmp_path, loop_device):
    """A loop device that sysfs calls a USB stick."""
    status = os.stat(loop_device)
    return Stick(tmp_path, name=loop_device.name, device=loop_device,
                 numbers=(os.major(status.st_rdev), os.minor(status.st_rdev)))


# --- What is refused -----------------------------------------------------------------------------

def test_without_a_device_it_lists_the_sticks(stick):
    process = subprocess.run(["make", "usb"], cwd=ROOT, env={**os.environ, **stick.environment},
                             capture_output=True, text=True, check=False)
    assert process.returncode != 0
    assert "error: which device? (usage: make usb DEV=/dev/sdX)" in process.stderr
    assert "/dev/sdb  SanDisk Ultra Fit, 4.1 MB" in process.stderr


def test_without_a_device_and_sticks_it_says_that_there_is_none(stick):
    (stick.sysfs / "block" / "sdb").unlink()
    status, said = stick.run(device="")
    assert status == 1 and "No USB stick is plugged in." in said


def test_what_is_not_a_disk(stick):
    stick.refuses("there is no /dev/nonsense", device="/dev/nonsense")
    stick.refuses("is not a disk, but a directory", device="/tmp")
    stick.refuses("is not a disk, but a regular file", device=str(IMAGE))
    stick.refuses("/dev/zero is not a disk, but a character special file", device="/dev/zero")


def test_what_is_not_an_image(stick, tmp_path):
    stick.refuses("there is no image", image=tmp_path / "nothing")
    stick.refuses("is a directory, and not a disk image", image=tmp_path)
    part = tmp_path / "part"
    part.write_bytes(IMAGE.read_bytes()[:12000])
    stick.refuses("not whole sectors", image=part)
    part.write_bytes(bytes(12 * SECTOR))
    stick.refuses("does not end with 55 AA", image=part)


def test_a_partition(stick):
    numbers = stick.sysfs / "dev" / "block" / stick.numbers
    numbers.unlink()
    numbers.symlink_to(stick.partition())
    stick.refuses("is a partition: name the whole disk, /dev/sdb")


def test_a_disk_that_linux_does_not_tell_of(stick):
    (stick.sysfs / "dev" / "block" / stick.numbers).unlink()
    stick.refuses("Linux does not tell what")


def test_a_mounted_partition_and_a_mounted_disk(stick):
    stick.partition()
    stick.mount("/media/my\\040stick", f"{MAJOR}:{MINOR + 1}")
    stick.refuses("sdb1 is mounted at /media/my stick (to go on: sudo umount /dev/sdb1)")
    stick.write(stick.directory / "proc" / "self" / "mountinfo", "")
    stick.mount("/mnt", stick.numbers, "/dev/sdb")
    stick.refuses("sdb is mounted at /mnt")


def test_a_mounted_file_system_that_hides_its_number(stick):
    stick.partition()
    stick.mount("/data", "0:48", "/dev/sdb1")
    stick.refuses("sdb1 is mounted at /data")


@pytest.mark.parametrize("point", ["/", "/boot", "/boot/efi"])
def test_the_disk_of_the_system(stick, point):
    """Even one that is a USB stick; what else is mounted from it matters less."""
    stick.partition(1)
    stick.partition(2)
    stick.mount("/data", f"{MAJOR}:{MINOR + 1}")
    stick.mount(point, f"{MAJOR}:{MINOR + 2}", "/dev/sdb2")
    stick.refuses(f"is a disk of this system: sdb2 is mounted at {point}")


def test_swap(stick):
    stick.partition(1)
    swaps = stick.directory / "proc" / "swaps"
    stick.write(swaps, swaps.read_text() + "/dev/sdb1 partition 1000 0 -2\n")
    stick.refuses("is a disk of this system: sdb1 is swap")


def test_what_a_volume_or_a_raid_is_built_on(stick):
    volume = stick.sysfs / "devices" / "virtual" / "block" / "dm-0"
    stick.write(volume / "dev", "253:0")
    (stick.partition() / "holders" / "dm-0").symlink_to(volume)
    stick.refuses("is in use: dm-0 (LVM, RAID or encryption) is built on it")
    stick.mount("/", "253:0", "/dev/mapper/root")
    stick.refuses("is a disk of this system: dm-0 is mounted at /")


def test_a_disk_that_belongs_to_the_machine(tmp_path):
    Stick(tmp_path, SATA_PATH).refuses("neither a USB device nor removable")


def test_a_cd_drive(tmp_path):
    drive = Stick(tmp_path, SATA_PATH)
    drive.attributes(removable=1)
    drive.write(drive.sysfs / SATA_PATH / "type", 5)
    drive.refuses("is a CD drive")


def test_a_reader_without_a_card(stick):
    stick.attributes(size=0)
    stick.refuses("there is no medium")


def test_a_stick_that_is_too_small(stick):
    stick.attributes(size=2879)
    stick.refuses("is too small: it has 1474048 bytes, and the image 1474560")


def test_a_disk_with_large_sectors(stick):
    stick.attributes(**{"queue/logical_block_size": 4096})
    stick.refuses("has sectors of 4096 bytes")


def test_a_write_protected_stick(stick):
    stick.attributes(ro=1)
    stick.refuses("is write-protected")


def test_a_user_without_the_right_to_write(stick):
    """For root the right is a capability, which it can do without."""
    stick.device.chmod(0o444)
    if os.getuid() == 0:
        stick.environment["YES"] = "sdb"
        stick.prefix = ["setpriv", "--bounding-set=-dac_override"]
    stick.refuses(f"you may not write to {stick.device} (as the administrator: sudo ")


def test_other_systems_are_told_how(stick):
    for system, line in {"Darwin": "diskutil unmountDisk /dev/diskN", "FreeBSD": "of=/dev/daN",
                         "OpenBSD": "of=/dev/rsdNc", "NetBSD": "of=/dev/rsdNd"}.items():
        stick.fake("uname", f"echo {system}")
        status, said = stick.run()
        assert status == 1 and line in said and f"of {system}" not in said
        assert f"On {system}, find" in said and f"dd if={IMAGE} " in said
    assert stick.is_untouched()


# --- The question --------------------------------------------------------------------------------

def test_it_shows_the_device_and_writes_when_its_name_is_typed(stick):
    status, said = stick.ask(b"sdb\n")
    assert status == 0, said
    for line in (f"Device: {stick.device}\n", "Model:  SanDisk Ultra Fit\n", "Serial: 4C530001\n",
                 "Bus:    USB\n", "Size:   4.1 MB\n", "    sdb1 15G vfat HOLIDAYS\n",
                 "Everything on it will be lost.\n", "writing: 100 %\n", "reading back: 100 %\n",
                 "all of it was read back and compared"):
        assert line in said, said
    image = IMAGE.read_bytes()
    assert stick.content() == image + b"\xA5" * (STICK_SECTORS * SECTOR - len(image))


@pytest.mark.parametrize("answer", [b"sda\n", b"yes\n", b"\n", b"\x04"])
def test_any_other_answer_writes_nothing(stick, answer):
    status, said = stick.ask(answer)
    assert status == 1 and "is not 'sdb', so nothing was written" in said
    assert stick.is_untouched()


def test_nobody_to_ask_writes_nothing(stick):
    status, said = stick.run()
    assert status == 1 and "there is nobody to ask, so nothing was written" in said
    assert stick.is_untouched()


def test_a_script_has_to_name_the_device_again(stick):
    for wrong in ("1", "yes", "sda"):
        stick.environment["YES"] = wrong
        status, said = stick.run()
        assert status == 1 and f"YES={wrong} does not name this device" in said
        assert stick.is_untouched()
    stick.environment["YES"] = "sdb"
    status, said = stick.run()
    assert status == 0 and stick.content().startswith(IMAGE.read_bytes()), said


def test_another_stick_during_the_question_is_noticed(stick):
    status, said = stick.ask(b"sdb\n", lambda: stick.attributes(diskseq=8))
    assert status == 1 and "is another device now than it was, so nothing was written" in said
    assert stick.is_untouched()


def test_a_stick_mounted_during_the_question_is_noticed(stick):
    status, said = stick.ask(b"sdb\n", lambda: stick.mount("/mnt", stick.numbers))
    assert status == 1 and "sdb is mounted at /mnt" in said
    assert stick.is_untouched()


@pytest.mark.parametrize("path, bus", [(USB_PATH, "USB"), (SATA_PATH, "not USB, but removable")],
                         ids=["USB", "other"])
def test_what_is_removable_is_written(tmp_path, path, bus):
    stick = Stick(tmp_path, path)
    stick.attributes(removable=1)
    stick.environment["YES"] = "sdb"
    status, said = stick.run()
    assert status == 0 and f"Bus:    {bus}\n" in said, said


def test_a_card_in_its_own_slot_is_written(tmp_path):
    stick = Stick(tmp_path, CARD_PATH, "mmcblk0")
    stick.write(stick.sysfs / CARD_PATH / "type", "SD")
    stick.environment["YES"] = "mmcblk0"
    status, said = stick.run()
    assert status == 0, said


def test_a_name_from_by_id_is_followed(stick, tmp_path):
    link = tmp_path / "usb-SanDisk"
    link.symlink_to(stick.device)
    stick.environment["YES"] = "sdb"
    status, said = stick.run(device=link)
    assert status == 0 and f"Device: {stick.device}\n" in said, said


# --- Writing and reading back --------------------------------------------------------------------

@pytest.fixture
def answered(stick):
    """A stick whose question is answered."""
    stick.environment["YES"] = "sdb"
    return stick


def test_an_old_gpt_at_the_end_is_announced_and_erased(answered):
    with answered.device.open("r+b") as content:
        content.seek(-SECTOR, os.SEEK_END)
        content.write(b"EFI PART\0\0\1\0")
    status, said = answered.run()
    assert status == 0 and "a copy of a GPT partition table, which will be erased, too" in said
    content = answered.content()
    end = 33 * SECTOR
    assert content[-end:] == bytes(end) and content[-end - 1] == 0xA5
    assert content.startswith(IMAGE.read_bytes())


def test_an_old_gpt_is_left_alone_without_an_answer(stick):
    with stick.device.open("r+b") as content:
        content.seek(-SECTOR, os.SEEK_END)
        content.write(b"EFI PART")
    before = stick.content()
    assert stick.run()[0] == 1 and stick.content() == before


def test_on_the_smallest_disk_the_old_gpt_does_not_cost_the_image(tmp_path):
    image = tmp_path / "full"
    image.write_bytes(IMAGE.read_bytes()[:-SECTOR] + b"\x5A" * SECTOR)
    stick = Stick(tmp_path, sectors=image.stat().st_size // SECTOR + 3)
    stick.environment["YES"] = "sdb"
    with stick.device.open("r+b") as content:
        content.seek(-SECTOR, os.SEEK_END)
        content.write(b"EFI PART")
    assert stick.run(image=image)[0] == 0
    assert stick.content() == image.read_bytes() + bytes(3 * SECTOR)


def test_a_device_without_direct_input_and_output_is_written_all_the_same(answered):
    answered.fake("dd", 'case "$*" in *flag=*direct*) exit 1; esac; exec {real} "$@"')
    status, said = answered.run()
    assert status == 0 and answered.content().startswith(IMAGE.read_bytes()), said


def test_an_image_whose_name_begins_with_a_dash(answered, tmp_path):
    (tmp_path / "-x").write_bytes(IMAGE.read_bytes())
    status, said = answered.run(image="-x", cwd=tmp_path)
    assert status == 0 and answered.content().startswith(IMAGE.read_bytes()), said


def test_an_image_that_is_not_whole_chunks(answered, tmp_path):
    odd = tmp_path / "odd"
    odd.write_bytes(IMAGE.read_bytes()[:301 * SECTOR])
    status, said = answered.run(image=odd)
    assert status == 0, said
    assert answered.content()[:302 * SECTOR] == odd.read_bytes() + b"\xA5" * SECTOR


# How tools/usb calls dd tells what for: it writes a chunk with seek=, and reads one with skip= into
# a file, to compare it. Chunk 3 begins at byte 221,184.
BAD_STICKS = {
    "wrong": ("""
        {real} "$@" || exit
        case "$*" in "if=$DEVICE of=/"*skip=3*)
            printf Z | {real} of="${{2#of=}}" bs=1 seek=1000 conv=notrunc status=none
        esac""", "is not to be trusted: other data than were written are at byte 222184"),
    "unwritable": ("""
        case "$*" in *"of=$DEVICE"*seek=3*) exit 1; esac
        exec {real} "$@" """, "it cannot be written at byte 221184"),
    "short": ("""
        {real} "$@" || exit
        case "$*" in "if=$DEVICE of=/"*skip=3*) truncate -s 1024 "${{2#of=}}"; esac""",
              "there is nothing more to read at byte 222208"),
    "unreadable": ("""
        case "$*" in "if=$DEVICE of=/"*skip=3*) exit 1; esac
        exec {real} "$@" """, "it cannot be read at byte 221184"),
}
STANDING_STILL = """
    case "$*" in *"$WHERE"*) touch "$DEVICE.reached"; exec sleep 60; esac
    exec {real} "$@" """


@pytest.mark.parametrize("fault", BAD_STICKS)
def test_a_bad_stick_is_told_with_the_place(answered, fault):
    dd, sentence = BAD_STICKS[fault]
    answered.fake("dd", dd)
    status, said = answered.run()
    assert status == 1 and sentence in said, said
    assert "You can pull it out" not in said


def test_a_stick_that_keeps_its_old_gpt_is_told(answered):
    with answered.device.open("r+b") as content:
        content.seek(-SECTOR, os.SEEK_END)
        content.write(b"EFI PART")
    answered.fake("dd", 'case "$1" in if=/dev/zero) exit 0 ;; esac; exec {real} "$@"')
    status, said = answered.run()
    assert status == 1 and "it does not store what is written" in said


@pytest.mark.parametrize("where, sentence", [
    ("seek=3", "is half written, and does not start a machine"),
    ("skip=3 count=1 iflag=fullblock,direct", "is written, but not compared"),
], ids=["writing", "reading"])
def test_an_interruption_is_told(answered, where, sentence):
    answered.environment["WHERE"] = where
    answered.fake("dd", STANDING_STILL)
    reached = Path(f"{answered.device}.reached")
    process = answered.start(stdin=subprocess.DEVNULL, start_new_session=True)
    wait_until(reached.exists, "dd")
    os.killpg(process.pid, signal.SIGINT)
    status, said = finish(process)
    assert status == 130 and sentence in said, said


def test_an_interruption_of_the_question_writes_nothing(stick):
    with stick.asking(start_new_session=True) as (process, _, _):
        os.killpg(process.pid, signal.SIGINT)
        status, said = finish(process)
    assert status == 130 and "interrupted: nothing was written" in said
    assert stick.is_untouched()


def test_partitions_that_linux_cannot_read_again_are_told(answered):
    answered.environment["NO_REREAD"] = "1"
    status, said = answered.run()
    assert status == 0 and "Linux still knows its old partitions" in said


# --- Real block devices --------------------------------------------------------------------------

def test_a_loop_device_is_not_a_stick(loop_device):
    process = subprocess.run([ROOT / "tools" / "usb", IMAGE, loop_device], text=True, check=False,
                             capture_output=True, env={**os.environ, "YES": loop_device.name})
    assert process.returncode == 1
    assert "neither a USB device nor removable" in process.stderr


def test_a_real_device_is_written_and_read_back(loop_stick):
    loop_stick.environment["YES"] = loop_stick.device.name
    status, said = loop_stick.run()
    assert status == 0, said
    image = IMAGE.read_bytes()
    assert loop_stick.content() == image + b"\xA5" * (STICK_SECTORS * SECTOR - len(image))


def test_a_device_that_a_program_has_for_itself_is_refused(loop_stick):
    claimed = os.open(loop_stick.device, os.O_RDONLY | os.O_EXCL)
    try:
        loop_stick.refuses("is in use by another program")
    finally:
        os.close(claimed)
    assert loop_stick.is_untouched()
