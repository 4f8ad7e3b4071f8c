; What the firmware tells about the boot drive, for reports about machines that nobody here owns.
; The kernel is in memory by now, so that nothing depends on how the firmware takes these calls.
; No other drive is asked: some firmware hangs when an empty or odd one is.

; INT 13h AH=48h (Phoenix EDD specification 3.0; T13 1572D, table 8). The caller says how large the
; buffer is, and the firmware how much of it is filled in. Stage 1 is done, and firmware that
; fills in more than it should finds room behind its 512 bytes, too.
DRIVE_PARAMETERS equ STAGE1_ADDRESS
DRIVE_PARAMETERS.size equ DRIVE_PARAMETERS
DRIVE_PARAMETERS.sectors equ DRIVE_PARAMETERS + 10h
DRIVE_PARAMETERS.sector_bytes equ DRIVE_PARAMETERS + 18h
DRIVE_PARAMETERS.path_key equ DRIVE_PARAMETERS + 1Eh
DRIVE_PARAMETERS.host_bus equ DRIVE_PARAMETERS + 24h
DRIVE_PARAMETERS.interface equ DRIVE_PARAMETERS + 28h
DRIVE_PARAMETERS_SIZE equ 4Ah           ; with the path to the device
DRIVE_PARAMETERS_SIZE_1 equ 1Ah         ; as of the first version
PATH_KEY equ 0BEDDh
PATH_TEXT equ 4 + 8                     ; host bus and interface, in ASCII

BIOS_HARD_DISKS equ 0475h               ; BIOS data area: how many the firmware has found

describe_drives:
    mov al, [BIOS_HARD_DISKS]
    mov [BOOT_INFO_ADDRESS + boot_info.hard_disks], al
    test byte [edd_features], BOOT_EDD_PARAMETERS
    jz .return

    mov ax, DRIVE_PARAMETERS_SIZE
    call ask_for_parameters
    jnc .told
    mov ax, DRIVE_PARAMETERS_SIZE_1
    call ask_for_parameters
    jc .return
.told:
    mov ax, [DRIVE_PARAMETERS.sector_bytes]
    mov [BOOT_INFO_ADDRESS + boot_info.drive_sector_bytes], ax
    mov eax, [DRIVE_PARAMETERS.sectors]
    mov [BOOT_INFO_ADDRESS + boot_info.drive_sectors], eax
    mov eax, [DRIVE_PARAMETERS.sectors + 4]
    mov [BOOT_INFO_ADDRESS + boot_info.drive_sectors + 4], eax

    cmp word [DRIVE_PARAMETERS.path_key], PATH_KEY
    jne .return
    mov si, DRIVE_PARAMETERS.host_bus
    mov cx, PATH_TEXT
.next_character:
    lodsb
    cmp al, ' '
    jb .return
    cmp al, '~'
    ja .return
    loop .next_character
    mov si, DRIVE_PARAMETERS.host_bus
    mov di, BOOT_INFO_ADDRESS + boot_info.edd_host_bus
    mov cx, 4
    rep movsb
    mov di, BOOT_INFO_ADDRESS + boot_info.edd_interface
    mov cx, 8
    rep movsb
.return:
    ret

; AX = how large the firmware may believe the buffer to be. CF = 1: no answer.
ask_for_parameters:
    mov di, DRIVE_PARAMETERS
    push di
    push ax
    xor ax, ax                          ; what is not filled in is 0
    mov cx, DRIVE_PARAMETERS_SIZE / 2
    rep stosw
    pop word [DRIVE_PARAMETERS.size]
    pop si
    mov ah, 48h
    mov dl, [boot_drive]
    bios 13h
    jc .return
    cmp word [DRIVE_PARAMETERS.size], DRIVE_PARAMETERS_SIZE_1 ; CF = 1: it did not even do that
.return:
    ret
