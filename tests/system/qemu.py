"""What this QEMU has. Each version has dropped some machines, processors and options of the ones
before; so it is asked, and not judged by its version."""

import functools
import re
import subprocess

QEMU = "qemu-system-x86_64"
LISTED = ("-M", "-cpu", "-device")


@functools.lru_cache(maxsize=None)
def answer(*arguments):
    return subprocess.run([QEMU, *arguments], capture_output=True, text=True, timeout=60,
                          check=False).stdout


def names(option):
    """The words that it lists for -M, -cpu or -device."""
    return set(re.findall(r"[\w.-]+", answer(option, "help")))


def options():
    """-M is short for -machine, which 7.2 does not mention."""
    return {"-M", *re.findall(r"^-[\w-]+", answer("-help"), re.MULTILINE)}


def machine_properties(machine):
    return set(re.findall(r"^ +([\w-]+)=", answer("-M", f"{machine},help"), re.MULTILINE))


def oldest_pc():
    """By its number: it is listed in no order."""
    versions = re.findall(r"^pc-i440fx-(\d+)\.(\d+)", answer("-M", "help"), re.MULTILINE)
    return "pc-i440fx-{}.{}".format(*min(versions, key=lambda version: [*map(int, version)]))


def what_is_missing(arguments):
    """Why this QEMU cannot run a machine with these arguments, or None."""
    for option in arguments:
        if option.startswith("-") and option not in options():
            return f"this QEMU has no option {option}"
    for option, value in zip(arguments, arguments[1:]):
        name, *settings = value.split(",")
        if option in LISTED and name not in names(option):
            return f"this QEMU does not know {option} {name}"
        if option == "-M":
            unknown = {setting.partition("=")[0] for setting in settings} - machine_properties(name)
            if unknown:
                return f"the {name} of this QEMU has no {min(unknown)}"
    return None
