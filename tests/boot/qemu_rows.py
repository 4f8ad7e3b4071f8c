"""The rows of the matrix that QEMU runs with its own firmware, SeaBIOS."""

from images import BOOT_SIGNATURE, BPB, BPB_END, PARTITION_TABLE, SECTOR_BYTES, WINDOWS_RANGES
from judging import FirmwareSays, Prompt, Row, Sentence
from machine import Machine
from qemu import oldest_pc, what_is_missing

MEMORY = 128  # MiB, if a row does not say another
SEABIOS_KIB = 128  # of memory, which it keeps for itself at the top

# How the image is attached. `{file}` is the image with its format, as -drive wants it.
DRIVE = "file={image},format=raw,snapshot=on"
UNPLUGGED = DRIVE + ",if=none,id=drive"
IDE = ["-drive", DRIVE + ",if=ide"]
FLOPPY = ["-drive", DRIVE + ",if=floppy", "-boot", "a"]
EHCI = ["-device", "usb-ehci", "-drive", UNPLUGGED,
        "-device", "usb-storage,drive=drive,bootindex=0"]
DEVICES = {
    "IDE disk": IDE,
    "AHCI disk": ["-M", "q35", "-drive", DRIVE + ",if=ide"],
    "AHCI controller in a pc": ["-device", "ahci,id=ahci", "-drive", UNPLUGGED,
                                "-device", "ide-hd,drive=drive,bus=ahci.0,bootindex=0"],
    "floppy": FLOPPY,
    "floppy, q35": ["-M", "q35", "-device", "isa-fdc,id=fdc,bootindexA=0", "-drive", UNPLUGGED,
                    "-device", "floppy,drive=drive,bus=fdc.0,drive-type=144"],
    "1.44 MB floppy in a 2.88 MB drive": ["-drive", UNPLUGGED, "-boot", "a",
                                          "-device", "floppy,drive=drive,drive-type=288"],
    "USB stick, EHCI": EHCI,
    "USB stick, EHCI, removable": EHCI[:-1] + ["usb-storage,drive=drive,bootindex=0,removable=on"],
    "USB stick, UHCI": ["-device", "piix3-usb-uhci"] + EHCI[2:],
    "USB stick, UHCI of the pc": ["-usb"] + EHCI[2:],
    "USB stick, OHCI": ["-device", "pci-ohci"] + EHCI[2:],
    "USB stick, xHCI": ["-device", "qemu-xhci"] + EHCI[2:],
    "USB stick, xHCI, q35": ["-M", "q35", "-device", "qemu-xhci"] + EHCI[2:],
    "virtio-blk": ["-drive", DRIVE + ",if=virtio"],
    "virtio-scsi": ["-device", "virtio-scsi-pci", "-drive", UNPLUGGED,
                    "-device", "scsi-hd,drive=drive"],
    "LSI SCSI": ["-device", "lsi53c895a", "-drive", UNPLUGGED, "-device", "scsi-hd,drive=drive"],
    "NVMe": ["-drive", UNPLUGGED, "-device", "nvme,drive=drive,serial=1"],
    "NVMe, q35": ["-M", "q35", "-drive", UNPLUGGED, "-device", "nvme,drive=drive,serial=1"],
    "second IDE disk": ["-drive", "file=null-co://,file.size=16M,format=raw,if=ide,index=0",
                        "-drive", UNPLUGGED, "-device", "ide-hd,drive=drive,bus=ide.1,bootindex=0"],
    "IDE disk after a blank floppy": ["-drive", "file={blank},format=raw,if=floppy,snapshot=on",
                                      "-drive", DRIVE + ",if=ide", "-boot", "order=ac"],
    "USB stick beside an IDE disk": ["-drive", "file=null-co://,file.size=1G,format=raw,if=ide"]
                                    + EHCI,
}

GEOMETRIES = ["cyls=40,heads=16,secs=32,bios-chs-trans=none", "cyls=315,heads=2,secs=32",
              "cyls=80,heads=2,secs=18,bios-chs-trans=none", "cyls=3,heads=16,secs=63",
              "cyls=1024,heads=16,secs=63,bios-chs-trans=lba"]

CPUS_WITHOUT_64_BITS = ["486", "pentium", "pentium2", "pentium3", "qemu32", "kvm32", "n270",
                        "coreduo", "athlon", "qemu64,-lm"]
CPUS_WITHOUT_NX = ["qemu64,-nx", "Conroe,-nx", "core2duo,-nx"]
CPUS = ["qemu64", "qemu64,-pae", "phenom", "core2duo", "Conroe", "Penryn", "Nehalem", "Westmere",
        "SandyBridge", "IvyBridge", "Haswell", "Broadwell", "Skylake-Client", "Cascadelake-Server",
        "Denverton", "Opteron_G1", "Opteron_G2", "Opteron_G3", "Opteron_G4", "Opteron_G5", "EPYC",
        "EPYC-Rome", "Dhyana", "max"]

# Name, arguments, and what to expect where it is not an ordinary prompt.
MACHINES = [
    ("pc", [], None),
    ("q35", ["-M", "q35"], None),
    ("isapc", ["-M", "isapc", "-cpu", "qemu64"], None),
    ("the oldest pc that QEMU knows", ["-M", oldest_pc()], None),
    ("pc, no system management mode", ["-M", "pc,smm=off"], None),
    ("pc, no HPET", ["-M", "pc,hpet=off"], None),
    ("pc, no ACPI", ["-M", "pc,acpi=off"], None),
    ("pc, 4 CPUs", ["-smp", "4"], None),
    ("pc, no keyboard controller", ["-M", "pc,i8042=off"], None),
    ("q35, no keyboard controller", ["-M", "q35,i8042=off"],
     Prompt(MEMORY, says="keyboard: no controller")),
    ("q35, no keyboard controller, USB keyboard",
     ["-M", "q35,i8042=off", "-device", "qemu-xhci", "-device", "usb-kbd"], None),
    ("pc, no VGA", ["-vga", "none"], Prompt(has_screen=False)),
    ("pc, Cirrus VGA", ["-vga", "cirrus"], None),
    ("pc, VMware VGA", ["-vga", "vmware"], None),
    ("q35, virtio VGA", ["-M", "q35", "-vga", "virtio"], None),
    ("pc, SeaBIOS of 128 KiB", ["-bios", "/usr/share/seabios/bios.bin"], None),
]

MEMORIES = [2, 3, 4, 6, 8, 15, 16, 17, 64, 1024, 3072, 3584, 4096, 5120]  # MiB

NO_64_BITS = Sentence("This CPU has no 64-bit mode")
NO_NX = Prompt(says="no-execute protection is not available")
NO_STAGE2 = "No stage 2: error {}, drive {}, LBA {:02X}"
DAMAGED = Sentence("The kernel on the disk is damaged: a checksum")
SYMBOLS_DAMAGED = Sentence("The kernel's symbol table on the disk is damaged: a checksum")
UNREADABLE = r"Sector {} of the image cannot be read\s+\(drive {}h, BIOS status {}h\)"


def fill_in(arguments, image, blank=""):
    return [argument.format(image=image, blank=blank) for argument in arguments]


class Rows:
    """All rows for one image."""

    def __init__(self, image):
        self.image = image
        self.rows = []

    def add(self, device, case, expected, drive, *arguments, change=None, memory=MEMORY, com1=True,
            quick=False):
        """`drive` attaches the image, or what `change(directory)` has made of it."""
        def start(directory):
            path = change(directory) if change else self.image.path
            blank = directory / "blank.img"
            blank.write_bytes(bytes(len(self.image.bytes)))
            return Machine("-no-reboot", *arguments, drive=fill_in(drive, path, blank),
                           memory=memory, com1=com1)

        self.rows.append(Row("SeaBIOS", device, case, expected, start,
                             what_is_missing([*drive, *arguments]), quick))

    def all(self):
        self.add_devices()
        self.add_machines()
        self.add_processors()
        self.add_memory_sizes()
        self.add_read_errors()
        self.add_truncated_images()
        self.add_changed_images()
        self.add_slow_media()
        return self.rows

    def add_devices(self):
        for device, drive in DEVICES.items():
            self.add(device, "boots", Prompt(MEMORY), drive, quick=True)
        for geometry in GEOMETRIES:
            drive = ["-drive", UNPLUGGED, "-device", f"ide-hd,drive=drive,{geometry}"]
            self.add("IDE disk", geometry.replace(",", ", "), Prompt(MEMORY), drive)
        for size in ("16 MiB", "1 GiB", "200 GiB"):
            number, unit = size.split()
            length = int(number) << {"MiB": 20, "GiB": 30}[unit]
            self.add("IDE disk", f"image at the beginning of {size}", Prompt(MEMORY), IDE,
                     change=lambda directory, length=length:
                     self.image.with_length(directory, length))
        self.add("USB stick, EHCI", "image at the beginning of 64 GiB", Prompt(MEMORY), EHCI,
                 change=lambda directory: self.image.with_length(directory, 64 << 30))

    def add_machines(self):
        for name, arguments, expected in MACHINES:
            self.add("IDE disk", name, expected or Prompt(MEMORY), IDE, *arguments,
                     quick=True)
        for name, arguments in (("pc", []), ("q35", ["-M", "q35"])):
            self.add("IDE disk", f"{name}, no COM1", Prompt(on_screen=True), IDE, *arguments,
                     com1=False, quick=True)
        self.add("floppy", "isapc", Prompt(MEMORY), FLOPPY, "-M", "isapc", "-cpu", "qemu64")

    def add_processors(self):
        for cpu in CPUS:
            self.add("IDE disk", f"CPU {cpu}", Prompt(MEMORY), IDE, "-cpu", cpu)
        for cpu in CPUS_WITHOUT_NX:
            self.add("IDE disk", f"CPU {cpu}", NO_NX, IDE, "-cpu", cpu, quick=True)
        for cpu in CPUS_WITHOUT_64_BITS:
            self.add("IDE disk", f"CPU {cpu}", NO_64_BITS, IDE, "-cpu", cpu,
                     quick=cpu in ("pentium3", "qemu64,-lm"))
        self.add("floppy", "CPU pentium3", NO_64_BITS, FLOPPY, "-cpu", "pentium3")
        self.add("USB stick, EHCI", "CPU pentium3", NO_64_BITS, EHCI, "-cpu", "pentium3")

    def add_memory_sizes(self):
        for size in MEMORIES:
            self.add("IDE disk", f"{size} MiB of memory", Prompt(size), IDE, memory=size,
                     quick=size in (2, 64, 3584, 5120))
        self.add("IDE disk", "3 GiB of memory, 2 of them above 4 GiB", Prompt(3072), IDE,
                 "-M", "pc,max-ram-below-4g=1G", memory=3072)
        least = 1024 + self.image.kernel_memory_kib + SEABIOS_KIB
        least += -least % 8  # QEMU rounds up to 8 KiB
        self.add("IDE disk", f"{least} KiB of memory, the least", Prompt(), IDE,
                 memory=f"{least}K", quick=True)
        too_small = Sentence(r"The kernel needs \d+ KiB of memory from 1 MiB on,\s+"
                             r"and this machine has \d+ KiB there")
        self.add("IDE disk", f"{least - 16} KiB of memory", too_small, IDE,
                 memory=f"{least - 16}K", quick=True)
        self.add("IDE disk", "1 MiB of memory", too_small, IDE, memory=1, quick=True)

    @staticmethod
    def failing(device, *sectors, once):
        """A drive of which sectors cannot be read. Errors are injected below QEMU's snapshots, so
        the image is a copy."""
        errors = ",".join(
            f"inject-error.{number}.event=none,inject-error.{number}.iotype=read,"
            f"inject-error.{number}.sector={sector},inject-error.{number}.errno=5,"
            f"inject-error.{number}.once={'on' if once else 'off'}"
            for number, sector in enumerate(sectors))
        return ["-blockdev", "driver=file,node-name=file,filename={image}",
                "-blockdev", "driver=blkdebug,node-name=failing,image=file," + errors,
                "-blockdev", "driver=raw,node-name=drive,file=failing", *device]

    def add_read_errors(self):
        ide = ["-device", "ide-hd,drive=drive,rerror=report"]
        kernel = self.image.kernel_lba + 50
        devices = {
            "IDE disk": ide,
            "AHCI disk": ["-M", "q35"] + ide,
            "USB stick, EHCI": ["-device", "usb-ehci", "-device",
                                "usb-storage,drive=drive,bootindex=0,rerror=report"],
        }
        for name, device in devices.items():
            for part, sector in (("the command line", self.image.command_line_lba),
                                 ("stage 2", self.image.stage2_lba + 2),
                                 ("the kernel", kernel),
                                 ("the kernel's end", self.image.kernel_end_lba - 1)):
                self.add(name, f"sector {sector}, of {part}, fails once", Prompt(),
                         self.failing(device, sector, once=True), change=self.image.copy,
                         quick=device is ide)
        self.add("IDE disk", "three sectors fail once", Prompt(),
                 self.failing(ide, self.image.stage2_lba, kernel, kernel + 1, once=True),
                 change=self.image.copy)
        for name, device in devices.items():
            status = "[0-9A-F]{2}"
            for sector in (self.image.command_line_lba, self.image.stage2_lba + 2):
                self.add(name, f"sector {sector} always fails",
                         Sentence(NO_STAGE2.format(status, "80", sector)),
                         self.failing(device, sector, once=False), change=self.image.copy,
                         quick=device is ide)
            self.add(name, f"sector {kernel} always fails",
                     Sentence(UNREADABLE.format(kernel, "80", status)),
                     self.failing(device, kernel, once=False), change=self.image.copy,
                     quick=device is ide)
        # QEMU's floppy controller does not report a read error: the sector's data are just missing.
        floppy = ["-device", "floppy,drive=drive,drive-type=144", "-boot", "a"]
        self.add("floppy", f"sector {kernel} comes wrong without an error", DAMAGED,
                 self.failing(floppy, kernel, once=False), change=self.image.copy, quick=True)
        self.add("IDE disk", "sector 0 always fails", FirmwareSays("could not read"),
                 self.failing(ide, 0, once=False), change=self.image.copy)

    def add_truncated_images(self):
        image = self.image
        status = "[0-9A-F]{2}"
        no_stage2 = Sentence(f"No stage 2: error {status}, drive 80, LBA")
        no_kernel = Sentence(UNREADABLE.format(r"\d+", "80", status))
        lengths = [
            ("the boot sector", 1, no_stage2),
            ("the boot sectors", image.command_line_lba, no_stage2),
            ("half of stage 2", (image.stage2_lba + image.kernel_lba) // 2, no_stage2),
            ("all up to the kernel", image.kernel_lba, no_kernel),
            ("half of the kernel", image.kernel_lba + image.kernel_sectors // 2, no_kernel),
            ("all but the kernel's last sector", image.kernel_end_lba - 1, no_kernel),
            ("all up to the kernel's end", image.kernel_end_lba, Prompt()),
        ]
        for what, sectors, expected in lengths:
            self.add("IDE disk", f"cut off: {sectors} sectors, {what}", expected, IDE,
                     change=lambda directory, sectors=sectors:
                     image.with_length(directory, sectors * SECTOR_BYTES), quick=True)
        self.add("IDE disk", "cut off in the middle of a kernel sector", no_kernel, IDE,
                 change=lambda directory:
                 image.with_length(directory, (image.kernel_lba + 9) * SECTOR_BYTES + 100))
        # What somebody gets who pulls the stick while it is written.
        nothing_there = Sentence(NO_STAGE2.format("00", "80", image.command_line_lba))
        for what, sectors, expected in lengths:
            if sectors <= image.kernel_lba and expected is no_stage2:
                expected = nothing_there
            elif expected is not lengths[-1][2]:
                expected = DAMAGED
            self.add("USB stick, EHCI", f"written in part: {sectors} sectors, {what}", expected,
                     EHCI, change=lambda directory, sectors=sectors:
                     image.with_zeros_from(directory, sectors))

    def add_changed_images(self):
        image = self.image
        second = SECTOR_BYTES  # the copy of the boot sector, where the partition begins
        flips = [
            ("the boot sector's signature", BOOT_SIGNATURE, FirmwareSays("not a bootable disk")),
            ("the boot sector's BPB", BPB + 20, Prompt()),
            ("the partition table", PARTITION_TABLE + 12, Prompt()),
            ("the partition's boot sector", second + 0x100, Prompt()),
            ("the command line", image.command_line_lba * SECTOR_BYTES, Prompt()),
            ("stage 2's header", image.stage2_lba * SECTOR_BYTES + 5,
             Sentence(NO_STAGE2.format("00", "80", image.command_line_lba))),
            ("stage 2's code", (image.stage2_lba + 1) * SECTOR_BYTES + 77,
             Sentence(NO_STAGE2.format("00", "80", image.command_line_lba))),
            ("the kernel's first byte", image.kernel_lba * SECTOR_BYTES, DAMAGED),
            ("the kernel's code", (image.kernel_lba + 30) * SECTOR_BYTES + 77, DAMAGED),
            ("the symbol table's first byte", image.symbols_lba * SECTOR_BYTES, SYMBOLS_DAMAGED),
            ("the symbol table", (image.symbols_lba + 3) * SECTOR_BYTES + 77, SYMBOLS_DAMAGED),
            ("the kernel's last sector", (image.kernel_end_lba - 1) * SECTOR_BYTES, DAMAGED),
        ]
        for what, offset, expected in flips:
            self.add("IDE disk", f"a flipped bit in {what}", expected, IDE,
                     change=lambda directory, offset=offset:
                     image.with_flipped_bit(directory, offset), quick=True)
        windows = [(sector + begin, b"\xCC" * (end - begin)) for sector in (0, second)
                   for begin, end in WINDOWS_RANGES]
        self.add("IDE disk", "Windows has written its time stamp and disk signature", Prompt(), IDE,
                 change=lambda directory: image.with_patches(directory, windows), quick=True)
        bpbs = [(sector + BPB, b"\xCC" * (BPB_END - BPB)) for sector in (0, second)]
        self.add("IDE disk", "the BPB is overwritten on the disk", Prompt(), IDE,
                 change=lambda directory: image.with_patches(directory, bpbs), quick=True)
        self.add("IDE disk", "the command line's sector is garbage", Prompt(), IDE,
                 change=lambda directory: image.with_bytes(
                     directory, image.command_line_lba * SECTOR_BYTES, b"\xEE" * SECTOR_BYTES))

    def add_slow_media(self):
        for device, drive, rate in (("IDE disk", IDE, 40000), ("USB stick, EHCI", EHCI, 40000),
                                    ("floppy", FLOPPY, 30000)):
            throttled = [argument.replace("format=raw", f"format=raw,throttling.bps-read={rate}")
                         for argument in drive]
            self.add(device, f"{rate} bytes a second", Prompt(), throttled)


def rows(image):
    return Rows(image).all()
