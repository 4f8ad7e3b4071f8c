/*
 * The stacks that threads have left last, for those that come next: who comes and goes need not map
 * anything, however many others there are. For the room threads only; preemption or interrupts off.
 */
#ifndef AETHEL_SCHED_THREADS_SPARE_STACKS_H
#define AETHEL_SCHED_THREADS_SPARE_STACKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Returns the top of a stack of `size` bytes that is painted, or as good as that (see
 * thread_stack_high_water()), or 0 if there is none. */
uint64_t spare_stack_take(size_t size);

/* Keeps the stack of `size` bytes with that top, on which nobody stands. Somebody `was_asked` for
 * what has been used of it: then the next one is told exactly, too. */
void spare_stack_keep(uint64_t top, size_t size, bool was_asked);

/* Gives all of them back to memory. Returns whether there were any. */
bool spare_stacks_release(void);

/* How many bytes of memory would come back then. */
size_t spare_stacks_size(void);

#endif
