#!/bin/sh
# Bochs's debugger stops at each reset of the processor, even if it was told to continue.
#
# Tool:      Bochs 2.7 (Debian 12, package 2.7+dfsg-4+deb12u1, which has the debugger built in)
# Behaviour: `-rc` with one command `c` starts the machine, and nobody has set a breakpoint. Yet a
#            reset through port 92h takes it back to the prompt of the debugger, at the first
#            instruction of the BIOS; where standard input is at its end, that ends Bochs, as if
#            the reset had. With a `c` more for each reset the machine goes on. A reset through
#            port CF9h does not stop. (Bochs 3.0 of Debian 13 starts again after either.)
# Seen:      A boot sector that resets, and shuts down in its third run:
#            port 92h, commands: 1, runs: 1
#            port 92h, commands: 3, runs: 3
#            port CF9h, commands: 1, runs: 3
# Date:      2026-11-29
#
# Consequence: a file of as many `c` as there may be resets.

. "$(dirname "$0")/packages.sh"

seconds_at_most=300

unpack_bochs() {
    unpack "$work" b/bochs/bochs_2.7+dfsg-4+deb12u1_amd64.deb \
        50a363747f0c7c35cb83ce32ada5302dfb1717185903aa18230226478ba9c6f8
    unpack "$work" b/bochs/bochsbios_2.7+dfsg-4+deb12u1_all.deb \
        ab91713fab14c3ad27146fa60ad9f1ce3750fdb6f9e21bef0d5aa0d4af2ff429
    unpack "$work" v/vgabios/vgabios_0.8a+ds-2_all.deb \
        921cca705c76139df423782979c3e4fe93a246ae3adc143ba17a321decf3544b
    bochs=$work/usr/bin/bochs-bin
    need_libraries "$bochs" bochs
}

# make_disk PORT VALUE: a floppy disk that resets the processor so. It counts in a free byte of the
# clock's memory, prints a line for each of its runs, and has Bochs end after the third.
make_disk() {
    cat >"$work/disk.asm" <<END
%define PORT $1
%define VALUE $2
bits 16
org 7C00h
COUNT equ 60h
SHUTDOWN_PORT equ 8900h

    jmp 0:start
start:
    xor ax, ax
    mov ds, ax
    mov si, line
.print:
    lodsb
    out 0E9h, al
    cmp al, 0Ah
    jne .print

    mov al, COUNT
    out 70h, al
    in al, 71h
    inc al
    mov ah, al
    mov al, COUNT
    out 70h, al
    mov al, ah
    out 71h, al
    cmp al, 3
    je shut_down

    mov dx, PORT
    mov al, VALUE
    out dx, al
    jmp \$

shut_down:
    mov si, shutdown
    mov dx, SHUTDOWN_PORT
    mov cx, 8
    rep outsb
    jmp \$

line db 'boot sector runs', 0Ah
shutdown db 'Shutdown'
times 510 - (\$ - \$\$) db 0
dw 0AA55h
times 1440 * 1024 - 512 db 0
END
    "$work/usr/bin/nasm" -f bin -o "$work/disk" "$work/disk.asm"
}

# check NAME COMMANDS RUNS: lets the disk run until Bochs ends, with as many commands to continue.
check() {
    cat >"$work/configuration" <<END
display_library: rfb, options="timeout=0"
romimage: file=$work/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=$work/usr/share/vgabios/vgabios.bin
cpu: ips=50000000
memory: guest=16, host=16
floppya: 1_44=$work/disk, status=inserted, write_protected=1
boot: floppy
clock: sync=none, time0=946684800
port_e9_hack: enabled=1
sound: driver=dummy
speaker: enabled=0
log: $work/log
panic: action=fatal
END
    yes c | head -n "$2" >"$work/commands"
    LTDL_LIBRARY_PATH=$work/usr/lib/x86_64-linux-gnu/bochs/plugins timeout --kill-after=5 \
        "$seconds_at_most" "$bochs" -q -f "$work/configuration" -rc "$work/commands" \
        </dev/null >"$work/printed" 2>"$work/messages" || true # it ends with 1 in any case
    expect "$1, commands: $2, runs" "$(grep -c 'boot sector runs' "$work/printed")" "$3"
}

unpack_nasm "$work"
unpack_bochs
make_disk 92h 3
check 'port 92h' 1 1
check 'port 92h' 3 3
make_disk 0CF9h 6
check 'port CF9h' 1 3
