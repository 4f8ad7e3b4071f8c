"""The rooms of the source: docs/rooms.md has all of them, their headers say what they are for, and
tools/check-floors holds their order, which is told wrong includes on purpose in a small tree."""

import re
import subprocess
import sys

import pytest

from machine import ROOT

CHECK = [sys.executable, ROOT / "tools" / "check-floors"]

# A tree in which all is as it should be.
HOUSE = {
    "kernel/lib/list.h": "",
    "kernel/panic.c": '#include "kernel/panic.h"\n',
    "kernel/panic.h": '#include "kernel/lib/list.h"\n',
    "kernel/mm/heap.c": '#include <stddef.h>\n#include "kernel/panic.h"\n',
    "drivers/pic.h": '#include "kernel/panic.h"\n',
    "drivers/clock/pit.c": '#include "drivers/pic.h"\n',
    "sched/thread.h": "",
    "sched/state/state.h": '#include "sched/thread.h"\n',
    "sched/core/core.c": '#include "sched/core/core.h"\n#include "sched/state/state.h"\n',
    "sched/core/core.h": "",
    "sched/sync/mutex.h": '#include "sched/thread.h"\n',
    "sched/sync/waiting.h": '#include "sched/core/core.h"\n',
    "shell/command.h": '#include "shell/terminal.h"\n',
    "shell/commands/ps.c": '#include "shell/command.h"\n#include "sched/sync/mutex.h"\n',
    "shell/terminal.h": "",
    "shell/terminal/keys.c": '#include "shell/terminal.h"\n',
    "kernel/main.c": '#include "shell/command.h"\n',
    "bootloader/stage1.asm": "",
}


def check(tmp_path, changes):
    for path, text in {**HOUSE, **changes}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="ascii")
    checked = subprocess.run([*CHECK, tmp_path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             text=True, check=False)
    assert checked.returncode == bool(checked.stdout), checked.stdout
    return checked.stdout.splitlines()


def test_the_kernel_keeps_its_order():
    checked = subprocess.run(CHECK, stdout=subprocess.PIPE, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, "")


def test_a_house_in_order_is_not_complained_about(tmp_path):
    assert check(tmp_path, {}) == []


@pytest.mark.parametrize("path,included,words", [
    ("kernel/lib/list.h", "kernel/panic.h", "which stands higher in the order of rooms"),
    ("kernel/panic.h", "drivers/pic.h", "which stands higher in the order of rooms"),
    ("drivers/pic.h", "sched/thread.h", "which stands higher in the order of rooms"),
    ("sched/thread.h", "shell/terminal.h", "which stands higher in the order of rooms"),
    ("kernel/lib/list.h", "kernel/main.c", "which stands higher in the order of rooms"),
    # Rooms of one floor.
    ("sched/thread.h", "sched/state/state.h", "which stands higher in the order of rooms"),
    ("sched/state/state.h", "sched/core/core.h", "which stands higher in the order of rooms"),
    ("sched/core/core.c", "sched/sync/mutex.h", "which stands higher in the order of rooms"),
    ("shell/terminal/keys.c", "shell/command.h", "which stands higher in the order of rooms"),
    ("shell/terminal.h", "shell/command.h", "which stands higher in the order of rooms"),
    # Through the scheduler's doors, and no further.
    ("shell/commands/ps.c", "sched/core/core.h", "which is the business of sched/ alone"),
    ("shell/commands/ps.c", "sched/sync/waiting.h", "which is the business of sched/ alone"),
    ("kernel/main.c", "sched/state/state.h", "which is the business of sched/ alone"),
    # Where there is no room.
    ("shell/commands/ps.c", "shell/attic/box.h", "which is in no room"),
])
def test_a_wrong_include_is_told_with_its_line(tmp_path, path, included, words):
    wrong = f'{HOUSE[path]}\n#  include "{included}"\n'
    complaints = check(tmp_path, {path: wrong})
    line = wrong.count("\n")
    assert f"{path}:{line}: includes {included}, {words}" in complaints[0]


def test_a_room_has_to_have_its_place_in_the_order(tmp_path):
    complaints = check(tmp_path, {"shell/attic/box.c": ""})
    assert complaints == ["shell/attic/box.c: the room shell/attic/ is not in the order of rooms "
                          "(tools/check-floors)"]


@pytest.mark.parametrize("path,included,words", [
    ("sched/state/state.h", '"state.h"', 'write its path from the root, as in #include "sched/'),
    ("sched/state/state.h", '"../core/core.h"', "write its path from the root"),
    ("shell/commands/ps.c", '"shell/../sched/core/core.h"', "write its path from the root"),
    ("shell/commands/ps.c", "<sched/core/core.h>", 'write "sched/core/core.h"'),
    ("kernel/panic.c", '"tests/kernel/self_test.h"', "only kernel/start/ may know of tests"),
    ("shell/command.h", '"shell/terminal/screen.h"', "which is the business of shell/terminal/"),
])
def test_an_include_cannot_hide(tmp_path, path, included, words):
    complaints = check(tmp_path, {path: f"{HOUSE[path]}#include {included}\n",
                                  "shell/terminal/screen.h": ""})
    assert complaints and words in complaints[0], complaints


def expect_circle(complaints, members):
    assert len(complaints) == 1
    assert complaints[0].startswith("these include each other in a circle")
    assert complaints[0].endswith(": " + members)


def test_a_circle_of_files_is_told(tmp_path):
    complaints = check(tmp_path, {"kernel/log.h": "",
                                  "kernel/log.c": '#include "kernel/mm/frames.h"\n',
                                  "kernel/mm/frames.h": '#include "kernel/locks.h"\n',
                                  "kernel/locks.h": '#include "kernel/log.h"\n'})
    expect_circle(complaints, "kernel/locks, kernel/log, kernel/mm/frames: "
                  "kernel/locks.h -> kernel/log.h, kernel/log.c -> kernel/mm/frames.h, "
                  "kernel/mm/frames.h -> kernel/locks.h")


def test_a_circle_within_a_room_is_told(tmp_path):
    complaints = check(tmp_path, {"shell/parser.h": '#include "shell/command.h"\n',
                                  "shell/command.c": '#include "shell/parser.h"\n'})
    expect_circle(complaints, "shell/command, shell/parser: "
                  "shell/command.c -> shell/parser.h, shell/parser.h -> shell/command.h")


def test_a_door_counts_together_with_its_keeper(tmp_path):
    complaints = check(tmp_path, {"shell/terminal/terminal.c": '#include "shell/terminal/notices.h"\n',
                                  "shell/terminal/notices.h": '#include "shell/terminal.h"\n'})
    expect_circle(complaints, "shell/terminal/notices, shell/terminal/terminal: "
                  "shell/terminal/notices.h -> shell/terminal.h, "
                  "shell/terminal/terminal.c -> shell/terminal/notices.h")


MUTEX = {"sched/sync/mutex.h": "",
         "sched/sync/mutex.c": '#include "sched/sync/inheritance.h"\n',
         "sched/sync/inheritance.h": "",
         "sched/sync/inheritance.c": '#include "sched/sync/contended.h"\n',
         "sched/sync/contended.h": '#include "sched/sync/mutex.h"\n'}


def test_the_circle_that_has_a_reason_may_stand(tmp_path):
    assert check(tmp_path, MUTEX) == []


def test_the_circle_that_has_a_reason_may_not_grow(tmp_path):
    complaints = check(tmp_path, {**MUTEX,
                                  "sched/sync/mutex.h": '#include "sched/sync/rwlock.h"\n',
                                  "sched/sync/rwlock.h": "",
                                  "sched/sync/rwlock.c": '#include "sched/sync/mutex.h"\n'})
    assert ("sched/sync/contended, sched/sync/inheritance, sched/sync/mutex, sched/sync/rwlock: "
            in complaints[0])


def test_a_circle_that_was_broken_is_taken_off_the_list(tmp_path):
    complaints = check(tmp_path, {**MUTEX, "sched/sync/mutex.c": ""})
    assert complaints == ["this circle is broken, and need not be allowed: "
                          "sched/sync/contended, sched/sync/inheritance, sched/sync/mutex"]


def test_a_room_of_too_many_sources_is_told(tmp_path):
    full = {f"kernel/mm/part{number}.c": "" for number in range(17)}
    complaints = check(tmp_path, full)
    assert complaints == ["kernel/mm/: 18 sources are more than a reader holds in mind (16): "
                          "part the room by subject (docs/rooms.md)"]


def test_a_collection_may_grow(tmp_path):
    assert check(tmp_path, {f"shell/commands/c{number}.c": "" for number in range(40)}) == []


# --- What is told of the rooms -------------------------------------------------------------------

TABLE = ROOT / "docs" / "rooms.md"
ROWS = [[re.findall(r"`([^`]+)`", cell) for cell in row.split("|")[2:5]] for row in
        re.findall(r"^\| [1-6 ]* *\| `.*\|$", TABLE.read_text(encoding="utf-8"), re.MULTILINE)]
MAIN_HEADERS = {room: header for rooms, _, headers in ROWS
                for room, header in zip([name for name in rooms if name.endswith("/")], headers)}


def test_the_table_has_the_rooms_that_there_are_in_their_order():
    tool = (ROOT / "tools" / "check-floors").read_text(encoding="utf-8")
    ordered = re.search(r'^ORDER = """$(.*?)^"""$', tool, re.MULTILINE | re.DOTALL)[1].split()
    rooms = [name for name in ordered if not name.endswith((".h", ".c"))]
    assert [room.rstrip("/") for room in MAIN_HEADERS] == rooms
    floors = ("kernel", "drivers", "sched", "shell")
    folders = {str(path.parent.relative_to(ROOT)) for floor in floors
               for path in (ROOT / floor).rglob("*.[ch]")}
    assert set(rooms) == folders


def test_the_readme_names_every_room():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [room for room in MAIN_HEADERS if f"`{room}`" not in readme] == []


@pytest.mark.parametrize("room", [*MAIN_HEADERS, "bootloader/"])
def test_the_main_header_says_what_the_room_is_for(room):
    header = ROOT / MAIN_HEADERS.get(room, "bootloader/image_layout.h")
    opening = header.read_text(encoding="utf-8").split("*/")[0]
    assert opening.startswith(f"/*\n * The room {room} ")
    assert "\n * Entered by: " in opening
    assert "\n * Invariant: " in opening
