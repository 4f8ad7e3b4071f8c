/*
 * The room kernel/start/ is the start of the machine, part by part. It alone, with kernel/main.c,
 * sees every floor: here each part is handed what it is to call.
 *
 * Entered by: kernel/main.c, which says in which order.
 * Invariant: interrupts are off in all of it. It runs once, on the stack that becomes the idle
 * thread's, but for what looks after the consoles: the tick calls that.
 */
#ifndef AETHEL_KERNEL_START_START_H
#define AETHEL_KERNEL_START_START_H

#include <stdint.h>

#include "kernel/options.h"

/* What the command line says. Written by start_read_options(), and by start_consoles() where the
 * console that it names does not exist. */
extern struct kernel_options start_options;

/* options.c: which consoles to use is said here, so it is read before there is one to complain at;
 * what else it says is applied when all is there. */
void start_read_options(uint64_t boot_info_address);
void start_apply_options(void);

/* consoles.c: the screen, COM1, and the keyboard. */
void start_consoles(void);
void start_keyboard(void);

/* What happens to them now and then rather than at each tick. Returns the ticks until it is to be
 * called again. Interrupt context. */
uint32_t start_look_after_consoles(void);

/* panics.c: where panics are shown, and how they learn who was running. */
void start_panics(void);

/* memory.c: frames, the address space, stacks, the heap; and the interrupts' own stacks. */
void start_memory(void);

/* time.c: the real-time clock and the tick. */
void start_time(void);

/* reports.c: what whoever boots the machine is told besides: from where and with which command
 * line; how long loading took, once time is known; and how threads are scheduled. */
void start_report_boot(void);
void start_report_load_time(void);
void start_report_settings(void);

/* shells.c: the shells, or what takes their place in test and bench kernels. */
void start_shells(void);

#endif
