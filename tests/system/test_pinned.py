"""Whose judgement counts: that of the versions that the tree is written for. Other versions of the
same tools judge neither format nor source, and what they warn of is shown and is no error."""

import os
import shutil
import subprocess

import pytest

from building import make
from machine import ROOT

OTHERS = {"clang-format": "Debian clang-format version 99.1.2", "cppcheck": "Cppcheck 99.1"}
PINNED = {"clang-format": "Debian clang-format version 14.0.6", "cppcheck": "Cppcheck 2.10"}
LINKS_A_UNIT_TEST = "-lcmocka"
LINT = {"clang-format": "lint-format", "cppcheck": "lint-analysis"}


@pytest.fixture(name="put_tool")
def make_put_tool(tmp_path, monkeypatch):
    """Puts a tool in front of all others of its name: put_tool(NAME, WHAT IT TELLS OF ITSELF, WHAT
    IT DOES), the latter a line of shell. Returns its path."""
    directory = tmp_path / "bin"
    directory.mkdir()
    path = os.environ["PATH"]

    def put(name, banner, action):
        tool = directory / name
        tool.write_text(f"#!/bin/sh\nif [ \"$1\" = --version ]; then echo '{banner}'; exit; fi\n"
                        f"PATH='{path}'\n{action}\n", encoding="ascii")
        tool.chmod(0o755)
        monkeypatch.setenv("PATH", f"{directory}:{path}")
        return tool

    return put


def is_pinned(tool):
    return subprocess.run([ROOT / "tools" / "pinned", tool], capture_output=True,
                          check=False).returncode == 0


# --- Which version it is -------------------------------------------------------------------------

@pytest.mark.parametrize("banner, told", [
    ("gcc (Debian 12.2.0-14+deb12u1) 12.2.0", None),
    ("gcc-12 (GCC) 12.2.1 20221121 (Red Hat 12.2.1-4)", None),
    ("x86_64-elf-gcc (GCC) 12.3.0", None),
    ("cc (Debian 14.2.0-19) 14.2.0", "gcc 14.2.0"),
    ("gcc (GCC) 1.2.0", "gcc 1.2.0"),
    ("Ubuntu clang version 14.0.0-1ubuntu1.1", None),
    ("Debian clang version 21.1.8 (14)", "clang 21.1.8"),
    ("Debian clang-format version 14.0.6", None),
    ("clang-format version 19.1.7", "clang-format 19.1.7"),
    ("Cppcheck 2.10", None),
    ("Cppcheck 2.10.3", None),
    ("Cppcheck 2.1", "cppcheck 2.1"),
    ("NASM version 2.16.01 compiled on Dec 29 2022", None),
    ("NASM version 2.16.03 compiled on Apr 17 2024", "nasm 2.16.03"),
    ("GNU ld (GNU Binutils for Debian) 2.40", None),
    ("GNU ld version 2.40-14.fc39", None),
    ("GNU ld (GNU Binutils for Debian) 2.47.50.20261021", "ld 2.47.50.20261021"),
    ("somebody's own compiler", "gcc of an unknown version"),
])
def test_the_version_is_found_in_what_a_tool_tells_of_itself(banner, told, put_tool):
    run = subprocess.run([ROOT / "tools" / "pinned", put_tool("tool", banner.replace("'", ""), ":")],
                         capture_output=True, text=True, check=False)
    assert run.stderr == "" and run.returncode == (0 if told is None else 1)
    if told is None:
        assert run.stdout == ""
    else:
        assert run.stdout.startswith(f"{told} is here, and this tree is written for ")
        assert len(run.stdout.splitlines()) == 1


def test_a_tool_that_is_not_there_is_left_to_who_runs_it():
    assert is_pinned("no-such-tool")


# --- Format and analysis -------------------------------------------------------------------------

@pytest.mark.parametrize("tool", LINT)
def test_another_version_is_skipped_in_one_line(tool, put_tool):
    put_tool(tool, OTHERS[tool], "echo it was run; exit 1")
    run = make("V=quiet", LINT[tool])
    assert run.returncode == 0, run.stdout
    [line] = run.stdout.splitlines()
    assert line.startswith(f"  SKIP    {tool} 99.1") and "is written for" in line


@pytest.mark.parametrize("tool", LINT)
def test_the_pinned_version_judges(tool, put_tool):
    put_tool(tool, PINNED[tool], "echo it finds fault; exit 1")
    run = make("V=quiet", LINT[tool])
    assert run.returncode != 0
    assert "it finds fault" in run.stdout and "SKIP" not in run.stdout


@pytest.mark.skipif(not is_pinned("clang-format") or not shutil.which("clang-format"),
                    reason="clang-format is of another version than the tree is written for")
def test_a_file_in_another_format_is_red(tmp_path):
    source = tmp_path / "source.c"
    lint = "V=quiet", "lint-format", f"CHECKED_DIRECTORIES={tmp_path}"
    shutil.copy(ROOT / ".clang-format", tmp_path)
    source.write_text("int one(void)\n{\n    return 1;\n}\n", encoding="ascii")
    assert make(*lint).returncode == 0
    source.write_text("int one(void) {\n  return 1;\n}\n", encoding="ascii")
    run = make(*lint)
    assert run.returncode != 0
    assert "source.c:1:" in run.stdout


@pytest.mark.skipif(not is_pinned("cppcheck") or not shutil.which("cppcheck"),
                    reason="cppcheck is of another version than the tree is written for")
def test_a_mistake_in_a_source_is_red(tmp_path):
    source = tmp_path / "source.c"
    lint = ("V=quiet", "lint-analysis", f"KERNEL_SOURCES={source}", "TEST_KERNEL_SOURCES=",
            "BENCH_KERNEL_SOURCES=")
    source.write_text("int second(void);\nint second(void)\n{\n    int pair[2] = {1, 2};\n"
                      "    return pair[2];\n}\n", encoding="ascii")
    run = make(*lint)
    assert run.returncode != 0
    assert "out of bounds" in run.stdout


def test_another_version_does_not_format(put_tool):
    put_tool("clang-format", OTHERS["clang-format"], "echo it was run")
    run = make("format")
    assert run.returncode != 0
    assert "is written for" in run.stdout and "it was run" not in run.stdout


# --- Warnings ------------------------------------------------------------------------------------

@pytest.mark.parametrize("version, is_error", [("12.9.0", True), ("99.1.0", False)])
def test_warnings_of_the_pinned_compiler_are_errors_and_others_are_shown(version, is_error,
                                                                         put_tool, tmp_path):
    compiler = put_tool("gcc", f"gcc (Debian {version}-1) {version}", 'exec gcc "$@"')
    source = tmp_path / "unused.c"
    source.write_text("static int nobody_calls(void)\n{\n    return 1;\n}\n", encoding="ascii")
    build = tmp_path / "build"
    run = make("V=quiet", "WERROR=1", f"CC={compiler}", f"BUILD={build}", f"EXTRA={tmp_path}",
               f"{build}/objects/plain/{source}.o")
    assert "nobody_calls" in run.stdout
    assert (run.returncode != 0) == is_error, run.stdout


@pytest.mark.parametrize("variable, tool, flag, pinned, other", [
    ("CC", "gcc", " -Werror", "gcc (GCC) 12.2.0", "gcc (GCC) 14.2.0"),
    ("HOST_CC", "cc", " -Werror", "cc (GCC) 12.2.0", "cc (GCC) 16.2.0"),
    ("NASM", "nasm", " -Werror", "NASM version 2.16.01 compiled on Monday",
     "NASM version 3.01 compiled on Tuesday"),
    ("LD", "ld", " --fatal-warnings", "GNU ld (GNU Binutils) 2.40", "GNU ld (GNU Binutils) 2.47"),
])
def test_each_tool_of_the_build_is_asked(variable, tool, flag, pinned, other, put_tool, tmp_path):
    for banner, wants_errors, is_expected in ((pinned, 1, True), (other, 1, False),
                                              (pinned, 0, False)):
        path = put_tool(tool, banner, f'exec {tool} "$@"')
        run = make("--dry-run", "V=1", f"WERROR={wants_errors}", f"{variable}={path}",
                   f"BUILD={tmp_path}/build", "images", "unit-programs")
        assert run.returncode == 0, run.stdout
        commands = [line for line in run.stdout.splitlines()
                    if line.startswith(f"{path} ") and LINKS_A_UNIT_TEST not in line]
        assert commands
        assert [command for command in commands if (flag in command) != is_expected] == []
