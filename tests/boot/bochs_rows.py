"""The rows of the matrix that Bochs runs: another processor, and another BIOS."""

import functools
import re
import subprocess
from pathlib import Path

import fake_firmware
from bochs import SHARE, BochsMachine
from judging import Prompt, Row, Sentence

ROMS = {
    "Bochs BIOS": f"{SHARE}/BIOS-bochs-latest",
    "Bochs BIOS, legacy": f"{SHARE}/BIOS-bochs-legacy",
    "SeaBIOS in Bochs": "/usr/share/seabios/bios.bin",
}
BOCHS_BIOS = "Bochs BIOS"
MEMORY = 64  # MiB

CPUS = ["athlon64_clawhammer", "athlon64_venice", "turion64_tyler", "phenom_8650_toliman",
        "p4_prescott_celeron_336", "core2_penryn_t9600", "corei5_lynnfield_750",
        "corei5_arrandale_m520", "corei7_ivy_bridge_3770k", "corei7_haswell_4770", "broadwell_ult",
        "corei7_skylake_x", "corei3_cnl", "corei7_icelake_u", "tigerlake", "zambezi", "trinity_apu",
        "ryzen", "bx_generic"]
CPUS_WITHOUT_64_BITS = ["pentium", "pentium_mmx", "amd_k6_2_chomper", "p2_klamath", "p3_katmai",
                        "p4_willamette", "core_duo_t2400_yonah", "atom_n270"]
# MiB there, and told by the BIOS. That of 3.1 tells of memory above 4 GiB, those before do not.
MEMORIES = [(2, 2), (4, 4), (16, 16), (512, 512), (5120, (4096, 5120))]


@functools.lru_cache(maxsize=None)
def known_cpus():
    """The models that this Bochs lists; none if there is no Bochs."""
    try:
        answer = subprocess.run(["bochs", "-help", "cpu"], capture_output=True, text=True,
                                timeout=60, check=False, stdin=subprocess.DEVNULL)
    except FileNotFoundError:
        return frozenset()
    return frozenset(re.findall(r"^\w+$", answer.stdout + answer.stderr, re.MULTILINE))


def what_is_missing(cpu, rom):
    """Why this Bochs cannot run it, or None."""
    if not known_cpus():
        return "Bochs is not installed"
    if cpu and cpu not in known_cpus():
        return f"this Bochs has no CPU {cpu}"
    if not Path(rom).exists():
        return f"there is no {rom}"
    return None


def row(firmware, device, case, expected, start, cpu=None):
    return Row(firmware, device, case, expected, start, what_is_missing(cpu, ROMS[firmware]))


def fake_firmware_row(chosen, image):
    """Through the fake firmware, which stands on Bochs's BIOS here."""
    def start(directory):
        floppy = directory / "firmware.img"
        fake_firmware.assemble(chosen.options, floppy)
        return BochsMachine(image=image.path, lines=(
            f'floppya: 1_44="{floppy}", status=inserted, write_protected=1\nboot: floppy'))

    return Row("fake firmware on the Bochs BIOS", "ATA disk", chosen.name, chosen.expected, start,
               what_is_missing(None, ROMS[BOCHS_BIOS]))


def rows(image):
    path = image.path
    result = []
    for firmware, rom in ROMS.items():
        for medium in ("disk", "floppy"):
            result.append(row(firmware, medium, "boots", Prompt(MEMORY),
                              lambda _, medium=medium, rom=rom:
                              BochsMachine(medium, path, rom=rom)))
    for cpu in CPUS:
        result.append(row(BOCHS_BIOS, "disk", f"CPU {cpu}", Prompt(MEMORY),
                          lambda _, cpu=cpu: BochsMachine(image=path, cpu=cpu), cpu))
    for cpu in CPUS_WITHOUT_64_BITS:
        result.append(row(BOCHS_BIOS, "disk", f"CPU {cpu}", Sentence("This CPU has no 64-bit mode"),
                          lambda _, cpu=cpu: BochsMachine(image=path, cpu=cpu), cpu))
    for size, told in MEMORIES:
        result.append(row(BOCHS_BIOS, "disk", f"{size} MiB of memory", Prompt(told),
                          lambda _, size=size: BochsMachine(image=path, megabytes=size)))
    result.append(row(BOCHS_BIOS, "disk", "1 MiB of memory",
                      Sentence(r"The kernel needs \d+ KiB of memory from 1 MiB on"),
                      lambda _: BochsMachine(image=path, megabytes=1)))
    result += [fake_firmware_row(chosen, image) for chosen in fake_firmware.CASES]
    return result
