"""What happens after a thousand million threads."""

import re

from debugger import Debugger, symbols
from machine import Machine, wait_until

TIDS = 1 << 30


def test_tids_begin_anew_and_nothing_else_changes():
    with Machine() as machine:
        machine.wait_for_prompt()
        machine.command("preempt on; spawn sleeper 2")
        with Debugger(machine) as debugger:
            debugger.write_address(symbols()["next_number"], TIDS - 3)
        assert machine.values("spawn lockfight 2")["first_tid"] == str(TIDS - 3)
        last = int(machine.values("spawn hog 3")["last_tid"])
        assert 4 < last < 16
        tids = [int(row["TID"]) for row in machine.threads()]
        assert len(tids) == len(set(tids)) and {0, 1, 2, 3, 4, TIDS - 3, last} <= set(tids)
        wait_until(lambda: float(machine.values("sleep 1; stats")["harmony"]) > 0.8, "harmony")
        assert re.search(rf"\({TIDS - 3}\)|mutex", machine.command("locks"))
        machine.command(f"kill {last}")
        assert str(last) not in [row["TID"] for row in machine.threads()]
        machine.command("kill all")
        assert [row["TID"] for row in machine.threads()] == ["0", "1", "2"]
