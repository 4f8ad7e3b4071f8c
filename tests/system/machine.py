"""A machine that runs Aethel in QEMU, and what a person can do with it.

COM1 is a unix socket that a thread reads all the time. Keys are real ones: QMP's send-key goes
through the emulated PS/2 keyboard. The screen is what lies in the VGA text memory.
"""

import json
import os
import re
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The Makefile names the image that it built, so that `make BUILD=build/debug DEBUG=1 test-system`
# tests that one.
IMAGE = Path(os.environ.get("AETHEL_IMAGE", ROOT / "build" / "disk.img")).resolve()

BANNER = "a kernel for watching preemptive multitasking"
PROMPT = "aethel> "
KEYBOARD_STATUS = 0x64  # the 8042's port
KEYBOARD_OUTPUT_FULL = 0x01
KEYBOARD_PATIENCE = 2
PANIC = "KERNEL PANIC"
PATIENCE = int(os.environ.get("PATIENCE", "60"))  # seconds of wall time that a loaded host may need

# Virtual time: 64 ns an instruction, and idle time passes at once. Seconds of hogs are cheap.
VIRTUAL_TIME = ["-icount", "shift=6,sleep=off", "-rtc", "base=2000-01-01,clock=vm"]

COLUMNS, ROWS = 80, 25
VGA_TEXT = 0xB8000

ESCAPE_SEQUENCE = re.compile(r"\x1b(\[[0-9;?]*[A-Za-z]|[78])")
KEY_NAMES = {" ": "spc", "\n": "ret", "\t": "tab", "=": "equal", "-": "minus", ";": "semicolon",
             ".": "dot", "/": "slash", ",": "comma", "'": "apostrophe"}
SHIFTED = {"*": "8", "|": "backslash", "_": "minus", "+": "equal", "!": "1", "?": "slash", '"': "apostrophe",
           "&": "7"}


def plain(text):
    """The text without terminal control sequences."""
    return ESCAPE_SEQUENCE.sub("", text)


def values(answer):
    """The `key: value` lines of an answer, as a dictionary."""
    return dict(re.findall(r"^(\w+): (.*?)\r?$", answer, re.MULTILINE))


def wait_until(condition, what, patience=PATIENCE, describe=lambda: ""):
    """Polls until `condition()` is true; returns what it returned."""
    deadline = time.monotonic() + patience
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {patience} s in vain for {what}\n{describe()}")
        time.sleep(0.01)


class Ended(AssertionError):
    """The machine is asked something, and there is none any more."""


class SerialLine:
    """COM1, seen from outside: collects all that comes."""

    def __init__(self, connection):
        self.connection = connection
        self.received = bytearray()
        threading.Thread(target=self._collect, daemon=True).start()

    def _collect(self):
        while True:
            try:
                data = self.connection.recv(65536)
            except OSError:
                return
            if not data:
                return
            self.received += data

    @property
    def text(self):
        return plain(self.received.decode("latin-1"))

    def send(self, text):
        self.connection.sendall(text.encode("latin-1"))

    def wait_for(self, pattern, start=0, patience=PATIENCE):
        """Waits for the regular expression after position `start` of the text."""
        return wait_until(lambda: re.compile(pattern, re.DOTALL).search(self.text, start),
                          f"{pattern!r} on COM1", patience, lambda: self.text[-3000:])


class Shell:
    """What can be done with the shell on COM1 of any machine that has `serial`."""

    serial = None

    def wait_for_prompt(self):
        self.serial.wait_for(re.escape(PROMPT) + "$")

    def command(self, line, patience=PATIENCE):
        """Types a line on COM1 and returns what was printed before the next prompt."""
        start = len(self.serial.text)
        self.serial.send(line + "\r")
        answer = self.serial.wait_for(re.escape(line) + r"\r\n(.*?)" + re.escape(PROMPT) + "$",
                                      start, patience)
        return answer.group(1).replace("\r", "")

    def values(self, line):
        return values(self.command(line))

    def memory(self):
        """What `mem` tells, without the scrollback, which grows with each output."""
        figures = self.values("mem")
        scrollback = int(figures.pop("scrollback_kib"))
        figures["memory_used_kib"] = str(int(figures["memory_used_kib"]) - scrollback)
        figures["memory_free_kib"] = str(int(figures["memory_free_kib"]) + scrollback)
        return figures

    def threads(self):
        """`ps` as a list of dictionaries, without the rows behind the threads."""
        lines = self.command("ps").splitlines()
        heads = lines[0].split()
        rows = [dict(zip(heads, line.split())) for line in lines[1:]]
        return [row for row in rows if int(row["TID"]) >= 0]

    def threads_of(self, workload):
        """Those of `ps` that have such names, with their tids as numbers."""
        return [dict(row, TID=int(row["TID"])) for row in self.threads()
                if row["NAME"].startswith(workload)]


class Machine(Shell):
    """QEMU. `drive` is how the image is attached, None for an IDE disk."""

    def __init__(self, *arguments, image=IMAGE, memory=128, drive=None, virtual=False,
                 com1=True):
        self.expects_panic = False
        self.banners = 1
        self.directory = tempfile.TemporaryDirectory(prefix="aethel-")
        directory = Path(self.directory.name)
        if drive is None:
            drive = ["-drive", f"file={image},format=raw,if=ide,snapshot=on"]
        self.process = subprocess.Popen(
            ["qemu-system-x86_64", "-display", "none", "-m", str(memory), *drive,
             "-serial", f"unix:{directory}/com1,server=on,wait=on" if com1 else "none",
             "-qmp", f"unix:{directory}/qmp,server=on,wait=off", "-no-user-config",
             *(VIRTUAL_TIME if virtual else []), *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        # QEMU starts the machine once COM1 is connected: nothing of the boot is missed.
        if com1:
            self.serial = SerialLine(self._connect(directory / "com1"))
        self.qmp_socket = self._connect(directory / "qmp")
        self.qmp_stream = self.qmp_socket.makefile(encoding="utf-8")
        self.qmp_stream.readline()
        self.qmp("qmp_capabilities")

    def _connect(self, path):
        connection = socket.socket(socket.AF_UNIX)

        def attempt():
            if self.process.poll() is not None:
                raise AssertionError(f"QEMU ended: {self.process.stderr.read().decode()}")
            try:
                connection.connect(str(path))
                return True
            except OSError:
                return False

        wait_until(attempt, f"QEMU's socket {path.name}")
        return connection

    def qmp(self, command, **arguments):
        """Raises Ended if QEMU ends before it has answered."""
        try:
            self.qmp_socket.sendall(json.dumps(
                {"execute": command, "arguments": arguments}).encode() + b"\n")
            return self._qmp_answer(command)
        except OSError as error:
            raise Ended(f"QEMU has ended: {error}") from error

    def _qmp_answer(self, command):
        """What is told unasked stands between."""
        while True:
            line = self.qmp_stream.readline()
            if not line:
                raise Ended(f"QEMU has ended before it answered {command}")
            answer = json.loads(line)
            if "error" in answer:
                raise AssertionError(f"QMP {command}: {answer['error']}")
            if "return" in answer:
                return answer["return"]

    def monitor(self, line):
        return self.qmp("human-monitor-command", **{"command-line": line})

    def press(self, *names):
        """Presses keys together and lets them go: press("ctrl", "c"). They may end the machine."""
        try:
            self.qmp("send-key", keys=[{"type": "qcode", "data": name} for name in names],
                     **{"hold-time": 1})
            self._wait_for_keyboard()
        except Ended:
            self.wait_for_end()

    def _wait_for_keyboard(self):
        """The keyboard stores 16 bytes, and what comes when it is full is lost: on a loaded host
        the machine may take its time to read them. One that does not read is not waited for."""
        deadline = time.monotonic() + KEYBOARD_PATIENCE
        while time.monotonic() < deadline:
            status = re.search(r"= 0x(\w+)", self.monitor(f"i /bx {KEYBOARD_STATUS:#x}"))
            if not int(status.group(1), 16) & KEYBOARD_OUTPUT_FULL:
                return

    def type(self, text):
        """Types on the keyboard."""
        for character in text:
            if character in SHIFTED:
                self.press("shift", SHIFTED[character])
            elif character.isupper():
                self.press("shift", character.lower())
            else:
                self.press(KEY_NAMES.get(character, character))

    def screen_cells(self):
        path = Path(self.directory.name) / "screen"
        self.monitor(f'pmemsave {VGA_TEXT:#x} {COLUMNS * ROWS * 2} "{path}"')
        return path.read_bytes()

    def screen(self):
        """The rows of the screen, the status bar last."""
        text = self.screen_cells()[::2].decode("cp437")
        return [text[i:i + COLUMNS].rstrip() for i in range(0, len(text), COLUMNS)]

    @property
    def status_bar(self):
        return self.screen()[-1]

    def wait_for_screen(self, pattern, patience=PATIENCE):
        """Waits for the regular expression in the screen's text."""
        return wait_until(lambda: re.search(pattern, "\n".join(self.screen()), re.MULTILINE),
                          f"{pattern!r} on the screen", patience,
                          lambda: "\n".join(self.screen()))

    def command_on_screen(self, line, pattern):
        """Types a line on the keyboard and waits for its answer on the screen."""
        self.type(line + "\n")
        return self.wait_for_screen(pattern)

    def wait_for_end(self, patience=PATIENCE):
        return self.process.wait(patience)

    def check(self):
        """A second banner means that the machine has started again by itself."""
        if self.serial is None:
            return
        banners = self.serial.text.count(BANNER)
        assert banners == self.banners, f"{banners} banners:\n{self.serial.text[-3000:]}"
        if not self.expects_panic:
            assert PANIC not in self.serial.text, self.serial.text[-3000:]

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()
        self.directory.cleanup()
        if kind is None:
            self.check()
