"""Machines that the tests of a file share, and that each has to leave as it found them; and how
tests are dealt out to several processes (pytest-xdist)."""

import pytest

from machine import PROMPT, Machine, wait_until


@pytest.hookimpl(tryfirst=True)  # before xdist looks
def pytest_collection_modifyitems(items):
    """Tests that share something costly, which a fixture makes once for their file, run one after
    another in one process; so do those that say so themselves. All others run wherever a process is
    free."""
    for item in items:
        shared = [name for name, definitions in item._fixtureinfo.name2fixturedefs.items()
                  if definitions[-1].scope == "module"]
        if shared and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(" ".join([item.path.name, *sorted(shared)])))


def answers(booted):
    """Whether the shell on COM1 gives a new prompt soon."""
    start = len(booted.serial.text)
    booted.serial.send("\r")
    try:
        return booted.serial.wait_for(PROMPT + "$", start, patience=3)
    except AssertionError:
        return None


@pytest.fixture(scope="module")
def machine():
    """A machine in real time, at its prompts."""
    with Machine() as booted:
        booted.wait_for_prompt()
        booted.wait_for_screen("^aethel>")
        yield booted


@pytest.fixture(scope="module")
def virtual_machine():
    """A machine in virtual time: seconds of hogs pass quickly, and alike on any host."""
    with Machine(virtual=True) as booted:
        booted.wait_for_prompt()
        yield booted


@pytest.fixture
def cooperative(machine):
    """The shared machine without threads of a test before, as it was after the boot."""
    reset(machine)
    yield machine
    reset(machine)


@pytest.fixture
def virtual(virtual_machine):
    """The same in virtual time."""
    reset(virtual_machine)
    yield virtual_machine
    reset(virtual_machine)


def reset(booted):
    """A test may have left the shells starving: then F12 is the way back."""
    wait_until(lambda: answers(booted) or booted.press("f12"), "the shell on COM1")
    booted.command("preempt on; policy prio; kill all; preempt off; quantum 100; clear")
