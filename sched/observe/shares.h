/*
 * Who had how much of the last second, and wanted how much. For the rooms of sched/ only;
 * interrupts off.
 *
 * Time is cut into periods of HARMONY_PERIOD_TICKS; the window is SHARE_PERIODS of them. Nothing
 * visits all threads when a period begins. Instead the_scheduler.epoch says since when something
 * happens to a thread for the first time again; whoever changes a thread's state calls
 * shares_note() first where the_scheduler.epoch is later than what happened to it last. A switch
 * looks only while ATTENTION_SHARES says that there are such threads among those that wait.
 *
 * Stolen time, which the machine did not give to the kernel, begins an epoch, too: shares_note()
 * takes it out of whatever the thread was doing.
 */
#ifndef AETHEL_SCHED_OBSERVE_SHARES_H
#define AETHEL_SCHED_OBSERVE_SHARES_H

#include "sched/state/control_block.h"
#include "sched/state/state.h"

/* The first period begins at TSC `at`: nobody had anything before. Boot only. */
void shares_init(uint64_t at);

/* `thread` has been created. */
void shares_begin(struct thread *thread);

/* Something is about to happen to `thread`, for the first time in this epoch. Constant time. */
void shares_note(struct thread *thread);

static inline void shares_note_if_first(struct thread *thread)
{
    if (__builtin_expect(thread->accounting.since < the_scheduler.epoch, false))
        shares_note(thread);
}

/* `thread` has run for the last time: what it had goes on counting until the window has passed. */
void shares_end(struct thread *thread);

/* A period begins at TSC `at`, at which the running thread was running. Constant time. */
void shares_begin_period(uint64_t at);

/* The machine was away for `cycles`, up to TSC `until` at the latest, when the handler that tells
 * of it was entered. Returns how many of them count: not more than the running thread had been
 * running for. Constant time. */
uint64_t shares_steal(uint64_t cycles, uint64_t until);

/* Cycles stolen since the boot; and of `thread`'s life, up to now. */
uint64_t shares_stolen(void);
uint64_t shares_stolen_of(const struct thread *thread);

/* Of those, the ones that shares_note() has not taken out of its accounts yet. */
uint64_t shares_stolen_unseen(const struct thread *thread);

/* --- The window that ended when the period began, in units of SHARE_UNITS --------------------- */

/* Its length. */
uint32_t shares_window(void);

/* What somebody, or several that are all alike, had and wanted. */
struct wish {
    uint32_t count;
    uint32_t got;    /* each */
    uint32_t demand; /* each */
};

/* What `thread` did. */
struct wish shares_of(struct thread *thread);

/* How much of the window it ran, in millionths. */
uint32_t shares_ppm(struct thread *thread);

/* The same for the handlers of interrupts, and for all threads that have ended. */
uint32_t shares_of_interrupts(void);
uint32_t shares_of_ended(void);

/*
 * Calls `visit` for everybody who had or wanted anything. Those that waited for the whole window
 * and got nothing are told of once, as so many; so are, as one, those that have ended and had next
 * to nothing. Interrupts are let in between, unless it runs in a thread; no thread runs meanwhile.
 */
void shares_visit(void (*visit)(const struct wish *wish));

/* Those that waited for the whole window and got nothing. */
uint32_t shares_starved(void);

/* The number of the period, which grows by one. */
uint32_t shares_period(void);

/* Threads that could run when the period began. */
uint32_t shares_runnable(void);

#endif
