/*
 * Machine checks: what the processor found wrong with itself, its caches, or its bus (Intel SDM
 * vol. 3, chapter 15).
 */
#ifndef AETHEL_KERNEL_CPU_MACHINE_CHECK_H
#define AETHEL_KERNEL_CPU_MACHINE_CHECK_H

/*
 * Has them come as exception 18 where the processor can; without that each is a reset. What it has
 * kept from before, of a check that ended in a reset, is written to the log. Boot only, interrupts
 * off, when that exception has a stack.
 */
void machine_check_init(void);

/* Hands each line of what is known of the check that has come to `print`, and forgets it: a further
 * one would be a reset as long as this one stands. Interrupts off; for panics, and with a guard:
 * which registers there are is what the processor says itself. */
void machine_check_print(void (*print)(const char *format, ...));

#endif
