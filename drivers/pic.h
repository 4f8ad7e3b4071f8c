/*
 * The room drivers/ is the machine's devices, a header each: interrupt controller, screen, serial
 * line, power. Those that are more than one file have rooms of their own below it.
 *
 * Entered by: drivers/clock/ and drivers/keyboard/, which are rooms of its floor; shell/ and
 * kernel/start/.
 * Invariant: a driver knows no thread and nothing above it: it is handed the functions that it
 * calls. It never blocks, and every wait for a device ends.
 *
 * The two cascaded 8259 interrupt controllers (Intel 8259A data sheet).
 */
#ifndef AETHEL_DRIVERS_PIC_H
#define AETHEL_DRIVERS_PIC_H

#include <stdbool.h>

/*
 * Moves the 16 lines to the vectors from IRQ_VECTOR_BASE on, masks all of them, and makes the
 * pair the machine's interrupt controller. Interrupts must be off.
 */
void pic_init(void);

/* Lets `line` (0-15) through; for a line of the second controller the cascade opens too. */
void pic_unmask(unsigned line);

/* Lets `line` through no more. */
void pic_mask(unsigned line);

/* Whether `line` has been raised and not been served yet, masked or not. Any context with
 * interrupts off. */
bool pic_is_requested(unsigned line);

/* Whether `line` is being served: its handler has been entered, and not ended. Likewise. */
bool pic_is_in_service(unsigned line);

#endif
