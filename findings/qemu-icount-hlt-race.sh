#!/bin/sh
# QEMU's -icount repeats a machine's run only if it is recorded, once that machine halts.
#
# Tool:      QEMU 7.2.22 (Debian 12, package 1:7.2+dfsg-7+deb12u18+b3), with SeaBIOS 1.16.2
# Behaviour: A boot sector sets the 8254 to one interrupt after 57 us, waits for it, and does so
#            20000 times; then it prints the lower half of its time-stamp counter. With "sleep=off"
#            and no host clock anywhere each run should print the same. It does if the machine
#            waits in a loop. If it halts, runs differ by microseconds to milliseconds, in this and
#            that run; and with rr=record, the record going to /dev/null, all print the same again.
#            (It needs a second processor of the host: the threads of QEMU have to meet.)
# Seen:      waiting in a loop: 1 end of 8 runs
#            halting: several ends of 8 runs
#            halting, recorded: 1 end of 8 runs
# Date:      2026-11-30

. "$(dirname "$0")/qemu.sh"

# disk WAIT: a disk for a machine that waits with an instruction.
disk() {
    {
        echo "%define WAIT $1"
        cat <<'END'
TURNS equ 20000
COUNT equ 68
VECTOR equ 8 * 4
ONE_SHOT equ 30h

    cli
    mov word [VECTOR], handler
    mov word [VECTOR + 2], 0
    mov al, 0FEh                  ; IRQ 0 alone
    out 21h, al
    mov ebp, TURNS
turn:
    mov byte [has_come], 0
    mov al, ONE_SHOT
    out 43h, al
    mov al, COUNT
    out 40h, al
    mov al, 0
    out 40h, al
wait_for_it:
    sti
    WAIT
    cli
    cmp byte [has_come], 0
    je wait_for_it
    dec ebp
    jnz turn
    rdtsc
    call print_number
    jmp end_machine

handler:
    push ax
    mov byte [cs:has_come], 1
    mov al, 20h
    out 20h, al
    pop ax
    iret

has_come db 0
END
    } | make_disk
}

# ends WAIT ICOUNT: how many different numbers 8 runs print.
ends() {
    disk "$1"
    for _ in 1 2 3 4 5 6 7 8; do
        boot -icount "shift=8,sleep=off$2" -rtc base=2000-01-01,clock=vm \
            -drive "if=floppy,format=raw,file=$work/disk"
        echo "$printed"
    done >"$work/ends"
    sort -u "$work/ends" | wc -l
}

is_several() {
    if [ "$1" -gt 1 ]; then echo several; else echo "$1"; fi
}

expect 'ends of 8 runs, waiting in a loop' "$(ends nop '')" 1
expect 'ends of 8 runs, halting' "$(is_several "$(ends hlt '')")" several
expect 'ends of 8 runs, halting and recorded' "$(ends hlt ,rr=record,rrfile=/dev/null)" 1
