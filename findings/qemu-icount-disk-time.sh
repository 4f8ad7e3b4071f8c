#!/bin/sh
# QEMU's -icount makes all runs the same with a floppy drive, and none with an IDE disk.
#
# Tool:      QEMU 7.2.22 (Debian 12, package 1:7.2+dfsg-7+deb12u18+b3), with SeaBIOS 1.16.2
# Behaviour: With -icount shift=0,sleep=off and -rtc clock=vm, time is what was executed, and
#            nothing of the host should enter. A boot sector reads 320 sectors with INT 13h and
#            prints the processor's time stamp counter. From an IDE disk the figure is another one
#            in each run: the file is read in another thread, and how long the machine waits for
#            it is up to the host. From a floppy drive it is the same in all runs: there it is
#            read while the machine stands still.
# Seen:      5 runs from an IDE disk: different times
#            5 runs from a floppy drive: the same time
# Date:      2026-11-29
#
# Consequence: what is to repeat boots from the floppy drive, and reads no other.

. "$(dirname "$0")/qemu.sh"

runs=5

# check NAME OPTION EXPECTED: tells whether the time was the same in all runs with a drive.
check() {
    : >"$work/times"
    for _ in $(seq "$runs"); do
        boot -icount shift=0,sleep=off -rtc base=2000-01-01,clock=vm -boot order=ac -drive "$2"
        echo "$printed" | tee -a "$work/times"
    done
    times=$(sort -u "$work/times" | wc -l)
    seen='different times'
    [ "$times" -gt 1 ] || seen='the same time'
    expect "$runs runs from $1" "$seen" "$3"
}

make_disk <<'END'
BUFFER equ 8000h
ROUNDS equ 20
LAST_SECTOR equ 17

    mov bp, ROUNDS
round:
    mov cx, 2 ; of cylinder 0, where the boot sector is 1
sector:
    mov ax, 0201h ; read, one sector
    mov bx, BUFFER
    mov dh, 0
    int 13h
    jc failed
    inc cx
    cmp cx, LAST_SECTOR
    jbe sector
    dec bp
    jnz round

    rdtsc
    mov [low], eax
    mov eax, edx
    call print_number
    mov eax, [low]
    call print_number
    jmp end_machine

failed:
    print 'read error'
    jmp end_machine

low dd 0
END

check 'an IDE disk' "if=ide,format=raw,file=$work/disk" 'different times'
check 'a floppy drive' "if=floppy,format=raw,file=$work/disk" 'the same time'
