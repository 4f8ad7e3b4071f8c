"""The cases of the fake firmware (firmware.asm), and machines that have it."""

import functools
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from judging import Prompt, Row, Sentence
from machine import ROOT, Machine

DIRECTORY = Path(__file__).resolve().parent
TOOLS = ROOT / "tools"
GREETING = "fake firmware: here"
MEMORY = 64  # MiB; the firmware's own memory maps are for that


@dataclass(frozen=True)
class Case:
    """What is wrong with the firmware, and what comes of it."""

    name: str
    options: tuple
    expected: object


def case(name, *options, expected=None):
    return Case(name, options, replace(expected or Prompt(memory=MEMORY), greeting=GREETING))


CHS_ONLY = "NO_EDD"
NO_MEMORY = Sentence(r"The kernel needs \d+ KiB of memory from 1 MiB on,\s+"
                     r"and this machine has 0 KiB there")

CASES = [
    case("nothing is wrong"),

    # Whether and how the image is started.
    case("picky about the boot sector", "STRICT"),
    case("CS:IP = 07C0:0000", "ENTRY_SEGMENT=07C0h"),
    case("garbage in all registers, IF = 0, DF = 1", "ENTRY_GARBAGE"),
    case("writes into the BPB", "OVERWRITE_BPB"),
    case("all of these", "STRICT", "ENTRY_SEGMENT=07C0h", "ENTRY_GARBAGE", "OVERWRITE_BPB"),
    case("the disk is drive 00h", "DRIVE_NUMBER=0"),
    case("the disk is drive 81h", "DRIVE_NUMBER=81h"),
    case("the disk is drive FFh", "DRIVE_NUMBER=0FFh"),
    case("DL = 00h, the disk is 80h", "ENTRY_DRIVE=0"),
    case("DL = 81h, the disk is 80h", "ENTRY_DRIVE=81h"),
    case("DL = FFh, the disk is 80h", "ENTRY_DRIVE=0FFh"),
    case("DL = 80h, the disk is 00h", "ENTRY_DRIVE=80h", "DRIVE_NUMBER=0"),
    case("DL = 80h, the disk is 81h", "ENTRY_DRIVE=80h", "DRIVE_NUMBER=81h"),
    case("DL = 00h, the disk is 80h, no EDD", "ENTRY_DRIVE=0", CHS_ONLY),
    case("asking for another drive hangs", "OTHER_DRIVES_HANG"),
    case("asking for another drive hangs, drive 81h", "OTHER_DRIVES_HANG", "DRIVE_NUMBER=81h"),
    case("starts the partition's first sector", "START_PARTITION"),
    case("starts the partition's first sector, adds its start to each sector's number",
         "START_PARTITION", "ADD_PARTITION_START"),
    case("starts the partition's first sector, adds its start, no EDD",
         "START_PARTITION", "ADD_PARTITION_START", CHS_ONLY),
    case("starts the partition's first sector as USB-ZIP, adding its start",
         "START_PARTITION", "ADD_PARTITION_START", CHS_ONLY, "DRIVE_NUMBER=0",
         "SECTORS_PER_TRACK=32", "HEADS=64"),
    case("starts the partition's first sector, 07C0:0000, garbage in registers",
         "START_PARTITION", "ENTRY_SEGMENT=07C0h", "ENTRY_GARBAGE"),

    # Reading.
    case("no EDD", CHS_ONLY),
    case("USB-FDD: drive 00h, no EDD", "DRIVE_NUMBER=0", CHS_ONLY),
    case("USB-ZIP: drive 00h, no EDD, 64 heads, 32 sectors", "DRIVE_NUMBER=0", CHS_ONLY,
         "SECTORS_PER_TRACK=32", "HEADS=64"),
    case("USB-HDD: no EDD, 255 heads, 63 sectors", CHS_ONLY, "SECTORS_PER_TRACK=63", "HEADS=255"),
    case("EDD, but without AH=42h", "EDD_WITHOUT_READS"),
    case("EDD's AH=42h is promised and missing", "EDD_READS_FAIL"),
    case("AH=48h is missing", "NO_PARAMETERS"),
    case("AH=48h tells a sector size of 0", "ZERO_PARAMETERS"),
    case("no EDD, AH=08h fails", CHS_ONLY, "NO_GEOMETRY"),
    case("no EDD, AH=08h answers with zeros", CHS_ONLY, "ZERO_GEOMETRY"),
    case("no EDD, AH=08h tells of a drive with 36 sectors", CHS_ONLY, "TOLD_SECTORS=36"),
    case("no EDD, reads end with the track", CHS_ONLY, "TRACKS_END"),
    case("no EDD, 36 sectors, reads end with the track", CHS_ONLY, "TRACKS_END",
         "SECTORS_PER_TRACK=36"),
    case("the first reads fail, until a reset", "FAIL_FIRST_READS=2"),
    case("the first 4 reads fail, until a reset", "FAIL_FIRST_READS=4"),
    case("every other read fails", "FAIL_EVERY_OTHER_READ"),
    case("every other read fails, no EDD", "FAIL_EVERY_OTHER_READ", CHS_ONLY),
    case("every other read fails, resets fail", "FAIL_EVERY_OTHER_READ", "RESETS_FAIL"),
    case("at most 32 sectors at once", "READ_SECTORS_MAX=32"),
    case("at most 1 sector at once", "READ_SECTORS_MAX=1"),
    case("at most 1 sector at once, no EDD", "READ_SECTORS_MAX=1", CHS_ONLY),
    case("no read across 64 KiB", "DMA_BOUNDARY"),
    case("reads 7 sectors instead of more, and says so", "SHORT_READS=7"),
    case("reads 16 sectors instead of more, and says so", "SHORT_READS=16"),
    case("reads 16 sectors instead of more, and says so, no EDD", "SHORT_READS=16", CHS_ONLY),
    case("sector 100 cannot be read", "BAD_SECTOR=100",
         expected=Sentence(r"Sector 100 of the image cannot be read\s+"
                           r"\(drive 80h, BIOS status 10h\)")),
    case("sector 100 cannot be read, no EDD, drive 00h", "BAD_SECTOR=100", CHS_ONLY,
         "DRIVE_NUMBER=0",
         expected=Sentence(r"Sector 100 of the image cannot be read\s+"
                           r"\(drive 00h, BIOS status 10h\)")),
    case("sector 101 cannot be read, its number is told without the partition's start",
         "BAD_SECTOR=101", "START_PARTITION", "ADD_PARTITION_START",
         expected=Sentence("Sector 101 of the image cannot be read")),
    case("sector 5, of stage 2, cannot be read", "BAD_SECTOR=5",
         expected=Sentence("No stage 2: error 10, drive 80, LBA 05")),
    case("the drive has corrected sector 100, and says so", "CORRECTED_SECTOR=100"),
    case("the drive has corrected sector 100, and says so, no EDD", "CORRECTED_SECTOR=100",
         CHS_ONLY),
    case("sector 100 comes with a wrong byte", "CORRUPT_SECTOR=100",
         expected=Sentence("The kernel on the disk is damaged: a checksum")),
    case("sector 5, of stage 2, comes with a wrong byte", "CORRUPT_SECTOR=5",
         expected=Sentence("No stage 2: error 00, drive 80, LBA 02")),

    # How calls come back.
    case("registers are clobbered", "CLOBBER_REGISTERS"),
    case("registers are clobbered, no EDD", "CLOBBER_REGISTERS", CHS_ONLY),
    case("DF is set on return", "RETURN_DIRECTION_DOWN"),
    case("interrupts are off on return", "RETURN_INTERRUPTS_OFF"),
    case("all three, and every other read fails", "CLOBBER_REGISTERS", "RETURN_DIRECTION_DOWN",
         "RETURN_INTERRUPTS_OFF", "FAIL_EVERY_OTHER_READ"),

    # Memory.
    case("E820h: a plain list", "E820=plain"),
    case("E820h: entries of 24 bytes, one to be ignored", "E820=extended"),
    case("E820h is missing", "E820=absent"),
    case("E820h and E801h are missing", "E820=absent", "E801=absent"),
    case("E801h answers in AX and BX only", "E820=absent", "E801=in_ax_bx"),
    case("E801h answers nonsense", "E820=absent", "E801=nonsense"),
    case("E820h and E801h are missing, AH=88h sets CF", "E820=absent", "E801=absent",
         "EXTENDED_MEMORY=with_error"),
    case("no call tells the memory", "E820=absent", "E801=absent", "EXTENDED_MEMORY=absent",
         expected=NO_MEMORY),
    case("E820h never ends: entries come again", "E820=endless_cycle"),
    case("E820h never ends: empty entries", "E820=endless_empty"),
    case("E820h never ends: ever new entries", "E820=endless_new"),
    case("E820h: unsorted, overlapping, empty, unaligned", "E820=ugly"),
    case("E820h: usable memory beyond all addresses", "E820=beyond"),
    case("E820h: usable memory up to the last address", "E820=without_end"),
    case("E820h ends with an error", "E820=ends_by_error"),
    case("E820h changes registers", "E820=changes_registers"),
    case("E820h tells the first MiB only", "E820=first_mib_only"),
    case("E820h loses its signature", "E820=loses_signature"),
    case("512 KiB of low memory", "LOW_MEMORY_KIB=512"),
    case("128 KiB of low memory", "LOW_MEMORY_KIB=128",
         expected=Sentence(r"The kernel needs \d+ KiB of memory below 640 KiB while it is loaded,"
                           r"\s+and the BIOS leaves 128 KiB")),
    case("memory is full of CCh", "MEMORY_FILL=0CCh"),
    case("memory is full of FFh", "MEMORY_FILL=0FFh"),

    # Address line A20.
    case("A20 is off", "A20_OFF=port_92"),
    case("A20 is off by the keyboard controller", "A20_OFF=keyboard_controller"),
    case("A20 is off, AH=24h is missing", "A20_OFF=port_92", "A20_CALL=absent"),
    case("A20 is off, AH=24h lies", "A20_OFF=port_92", "A20_CALL=lies"),
    case("A20 is off by the keyboard controller, AH=24h lies", "A20_OFF=keyboard_controller",
         "A20_CALL=lies"),
    case("A20 is on, AH=24h is missing", "A20_CALL=absent"),
    case("every read switches A20 off", "A20_OFF_AFTER_READS"),
    case("every read switches A20 off, AH=24h lies", "A20_OFF_AFTER_READS", "A20_CALL=lies"),

    # Devices.
    case("video mode 12h", "VIDEO_MODE=12h"),
    case("video mode 13h", "VIDEO_MODE=13h"),
    case("50 rows of text", "FIFTY_ROWS"),
    case("INT 16h does nothing at all", "NO_KEYBOARD"),
    case("all interrupt lines let through", "PIC_UNMASKED"),
    case("the FPU is switched off: CR0.EM, CR0.TS", "FPU_OFF"),
    case("the real-time clock is stopped", "RTC_STOPPED"),
    case("the PIT runs at 4.1 kHz", "PIT_DIVISOR=291"),
    case("all interrupts on: PIT at 18 kHz, clock at 1024 Hz", "PIC_UNMASKED", "PIT_DIVISOR=66",
         "RTC_PERIODIC"),
    case("COM1 at 9600 baud, divisor latch open", "COM1_ODD"),
    case("the worst of all", "STRICT", "ENTRY_SEGMENT=07C0h", "ENTRY_GARBAGE", "OVERWRITE_BPB",
         "START_PARTITION", "ADD_PARTITION_START", "DRIVE_NUMBER=81h", "ENTRY_DRIVE=0FFh",
         CHS_ONLY, "SECTORS_PER_TRACK=32", "HEADS=64", "TRACKS_END", "DMA_BOUNDARY",
         "FAIL_EVERY_OTHER_READ", "RESETS_FAIL", "CLOBBER_REGISTERS", "RETURN_DIRECTION_DOWN",
         "RETURN_INTERRUPTS_OFF", "E820=ugly", "MEMORY_FILL=0CCh", "A20_OFF_AFTER_READS",
         "A20_CALL=lies", "VIDEO_MODE=12h", "PIC_UNMASKED", "PIT_DIVISOR=291", "RTC_PERIODIC",
         "COM1_ODD", "LOW_MEMORY_KIB=512"),
]


@functools.lru_cache(maxsize=None)
def warnings():
    """As the build has them with WERROR=1 (tools/compiler.mk)."""
    flags = (TOOLS / "nasm-warnings").read_text("ascii").split()
    pinned = subprocess.run([TOOLS / "pinned", "nasm"], stdout=subprocess.DEVNULL, check=False)
    return flags + (["-Werror"] if pinned.returncode == 0 else [])


def assemble(options, path):
    """Makes the floppy of a firmware with these options."""
    subprocess.run(["nasm", "-f", "bin", *warnings(), f"-I{DIRECTORY}/", "-o", path,
                    *(f"-D{option}" for option in options), DIRECTORY / "firmware.asm"],
                   check=True, timeout=60)


def start(chosen, directory, image):
    """A machine in QEMU that starts the image through the firmware of a case."""
    floppy = directory / "firmware.img"
    assemble(chosen.options, floppy)
    return Machine("-no-reboot", "-boot", "a",
                   "-drive", f"file={floppy},format=raw,if=floppy,snapshot=on",
                   image=image.path, memory=MEMORY)


def rows(image):
    return [Row("fake firmware", "IDE disk", chosen.name, chosen.expected,
                lambda directory, chosen=chosen: start(chosen, directory, image), is_quick=True)
            for chosen in CASES]
