/*
 * A model of how a thread ends (sched/threads/life.c, sched/sync/held_locks.c), which spin explores
 * completely: whatever interrupts do at each place where they are on. tests/model/run checks it, and
 * that each of the mutations, which break one rule each, is found.
 *
 * How to read it against the C:
 *  - An inline is the C function of its name. A STEP is a passage with interrupts off, or a single
 *    access; between two of them a handler may do anything that it can do.
 *  - The thread that ends, and whoever kills it, have preemption off: no other thread runs before they
 *    are through. So one process does all of it, and another one is the handlers.
 *  - There is one mutex, which the ending thread holds or does not; two threads may wait for it, and a
 *    third for a condition whose mutex it is. MORE is the most urgent, then LESS, then SIGNALLED.
 *
 * Left out: what a lock's name has to do with the log, and stacks, which nobody else looks at.
 */

#define NOBODY    0
#define ENDING    1
#define MORE      2
#define LESS      3
#define SIGNALLED 4

#define STEP(...) atomic { true -> __VA_ARGS__ }

/* --- The mutex: sched/sync/mutex.h ------------------------------------------------------------ */

byte owner = NOBODY;
bool is_contended;     /* bit 0 of the owner's word, and in the holder's list */
bool is_waiting[5];    /* in the mutex's queue */
bool waits_for_condition;
byte told[5];          /* what a wait came to: */
#define NOTHING_YET 0
#define GOT_IT      1
#define TIMED_OUT   2

#define MOST_URGENT_WAITER \
    (is_waiting[MORE] -> MORE : (is_waiting[LESS] -> LESS : (is_waiting[SIGNALLED] -> SIGNALLED : NOBODY)))

/* --- The thread that ends --------------------------------------------------------------------- */

bool exists = true;      /* its control block does */
bool has_ended;          /* its state is ENDED */
bool has_passed_locks_on;
bool is_detached;
bool memory_is_there = true; /* that the mutex lies in, and its on_end frees */
bool was_killed;

/* A living thread has the mutex, and nobody else may. */
inline give(thread)
{
    assert(memory_is_there);
    assert(owner == NOBODY || (owner == ENDING && has_passed_locks_on && !is_contended));
    owner = thread;
    told[thread] = GOT_IT;
    is_contended = (MOST_URGENT_WAITER != NOBODY)
}

inline hand_over(holder)
{
    assert(memory_is_there && (holder != ENDING || exists));
    assert(owner == holder);
    next = MOST_URGENT_WAITER;
    owner = NOBODY;
    is_contended = false;
    if
    :: next != NOBODY ->
        is_waiting[next] = false;
        give(next)
    :: else
    fi;
    next = NOBODY
}

/* mutex_holding_thread() */
#ifdef MUTATION_HOLDER_IS_GONE_AT_ONCE
#define HAS_HOLDER (owner != NOBODY && !(owner == ENDING && has_passed_locks_on))
#else
#define HAS_HOLDER (owner != NOBODY && (is_contended || !(owner == ENDING && has_passed_locks_on)))
#endif

/* --- What handlers do ------------------------------------------------------------------------- */

/* A waiter's time is up: mutex_waiter_left(). */
inline time_out(thread)
{
    is_waiting[thread] = false;
    told[thread] = TIMED_OUT;
    is_contended = (MOST_URGENT_WAITER != NOBODY)
}

/* condition_signal(), mutex_pass_to() */
inline signal()
{
    waits_for_condition = false;
    if
    :: HAS_HOLDER ->
        assert(exists || owner != ENDING);
        is_waiting[SIGNALLED] = true;
        is_contended = true
    :: else ->
        assert(MOST_URGENT_WAITER == NOBODY); /* nobody is overtaken */
        give(SIGNALLED)
    fi
}

active proctype handlers()
{
end:
    do
    :: atomic { is_waiting[MORE] -> time_out(MORE) }
    :: atomic { is_waiting[LESS] -> time_out(LESS) }
    :: atomic { is_waiting[SIGNALLED] -> time_out(SIGNALLED) }
    :: atomic { waits_for_condition -> signal() }
    od
}

/* --- How it ends ------------------------------------------------------------------------------ */

/* Looks at what the thread holds. */
inline held_locks_report()
{
    STEP(assert(exists && (owner != ENDING || memory_is_there)))
}

inline held_locks_release()
{
    STEP(has_passed_locks_on = true);
    do
#ifdef MUTATION_LIST_IS_READ_BEFORE_THE_SECTION
    :: atomic { owner == ENDING && is_contended -> skip }
        STEP(hand_over(ENDING))
#else
    :: atomic { owner == ENDING && is_contended -> hand_over(ENDING) }
#endif
    :: atomic { !(owner == ENDING && is_contended) -> break }
    od
}

/* A supervisor's detaches the thread, which is right however it ends; a workload's frees the memory
 * of its locks, where nobody but the thread itself knew them. */
inline on_end()
{
    if
    :: STEP(
        assert(exists);
        if
        :: has_ended -> exists = false /* thread_detach() of one that has ended lets it go */
        :: else -> is_detached = true
        fi
    )
    :: atomic { MOST_URGENT_WAITER == NOBODY && !waits_for_condition && owner == ENDING ->
                memory_is_there = false }
    :: STEP(skip)
    fi
}

/* From here on it can be joined, which lets the rest of it go, or is gone. */
inline retire()
{
    STEP(
        assert(exists);
        has_ended = true;
        if
        :: is_detached -> exists = false
        :: else
        fi
    )
}

active proctype ender()
{
    byte next;

    /* Whatever may be when the end begins. */
    atomic {
        if
        :: owner = ENDING
        :: owner = NOBODY
        fi;
        if
        :: owner == ENDING -> is_waiting[MORE] = true
        :: true
        fi;
        if
        :: owner == ENDING -> is_waiting[LESS] = true
        :: true
        fi;
        is_contended = (MOST_URGENT_WAITER != NOBODY);
        waits_for_condition = true;
        if
        :: waits_for_condition = false
        :: true
        fi;
        if
        :: was_killed = true
        :: was_killed = false
        fi
    }

#ifdef MUTATION_ENDED_BEFORE_ON_END
    STEP(has_ended = was_killed);
#endif
#ifdef MUTATION_ON_END_BEFORE_LOCKS
    on_end();
#endif
    held_locks_report();
    held_locks_release();
#ifndef MUTATION_ON_END_BEFORE_LOCKS
    on_end();
#endif
    retire();

    /* Preemption is on again: whoever has got the mutex gives it back in turn. */
    do
    :: atomic { owner > ENDING -> hand_over(owner) }
    :: atomic { owner <= ENDING -> break }
    od;
    /* Who still waits, waits for what nobody will ever give back. */
    STEP(assert(MOST_URGENT_WAITER == NOBODY))
}
