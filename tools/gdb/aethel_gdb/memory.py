"""The kernel's variables and structures, by its debug information: no layout is written here."""

import functools

import gdb

TEXT_SHOWN = 64  # characters of a string that may not end


class Trouble(Exception):
    """Why there is nothing to show, in one line."""


_remembered = []


def remembered(function):
    """What a function tells of the symbols holds until others are loaded."""
    cached = functools.lru_cache(maxsize=None)(function)
    _remembered.append(cached)
    return cached


def _forget(_):
    for cached in _remembered:
        cached.cache_clear()


gdb.events.new_objfile.connect(_forget)
gdb.events.clear_objfiles.connect(_forget)


def require_machine():
    if gdb.selected_inferior().pid == 0:
        raise Trouble("no machine is attached: 'make debug' starts one")


@remembered
def type_of(name):
    try:
        return gdb.lookup_type(name)
    except gdb.error:
        raise Trouble("these are not the symbols of Aethel's kernel (build/kernel.elf)") from None


@remembered
def _symbol(name, path):
    if path is None:
        return gdb.lookup_global_symbol(name)
    symbols = [symbol for symbol in gdb.lookup_static_symbols(name)
               if symbol.symtab.filename.endswith(path)]
    return symbols[0] if symbols else None


def variable(name, path=None):
    """The variable as it is now; `path` is the source in which it is static."""
    symbol = _symbol(name, path)
    value = symbol.value() if symbol is not None else None
    if value is None or value.is_optimized_out:
        raise Trouble(f"the kernel's symbols do not tell where '{name}' is")
    return value


@remembered
def address_of_symbol(name):
    """Of one that the linker script or assembly defines."""
    try:
        return int(gdb.parse_and_eval(f"(unsigned long)&{name}"))
    except gdb.MemoryError:
        raise
    except gdb.error:
        raise Trouble(f"the kernel has no symbol '{name}'") from None


def fields_of(structure):
    """The places in bytes of the structure's fields by name, those of unnamed parts among them."""
    found = {}
    for field in structure.fields():
        place = field.bitpos // 8
        if field.name:
            found[field.name] = place
        else:
            found.update((name, place + inner) for name, inner in fields_of(field.type).items())
    return found


@remembered
def place_of(type_name, member):
    """Where the member begins in the structure."""
    return fields_of(type_of(type_name))[member]


@remembered
def _pointer_to(type_name):
    return type_of(type_name).pointer()


def at(address, type_name):
    """What is at the address, read in one piece."""
    value = gdb.Value(address).cast(_pointer_to(type_name)).dereference()
    value.fetch_lazy()
    return value


def around(node, type_name, member):
    """What the node at this address is the member of."""
    return at(int(node) - place_of(type_name, member), type_name)


def words(address, count):
    """So many quadwords."""
    data = bytes(gdb.selected_inferior().read_memory(address, count * 8))
    return [int.from_bytes(data[i:i + 8], "little") for i in range(0, len(data), 8)]


def text(characters):
    """A string of the kernel, up to its end: what is at a `char *`, or in an array."""
    try:
        if characters.type.strip_typedefs().code == gdb.TYPE_CODE_PTR:
            if int(characters) == 0:
                return ""
            raw = characters.string("latin-1", "replace", TEXT_SHOWN).split("\0")[0]
        else:
            raw = bytes(int(characters[i]) & 0xFF
                        for i in range(characters.type.sizeof)).split(b"\0")[0].decode("latin-1")
    except gdb.MemoryError:
        return "?"
    return "".join(character if character.isprintable() else "_" for character in raw)


@remembered
def _constants(type_name):
    return {field.name: field.enumval for field in type_of(type_name).fields()}


@remembered
def _words(type_name, prefix):
    return {value: name[len(prefix):].lower() for name, value in _constants(type_name).items()}


def constant(type_name, value, prefix):
    """The word for a value of an enumeration: the constant's name without its prefix."""
    return _words(type_name, prefix).get(int(value), f"{int(value)}?")


def value_of(type_name, name):
    """The value of an enumeration's constant."""
    return _constants(type_name)[name]


def function_name(address):
    """The function at this address, or the number."""
    address = int(address) & (1 << 64) - 1  # as registers, which gdb takes for signed, may not be
    block = gdb.block_for_pc(address)
    while block is not None and block.function is None:
        block = block.superblock
    return block.function.name if block is not None else f"{address:#x}"


def cut(line, width=80):
    return line if len(line) <= width else line[:width - 3] + "..."
