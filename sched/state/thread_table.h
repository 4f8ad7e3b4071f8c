/* All threads: by tid, and in the order of tids. For the rooms of sched/ only. */
#ifndef AETHEL_SCHED_STATE_THREAD_TABLE_H
#define AETHEL_SCHED_STATE_THREAD_TABLE_H

#include "sched/state/control_block.h"

/* Tids are below this and begin anew then: a power of two, so that a mutex can hold the tid and a
 * bit, and no such word means anything else. */
#define TIDS (1u << 30)

/* Starts with an empty table; the next thread gets tid 0. `memory` is for `bucket_count` buckets, a
 * power of two: with as many threads, each is found in a step or two. */
void thread_table_init(struct thread **memory, unsigned bucket_count);

/*
 * Gives `thread` the next tid and enters it. Once all tids have been given out they come again, but
 * for those of threads that are in the table: then it takes as many steps as there are of these in
 * a row. Interrupts off.
 */
void thread_table_add(struct thread *thread);

/* Takes `thread` out. Interrupts off. */
void thread_table_remove(struct thread *thread);

/* The thread of that tid, or NULL. Constant time; interrupts off. */
struct thread *thread_table_find(int tid);

/* The same for a thread that holds a lock: NULL also if it has passed its locks on. Any `tid`. */
struct thread *thread_table_find_holder(int tid);

/* The thread of the lowest tid that is greater than `tid`, or NULL. Preemption off. Constant time
 * when thread `tid` still exists. */
struct thread *thread_table_next(int tid);

/* How many threads have been added so far, and for how many of them `thread`, one of TIDS, has been
 * the latest, itself counted: 1 for the newest. Preemption off. */
uint64_t thread_table_added(void);
uint64_t thread_table_age(const struct thread *thread);

/* The thread that was added last, and the one that was before `thread`; NULL before the first. One
 * that has been there since all tids were given out stands among those of tids next to its own.
 * Preemption off. */
struct thread *thread_table_newest(void);
struct thread *thread_table_before(const struct thread *thread);

unsigned thread_table_count(void);

/* The list of all threads, linked by order_node: for panics, which do not trust it.
 */
const struct list_node *thread_table_order(void);

#endif
