; What this CPU can do: 64-bit mode, without which there is no kernel, and pages whose contents
; cannot be executed, without which the kernel runs less protected.

EFLAGS_ID equ 1 << 21                   ; can be changed if there is CPUID
CPUID_VENDOR equ 0
CPUID_FAMILY equ 1
CPUID_EXTENDED_MAXIMUM equ 80000000h
CPUID_EXTENDED_FEATURES equ 80000001h
CPUID_LONG_MODE equ 1 << 29             ; in EDX
CPUID_NO_EXECUTE equ 1 << 20            ; in EDX

; Intel SDM vol. 4, table 2-2: IA32_MISC_ENABLE. Setup programs set XD Bit Disable there to hide
; the feature from CPUID.
MSR_MISC_ENABLE equ 1A0h
MISC_ENABLE_NO_EXECUTE_OFF equ 34       ; its number
INTEL_FAMILY_6 equ 6
INTEL_FAMILY_6_MODEL_MIN equ 0Dh        ; Pentium M, the first of this family to have that bit
INTEL_FAMILY_15 equ 0Fh
INTEL_FAMILY_15_MODEL_MIN equ 3         ; Pentium 4, 90 nm

; Fails if there is no 64-bit mode.
check_cpu:
    pushfd
    pop eax
    mov ecx, eax
    xor eax, EFLAGS_ID
    push eax
    popfd
    pushfd
    pop eax
    push ecx
    popfd
    xor eax, ecx
    mov si, no_long_mode_text
    test eax, EFLAGS_ID
    jz fail

    mov eax, CPUID_EXTENDED_MAXIMUM
    cpuid
    mov si, no_long_mode_text
    cmp eax, CPUID_EXTENDED_FEATURES
    jb fail
    call read_cpu_features
    mov si, no_long_mode_text
    test edx, CPUID_LONG_MODE
    jz fail
    test edx, CPUID_NO_EXECUTE
    jnz .done
    call allow_no_execute
.done:
    ret

; EDX = [cpu_features] = the extended features.
read_cpu_features:
    mov eax, CPUID_EXTENDED_FEATURES
    cpuid
    mov [cpu_features], edx
    ret

; Undoes what the setup may have done. Only where this register is known to exist: reading another
; one would be the end.
allow_no_execute:
    xor eax, eax                        ; CPUID_VENDOR
    cpuid
    cmp ebx, "Genu"
    jne .done
    cmp edx, "ineI"
    jne .done
    cmp ecx, "ntel"
    jne .done

    mov eax, CPUID_FAMILY
    cpuid
    mov ebx, eax
    shr ebx, 8
    and bl, 0Fh                         ; family
    mov edx, eax
    shr edx, 12
    and dl, 0F0h                        ; the model's upper half
    shr al, 4                           ; and its lower one
    or al, dl
    mov ah, INTEL_FAMILY_15_MODEL_MIN
    cmp bl, INTEL_FAMILY_15
    je .family_known
    mov ah, INTEL_FAMILY_6_MODEL_MIN
    cmp bl, INTEL_FAMILY_6
    jne .done
.family_known:
    cmp al, ah
    jb .done

    mov ecx, MSR_MISC_ENABLE
    rdmsr
    btr edx, MISC_ENABLE_NO_EXECUTE_OFF - 32
    jnc .done
    wrmsr
    call read_cpu_features
.done:
    ret

cpu_features: dd 0

; Stage 1 had this vector for itself. From now on whoever goes astray, the firmware too, is told of.
take_invalid_opcode:
    mov dword [INVALID_OPCODE_VECTOR], on_invalid_opcode
    ret

on_invalid_opcode:
    push cs
    pop ds
    mov bp, sp
    mov eax, [bp]                       ; IP, CS
    mov [opcode_at], eax
    mov si, invalid_opcode_text
    jmp fail

opcode_at: dd 0

invalid_opcode_text:
    db "The CPU met an invalid instruction, at (segment, offset) "
    hex_dword opcode_at
    db ".", 0
no_long_mode_text:
    db "This CPU has no 64-bit mode", 13, 10, "(features: "
    hex_dword cpu_features
    db ", bit 29 is missing).", 0
