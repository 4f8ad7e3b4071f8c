"""The other side of COM1, where nobody reads until it is asked to."""

import fcntl
import os
import re

PIPE_BYTES = 4096  # one page: the least that a pipe can store


class FullPipe:
    """It takes nothing until it is drained."""

    def __init__(self, path):
        for name in (f"{path}.in", f"{path}.out"):
            os.mkfifo(name)
        self.to_machine, self.from_machine = (os.open(f"{path}.{name}", os.O_RDWR | os.O_NONBLOCK)
                                              for name in ("in", "out"))
        fcntl.fcntl(self.from_machine, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        os.write(self.from_machine, bytes(PIPE_BYTES))
        self.received = b""

    def drain_for(self, pattern):
        """Takes what there is; whether all that has come has the regular expression in it."""
        try:
            self.received += os.read(self.from_machine, PIPE_BYTES)
        except BlockingIOError:
            pass
        return re.search(pattern, self.received, re.DOTALL)

    def close(self):
        os.close(self.to_machine)
        os.close(self.from_machine)
