"""The runner of the fuzz targets, and that each has a corpus and says what it is for."""

import re
import subprocess
import sys

import pytest

from machine import ROOT

FUZZ = ROOT / "tests" / "fuzz"
TARGETS = sorted(path.stem.removeprefix("fuzz_") for path in FUZZ.glob("fuzz_*"))

GOOD = "print('stat::number_of_executed_units: 12')\n"
BAD = "import sys\nprint('what was wrong')\nsys.exit(1)\n"
SILENT = "print('nothing counted')\n"


def run(directory, *arguments):
    return subprocess.run([sys.executable, FUZZ / "run.py", *arguments[:-1], directory,
                           *arguments[-1]], capture_output=True, text=True, check=False)


def targets(directory, **scripts):
    paths = []
    for name, text in scripts.items():
        paths.append(directory / f"fuzz_{name}.py")
        paths[-1].write_text(text, encoding="ascii")
    return paths


@pytest.mark.parametrize("options", [[], ["--seconds", "1"]], ids=["test", "fuzz"])
def test_runs_are_counted(tmp_path, options):
    result = run(tmp_path, *options, targets(tmp_path, one=GOOD, two=GOOD))
    assert result.returncode == 0 and result.stdout.splitlines() == [
        "one: 12 runs, nothing found", "two: 12 runs, nothing found", "24 runs in all",
        "fuzz: 2 passed, 0 failed"]


@pytest.mark.parametrize("text, told", [(BAD, "what was wrong"), (SILENT, "nothing counted")])
def test_a_finding_is_told_and_fails(tmp_path, text, told):
    result = run(tmp_path, targets(tmp_path, one=text, two=GOOD))
    lines = result.stdout.splitlines()
    assert result.returncode == 1 and lines[0] == told
    assert lines[1].startswith("one: FAILED. To see it again:")
    assert lines[2:] == ["two: 12 runs, nothing found", "12 runs in all", "fuzz: 1 passed, 1 failed"]


@pytest.mark.parametrize("target", TARGETS)
def test_each_target_has_a_corpus_and_is_explained(target):
    assert list((FUZZ / "corpus" / target).iterdir())
    table = re.findall(r"^\| `(\w+)` \|", (FUZZ / "README.md").read_text(encoding="utf-8"),
                       re.MULTILINE)
    assert sorted(table) == TARGETS
