/*
 * Non-maskable interrupts: something in the machine, or whoever sits at it, wants attention at
 * once. They come between any two instructions, also where interrupts are off and locks are held,
 * so that their handler takes note, and what it noted is told later.
 */
#ifndef AETHEL_KERNEL_CPU_NMI_H
#define AETHEL_KERNEL_CPU_NMI_H

#include <stdbool.h>
#include <stdint.h>

/* Lets them come: the loader masked them, since there was nobody to take one. Interrupts off. */
void nmi_enable(void);

/*
 * Takes note of one that interrupted the instruction at `address`, and quiets its source. Returns
 * false if memory or a bus can be trusted no more: nothing may go on then. For the NMI's handler.
 * It must not read the TSC: that may be a software interrupt, whose end lets the next NMI in.
 */
bool nmi_take(uint64_t address);

/* Writes to the log what has been noted since, and opens the source again. To be called now and
 * then, in interrupt context. */
void nmi_look_after(void);

/* Whether some have come that nobody has told of; they count as told from then on. For panics,
 * after which nmi_look_after() is not called any more. */
bool nmi_take_untold(void);

#define NMI_TEXT_SIZE 80u

/* What the machine said of the latest one: "I/O channel check (port 61h is 0x60)". Any context. */
void nmi_describe(char text[NMI_TEXT_SIZE]);

#endif
