; Is this CPU one that the kernel runs on: 64-bit mode, and pages that cannot be executed?

EFLAGS_ID equ 1 << 21                   ; can be changed if there is CPUID
CPUID_EXTENDED_MAXIMUM equ 80000000h
CPUID_EXTENDED_FEATURES equ 80000001h
CPUID_LONG_MODE equ 1 << 29             ; in EDX
CPUID_NO_EXECUTE equ 1 << 20            ; in EDX

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
    mov eax, CPUID_EXTENDED_FEATURES
    cpuid
    mov [cpu_features], edx
    mov si, no_long_mode_text
    test edx, CPUID_LONG_MODE
    jz fail
    mov si, no_execute_text
    test edx, CPUID_NO_EXECUTE
    jz fail
    ret

cpu_features: dd 0

no_long_mode_text:
    db "This CPU has no 64-bit mode", 13, 10, "(features: "
    hex_dword cpu_features
    db ", bit 29 is missing).", 0
no_execute_text:
    db "This CPU cannot protect data from being executed, or the", 13, 10
    db 'setup has switched it off: look there for "NX", "XD" or "Execute Disable"', 13, 10
    db "(features: "
    hex_dword cpu_features
    db ", bit 20 is missing).", 0
