"""A command that takes the whole terminal, on COM1 or the screen: what it shows, and its keys."""

from machine import COLUMNS, PROMPT, ROWS
from terminal_model import Terminal

LIGHT_RED = 0x0C  # an attribute of the VGA: on black

TERMINAL_ROWS = ROWS - 1  # on the screen the last one is the status bar


class OnSerial:
    """On COM1, in a terminal that understands what these commands send. It says nothing about its
    size unless it `answers`."""

    name = "com1"
    keys = {"up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D",
            "home": "\x1b[H", "end": "\x1b[F", "pgup": "\x1b[5~", "pgdn": "\x1b[6~",
            "esc": "\x1b", "ctrl-c": "\x03", "ctrl-l": "\x0c", "backspace": "\x7f",
            "wheel-up": "\x1b[<64;40;12M", "wheel-down": "\x1b[<65;40;12M"}

    def __init__(self, machine, line=None, *, columns=COLUMNS, rows=TERMINAL_ROWS, answers=False):
        self.serial = machine.serial
        self.position = len(self.serial.received)
        self.terminal = Terminal(columns, rows)
        self.answers = answers
        if line is not None:
            self.serial.send(line + "\r")

    def press(self, *keys):
        for key in keys:
            self.serial.send(self.keys.get(key, key))

    def rows(self):
        self._read()
        return self.terminal.text()

    def marked(self, row):
        """What stands in reverse in a row."""
        self._read()
        return "".join(character for character, style in self.terminal.cells[row]
                       if "7" in style.split(";"))

    def is_red(self, row, column):
        self._read()
        return self.terminal.cells[row][column][1].split(";")[1:2] == ["31"]

    def is_at_prompt(self):
        rows = self.rows()
        return rows[self.terminal.row] == PROMPT.rstrip() and \
            self.terminal.column == len(PROMPT) and not self.terminal.mouse

    def _read(self):
        received = bytes(self.serial.received)
        answer = self.terminal.feed(received[self.position:])
        self.position = len(received)
        if answer and self.answers:
            self.serial.send(answer.decode())


class OnScreen:
    """On the screen, with keys of the keyboard."""

    name = "vga"

    def __init__(self, machine, line):
        self.machine = machine
        machine.type("clear\n")
        machine.wait_for_screen(rf"\A{PROMPT.rstrip()}$")
        machine.type(line + "\n")

    def press(self, *keys):
        for key in keys:
            if len(key) == 1 and key != "\r":
                self.machine.type(key)
            else:
                self.machine.press(*{"\r": "ret"}.get(key, key).split("-"))

    def rows(self):
        """Without the status bar, which moves while nothing else does."""
        return self.machine.screen()[:TERMINAL_ROWS]

    def marked(self, row):
        cells = self.machine.screen_cells()[row * COLUMNS * 2:(row + 1) * COLUMNS * 2]
        return "".join(chr(character) for character, attribute in zip(cells[::2], cells[1::2])
                       if attribute >> 4)

    def is_red(self, row, column):
        return self.machine.screen_cells()[(row * COLUMNS + column) * 2 + 1] == LIGHT_RED

    def is_at_prompt(self):
        rows = [row for row in self.rows() if row]
        return rows[-1:] == [PROMPT.rstrip()]
