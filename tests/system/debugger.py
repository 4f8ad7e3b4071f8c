"""What can be done to a machine behind its back: QEMU's stub for debuggers writes to its memory
(GDB manual, "Remote Protocol"). The kernel's symbols say where."""

import re
import socket
import struct
import subprocess

from machine import IMAGE, wait_until

PACKET = re.compile(rb"\$([^#]*)#..", re.DOTALL)

INVALID_OPCODE = b"\x0f\x0b"  # UD2


def symbols(kernel=IMAGE.parent / "kernel.elf"):
    listing = subprocess.run(["nm", kernel], stdout=subprocess.PIPE, text=True, check=True).stdout
    fields = [line.split() for line in listing.splitlines()]
    return {name: int(address, 16) for address, _, name in fields}


class Debugger:
    """The machine stands still as long as it is attached: a context."""

    def __init__(self, machine):
        path = f"{machine.directory.name}/debugger"
        machine.monitor(f"gdbserver unix:{path},server=on,wait=off")
        self.connection = socket.socket(socket.AF_UNIX)
        self.received = b""
        wait_until(lambda: self.connection.connect_ex(path) == 0, "QEMU's stub for debuggers")

    def _packet(self):
        while not (found := PACKET.search(self.received)):
            self.received += self.connection.recv(4096)
        self.received = self.received[found.end():]
        self.connection.sendall(b"+")
        return found.group(1).decode("ascii")

    def ask(self, packet):
        """That the machine has stopped is told unasked, too."""
        text = packet.encode("ascii")
        self.connection.sendall(b"$%s#%02x" % (text, sum(text) % 256))
        answer = self._packet()
        while packet != "?" and answer.startswith("T"):
            answer = self._packet()
        return answer

    def write(self, address, data):
        answer = self.ask(f"M{address:x},{len(data):x}:{data.hex()}")
        assert answer == "OK", answer

    def write_address(self, address, value):
        self.write(address, struct.pack("<Q", value))

    def read_address(self, address):
        return struct.unpack("<Q", bytes.fromhex(self.ask(f"m{address:x},8")))[0]

    def __enter__(self):
        assert self.ask("?").startswith("T"), "the machine does not stop"
        return self

    def __exit__(self, *_):
        self.ask("D")
        self.connection.close()
