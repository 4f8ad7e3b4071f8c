/*
 * A model of the protocol between the preempt count, need_resched, the interrupt flag, and the
 * exit of an interrupt (docs/preemption.md), which spin explores completely: every interrupt at
 * every instruction, every nest of sections. tests/model/run checks it, and that each of the
 * mutations, which break one rule of the protocol each, is found.
 *
 * How to read it against the C:
 *  - An inline is the C function of its name. STEP is what no interrupt comes into: a single
 *    instruction, or a passage with interrupts off, which it asserts (core_...).
 *  - One processor: a process makes a step only if the CPU is in its hands (ON_CPU). A thread is
 *    two processes, for what it does itself and for the interrupts that come on its stack. A
 *    switch writes `running`; the process that did it goes on when `running` is its own again.
 *  - A worker's program is arbitrary: whatever a thread may do by the rules of the headers.
 *
 * Left out: priorities that change, threads that start and end (tests/model/ending.pml has these),
 * timers (a wakeup comes at any interrupt), how long a quantum is (it ends at any tick), and what can
 * only panic.
 */

/* The threads. FIRST and SECOND are equals, URGENT is more urgent. */
#define IDLE    0
#define FIRST   1
#define SECOND  2
#define URGENT  3
#define THREADS 4

#define PRIORITY(thread) (thread == IDLE -> 0 : (thread == URGENT -> 2 : 1))

/* The sections that a thread can have open: two, one within the other. */
#define NESTING 2
#define NO_SECTION     0
#define PREEMPT_OFF    1 /* preempt_disable() ... preempt_enable() */
#define INTERRUPTS_OFF 2 /* interrupts_save() ... interrupts_restore(), or critical_...() */
#define LOCKED         3 /* spin_lock() ... spin_unlock() */

#define TURNS_INTERRUPTS_OFF(section) (section >= INTERRUPTS_OFF)
#define COUNTS(section) (section == PREEMPT_OFF || section == LOCKED)

/* --- The machine ------------------------------------------------------------------------------ */

bool interrupt_flag = false; /* RFLAGS.IF */
bool in_service = false;     /* the 8259 waits for an EOI */
bool halted = false;

byte running = IDLE;     /* this_cpu()->running, and whose stack the processor is on */
bool handling[THREADS];  /* an interrupt lies on top of that stack */
bool software[THREADS];  /* ... or is about to, raised by `int n` */
bool stepped = false;        /* an instruction was executed since a device's interrupt returned */

/* `level` is true in the process that is the interrupts of a thread. */
#define ON_CPU (running == self && handling[self] == level && !software[self] && !halted)

#define STEP(...)       atomic { ON_CPU -> stepped = true; __VA_ARGS__ }
#define WHEN(condition) atomic { ON_CPU && (condition) -> stepped = true }

/* --- The kernel's variables ------------------------------------------------------------------- */

byte preempt_count = 0;
bool need_resched = false;
bool in_handler = false;
byte locks_held = 0;
bool flags_before_first = false;
bool preemption_on = false;

bool queued[THREADS];  /* in the run queue, which holds the running thread too */
byte head = FIRST;     /* of the level of FIRST and SECOND; valid if one of them is queued */

/* --- What the properties need ----------------------------------------------------------------- */

byte open_sections[THREADS]; /* sections that are open beyond doubt: entered, not yet being left */

/* --- sched/state/run_queue.h, for three threads ----------------------------------------------- */

#define IS_EQUAL(thread) (thread == FIRST || thread == SECOND)
#define OTHER(thread)    (FIRST + SECOND - thread)

#define MOST_URGENT \
    (queued[URGENT] -> URGENT : (queued[FIRST] || queued[SECOND] -> head : IDLE))

inline run_queue_append(thread)
{
    if
    :: IS_EQUAL(thread) && !queued[OTHER(thread)] -> head = thread
    :: else
    fi;
    queued[thread] = true
}

inline run_queue_remove(thread)
{
    queued[thread] = false;
    if
    :: IS_EQUAL(thread) && head == thread && queued[OTHER(thread)] -> head = OTHER(thread)
    :: else
    fi
}

inline run_queue_rotate(thread)
{
    if
    :: IS_EQUAL(thread) && queued[OTHER(head)] -> head = OTHER(head)
    :: else
    fi
}

/* --- sched/core/core.c ------------------------------------------------------------------------ */

inline preempt_request()
{
    need_resched = true
}

inline preempt_acknowledge()
{
    need_resched = false
}

/* To whoever is the most urgent: nobody is ever switched to for another reason. The caller waits
 * for ON_CPU in its next step, until it is switched to again. */
inline switch_to_most_urgent()
{
    assert(!interrupt_flag);
    assert(preempt_count == 0);
    assert(locks_held == 0);
    assert(!in_service);
    assert(!in_handler);
#ifndef MUTATION_SWITCH_KEEPS_REQUEST
    preempt_acknowledge();
#endif
    running = MOST_URGENT
}

inline switch_involuntarily()
{
    STEP(
        preempt_acknowledge();
        if
        :: MOST_URGENT != self ->
            assert(self != IDLE);
            assert(preemption_on);
            assert(open_sections[self] == 0);
            switch_to_most_urgent()
        :: else
        fi
    )
}

#ifdef MUTATION_IDLE_IS_PREEMPTED
#define CAN_BE_PREEMPTED (preemption_on)
#else
#define CAN_BE_PREEMPTED (preemption_on && running != IDLE)
#endif

inline request_switch_if_due()
{
    if
    :: CAN_BE_PREEMPTED && PRIORITY(MOST_URGENT) > PRIORITY(running) -> preempt_request()
    :: else
    fi
}

inline core_make_ready(thread)
{
    assert(!interrupt_flag);
    run_queue_append(thread);
    request_switch_if_due()
}

inline core_block()
{
    STEP(
        assert(open_sections[self] == 0);
        run_queue_remove(self);
        switch_to_most_urgent()
    );
    STEP(assert(!need_resched)) /* it has been answered by the switch that leads here */
}

inline core_yield()
{
    STEP(
        run_queue_rotate(self);
        if
        :: MOST_URGENT != self -> switch_to_most_urgent()
        :: else
        fi
    )
}

/* Going cooperative takes a request back, and with it the step of the circle that a quantum's end
 * or core_put_first() has made: move_in_run_queue() to its own level. */
inline core_set_preemption(on)
{
    assert(!interrupt_flag);
    preemption_on = on;
#ifndef MUTATION_OFF_KEEPS_REQUEST
    if
    :: !preemption_on ->
        preempt_acknowledge();
        if
        :: IS_EQUAL(running) -> head = running
        :: else
        fi
    :: else
    fi;
#endif
#ifndef MUTATION_ON_REQUESTS_NOTHING
    request_switch_if_due()
#endif
}

inline core_put_first(thread)
{
    if
    :: queued[thread] && thread != running ->
        head = thread;
        if
        :: CAN_BE_PREEMPTED && MOST_URGENT == thread -> preempt_request()
        :: else
        fi
    :: else
    fi
}

/* At the end of a quantum. */
inline core_charge_tick()
{
    if
    :: CAN_BE_PREEMPTED ->
        if
        :: head == running -> run_queue_rotate(running)
        :: else
        fi;
        if
        :: MOST_URGENT != running -> preempt_request()
        :: else
        fi
    :: else
    fi
}

/* --- kernel/cpu/cpu.h, kernel/cpu/preempt.[ch] ------------------------------------------------ */

/* The instructions before CLI only read RFLAGS, which is the thread's own. */
inline interrupts_save(flags)
{
    STEP(flags = interrupt_flag; interrupt_flag = false)
}

#ifdef MUTATION_EXIT_IGNORES_COUNT
#define IS_ALLOWED_HERE true
#else
#define IS_ALLOWED_HERE (preempt_count == 0)
#endif

inline preempt_on_interrupt_exit()
{
    if
    :: WHEN(need_resched && IS_ALLOWED_HERE);
        switch_involuntarily()
    :: WHEN(!(need_resched && IS_ALLOWED_HERE));
#ifdef MUTATION_EXIT_DROPS_WHAT_IT_REFUSES
        STEP(need_resched = false)
#endif
    fi
}

inline preempt_check()
{
    if
#ifdef MUTATION_CHECK_IGNORES_INTERRUPT_FLAG
    :: STEP(skip);
#else
    :: WHEN(!interrupt_flag)
    :: WHEN(interrupt_flag);
#endif
#ifndef MUTATION_CHECK_WITHOUT_CLI
        STEP(interrupt_flag = false);
#endif
        preempt_on_interrupt_exit();
        STEP(interrupt_flag = true)
    fi
}

inline interrupts_restore(flags)
{
#ifdef MUTATION_RESTORE_ALWAYS_ENABLES
    STEP(interrupt_flag = true);
#else
    STEP(
        if
        :: flags -> interrupt_flag = true
        :: else
        fi
    );
#endif
#ifndef MUTATION_RESTORE_WITHOUT_CHECK
    if
    :: WHEN(!flags || !need_resched)
    :: WHEN(flags && need_resched);
        preempt_check()
    fi
#endif
}

/* A volatile variable is loaded, changed and stored, which may be three instructions. */
inline preempt_disable()
{
    STEP(loaded = preempt_count);
    STEP(preempt_count = loaded + 1)
}

inline preempt_enable()
{
    STEP(loaded = preempt_count);
    STEP(preempt_count = loaded - 1);
#ifndef MUTATION_ENABLE_WITHOUT_CHECK
    if
    :: WHEN(preempt_count != 0)
    :: WHEN(preempt_count == 0);
        if
        :: WHEN(!need_resched)
        :: WHEN(need_resched);
            preempt_check()
        fi
    fi
#endif
}

/* --- sched/state/critical_section.h ----------------------------------------------------------- */

inline critical_enter(flags)
{
    interrupts_save(flags)
}

inline critical_exit(flags)
{
    interrupts_restore(flags)
}

/* --- kernel/cpu/spinlock.c: which lock it is matters only to the debug build ------------------ */

inline spin_lock(flags)
{
    interrupts_save(flags);
    STEP(
        if
        :: locks_held == 0 -> flags_before_first = flags
        :: else
        fi;
        locks_held++
    );
    preempt_disable()
}

inline spin_unlock(flags)
{
    STEP(
        assert(!interrupt_flag);
        locks_held--;
#ifndef MUTATION_LOCKS_RESTORE_THEIR_OWN_FLAGS
        flags = (locks_held == 0 && flags_before_first)
#endif
    );
    interrupts_restore(flags);
    preempt_enable()
}

/* --- sched/sync/wait_queue.c, sched/core/preemption.c, sched/core/switch_context.asm ---------- */

inline wake_somebody()
{
    if
    :: atomic { WHEN(!queued[FIRST] && running != FIRST); STEP(core_make_ready(FIRST)) }
    :: atomic { WHEN(!queued[SECOND] && running != SECOND); STEP(core_make_ready(SECOND)) }
    :: atomic { WHEN(!queued[URGENT] && running != URGENT); STEP(core_make_ready(URGENT)) }
    :: STEP(skip) /* nobody waits here */
    fi
}

inline wait_queue_wake_one(flags)
{
    critical_enter(flags);
    wake_somebody();
    critical_exit(flags)
}

inline preemption_set(on, flags)
{
    critical_enter(flags);
    STEP(core_set_preemption(on));
    critical_exit(flags)
}

inline thread_yield()
{
    STEP(interrupt_flag = false);
    core_yield();
    STEP(interrupt_flag = true)
}

/* Everything that waits. condition_wait() gives its mutex to somebody first, in the same section. */
inline thread_wait(flags)
{
    critical_enter(flags);
    wake_somebody();
    core_block();
    critical_exit(flags)
}

/* --- kernel/cpu/interrupts.c ------------------------------------------------------------------ */

/* What the handlers of this kernel do: wake somebody, end a quantum, toggle preemption (which
 * logs, so that a spinlock is taken in a handler). */
inline handler()
{
    if
    :: STEP(skip)
    :: wait_queue_wake_one(flags)
    :: STEP(core_charge_tick())
    :: wait_queue_wake_one(flags);
        STEP(core_charge_tick())
    :: preemption_set(!preemption_on, flags);
        spin_lock(flags);
        spin_unlock(flags);
        if
        :: atomic { WHEN(preemption_on); STEP(core_put_first(FIRST)) }
        :: atomic { WHEN(preemption_on); STEP(core_put_first(SECOND)) }
        :: STEP(skip)
        fi
    fi
}

inline end_of_interrupt()
{
    STEP(
        if
        :: !is_software -> in_service = false
        :: else
        fi
    )
}

inline irq_dispatch()
{
    STEP(in_handler = true);
    handler();
#ifdef MUTATION_SWITCH_BEFORE_EOI
    STEP(in_handler = false);
    preempt_on_interrupt_exit();
    end_of_interrupt();
#else
    end_of_interrupt();
#ifdef MUTATION_SWITCH_INSIDE_THE_HANDLER
    preempt_on_interrupt_exit();
    STEP(in_handler = false);
#else
    STEP(in_handler = false);
    if
#ifdef MUTATION_EXIT_IGNORES_INTERRUPT_FLAG
    :: STEP(skip);
#else
    :: WHEN(!interrupted_flag)
    :: WHEN(interrupted_flag);
#endif
        preempt_on_interrupt_exit()
    fi
#endif
#endif
}

/* Interrupts do not come faster than anybody executes an instruction. */
#ifdef LIVENESS
#define TIME_PASSES stepped
#define AFTER_IRET  stepped = is_software; is_software = false
#else
#define TIME_PASSES true
#define AFTER_IRET  is_software = false
#endif

/* The interrupts of one thread: entry through an interrupt gate, which clears the interrupt flag,
 * irq_common of interrupt_entry.asm, and IRET, which restores it. Interrupts being off, nothing can
 * come in between but a switch, which gives the atomicity up. */
proctype interrupts_of(byte self)
{
    bool level = true;
    bool flags, interrupted_flag, is_software;
    byte loaded;

    do
    :: atomic {
        if
        :: running == self && !handling[self] && !software[self] && interrupt_flag &&
           !in_service && TIME_PASSES ->
            in_service = true
        :: software[self] ->
            software[self] = false;
            is_software = true
        fi;
        handling[self] = true;
        halted = false;
        interrupted_flag = interrupt_flag;
        interrupt_flag = false;
        irq_dispatch();
        STEP(
            assert(!interrupt_flag);
            assert(!(interrupted_flag && preempt_count == 0 && need_resched));
            interrupt_flag = interrupted_flag;
            handling[self] = false;
            interrupted_flag = false;
            flags = false;
            loaded = 0;
            AFTER_IRET
        )
    }
    od
}

/* --- sched/threads/idle.c --------------------------------------------------------------------- */

proctype idle(byte self)
{
    bool level = false;

    STEP(interrupt_flag = true); /* scheduler_run_idle(), and the end of the boot */
    do
    ::
#ifndef MUTATION_IDLE_LOOKS_WITH_INTERRUPTS_ON
        STEP(interrupt_flag = false);
#endif
        if
        :: atomic { WHEN(MOST_URGENT != IDLE); STEP(switch_to_most_urgent()) }
        :: WHEN(MOST_URGENT == IDLE);
#ifdef MUTATION_HALT_APART_FROM_STI
            STEP(interrupt_flag = true);
#endif
            STEP(interrupt_flag = true; assert(MOST_URGENT == IDLE); halted = true)
        fi;
        STEP(assert(preempt_count == 0))
    od
}

/* --- Threads ---------------------------------------------------------------------------------- */

#define INTERRUPTS_ARE_OFF (TURNS_INTERRUPTS_OFF(sections[0]) || TURNS_INTERRUPTS_OFF(sections[1]))

/* An instruction of the thread's own: what the protocol promises holds wherever one is executed. */
inline check_promises()
{
    assert(interrupt_flag == !INTERRUPTS_ARE_OFF);
    assert(preempt_count == COUNTS(sections[0]) + COUNTS(sections[1]));
    assert(locks_held == (sections[0] == LOCKED) + (sections[1] == LOCKED));
    assert(!in_handler && !in_service);
    assert(queued[self]);
    if
    :: depth == 0 ->
        /* No request is overdue, and nobody more urgent waits. */
        assert(!need_resched);
        assert(!preemption_on || need_resched || PRIORITY(MOST_URGENT) <= PRIORITY(self))
    :: else
    fi;
    /* The running thread is the head of its level, or is asked to go. */
    assert(!IS_EQUAL(self) || head == self || need_resched);
    assert(preemption_on || !need_resched)
}

inline open_section(kind)
{
    if
    :: kind == PREEMPT_OFF -> preempt_disable()
    :: kind == INTERRUPTS_OFF -> interrupts_save(saved[depth])
    :: kind == LOCKED -> spin_lock(saved[depth])
    fi;
    STEP(
        sections[depth] = kind;
        depth++;
        open_sections[self] = depth;
        loaded = 0
    )
}

/* Closes section `which`, and sees to it that the last one leaves no request behind. */
inline close_section(which)
{
    STEP(
        kind = sections[which];
        open_sections[self] = depth - 1
    );
    if
    :: kind == PREEMPT_OFF -> preempt_enable()
    :: kind == INTERRUPTS_OFF -> interrupts_restore(saved[which])
    :: kind == LOCKED -> spin_unlock(saved[which])
    fi;
    STEP(
        assert(depth > 1 || !need_resched);
        if
        :: which == 0 && depth == 2 -> sections[0] = sections[1]; saved[0] = saved[1]
        :: else
        fi;
        depth--;
        sections[depth] = NO_SECTION;
        saved[depth] = false;
        kind = 0;
        loaded = 0
    )
}

/* Whatever a thread may do, with up to `nesting` sections open. */
proctype worker(byte self; byte nesting)
{
    bool level = false;
    byte sections[NESTING];
    bool saved[NESTING]; /* the section's `flags` */
    byte depth, kind, loaded;
    bool flags;

    STEP(interrupt_flag = true); /* thread_start */
    do
    :: STEP(check_promises())
    :: WHEN(depth < nesting);
        if
        :: open_section(PREEMPT_OFF)
        :: open_section(INTERRUPTS_OFF)
        :: open_section(LOCKED)
        fi
    :: WHEN(depth > 0);
        close_section(depth - 1)
    :: WHEN(depth == 2 && sections[0] == LOCKED && sections[1] == LOCKED);
        close_section(0)
    :: wait_queue_wake_one(flags);
        STEP(flags = false)
    :: STEP(software[self] = true) /* int n */
    :: WHEN(depth == 0);
        preemption_set(!preemption_on, flags);
        STEP(flags = false)
    :: WHEN(depth == 0);
        thread_yield()
    :: WHEN(depth == 0);
        thread_wait(flags);
        STEP(flags = false)
    od
}

#ifdef LIVENESS
#define FIRST_NESTING  1
#define SECOND_NESTING 0
#else
#define FIRST_NESTING  NESTING
#define SECOND_NESTING 1
#endif

init
{
    atomic {
        queued[FIRST] = true;
        queued[SECOND] = true;
        queued[URGENT] = true;
        run idle(IDLE);
        run worker(FIRST, FIRST_NESTING);
        run worker(SECOND, SECOND_NESTING);
        run worker(URGENT, 0);
        run interrupts_of(IDLE);
        run interrupts_of(FIRST);
        run interrupts_of(SECOND);
        run interrupts_of(URGENT)
    }
}

#ifdef LIVENESS
/* As long as devices interrupt and every section comes to its end, the most urgent thread gets the
 * CPU, unless preemption goes off. */
#define DEVICES_INTERRUPT ([]<> !stepped)
#define SECTIONS_END      ([]<> (open_sections[FIRST] == 0 && open_sections[SECOND] == 0))
#define URGENT_WAITS      (queued[URGENT] && preemption_on)
#define URGENT_IS_SERVED  (running == URGENT || !preemption_on)

ltl urgent_runs {
    (DEVICES_INTERRUPT && SECTIONS_END) -> [] (URGENT_WAITS -> <> URGENT_IS_SERVED)
}
#endif
