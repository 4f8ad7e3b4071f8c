/* The idle thread. For the rooms of sched/ only. */
#ifndef AETHEL_SCHED_THREADS_IDLE_H
#define AETHEL_SCHED_THREADS_IDLE_H

struct thread;

/* The idle thread's control block. Any context. */
const struct thread *idle_thread_block(void);

#endif
