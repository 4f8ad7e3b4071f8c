"""A terminal of any size at the other end of COM1: what a person sees there, and what it answers.

It is a VT100 in what the shell sends: a row that is full wraps with the next character. It knows
the alternate screen, and answers where its cursor is, as xterm, screen, tmux and minicom do.
"""

import re

TOKEN = re.compile(rb"\x1b\[([\d;?]*)([A-Za-z])|\x1b([78])|([^\x1b])")
UNFINISHED = re.compile(rb"\x1b(\[[\d;?]*)?\Z")

BLANK = (" ", "")
MOUSE_MODES = (1000, 1006)


class Terminal:
    """`cells[row][column]` is a character and its style, the parameters of ESC [ ... m."""

    def __init__(self, columns=80, rows=24):
        self.columns, self.rows = columns, rows
        self.cells = self._blank_cells()
        self.row = self.column = 0
        self.wraps = False  # the row is full: the next character begins another one
        self.style = ""
        self.saved = (0, 0)
        self.main_screen = None  # what comes back when the alternate screen is left
        self.mouse = set()  # the modes that are on in which it tells what the mouse does
        self.answers = b""  # to be sent
        self.kept = b""

    def _blank_cells(self):
        return [[BLANK] * self.columns for _ in range(self.rows)]

    def resize(self, columns, rows):
        """As xterm does it: what does not fit is cut."""
        self.columns, self.rows = columns, rows
        cells = [row[:columns] + [BLANK] * (columns - len(row)) for row in self.cells]
        extra = max(0, self.row - rows + 1)
        self.cells = (cells[extra:] + self._blank_cells())[:rows]
        self.row -= extra
        self.column = min(self.column, columns - 1)
        self.main_screen = None
        self.mouse = set()  # modes in which it tells what the mouse does
        self.wraps = False

    def feed(self, data):
        """Takes what the machine has sent; returns what the terminal answers."""
        data = self.kept + data
        unfinished = UNFINISHED.search(data)
        end = unfinished.start() if unfinished else len(data)
        self.kept = data[end:]
        position = 0
        for token in TOKEN.finditer(data[:end]):
            assert token.start() == position, data[position:position + 20]
            position = token.end()
            if token[2]:
                self._obey(token[1].decode(), token[2].decode())
            elif token[3]:
                self._obey("", {b"7": "s", b"8": "u"}[token[3]])
            else:
                self._print(token[4].decode("latin-1"))
        assert position == end, data[position:end]
        answers, self.answers = self.answers, b""
        return answers

    def text(self):
        """The rows, without the blanks at their ends."""
        return ["".join(character for character, _ in row).rstrip() for row in self.cells]

    # --- Sequences ----------------------------------------------------------------------------

    def _obey(self, parameters, command):
        numbers = [int(number or 0) for number in parameters.strip("?").split(";")]
        count = numbers[0] or 1
        if command in "hl":
            self._set_mode(numbers[0], command == "h")
        elif command == "m":
            self.style = "" if parameters in ("", "0") else parameters
        elif command == "n" and numbers[0] == 6:
            self.answers += b"\x1b[%d;%dR" % (self.row + 1, self.column + 1)
        elif command == "s":
            self.saved = (self.row, self.column)
        elif command in "JK":
            self._erase(command, numbers[0])
        else:
            self._move(command, count, (numbers + [0])[1] or 1)

    def _move(self, command, count, second):
        self.wraps = False
        if command == "H":
            self.row, self.column = count - 1, second - 1
        elif command == "u":
            self.row, self.column = self.saved
        else:
            down, right = {"A": (-1, 0), "B": (1, 0), "C": (0, 1), "D": (0, -1)}[command]
            self.row += down * count
            self.column += right * count
        self.row = min(max(self.row, 0), self.rows - 1)
        self.column = min(max(self.column, 0), self.columns - 1)

    def _erase(self, command, what):
        if command == "K":
            assert what == 0
            self.cells[self.row][self.column:] = [BLANK] * (self.columns - self.column)
        elif what == 2:
            self.cells = self._blank_cells()
        else:
            assert what == 0
            self._erase("K", 0)
            self.cells[self.row + 1:] = self._blank_cells()[self.row + 1:]

    def _set_mode(self, mode, is_on):
        if mode in MOUSE_MODES:
            (self.mouse.add if is_on else self.mouse.discard)(mode)
        elif mode != 1049:
            assert mode == 25, mode
        elif is_on:
            self.main_screen = self.cells, self.row, self.column
            self.cells = self._blank_cells()
        elif self.main_screen:
            self.cells, self.row, self.column = self.main_screen
            self.main_screen = None

    # --- Characters ---------------------------------------------------------------------------

    def _print(self, character):
        if character == "\r":
            self.column = 0
            self.wraps = False
        elif character == "\n":
            self._newline()
        elif character == "\b":
            self._move("D", 1, 1)
        elif character >= " ":
            if self.wraps:
                self.column = 0
                self._newline()
            self.cells[self.row][self.column] = (character, self.style)
            self.wraps = self.column == self.columns - 1
            self.column += not self.wraps

    def _newline(self):
        self.wraps = False
        if self.row < self.rows - 1:
            self.row += 1
        else:
            self.cells = self.cells[1:] + [[BLANK] * self.columns]
