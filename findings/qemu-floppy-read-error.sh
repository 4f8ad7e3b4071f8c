#!/bin/sh
# QEMU's floppy controller does not report a read error: zeroes come instead of the data.
#
# Tool:      QEMU 7.2.22 (Debian 12, package 1:7.2+dfsg-7+deb12u18+b3), with SeaBIOS 1.16.2
# Behaviour: A boot sector reads one sector with INT 13h of which blkdebug says EIO, as a host's
#            worn disk would. From an IDE disk the BIOS reports an error, and leaves the buffer
#            alone. From a floppy drive the same error is success, and the data are zeroes.
# Seen:      IDE disk: carry 00, status 00, data 44...44
#            IDE disk with the error: carry 01, status 0C, data FF...FF
#            floppy drive: carry 00, status 00, data 44...44
#            floppy drive with the error: carry 00, status 00, data 00...00
# Date:      2026-11-29
#
# Consequence: what was loaded needs a checksum, since a floppy drive's "no error" says nothing.

. "$(dirname "$0")/qemu.sh"

bad_sector=5 # counted from 0

ide='ide-hd,drive=drive,rerror=report'
floppy='floppy,drive=drive,drive-type=144'

# check NAME DEVICE ERROR EXPECTED: reads the sector of a device, with an option of blkdebug.
check() {
    boot -boot order=ac -device "$2" \
        -blockdev "driver=file,node-name=file,filename=$work/disk" \
        -blockdev "driver=blkdebug,node-name=failing,image=file$3" \
        -blockdev driver=raw,node-name=drive,file=failing
    expect "$1" "$printed" "$4"
}

make_disk <<'END'
BUFFER equ 8000h
LAST equ BUFFER + 511

    mov byte [BUFFER], 0FFh
    mov byte [LAST], 0FFh
    mov ax, 0201h ; read, one sector
    mov bx, BUFFER
    mov cx, 6     ; of cylinder 0, where the first is 1
    mov dh, 0
    int 13h
    mov [status], ah
    setc [carry]

    print 'carry '
    mov al, [carry]
    call print_byte
    print ', status '
    mov al, [status]
    call print_byte
    print ', data '
    mov al, [BUFFER]
    call print_byte
    print '...'
    mov al, [LAST]
    call print_byte
    jmp end_machine

carry db 0
status db 0
END

error=,inject-error.0.event=none,inject-error.0.iotype=read,inject-error.0.errno=5
error=$error,inject-error.0.sector=$bad_sector
check 'IDE disk' "$ide" '' 'carry 00, status 00, data 44...44'
check 'IDE disk with the error' "$ide" "$error" 'carry 01, status 0C, data FF...FF'
check 'floppy drive' "$floppy" '' 'carry 00, status 00, data 44...44'
check 'floppy drive with the error' "$floppy" "$error" 'carry 00, status 00, data 00...00'
