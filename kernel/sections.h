/* The borders of the kernel image, as the linker script draws them. Only the addresses count. */
#ifndef AETHEL_KERNEL_SECTIONS_H
#define AETHEL_KERNEL_SECTIONS_H

extern const char __kernel_start[], __kernel_end[];
extern const char __text_start[], __text_end[];
extern const char __rodata_start[], __data_start[];
extern const char __boot_stack_guard[], __boot_stack_top[];
extern const char __panic_stack_guard[], __panic_stack_top[];

#endif
