"""The stack of a thread that does not run, shown by gdb itself as if it stood there.

gdb finds a frame's caller by asking "unwinders". Ours answers for the innermost frame alone, and
only while somebody looks at another thread: that frame's caller is where the thread has been
switched out. So no register is written, neither the machine's nor gdb's idea of it, and gdb shows
all further frames by the kernel's call frame information, through interrupts too.
"""

import os
import re

import gdb
import gdb.unwinder

from aethel_gdb.memory import (Trouble, address_of_symbol, at, function_name, remembered, type_of,
                               variable, words)
from aethel_gdb.threads import Thread, all_threads, processor

FRAMES_MAX = 64
REGISTERS_SAVED = ("rip", "rsp", "rbp", "rbx", "r12", "r13", "r14", "r15")

# What every switch passes: whoever wants to know where a thread stands means who has called that.
ROOMS_PASSED = re.compile(r"(sched|kernel/cpu)/")


class FrameId:
    """As gdb.unwinder.FrameId of later versions."""

    def __init__(self, sp, pc):
        self.sp = sp
        self.pc = pc


class Elsewhere(gdb.unwinder.Unwinder):
    """While `registers` is set, gdb's innermost frame has been called by who stands there."""

    def __init__(self):
        super().__init__("aethel")
        self.registers = None
        self.innermost = None

    def __call__(self, frame):
        if self.registers is None or _place_of_frame(frame) != self.innermost:
            return None
        unsigned = type_of("unsigned long")
        values = {name: gdb.Value(value).cast(unsigned) for name, value in self.registers.items()}
        # Of a caller that stands further down its stack gdb thinks that the stack is broken.
        information = frame.create_unwind_info(FrameId(values["rsp"], values["rip"]))
        for name, value in values.items():
            information.add_saved_register(name, value)
        return information


def _place_of_frame(frame):
    return (int(frame.read_register("rip")) & (1 << 64) - 1,
            int(frame.read_register("rsp")) & (1 << 64) - 1)


ELSEWHERE = Elsewhere()
gdb.unwinder.register_unwinder(None, ELSEWHERE, replace=True)


def _level_of_selected():
    try:
        return gdb.selected_frame().level()
    except gdb.error:
        return 0


def _select(level):
    frame = gdb.newest_frame()
    for _ in range(level):
        frame = frame.older()
    frame.select()


def _first_frame(registers):
    frame = gdb.newest_frame()
    while frame is not None:
        if _place_of_frame(frame) == (registers["rip"], registers["rsp"]):
            return frame
        frame = frame.older()
    raise Trouble("its stack cannot be followed")


# --- Where a thread stands -----------------------------------------------------------------------


def stack_pointer():
    return _place_of_frame(gdb.newest_frame())[1]


def _is_on_panic_stack(address):
    return (address_of_symbol("__panic_stack_guard") < address
            <= address_of_symbol("__panic_stack_top"))


def on_processor():
    """The thread whose registers the processor has. In the middle of a switch that is not yet the
    one that runs; on a stack that is nobody's, as an NMI's, it is that one."""
    running = Thread(at(int(processor()["running"]), "struct thread"))
    pointer = stack_pointer()
    if running.owns(pointer):
        return running
    owners = [thread for thread in all_threads() if thread.owns(pointer)]
    return owners[0] if owners else running


@remembered
def _resumption():
    """Where switch_context() takes the registers of who gets the CPU from its stack."""
    start = address_of_symbol("switch_context")
    code = gdb.newest_frame().architecture().disassemble(start, start + 64)
    return next(line["addr"] for line in code if line["asm"].startswith("pop"))


def saved_registers(thread):
    """Of a thread that is not on the processor."""
    pointer = int(thread.block["stack_pointer"])
    if thread.stack is None:
        raise Trouble(f"{thread.who} has ended, and has no stack any more")
    if not thread.owns(pointer):
        raise Trouble(f"{thread.who}: its stack pointer, {pointer:#x}, is not in its stack")
    return {"rip": _resumption(), "rsp": pointer}


# --- After a panic -------------------------------------------------------------------------------


def _find_on_stack(thread, wanted):
    """The address on the stack where these quadwords lie, or None."""
    low, top = thread.stack
    found = words(low, (top - low) // 8)
    for i in range(len(found) - len(wanted) + 1):
        if found[i:i + len(wanted)] == wanted:
            return low + 8 * i
    return None


def _where_exception_came(thread):
    """The frame that was kept lies on the stack, too: below it the stub's next instruction."""
    broken = variable("broken", "kernel/cpu/traps.c")
    kept = words(int(broken.address), broken.type.sizeof // 8)
    place = _find_on_stack(thread, kept)
    if place is not None:
        return {"rip": words(place - 8, 1)[0], "rsp": place}
    return {name: int(broken[name]) for name in REGISTERS_SAVED}


def where_panic_began(thread):
    """The registers of the thread that runs, where it panicked: since then the processor is on a
    stack of its own. None if it is not."""
    if not variable("is_panicking", "kernel/panic.c") or not _is_on_panic_stack(stack_pointer()):
        return None
    report = variable("report", "kernel/panic.c")
    if int(report["print_registers"]) != 0:
        return _where_exception_came(thread)
    place = _find_on_stack(thread, [int(report["rbp"]), int(report["rip"])])
    pointer = place + 16 if place is not None else int(report["rbp"])
    return {"rip": int(report["rip"]), "rsp": pointer, "rbp": int(report["rbp"])}


# --- What commands ask for -----------------------------------------------------------------------


class Places:
    """Where threads stand. A context: in it gdb's frames are those of one thread after the other,
    and behind it what they were."""

    def __enter__(self):
        self.level = _level_of_selected()
        ELSEWHERE.innermost = _place_of_frame(gdb.newest_frame())
        self.current = on_processor()
        return self

    def __exit__(self, *_):
        self._look_from(None)
        _select(self.level)

    @staticmethod
    def _look_from(registers):
        ELSEWHERE.registers = registers
        gdb.invalidate_cached_frames()

    def _first_frame(self, thread):
        """The innermost of the thread's frames. Those in front of it are the processor's own."""
        if thread.address != self.current.address:
            registers = saved_registers(thread)
        else:
            registers = where_panic_began(thread)
        self._look_from(registers)
        return _first_frame(registers) if registers is not None else gdb.newest_frame()

    def backtrace(self, thread):
        """gdb's own, as text."""
        left_out = self._first_frame(thread).level()
        shown = gdb.execute(f"backtrace {FRAMES_MAX + left_out}", to_string=True)
        return _without_first(shown, left_out) if left_out > 0 else shown

    def place(self, thread):
        """Who has called what all switches pass, as "function file:line"."""
        first = self._first_frame(thread)
        if thread.address == self.current.address:
            first = _behind_handlers(first)
        return _describe_place(first)


def _without_first(shown, count):
    """Without so many frames, and the others numbered from 0."""
    frames = re.split(r"^(?=#\d)", shown, flags=re.MULTILINE)[count + 1:]
    return "".join(re.sub(r"^#(\d+) *", lambda match: f"#{int(match[1]) - count:<3}", frame)
                   for frame in frames)


def _behind_handlers(frame):
    """The frame that was interrupted: a handler runs on the stack of a thread, which has not called
    it."""
    interrupted = frame
    for _ in range(FRAMES_MAX):
        if frame is None:
            break
        if frame.type() == gdb.SIGTRAMP_FRAME:
            interrupted = frame.older() or frame
        frame = frame.older()
    return interrupted


def _describe_place(frame):
    """Of a thread that has nothing but the scheduler's own on its stack, the outermost of that."""
    told = "?"
    for _ in range(FRAMES_MAX):
        if frame is None:
            break
        if frame.name() == "thread_not_started":
            return f"{function_name(frame.read_register('rbx'))}, which has not begun"
        line = frame.find_sal()
        if frame.function() is not None and line.symtab is not None:
            path = os.path.normpath(line.symtab.filename)
            told = f"{frame.name()} {path}:{line.line}"
            if not ROOMS_PASSED.match(path):
                break
        frame = frame.older()
    return told
