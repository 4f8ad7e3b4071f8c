#!/bin/sh
# pytest -x with xdist's loadfile runs the rest of the failing file, and tells of none of it.
#
# Tools:     pytest-xdist 3.1.0 (Debian 12, package python3-pytest-xdist 3.1.0-1)
#            pytest 7.2.1 (Debian 12, package python3-pytest 7.2.1-2), and what both depend on
#            (Debian 12, versions below); python3 of this machine
# Behaviour: -x ends a run at the first failure. With --dist loadfile the file is one piece of
#            work that its process was given as a whole: it goes on through all tests behind the
#            one that has failed, with all that they do to the world, and pytest ends when that is
#            done. What became of them is thrown away: the last line counts the tests up to the
#            failure.
# Seen:      A file of eight tests, of which the second fails:
#            without xdist: 2 tests have run: 1 failed, 1 passed
#            with loadfile: 8 tests have run: 1 failed, 1 passed
# Date:      2026-11-29

. "$(dirname "$0")/packages.sh"

unpack_pytest() {
    unpack "$work" p/pytest/python3-pytest_7.2.1-2_all.deb \
        bc5df67eb9ea18beddd95eaaa1ffc7bfffc1716d3071e6f405bd22f6a0411416
    unpack "$work" p/pytest-xdist/python3-pytest-xdist_3.1.0-1_all.deb \
        a77ad1ffcda76d45dcfa086194a9f1960c85557c10cedde6d71513c3e43adfc2
    unpack "$work" e/execnet/python3-execnet_1.9.0-1_all.deb \
        6e37d509a3c8d619aa424f2504f3490e38de3043e0bfeab8d03da8d2ec4d0457
    unpack "$work" p/python-pluggy/python3-pluggy_1.0.0+repack-1_all.deb \
        7bda88243752fef7fd14f256ae91bf39bdcda68f83dc726db1d6d9b8b3957899
    unpack "$work" p/python-iniconfig/python3-iniconfig_1.1.1-2_all.deb \
        c9226a32a78fa93f9e993a4ed77fcb3ceb23c21b9d75d7ea4dc77cb016ed0d83
    unpack "$work" p/python-packaging/python3-packaging_23.0-1_all.deb \
        04adb9e09aa8ed5bd8e31d31143fb265c43dcbec70da19f21e37cbe44b0c32cf
    unpack "$work" p/python-attrs/python3-attr_22.2.0-1_all.deb \
        6a12ea96a8a909445a982975279f96d7b9a1ff96c912efff39abc8d92372694a
    unpack "$work" p/python-py/python3-py_1.11.0-1_all.deb \
        35ec5e3f265394c855285b5900cb592c267b58b75f4e624cb5b0428baaf071ef
}

# run_pytest OPTIONS: -S leaves out what is installed on this machine.
run_pytest() {
    PYTHONPATH=$work/usr/lib/python3/dist-packages PYTHONDONTWRITEBYTECODE=1 \
        python3 -S -m pytest -p no:cacheprovider "$@"
}

# check NAME RUN OPTIONS: how many tests have run with -x, and what pytest says of them.
check() {
    name=$1
    expected=$2
    shift 2
    : >"$work/tests/ran"
    run_pytest -q -x "$@" "$work/tests" >"$work/log" 2>&1 || true # one test fails
    told=$(tail -n 1 "$work/log" | sed 's/ in .*//')
    expect "$name" "$(wc -l <"$work/tests/ran") tests have run: $told" "$expected"
}

need python3 python3
unpack_pytest
mkdir "$work/tests"
cat >"$work/tests/test_file.py" <<'END'
import time
from pathlib import Path

import pytest


@pytest.mark.parametrize("number", range(8))
def test_number(number):
    with open(Path(__file__).parent / "ran", "a", encoding="ascii") as ran:
        print(number, file=ran)
    time.sleep(0.2)
    assert number != 1
END

versions=$(run_pytest --version --version 2>&1 |
    grep -oE 'pytest(-xdist-| version )[0-9.]+[0-9]' | LC_ALL=C sort -u | xargs)
expect versions "$versions" 'pytest version 7.2.1 pytest-xdist-3.1.0'
check 'without xdist' '2 tests have run: 1 failed, 1 passed' -p no:xdist
check 'with loadfile' '8 tests have run: 1 failed, 1 passed' -n 1 --dist loadfile
