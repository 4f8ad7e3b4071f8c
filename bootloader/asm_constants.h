/*
 * How a C file hands constants to NASM. Compiled to assembly, each constant becomes a line that
 * holds an @ and a NASM %define; disk.img.mk cuts these lines out. The file is never assembled
 * or linked. Only the compiler knows the layout of a structure, so only it is asked.
 */
#ifndef AETHEL_BOOTLOADER_ASM_CONSTANTS_H
#define AETHEL_BOOTLOADER_ASM_CONSTANTS_H

#include <stddef.h>

/* %c prints the number without the $ of an immediate operand; gcc and clang both know it. */
#define ASM_VALUE(name, value) \
    __asm__ volatile(".ascii \"@%%define " name " %c0\"" : : "i"((long)(value)))

#define ASM_CONSTANT(constant) ASM_VALUE(#constant, constant)

/* structure.member is the member's offset, as in a structure that NASM itself defines. */
#define ASM_OFFSET(structure, member) \
    ASM_VALUE(#structure "." #member, offsetof(struct structure, member))

#define ASM_SIZE(structure) ASM_VALUE(#structure "_size", sizeof(struct structure))

#endif
