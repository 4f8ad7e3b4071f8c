#!/bin/sh
# NASM's -Wall warns of every relocation, and how to silence that depends on the order of options.
#
# Tools:     nasm 2.16.01 (Debian 12, package 2.16.01-1)
#            nasm 2.16.03 (Debian 13, package 2.16.03-1, with that suite's C library)
# Behaviour: With -Wall, 2.16.03 (and 3.01) warns of each reference to another section or file: a
#            program that calls puts() with a text, as every compiler would write it, has one for
#            each of the two lines. 2.16.01 says nothing of the same file. The names that switch
#            them off are unknown to it, and -Wall is also what makes it warn of unknown names; so
#            one command line for both needs -w-unknown-warning, and that between -Wall and the
#            names. Anywhere else it has no effect.
# Seen:      2.16.03 -Wall: 2 warnings
#            2.16.03 -Wall -w-reloc-rel: 0 warnings
#            2.16.01 -Wall: 0 warnings
#            2.16.01 -Wall -w-reloc-rel: 1 warnings
#            2.16.01 -w-unknown-warning -Wall -w-reloc-rel: 1 warnings
#            2.16.01 -Wall -w-reloc-rel -w-unknown-warning: 1 warnings
#            2.16.01 -Wall -w-unknown-warning -w-reloc-rel: 0 warnings
# Date:      2026-11-29

. "$(dirname "$0")/packages.sh"

nasm_2_16_01() {
    "$work/bookworm/usr/bin/nasm" "$@"
}

nasm_2_16_03() {
    libraries=$work/trixie/usr/lib/x86_64-linux-gnu
    "$libraries/ld-linux-x86-64.so.2" --library-path "$libraries" "$work/trixie/usr/bin/nasm" "$@"
}

# check VERSION OPTIONS WARNINGS: how many warnings it has for the program.
check() {
    # shellcheck disable=SC2086 # a word for each option
    "nasm_$(echo "$1" | tr . _)" $2 -f elf64 -o "$work/program.o" "$work/program.asm" \
        2>"$work/log" || fail "$1 does not assemble it"
    sed 's/^[^ ]*:/    /' "$work/log"
    expect "$1 $2" "$(grep -c warning: "$work/log") warnings" "$3 warnings"
}

unpack_nasm "$work/bookworm"
unpack "$work/trixie" n/nasm/nasm_2.16.03-1_amd64.deb \
    e5096e91356d643f54d46f3ede1d8d44e45c81a3995fb057c28ec51e3791818f
unpack "$work/trixie" g/glibc/libc6_2.41-12+deb13u5_amd64.deb \
    b59b0625cd1a791375d40dab23a4d5d3d0641e3d0a773501becdc3725b7f99cf

cat >"$work/program.asm" <<'END'
bits 64
extern puts
global main

section .text
main:
    sub rsp, 8
    lea rdi, [rel text]
    call puts
    xor eax, eax
    add rsp, 8
    ret

section .rodata
text:
    db "text", 0
END

expect 2.16.01 "$(nasm_2_16_01 -v)" 'NASM version 2.16.01'
expect 2.16.03 "$(nasm_2_16_03 -v | sed 's/ compiled.*//')" 'NASM version 2.16.03'
check 2.16.03 '-Wall' 2
check 2.16.03 '-Wall -w-reloc-rel' 0
check 2.16.01 '-Wall' 0
check 2.16.01 '-Wall -w-reloc-rel' 1
check 2.16.01 '-w-unknown-warning -Wall -w-reloc-rel' 1
check 2.16.01 '-Wall -w-reloc-rel -w-unknown-warning' 1
check 2.16.01 '-Wall -w-unknown-warning -w-reloc-rel' 0
