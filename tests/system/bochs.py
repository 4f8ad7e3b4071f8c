"""A machine that runs Aethel in Bochs, without a display: keys go in as a VNC viewer's would.

COM1 is a TCP connection that Bochs opens to us.
"""

import contextlib
import fcntl
import os
import re
import socket
import struct
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from machine import IMAGE, SerialLine, Shell, wait_until

SHARE = "/usr/share/bochs"
MEDIA = {
    "disk": 'ata0-master: type=disk, path="{image}", mode=volatile\nboot: disk',
    "floppy": 'floppya: 1_44="{image}", status=inserted, write_protected=1\nboot: floppy',
    "cdrom": 'ata0-master: type=cdrom, path="{image}", status=inserted\nboot: cdrom',
}
CONFIGURATION = """
display_library: rfb, options="timeout=0"
romimage: file={rom}
vgaromimage: file={share}/VGABIOS-lgpl-latest
cpu: model={cpu}, count=1, ips=50000000, reset_on_triple_fault={resets:d}
memory: guest={megabytes}, host={host_megabytes}
{medium}
clock: sync=none, time0=946684800, rtc_sync=0
com1: enabled=1, mode=socket-client, dev=127.0.0.1:{port}
sound: driver=dummy
speaker: enabled=0
log: {directory}/log
panic: action=fatal
error: action=report
info: action=report
debug: action=ignore
{lines}
"""
HOST_MEGABYTES_MAX = 256  # Bochs swaps the rest of a large memory

# X11 key symbols (keysymdef.h), as RFB uses them.
RETURN, F12 = 0xFF0D, 0xFFC9
BACKSPACE, LEFT, INSERT, CTRL, ALT = 0xFF08, 0xFF51, 0xFF63, 0xFFE3, 0xFFE9

# How often Bochs's debugger is told to go on: that of Bochs 2.7 stops wherever the processor is reset.
RUNS_MAX = 16

# The emulated controller buffers 16 scan codes and drops the rest: no faster than a fast typist.
SECONDS_PER_KEY = 0.03


@contextlib.contextmanager
def one_at_a_time():
    """Two that look for a port of their own at the same instant can both bind the same: Bochs allows
    it (SO_REUSEADDR), and the one that is second to listen gives up for good."""
    directory = os.open(SHARE, os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        yield
    finally:
        os.close(directory)


class Keyboard:
    """The keyboard half of an RFB 3.3 viewer."""

    def __init__(self, port):
        self.connection = socket.create_connection(("127.0.0.1", port))
        self._receive(12)
        self.connection.sendall(b"RFB 003.003\n")
        assert struct.unpack(">I", self._receive(4))[0] == 1, "Bochs wants a password"
        self.connection.sendall(b"\x01")  # leave other viewers alone
        name_length = struct.unpack(">I", self._receive(24)[20:])[0]
        self._receive(name_length)
        threading.Thread(target=self._drain, daemon=True).start()

    def _receive(self, count):
        data = b""
        while len(data) < count:
            piece = self.connection.recv(count - len(data))
            assert piece, "Bochs closed the connection"
            data += piece
        return data

    def _drain(self):
        """Bochs sends pictures unasked, and stands still when nobody takes them."""
        try:
            while self.connection.recv(65536):
                pass
        except OSError:
            pass

    def press(self, *symbols):
        """Presses keys together and lets them go."""
        for is_down, pressed in (1, symbols), (0, reversed(symbols)):
            for symbol in pressed:
                self.connection.sendall(struct.pack(">BBHI", 4, is_down, 0, symbol))
                time.sleep(SECONDS_PER_KEY)

    def type(self, text):
        for character in text:
            self.press(RETURN if character == "\n" else ord(character))


def accepted(server):
    """The connection that has come in, or None."""
    try:
        return server.accept()[0]
    except BlockingIOError:
        return None


class BochsMachine(Shell):
    """Bochs with its own BIOS, booting from a disk, a floppy or a CD. `resets`: a triple fault does
    to the machine what it does on real ones, instead of stopping it. `lines` are added to the
    configuration."""

    def __init__(self, medium="disk", image=IMAGE, resets=False, cpu="corei7_sandy_bridge_2600k",
                 rom=f"{SHARE}/BIOS-bochs-latest", megabytes=64, lines=""):
        self.directory = tempfile.TemporaryDirectory(prefix="aethel-bochs-")
        directory = Path(self.directory.name)
        self.log = directory / "log"
        with one_at_a_time(), socket.create_server(("127.0.0.1", 0)) as server:
            server.setblocking(False)
            (directory / "rc").write_text(CONFIGURATION.format(
                share=SHARE, directory=directory, port=server.getsockname()[1], rom=rom, cpu=cpu,
                megabytes=megabytes, host_megabytes=min(megabytes, HOST_MEGABYTES_MAX),
                medium=MEDIA[medium].format(image=image), resets=resets, lines=lines),
                encoding="ascii")
            (directory / "debugger").write_text("c\n" * RUNS_MAX, encoding="ascii")
            self.process = subprocess.Popen(
                ["bochs", "-q", "-f", directory / "rc", "-rc", directory / "debugger"],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                env={**os.environ, "BXSHARE": SHARE})
            self.serial = SerialLine(self._wait_for(lambda: accepted(server), "Bochs's COM1"))
            self.rfb_port = int(self._wait_for(self._logged_rfb_port, "Bochs's RFB port").group(1))

    def _wait_for(self, condition, what):
        def condition_or_end():
            result = condition()
            assert result or self.process.poll() is None, f"Bochs ended:\n{self._logged()}"
            return result
        try:
            return wait_until(condition_or_end, what, describe=self._logged)
        except AssertionError:
            self.__exit__()
            raise

    def _logged(self):
        return self.log.read_text("latin-1") if self.log.exists() else ""

    def _logged_rfb_port(self):
        return re.search(r"listening for connections on port (\d+)", self._logged())

    def keyboard(self):
        """Connects as a viewer."""
        return Keyboard(self.rfb_port)

    def wait_for_end(self, patience=60):
        return self.process.wait(patience)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.directory.cleanup()
