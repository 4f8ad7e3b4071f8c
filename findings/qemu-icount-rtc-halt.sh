#!/bin/sh
# Under -icount, QEMU's real-time clock loses every other interrupt in a machine that halts.
#
# Tool:      QEMU 7.2.22 (Debian 12, package 1:7.2+dfsg-7+deb12u18+b3), with SeaBIOS 1.16.2
# Behaviour: A boot sector sets the clock to 1024 interrupts a second, acknowledges each as it
#            should be (register C, both 8259), and counts them during 36 ticks of the BIOS, which
#            are 1.98 s. While it waits for the last tick in a loop that does nothing it counts
#            all of them. With HLT in that loop there are half as many, in each run. The ticks
#            themselves, of the 8254, are right in both.
# Seen:      interrupts with nop: 2025
#            interrupts with hlt: 1017
# Date:      2026-11-29

. "$(dirname "$0")/qemu.sh"

# disk WAIT: a disk for a machine that waits with an instruction.
disk() {
    {
        echo "%define WAIT $1"
        cat <<'END'
TICKS equ 36
BIOS_TICKS equ 046Ch
VECTOR equ 70h * 4
RATE_1024_HZ equ 26h
PERIODIC equ 40h

%macro write_clock 2
    mov al, %1
    out 70h, al
    mov al, %2
    out 71h, al
%endmacro

    cli
    mov word [VECTOR], handler
    mov word [VECTOR + 2], 0
    write_clock 0Ah, RATE_1024_HZ
    write_clock 0Bh, PERIODIC | 2 ; 24 hours
    in al, 0A1h
    and al, 0FEh                  ; IRQ 8
    out 0A1h, al
    in al, 21h
    and al, 0FBh                  ; the second 8259
    out 21h, al
    call acknowledge
    sti

    mov ebx, [BIOS_TICKS]
    inc ebx
    call wait_for_tick
    mov dword [count], 0
    add ebx, TICKS
    call wait_for_tick
    mov eax, [count]
    call print_number
    jmp end_machine

wait_for_tick:
    WAIT
    cmp [BIOS_TICKS], ebx
    jb wait_for_tick
    ret

acknowledge:
    mov al, 0Ch
    out 70h, al
    in al, 71h
    ret

handler:
    push ax
    call acknowledge
    inc dword [cs:count]
    mov al, 20h
    out 0A0h, al
    out 20h, al
    pop ax
    iret

count dd 0
END
    } | make_disk
}

# check WAIT EXPECTED: counts while the machine waits with an instruction.
check() {
    disk "$1"
    boot -icount shift=0,sleep=off -rtc base=2000-01-01,clock=vm -boot order=ac \
        -drive "if=floppy,format=raw,file=$work/disk"
    expect "interrupts with $1" "$((0x$printed))" "$2"
}

check nop 2025
check hlt 1017
