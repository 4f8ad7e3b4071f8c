"""Copies of the image with something wrong, and where in it its parts are."""

import re
import shutil
from pathlib import Path

SECTOR_BYTES = 512
PARTITION_TABLE = 0x1BE
BOOT_SIGNATURE = 0x1FE
BPB, BPB_END = 3, 0x5A
WINDOWS_RANGES = ((0xDA, 0xE0), (0x1B8, 0x1BE))  # time stamp, disk signature
FLIPPED_BIT = 0x10


class Image:
    """The image, and what the build says about it."""

    def __init__(self, path):
        self.path = Path(path)
        self.build = self.path.parent
        self.layout = read_constants(self.build / "bootloader" / "image_layout.inc")
        self.bytes = self.path.read_bytes()
        self.stage2_lba = self.layout["STAGE2_LBA"]
        self.command_line_lba = self.layout["COMMAND_LINE_LBA"]
        self.kernel_lba = self._header("kernel_lba")
        self.kernel_sectors = self._header("kernel_sectors")
        self.symbols_lba = self.kernel_lba + self._header("symbols_sector")
        self.kernel_memory_kib = self._header("kernel_memory") // 1024

    def _header(self, name):
        at = self.stage2_lba * SECTOR_BYTES + self.layout[f"stage2_header.{name}"]
        return int.from_bytes(self.bytes[at:at + 4], "little")

    @property
    def kernel_end_lba(self):
        return self.kernel_lba + self.kernel_sectors

    def copy(self, directory):
        target = directory / "disk.img"
        shutil.copyfile(self.path, target)
        return target

    def with_bytes(self, directory, offset, data):
        return self.with_patches(directory, [(offset, data)])

    def with_patches(self, directory, patches):
        target = self.copy(directory)
        with target.open("r+b") as image:
            for offset, data in patches:
                image.seek(offset)
                image.write(data)
        return target

    def with_flipped_bit(self, directory, offset):
        return self.with_bytes(directory, offset, bytes([self.bytes[offset] ^ FLIPPED_BIT]))

    def with_zeros_from(self, directory, lba):
        """Written up to that sector only."""
        begin = lba * SECTOR_BYTES
        return self.with_bytes(directory, begin, bytes(len(self.bytes) - begin))

    def with_length(self, directory, length):
        """Cut off, or with zeros after it."""
        target = self.copy(directory)
        with target.open("r+b") as image:
            image.truncate(length)
        return target


def read_constants(path):
    """The numbers that the build gives to NASM."""
    return {name: int(value) for name, value
            in re.findall(r"^%define (\S+) (-?\d+)$", path.read_text("ascii"), re.MULTILINE)}
