"""The image on other media: disks of virtual machines and a CD start the same kernel, and a release
is the same to the byte wherever, whenever and by whomever it is built."""

import hashlib
import json
import os
import re
import shutil
import struct
import subprocess

import pytest

from bochs import BochsMachine
from building import make
from machine import IMAGE, ROOT, Machine

DISK_BYTES = 63 * 1024 * 1024
FLOPPY_BYTES = 1474560
CD_SECTOR = 2048
TOOLS = {"vdi": ["virtual-disk", "vdi"], "vmdk": ["virtual-disk", "vmdk"], "iso": ["iso-image"]}
RELEASE = ["README.txt", "SHA256SUMS", "aethel.img.gz", "aethel.iso.gz", "aethel.vdi.gz",
           "aethel.vmdk.gz", "kernel.elf.gz", "kernel.symbols"]


def convert(kind, output, image=IMAGE):
    """Makes the file of that kind."""
    tool, *arguments = TOOLS[kind]
    subprocess.run([ROOT / "tools" / "python3", ROOT / "tools" / tool, *arguments, image, output],
                   check=True, capture_output=True)
    return output


@pytest.fixture(scope="module")
def media(tmp_path_factory):
    """The image as each kind of file."""
    directory = tmp_path_factory.mktemp("media")
    return {kind: convert(kind, directory / f"aethel.{kind}") for kind in TOOLS}


def answers(machine):
    machine.wait_for_prompt()
    assert machine.command("echo hello") == "hello\n"


# --- Starting from them --------------------------------------------------------------------------

@pytest.mark.parametrize("kind", ["vdi", "vmdk"])
def test_a_virtual_disk_starts(media, kind):
    drive = ["-drive", f"file={media[kind]},format={kind},if=ide,snapshot=on"]
    with Machine(drive=drive) as machine:
        answers(machine)


@pytest.mark.parametrize("board", ["pc", "q35"])
def test_a_cd_starts(media, board):
    with Machine("-M", board, "-boot", "d", drive=["-cdrom", media["iso"]]) as machine:
        answers(machine)


def test_a_cd_starts_in_bochs(media):
    with BochsMachine("cdrom", media["iso"]) as machine:
        answers(machine)


# --- What is in them -----------------------------------------------------------------------------

def qemu_img(command, *arguments):
    return subprocess.run(["qemu-img", command, *arguments], check=True, capture_output=True,
                          text=True).stdout


@pytest.mark.parametrize("kind", ["vdi", "vmdk"])
def test_a_virtual_disk_is_sound_and_holds_the_image(media, kind, tmp_path):
    qemu_img("check", "-f", kind, media[kind])
    information = json.loads(qemu_img("info", "-f", kind, "--output=json", media[kind]))
    assert information["virtual-size"] == DISK_BYTES and DISK_BYTES % (16 * 63 * 512) == 0
    qemu_img("convert", "-f", kind, "-O", "raw", media[kind], tmp_path / "raw")
    raw = (tmp_path / "raw").read_bytes()
    assert raw == IMAGE.read_bytes().ljust(DISK_BYTES, b"\0")


def test_a_vmdk_says_what_vmware_and_virtualbox_want_to_know(media):
    descriptor = media["vmdk"].read_bytes()[512:21 * 512].rstrip(b"\0").decode("ascii")
    for line in ('createType="monolithicSparse"', 'RW 129024 SPARSE "aethel.vmdk"',
                 'ddb.adapterType = "ide"', 'ddb.geometry.cylinders = "128"',
                 'ddb.geometry.heads = "16"', 'ddb.geometry.sectors = "63"', "parentCID=ffffffff"):
        assert f"\n{line}\n" in descriptor, descriptor


def test_a_cd_is_iso_9660_and_el_torito(media):
    cd = media["iso"].read_bytes()
    sectors = [cd[i:i + CD_SECTOR] for i in range(0, len(cd), CD_SECTOR)]
    assert [sectors[i][:6] for i in (16, 17, 18)] == [b"\1CD001", b"\0CD001", b"\xFFCD001"]
    assert struct.unpack_from("<I", sectors[16], 80)[0] * CD_SECTOR == len(cd)
    assert sectors[17][7:30] == b"EL TORITO SPECIFICATION"
    catalog = sectors[struct.unpack_from("<I", sectors[17], 71)[0]]
    assert sum(struct.unpack("<16H", catalog[:32])) & 0xFFFF == 0 and catalog[30:32] == b"\x55\xAA"
    bootable, medium, _, _, _, count, start = struct.unpack_from("<BBHBBHI", catalog, 32)
    assert (bootable, medium, count) == (0x88, 2, 1)
    assert cd[start * CD_SECTOR:][:FLOPPY_BYTES] == IMAGE.read_bytes()


def files_of_cd(cd):
    """Name, first sector and length of each file in the root directory."""
    root = struct.unpack_from("<I", cd, 16 * CD_SECTOR + 156 + 2)[0] * CD_SECTOR
    while cd[root]:
        start, length = (struct.unpack_from("<I", cd, root + i)[0] for i in (2, 10))
        name = cd[root + 33:root + 33 + cd[root + 32]]
        if len(name) > 1:
            yield name, start, length
        root += cd[root]


def test_a_cd_shows_its_files(media):
    cd = media["iso"].read_bytes()
    files = {name: cd[start * CD_SECTOR:][:length] for name, start, length in files_of_cd(cd)}
    assert list(files) == sorted(files) == [b"AETHEL.IMG;1", b"README.TXT;1"]
    assert files[b"AETHEL.IMG;1"] == IMAGE.read_bytes()
    assert files[b"README.TXT;1"].startswith(b"This CD starts Aethel")


@pytest.mark.parametrize("kind", TOOLS)
def test_a_medium_depends_on_the_image_alone(media, kind, tmp_path):
    assert convert(kind, tmp_path / f"aethel.{kind}").read_bytes() == media[kind].read_bytes()
    other = tmp_path / "other.img"
    other.write_bytes(IMAGE.read_bytes()[:-1] + b"\1")
    changed = convert(kind, tmp_path / f"aethel.{kind}", other).read_bytes()
    assert changed != media[kind].read_bytes()
    if kind == "vdi":  # VirtualBox takes two disks of one name for one
        assert changed[392:408] != media[kind].read_bytes()[392:408]


@pytest.mark.parametrize("kind, size", [("vdi", DISK_BYTES + 1), ("iso", FLOPPY_BYTES + 512)])
def test_an_image_that_does_not_fit_is_told(kind, size, tmp_path):
    image = tmp_path / "image"
    with image.open("wb") as content:
        content.truncate(size)
    with pytest.raises(subprocess.CalledProcessError) as caught:
        convert(kind, tmp_path / "output", image)
    assert caught.value.stderr.startswith(b"error: ") and not (tmp_path / "output").exists()


# --- The release ---------------------------------------------------------------------------------

def build_release(tree, build, **environment):
    run = make("-j2", f"BUILD={build}", "release", tree=tree, alike=True, **environment)
    assert run.returncode == 0, run.stdout


@pytest.fixture(scope="module")
def releases(tmp_path_factory):
    """Two releases: from this tree, and from a copy, elsewhere, by a person of other habits."""
    here = IMAGE.parent
    build_release(ROOT, here)
    copy = tmp_path_factory.mktemp("a-much-longer-name-than-the-other") / "copy"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns("build", ".git", "__pycache__"))
    before = os.umask(0o077)
    try:
        build_release(copy, "output", TZ="Pacific/Auckland", LC_ALL="C.UTF-8", USER="somebody",
                      HOME=str(copy), SOURCE_DATE_EPOCH="1")
    finally:
        os.umask(before)
    return here / "release", copy / "output" / "release"


def test_two_releases_are_the_same_to_the_byte(releases):
    ours, theirs = releases
    assert sorted(path.name for path in ours.iterdir()) == RELEASE
    assert sorted(path.name for path in theirs.iterdir()) == RELEASE
    differing = [name for name in RELEASE
                 if (ours / name).read_bytes() != (theirs / name).read_bytes()]
    assert not differing


def release_with(compiler, directory):
    """Of files that are none, for the text alone."""
    files = [directory / name for name in ("image", "iso", "vdi", "vmdk")]
    for path in files:
        path.write_bytes(b"x")
    tools = {"CC": compiler, "LD": "ld", "NASM": "nasm", "NM": "nm"}
    return subprocess.run([ROOT / "tools" / "release", directory / "release", *files, "/bin/true"],
                          cwd=ROOT, env={**os.environ, **tools}, capture_output=True, text=True,
                          check=False)


def test_a_release_names_a_compiler_of_two_words(tmp_path):
    made = release_with("env gcc", tmp_path)
    assert made.returncode == 0, made.stderr
    gcc = subprocess.run(["gcc", "--version"], capture_output=True, text=True, check=True).stdout
    readme = (tmp_path / "release" / "README.txt").read_text(encoding="utf-8")
    assert f"\n    {gcc.splitlines()[0]}\n" in readme


def test_a_compiler_that_is_not_there_makes_no_release(tmp_path):
    made = release_with("no-such-compiler", tmp_path)
    assert made.returncode != 0 and not (tmp_path / "release").exists()
    assert made.stderr.splitlines()[-1] == ("error: release: 'no-such-compiler' does not tell its "
                                            "version")


def unpack(path):
    return subprocess.run(["gunzip", "-c", path], check=True, capture_output=True).stdout


def test_the_sums_of_a_release_can_be_verified(releases):
    directory = releases[0]
    run = subprocess.run(["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=directory, check=True,
                         capture_output=True, text=True)
    assert run.stdout.count(": OK\n") == len(RELEASE) - 1
    readme = (directory / "README.txt").read_text()
    sums = re.findall(r"^    ([0-9a-f]{64})  (\S+)$", readme, re.MULTILINE)
    assert [name for _, name in sums] == ["aethel.img", "aethel.iso", "aethel.vdi", "aethel.vmdk",
                                          "kernel.elf"]
    for expected, name in sums:
        assert hashlib.sha256(unpack(directory / f"{name}.gz")).hexdigest() == expected


def test_a_release_holds_what_was_built(releases, tmp_path):
    directory = releases[0]
    image = unpack(directory / "aethel.img.gz")
    assert image == (directory.parent / "disk.img").read_bytes() and len(image) == FLOPPY_BYTES
    for kind in TOOLS:
        made = convert(kind, tmp_path / f"aethel.{kind}", directory.parent / "disk.img")
        assert unpack(directory / f"aethel.{kind}.gz") == made.read_bytes()


def test_the_kernel_of_a_release_is_the_one_in_the_image_and_tells_of_no_place(releases, tmp_path):
    directory = releases[0]
    kernel = tmp_path / "kernel.elf"
    kernel.write_bytes(unpack(directory / "kernel.elf.gz"))
    subprocess.run(["objcopy", "-O", "binary", kernel, tmp_path / "kernel.bin"], check=True)
    assert (tmp_path / "kernel.bin").read_bytes() in unpack(directory / "aethel.img.gz")
    lines = subprocess.run(["objdump", "--dwarf=decodedline", kernel], check=True, text=True,
                           capture_output=True).stdout
    assert "kernel/start/shells.c" in lines
    for place in (str(ROOT), str(directory.parent)):
        assert place.encode() not in kernel.read_bytes()
    assert re.search(r"^[0-9a-f]{16} T kernel_entry$",
                     (directory / "kernel.symbols").read_text(), re.MULTILINE)
