/*
 * Kernel stacks: slots of equal size in a region of their own, each with a guard page below it
 * that is never mapped, so that an overflow faults instead of writing over somebody else.
 */
#ifndef AETHEL_KERNEL_MM_STACKS_H
#define AETHEL_KERNEL_MM_STACKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STACK_PAGES 2ul
#define STACK_SIZE  (STACK_PAGES * 4096ul)

/* Lays out slots for as many stacks as memory can hold. Boot only. */
void stacks_init(void);

/*
 * Returns the top of a new stack (aligned to a page; stacks grow down from it), or 0 when memory
 * or slots ran out. Its contents are undefined. Any context; never blocks.
 */
uint64_t stack_allocate(void);

/*
 * The most bytes that have been in use of the stack with top `top`, down to the lowest quadword
 * that somebody wrote to: as the stack was given out, each of them holds a pattern of its own. So a
 * frame that is not written counts as soon as something below it is, be it the return address of
 * one call, or an interrupt. Never less than that; more only if stacks are given out by the dozen
 * in a millisecond, and nobody asks about them: then it may be what one of those before was used.
 * The stack must exist: interrupts off.
 */
size_t stack_high_water(uint64_t top);

/* Gives back the stack whose top is `top`. Not for the stack that is in use. Any context. */
void stack_free(uint64_t top);

/*
 * The top of the stack whose guard page `address` lies in, or 0 where it lies in none. The stack
 * need not exist any more. Any context.
 */
uint64_t stack_of_guard_page(uint64_t address);

/* Frames that free stacks have kept, for the next ones. Any context. */
size_t stacks_spare_frames(void);

/* How many more stacks there is room for. Any context. */
size_t stacks_available(void);

#endif
