/*
 * The room sched/threads/ is threads as a whole: their life from creation to end, what can be done
 * to them meanwhile, what others may know of them, and the idle thread, which the boot becomes. It
 * is the highest room of sched/, and enters all others.
 *
 * Entered by: nobody; everybody knows the contracts sched/thread.h and sched/scheduler.h.
 * Invariant: a thread is in the table from before it can run until nobody can ask for it any more,
 * and its control block and its stack are given back exactly once.
 */
#ifndef AETHEL_SCHED_THREADS_THREADS_H
#define AETHEL_SCHED_THREADS_THREADS_H

#include <stddef.h>

#include "kernel/mm/layout.h"
#include "sched/state/control_block.h"

static inline size_t thread_stack_size(const struct thread *thread)
{
    return thread->stack_pages * PAGE_SIZE;
}

/* Names `thread`, as thread_set_name() does. Interrupts off, or before anybody knows it. */
void thread_copy_name(struct thread *thread, const char *name);

#endif
