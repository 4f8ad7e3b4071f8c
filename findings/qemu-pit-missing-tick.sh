#!/bin/sh
# QEMU's 8254 leaves out one interrupt 59 s after it was set to a thousand a second.
#
# Tool:      QEMU 7.2.22 (Debian 12, package 1:7.2+dfsg-7+deb12u18+b3), with SeaBIOS 1.16.2
# Behaviour: A boot sector sets counter 0 to mode 2 and to a count of 1193, which is the nearest to
#            1000 interrupts a second, halts, and looks at the TSC at each interrupt. All are
#            999,847 or 999,848 ns apart, but for one pair: between the interrupts 59,008 and
#            59,009 two periods pass, and so one has been lost, though the machine has done
#            nothing else. With a count of 1192 it is another one, and with 1194 none is lost in
#            70,000.
# Seen:      count 1193: number 59009 comes after 1999 us
#            count 1192: number 59559 comes after 1998 us
#            count 1194: none is late
# Date:      2026-11-29

. "$(dirname "$0")/qemu.sh"

# disk COUNT: a disk for a machine that prints the number of the first interrupt that is late, and
# after how many microseconds it comes; or zeroes.
disk() {
    {
        echo "%define COUNT $1"
        cat <<'END'
INTERRUPTS equ 70000
VECTOR equ 8 * 4
MODE_2 equ 34h
LATE_NS equ 1500000

    cli
    mov word [VECTOR], handler
    mov word [VECTOR + 2], 0
    mov al, MODE_2
    out 43h, al
    mov ax, COUNT
    out 40h, al
    mov al, ah
    out 40h, al
    sti

wait_for_interrupt:
    hlt
    cmp dword [number], INTERRUPTS
    jb wait_for_interrupt

    mov eax, [late_number]
    call print_number
    mov eax, [late_ns]
    xor edx, edx
    mov ebx, 1000
    div ebx
    call print_number
    jmp end_machine

handler:
    pushad
    rdtsc
    mov ebx, eax
    sub eax, [before]
    mov [before], ebx
    inc dword [number]
    cmp dword [number], 2         ; the first one has none before it
    jb .done
    cmp eax, LATE_NS
    jb .done
    cmp dword [late_number], 0
    jne .done
    mov [late_ns], eax
    mov eax, [number]
    mov [late_number], eax
.done:
    mov al, 20h
    out 20h, al
    popad
    iret

before dd 0
number dd 0
late_number dd 0
late_ns dd 0
END
    } | make_disk
}

# check COUNT NUMBER MICROSECONDS
check() {
    disk "$1"
    boot -icount shift=0,sleep=off -rtc base=2000-01-01,clock=vm -boot order=ac \
        -drive "if=floppy,format=raw,file=$work/disk"
    number=${printed%????????}
    expect "late with a count of $1" "$((0x$number)) after $((0x${printed#"$number"})) us" \
        "$2 after $3 us"
}

check 1193 59009 1999
check 1192 59559 1998
check 1194 0 0
