#!/bin/sh
# A recorded machine of QEMU's that switches itself off now and then goes on for a while.
#
# Tool:      QEMU 7.2.22 (Debian 12, package 1:7.2+dfsg-7+deb12u18+b3), with SeaBIOS 1.16.2
# Behaviour: A boot sector prints a thousand dots, switches the machine off by its ACPI register
#            (port 604h of the machine "pc"), and goes on printing dots. With -icount, sleep=off, no
#            host clock and a record each run is the same to the instruction, and most of them end
#            at the register. But it only asks QEMU's main loop to stop, whose thread may be late:
#            some runs print tens of thousands of dots more. So what counts instructions, port
#            accesses or output of whole runs counts the host now and then; isa-debug-exit ends
#            QEMU within its instruction.
# Seen:      numbers of dots in 60 recorded runs: several
#            numbers of dots in 60 recorded runs with isa-debug-exit: 1
# Date:      2026-12-01

. "$(dirname "$0")/qemu.sh"

# disk END: a disk for a machine that is ended by instructions.
disk() {
    {
        echo "%macro END_MACHINE 0"
        printf '%s\n' "$1"
        cat <<'END'
%endmacro
TURNS equ 1000

    mov cx, TURNS
turn:
    mov al, '.'
    out 0E9h, al
    loop turn
    END_MACHINE
on:
    mov al, '.'
    out 0E9h, al
    jmp on
END
    } | make_disk
}

# dots: counts the dots of each of many recorded runs.
dots() {
    for _ in $(seq 60); do
        boot -icount shift=8,sleep=off,rr=record,rrfile=/dev/null -rtc base=2000-01-01,clock=vm \
            -drive "if=floppy,format=raw,file=$work/disk"
        printf '%s' "$printed" | wc -c
    done >"$work/dots"
}

exit_status=0
disk '    mov dx, 604h
    mov ax, 2000h
    out dx, ax'
dots
numbers=$(sort -u "$work/dots" | wc -l)
echo "dots: $(sort -n "$work/dots" | uniq -c | awk '{ print $1 " runs " $2 }' | paste -sd ,)"
expect 'numbers of dots in recorded runs' "$(if [ "$numbers" -gt 1 ]; then echo several; else echo "$numbers"; fi)" several

exit_status=1
disk '    mov al, 0
    out 0F4h, al'
dots
expect 'numbers of dots in recorded runs with isa-debug-exit' "$(sort -u "$work/dots" | wc -l)" 1
