# shellcheck shell=sh disable=SC2034 # the finding is the one to read what was printed
# For the findings about QEMU to read: QEMU 7.2 of Debian 12, and boot sectors for it.
#
# A boot sector prints to port E9h, and ends the machine with what it writes to port F4h.
. "$(dirname "$0")/packages.sh"

seconds_at_most=120
exit_status=1 # of a machine that was ended with 0: twice the value plus 1

unpack_qemu() {
    unpack "$work" q/qemu/qemu-system-x86_7.2+dfsg-7+deb12u18+b3_amd64.deb \
        faf17e2cc7323acbb36bbd6329b61080e7ead0ebb92d33155f41b17d8db6fe15
    unpack "$work" q/qemu/qemu-system-common_7.2+dfsg-7+deb12u18+b3_amd64.deb \
        cc6bbe2d5e0b9ed6306f054008967b0564dc06b2558ea5142590f522ccca9b2b
    unpack "$work" q/qemu/qemu-system-data_7.2+dfsg-7+deb12u18_all.deb \
        8d7647370573fe9871949acf60d0c000546c2c089008a70accb3d015781e6bf1
    unpack "$work" s/seabios/seabios_1.16.2-1_all.deb \
        08e5b3f761379f17a6051731cafa03e97686049e2cc1b8bdccc5a910646e2d8e
    qemu=$work/usr/bin/qemu-system-x86_64
    need_libraries "$qemu" qemu-system-x86
}

# What every boot sector begins with, and the routines to print.
write_include_file() {
    cat >"$work/boot.inc" <<'END'
bits 16
org 7C00h
    jmp 0:start

; Prints a text. Changes AL and SI.
%macro print 1
    mov si, %%text
    call print_text
    jmp %%behind
%%text db %1, 0
%%behind:
%endmacro

print_text:
    cs lodsb
    out 0E9h, al
    cmp byte [cs:si], 0
    jne print_text
    ret

; Prints AL as 2 hexadecimal digits. Changes EAX and CX.
print_byte:
    ror eax, 8
    mov cx, 2
    jmp print_digits

; Prints EAX as 8 hexadecimal digits. Changes CX.
print_number:
    mov cx, 8
print_digits:
    rol eax, 4
    push ax
    and al, 0Fh
    cmp al, 10
    sbb al, 69h
    das
    out 0E9h, al
    pop ax
    loop print_digits
    ret

end_machine:
    mov al, 0
    out 0F4h, al
    jmp $

start:
    cli
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov sp, 7C00h
    sti
END
}

# make_disk: a disk of 1440 KiB whose boot sector is what is on standard input behind the beginning,
# and whose other sectors are full of letters D.
make_disk() {
    write_include_file
    {
        echo '%include "boot.inc"'
        cat
        echo 'times 510 - ($ - $$) db 0'
        echo 'dw 0AA55h'
        echo "times 1440 * 1024 - 512 db 'D'"
    } >"$work/disk.asm"
    "$work/usr/bin/nasm" -f bin -I"$work/" -o "$work/disk" "$work/disk.asm"
}

# boot OPTIONS: runs a machine until it ends itself, and puts what it has printed into "$printed".
boot() {
    status=0
    printed=$(timeout --kill-after=5 "$seconds_at_most" "$qemu" -nodefaults -display none \
        -debugcon stdio -device isa-debug-exit,iobase=0xf4 "$@" </dev/null \
        2>"$work/log") || status=$?
    case "$status $(wc -c <"$work/log") $printed" in
    "$exit_status 0 "?*) ;;
    *) fail "QEMU ends with status $status: $(head -n 1 "$work/log")" ;;
    esac
}

unpack_nasm "$work"
unpack_qemu
expect QEMU "$("$qemu" --version | head -n 1)" \
    'QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)'
