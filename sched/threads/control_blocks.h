/*
 * Where control blocks come from. They do not lie in the heap: so none is next to what is not one,
 * each begins with a cache line, and to take one and to give it back needs no lock. For the room
 * threads only; preemption or interrupts off.
 */
#ifndef AETHEL_SCHED_THREADS_CONTROL_BLOCKS_H
#define AETHEL_SCHED_THREADS_CONTROL_BLOCKS_H

#include <stddef.h>

struct thread;

/* Lays out addresses for as many as memory can hold with a stack each, and returns how many that
 * are. Boot only. */
size_t control_blocks_init(void);

/* Returns a control block, or NULL when memory or addresses ran out. What it says is undefined, but
 * that it holds no reader-writer lock for reading. */
struct thread *control_block_take(void);

/* Gives `thread` back, which holds none. */
void control_block_give_back(struct thread *thread);

/* How many more there are addresses for. */
size_t control_blocks_left(void);

/* How many bytes of memory there are with nothing in them but blocks that are kept for the next
 * ones. */
size_t control_blocks_spare_size(void);

#endif
