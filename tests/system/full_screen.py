"""A command that takes the whole terminal, on COM1 or the screen: what it shows, and its keys."""

import re

from machine import COLUMNS, PROMPT, ROWS

TERMINAL_ROWS = ROWS - 1  # on the screen the last one is the status bar
TOKEN = re.compile(rb"\x1b\[([\d;?]*)([A-Za-z])|([^\x1b])")


class OnSerial:
    """On COM1, in a terminal that understands what these commands send."""

    name = "com1"
    keys = {"up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D",
            "home": "\x1b[H", "end": "\x1b[F", "pgup": "\x1b[5~", "pgdn": "\x1b[6~",
            "esc": "\x1b", "ctrl-c": "\x03", "backspace": "\x7f"}

    def __init__(self, machine, line):
        self.serial = machine.serial
        self.position = len(self.serial.received)
        self.cells = []
        self.row = self.column = 0
        self.is_reversed = False
        self._clear()
        self.serial.send(line + "\r")

    def press(self, *keys):
        for key in keys:
            self.serial.send(self.keys.get(key, key))

    def rows(self):
        self._read()
        return ["".join(character for character, _ in row).rstrip() for row in self.cells]

    def marked(self, row):
        """What stands in reverse in a row."""
        self._read()
        return "".join(character for character, mark in self.cells[row] if mark)

    def is_at_prompt(self):
        self._read()
        return self.rows()[self.row] == PROMPT.rstrip() and self.column == len(PROMPT)

    def _clear(self):
        self.cells = [[(" ", False)] * COLUMNS for _ in range(TERMINAL_ROWS)]

    def _read(self):
        for token in TOKEN.finditer(bytes(self.serial.received), self.position):
            if token.start() != self.position:
                return  # a sequence that is not complete yet
            self.position = token.end()
            if token[2]:
                self._obey(token[1].decode(), token[2].decode())
            else:
                self._print(token[3].decode("latin-1"))

    def _obey(self, parameters, command):
        if command == "J":
            self._clear()
        elif command == "H":
            self.row, self.column = [int(number or 1) - 1 for number in
                                     (parameters + ";").split(";")[:2]]
        elif command == "K":
            self.cells[self.row][self.column:] = [(" ", False)] * (COLUMNS - self.column)
        elif command == "m":
            self.is_reversed = "7" in parameters.split(";")

    def _print(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n" and self.row < TERMINAL_ROWS - 1:
            self.row += 1
        elif character == "\n":
            self.cells = self.cells[1:] + [[(" ", False)] * COLUMNS]
        else:
            self.cells[self.row][self.column] = (character, self.is_reversed)
            self.column = min(self.column + 1, COLUMNS - 1)


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
        return self.machine.screen()

    def marked(self, row):
        cells = self.machine.screen_cells()[row * COLUMNS * 2:(row + 1) * COLUMNS * 2]
        return "".join(chr(character) for character, attribute in zip(cells[::2], cells[1::2])
                       if attribute >> 4)

    def is_at_prompt(self):
        return self.machine.screen()[TERMINAL_ROWS - 1] == PROMPT.rstrip()
