#!/bin/sh
# NASM's -MD leaves out of the dependencies what %include brings, and -M has it.
#
# Tool:      nasm 2.16.01 (Debian 12, package 2.16.01-1)
# Behaviour: -M lists what a source depends on, and -MD does so while it assembles it. Of a source
#            with one %include and one incbin, -MD lists the incbin's file alone: make would not
#            assemble it again after a change of the included file. (2.16.03 and 3.01 list both.)
# Seen:      -M: source.asm included.inc data.bin
#            -MD: source.asm data.bin
# Date:      2026-11-29

. "$(dirname "$0")/packages.sh"

# Prints the names behind the target in a file of dependencies.
prerequisites() {
    sed -n 's/^source.bin *: *//p' "$1" | xargs
}

unpack_nasm "$work"
nasm=$work/usr/bin/nasm
cd "$work"
echo '%define VALUE 1' >included.inc
echo data >data.bin
cat >source.asm <<'END'
%include "included.inc"
    db VALUE
    incbin "data.bin"
END

expect nasm "$("$nasm" -v)" 'NASM version 2.16.01'
"$nasm" -f bin -M -MF alone.d -o source.bin source.asm
"$nasm" -f bin -MD along.d -o source.bin source.asm
expect -M "$(prerequisites alone.d)" 'source.asm included.inc data.bin'
expect -MD "$(prerequisites along.d)" 'source.asm data.bin'
