"""What docs/ and the README name is there: every file, every folder, every function."""

import re

import pytest

from machine import ROOT

DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
FOLDERS = "bootloader|docs|drivers|findings|kernel|sched|shell|tests|tools"

FOUND = [path for place in ROOT.iterdir()
         if re.fullmatch(rf"{FOLDERS}|.+\.mk|Makefile", place.name)
         for path in (place, *place.rglob("*"))]
PLACES = {str(path.relative_to(ROOT)) for path in FOUND}
FILES = {str(path.relative_to(ROOT)) for path in FOUND if path.is_file()}
NAMES = {path.name for path in FOUND}

# A path from the root, as it stands in text, links and lines of shells; and in backticks a file's
# name alone. A module is named without its ending.
PATH = re.compile(rf"(?<![\w./$-])((?:{FOLDERS})/[\w./*-]*[\w*/])")
BARE_NAME = re.compile(r"`([\w-]+\.(?:asm|c|h|inc|ld|md|mk|pml|py|sh))`")
FUNCTION = re.compile(r"`((?:[a-zA-Z_]\w*|\w*\.\.\.\w*))\([^`]*\)`")
# Of libraries, not of ours.
FOREIGN = {"assert_in_range", "stop"}

C_ATTRIBUTE = re.compile(r"__attribute__\(\((?:[^()]|\([^()]*\))*\)\)\s*")
C_DEFINITION = r"^(?:#define |[a-zA-Z_][\w *]*[ *]){name}\("
DEFINITIONS = {".c": C_DEFINITION, ".h": C_DEFINITION, ".asm": r"^{name}:",
               ".py": r"^ *def {name}\("}


def text_of(path):
    return (ROOT / path).read_text(encoding="utf-8")


SOURCES = {path: C_ATTRIBUTE.sub("", text_of(path)) for path in FILES
           if path.endswith(tuple(DEFINITIONS)) and not path.startswith("findings/")}


def defines(path, name):
    pattern = DEFINITIONS[path[path.rindex("."):]].format(name=name.replace("...", r"\w*"))
    return re.search(pattern, SOURCES[path], re.MULTILINE)


def matches(path):
    path = path.rstrip("/")
    if "*" in path:
        return any((ROOT).glob(path))
    return path in PLACES or f"{path}.c" in PLACES or f"{path}.h" in PLACES


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_is_named_exists(document):
    text = document.read_text(encoding="utf-8")
    named = {match.rstrip(".") for match in PATH.findall(text)}
    assert [path for path in sorted(named) if not matches(path)] == []
    assert [name for name in sorted(set(BARE_NAME.findall(text))) if name not in NAMES] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document):
    text = document.read_text(encoding="utf-8")
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)]*))?\)", text):
        goal = (document.parent / target) if target else document
        assert goal.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", goal.read_text(encoding="utf-8"), re.MULTILINE)
            anchors = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-")
                       for heading in headings}
            assert anchor in anchors, f"{target}#{anchor}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_function_that_is_named_exists(document):
    named = set(FUNCTION.findall(document.read_text(encoding="utf-8"))) - FOREIGN
    assert [name for name in sorted(named)
            if not any(defines(path, name) for path in SOURCES)] == []


# --- The tour ------------------------------------------------------------------------------------

STEPS = re.findall(r"^\d+\. (.*)$", text_of("docs/tour.md"), re.MULTILINE)


@pytest.mark.parametrize("step", STEPS)
def test_a_step_of_the_tour_is_where_it_is_said_to_be(step):
    path, name = re.match(r"`([\w./]+)` `(\w+)(?:\(\))?`: \S", step).groups()
    assert defines(path, name), f"{path} does not define {name}"


def test_the_tour_has_both_walks():
    assert re.findall(r"^## (.*)$", text_of("docs/tour.md"), re.MULTILINE) == ["A tick", "A key"]
    assert len(STEPS) >= 30
