/*
 * The life of a thread: created, joined, killed, ended.
 *
 * A thread ends in the same steps whether by itself or killed:
 *  1. its end begins: nobody else can end it, suspend it or resume it, and a killed one has left
 *     whatever it waited for;
 *  2. what it holds is named in the log and passed on;
 *  3. its on_end is called;
 *  4. its stack is given back;
 *  5. it is ENDED, and not before: it can be joined, or, detached, is gone.
 * From 2 to 4 its control block and all that it holds are there, so nothing that was freed is
 * followed. Preemption is off in all of it.
 */
#include "sched/thread.h"

#include <stddef.h>

#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/tsc.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"
#include "kernel/mm/layout.h"
#include "kernel/mm/stacks.h"
#include "kernel/panic.h"
#include "sched/clock.h"
#include "sched/core/core.h"
#include "sched/deadlock.h"
#include "sched/observe/run_recorder.h"
#include "sched/observe/shares.h"
#include "sched/observe/trace_ring.h"
#include "sched/policies/policies.h"
#include "sched/state/attention.h"
#include "sched/state/thread_table.h"
#include "sched/sync/held_locks.h"
#include "sched/sync/waiting.h"
#include "sched/threads/control_blocks.h"
#include "sched/threads/spare_stacks.h"
#include "sched/threads/threads.h"
#include "sched/timers/timers.h"

/* What switch_context.asm pops, lowest address first, and where it returns to. thread_start() wants
 * the entry in RBX and its argument in R12, and nothing in the others. */
struct switch_frame {
    uint64_t r15, r14, r13, r12, rbp, rbx;
    uint64_t return_address;
    /* At a function's entry RSP + 8 is a multiple of 16 (System V AMD64 ABI, 3.2.2); this word
     * also is the return address that ends a backtrace. */
    uint64_t end_of_stack;
};

#define EXIT_STACK_SIZE 2048ul

void thread_start(void);
_Noreturn void switch_to_stack_and_call(uint64_t stack_top, void (*function)(void));

/*
 * A thread that ends frees its own stack, and stands on this one meanwhile. Interrupts are off
 * from its first use to the switch, so one is enough.
 */
static char exit_stack[EXIT_STACK_SIZE] __attribute__((aligned(16)));

static void on_timeout(struct timer *timer)
{
    struct thread *thread = PRIORITY_QUEUE_ENTRY(timer, struct thread, timer);
    if (thread->state == THREAD_BLOCKED) {
        waiting_leave(thread);
        thread->wait_result = -ERROR_TIMED_OUT;
    }
    core_make_ready(thread);
}

static uint64_t prepare_stack(uint64_t top, const struct thread_attributes *attributes)
{
    struct switch_frame *frame = (struct switch_frame *)top - 1;
    frame->rbx = (uint64_t)attributes->entry;
    frame->r12 = (uint64_t)attributes->argument;
    frame->rbp = 0;
    frame->return_address = (uint64_t)thread_start;
    frame->end_of_stack = 0;
    return (uint64_t)frame;
}

static const char default_name[THREAD_NAME_SIZE] = "thread";

static void initialise(struct thread *thread, const struct thread_attributes *attributes)
{
    thread->stack_pointer = prepare_stack(thread->stack_top, attributes);
    thread->priority = (uint8_t)attributes->priority;
    thread->base_priority = thread->priority;
    thread->is_suspended = attributes->suspended;
    thread->is_detached = attributes->detached;
    thread->argument = attributes->argument;
    thread->on_end = attributes->on_end;
    thread->quantum_start = 0;
    thread->timer.expire = on_timeout;
    thread->timer.node.parent_and_marks = 0; /* it is not armed */
    thread->state = THREAD_BLOCKED;
    thread->created_at = tsc_read();
    thread->accounting.since = thread->created_at;
    if (attributes->name != NULL)
        thread_copy_name(thread, attributes->name);
    else
        memcpy(thread->name, default_name, sizeof(default_name));
    thread->joiners = (struct wait_queue)WAIT_QUEUE_OF(WAIT_FOR_JOIN, NULL);
}

/* As memset(), which has to be called, and to look what is left over. */
static inline void clear_quadwords(void *start, size_t size)
{
    size_t quadwords = size / sizeof(uint64_t);
    __asm__ volatile("rep stosq" : "+D"(start), "+c"(quadwords) : "a"(0ul) : "memory");
}

static uint64_t take_stack(size_t size)
{
    uint64_t top = spare_stack_take(size);
    return top != 0 ? top : stack_allocate(size);
}

static struct thread *take(size_t stack_size)
{
    struct thread *thread = control_block_take();
    if (thread == NULL)
        return NULL;
    uint64_t top = take_stack(stack_size);
    if (top == 0) {
        control_block_give_back(thread);
        return NULL;
    }
    clear_quadwords(&thread->accounting,
                    offsetof(struct thread, read_locks) - offsetof(struct thread, accounting));
    thread->stack_top = top;
    thread->stack_pages = (uint8_t)(stack_size / PAGE_SIZE);
    return thread;
}

/* Where memory has run out, what is kept for later is of use now. */
static struct thread *allocate(size_t stack_size)
{
    struct thread *thread = take(stack_size);
    if (thread == NULL && spare_stacks_release())
        thread = take(stack_size);
    return thread;
}

/* In whole pages; 0 if there are no such stacks. */
static size_t stack_size_of(const struct thread_attributes *attributes)
{
    size_t size = attributes->stack_size != 0 ? attributes->stack_size : STACK_SIZE;
    if (size < STACK_SIZE_MIN || size > STACK_SIZE_MAX)
        return 0;
    return (size + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
}

/* With preemption off, so that a creator that is killed leaves nothing half-made behind; and so
 * that a handler finds nothing half-made where preemption is on. */
int thread_create(const struct thread_attributes *attributes)
{
    size_t stack_size = stack_size_of(attributes);
    if (attributes->entry == NULL || attributes->priority >= THREAD_PRIORITIES || stack_size == 0)
        return -ERROR_INVALID;
    ASSERT(!interrupts_in_handler() || !preempt_is_disabled());
    int tid = -ERROR_NO_MEMORY;
    preempt_disable();
    struct thread *thread = allocate(stack_size);
    if (thread != NULL) {
        initialise(thread, attributes);
        uint64_t flags = critical_enter();
        thread_table_add(thread);
        shares_begin(thread);
        held_locks_init(thread);
        policy_admit(thread);
        tid = thread->tid;
        core_make_ready(thread);
        critical_exit(flags);
    }
    preempt_enable();
    return tid;
}

/* What is left of an ended thread goes. Interrupts off. */
static void forget(struct thread *thread)
{
    thread_table_remove(thread);
    control_block_give_back(thread);
}

/* What remains of an ended thread once its stack is gone. Interrupts off. */
static void retire(struct thread *thread, int status)
{
    thread->state = THREAD_ENDED;
    thread->exit_status = status;
    if (thread->is_detached)
        forget(thread);
    else
        waiting_wake_first(&thread->joiners, 0);
}

/* Interrupts off. */
static void record_end(struct thread *thread)
{
    trace_end(thread);
    if (attention_is_needed(ATTENTION_CHART))
        run_chart_end(thread);
}

/*
 * What `thread`, whose end has begun, is for others: its locks first, while all that they lie in is
 * there, then its on_end, which may free that, and detach the thread. Preemption off.
 */
static void part_with_others(struct thread *thread, bool was_interrupted)
{
    held_locks_part_with(thread, was_interrupted);
    if (thread->on_end != NULL)
        thread->on_end(thread->argument);
}

/* Who looks for the thread of a stack is not to find one that had it before. */
static void give_stack_back(struct thread *thread)
{
    uint64_t stack_top = thread->stack_top;
    thread->stack_top = 0;
    spare_stack_keep(stack_top, thread_stack_size(thread), thread->was_stack_asked);
}

/* The last of a thread that ends by itself, on the exit stack, interrupts off. */
static void end_current(void)
{
    struct thread *self = this_cpu()->running;
    bool was_killed = self->exit_status == -ERROR_KILLED;
    give_stack_back(self);
    record_end(self);
    core_retire_current();
    shares_end(self);
    retire(self, self->exit_status);
    core_leave(was_killed ? SWITCH_KILL : SWITCH_EXIT);
}

_Noreturn void thread_exit(int status)
{
    struct thread *self = this_cpu()->running;
    if (this_cpu()->preempt_count != 0)
        panic("%s (tid %d) tried to end with preemption off, or in an on_end", self->name,
              self->tid);
    core_assert_may_block();
    preempt_disable();
    self->is_ending = true;
    part_with_others(self, false);
    interrupts_disable();
    preempt_enable(); /* only counts: with interrupts off it switches nothing */
    self->exit_status = status;
    switch_to_stack_and_call((uint64_t)exit_stack + sizeof(exit_stack), end_current);
}

/* Takes `thread`, which does not run, from wherever it waits: until it has ended it is blocked, in
 * no queue, and nothing wakes it. Returns whether it did not wait, but had been interrupted.
 * Interrupts off. */
static bool stop_waiting(struct thread *thread)
{
    bool was_interrupted = thread->state == THREAD_READY || thread->state == THREAD_SUSPENDED;
    shares_note_if_first(thread);
    if (thread->state == THREAD_READY)
        core_unready(thread);
    else if (thread->waiting_in != NULL)
        waiting_leave(thread);
    timers_cancel(&thread->timer);
    account_close(&thread->accounting, (enum thread_state)thread->state, tsc_read());
    thread->state = THREAD_BLOCKED;
    return was_interrupted;
}

static struct thread *find_killable(int tid, int *error)
{
    struct thread *thread = thread_table_find(tid);
    *error = 0;
    if (thread == NULL || thread->is_ending)
        *error = -ERROR_NOT_FOUND;
    else if (thread->is_protected)
        *error = -ERROR_NOT_PERMITTED;
    return thread;
}

/* From here on nobody else can end `tid`, and it will not run again. Returns the thread, and
 * whether it had been interrupted, or NULL and the error. */
static struct thread *begin_to_kill(int tid, bool *was_interrupted, int *error)
{
    uint64_t flags = critical_enter();
    struct thread *thread = find_killable(tid, error);
    if (*error == 0) {
        thread->is_ending = true;
        record_end(thread);
        *was_interrupted = stop_waiting(thread);
    }
    critical_exit(flags);
    return *error == 0 ? thread : NULL;
}

/* The rest, in the order in which a thread ends by itself. The caller may be told to end as well,
 * by the on_end: that waits until it has done here. */
static void finish_killing(struct thread *thread, bool was_interrupted)
{
    struct thread *self = this_cpu()->running;
    self->on_ends++;
    part_with_others(thread, was_interrupted);
    self->on_ends--;
    give_stack_back(thread);
    uint64_t flags = critical_enter();
    account_close(&thread->accounting, (enum thread_state)thread->state, tsc_read());
    shares_end(thread);
    retire(thread, -ERROR_KILLED);
    critical_exit(flags);
}

static int kill_self(void)
{
    struct thread *self = this_cpu()->running;
    if (self->is_protected)
        return -ERROR_NOT_PERMITTED;
    if (self->is_ending)
        return -ERROR_NOT_FOUND;
    if (self->on_ends == 0)
        thread_exit(-ERROR_KILLED);
    self->is_to_end = true;
    return 0;
}

/* With preemption off nobody sees a half-ended thread, or is ended half-way through ending
 * another. */
int thread_kill(int tid)
{
    if (interrupts_in_handler())
        return -ERROR_NOT_PERMITTED;
    if (tid == thread_self())
        return kill_self();
    int error;
    bool was_interrupted = false;
    preempt_disable();
    struct thread *thread = begin_to_kill(tid, &was_interrupted, &error);
    if (thread != NULL)
        finish_killing(thread, was_interrupted);
    preempt_enable();
    if (this_cpu()->running->is_to_end && this_cpu()->running->on_ends == 0)
        thread_exit(-ERROR_KILLED);
    return error;
}

/* Finds a thread that nobody joins, and that is not detached. Interrupts off. */
static int find_unclaimed(int tid, struct thread **found)
{
    struct thread *thread = thread_table_find(tid);
    if (thread == NULL)
        return -ERROR_NOT_FOUND;
    if (thread->is_detached)
        return -ERROR_INVALID;
    if (!wait_queue_is_empty(&thread->joiners))
        return -ERROR_BUSY;
    *found = thread;
    return 0;
}

static int find_joinable(int tid, struct thread **found)
{
    return tid != thread_self() ? find_unclaimed(tid, found) : -ERROR_DEADLOCK;
}

/* Interrupts off. */
static int wait_for_end(struct thread *thread, int timeout_ms)
{
    struct thread *self = this_cpu()->running;
    int error = waiting_check(&thread->joiners, timeout_ms);
    if (error != 0)
        return error;
    if (thread->waiting_in == NULL) /* a circle would go on there */
        return waiting_enter_and_block_quickly(&thread->joiners, timeout_ms);
    waiting_enter(&thread->joiners, self);
    deadlock_report_if_closed(self);
    return waiting_block(timeout_ms);
}

int thread_join(int tid, int timeout_ms, int *status)
{
    struct thread *thread;
    uint64_t flags = critical_enter();
    int error = find_joinable(tid, &thread);
    while (error == 0 && thread->state != THREAD_ENDED) {
        error = wait_for_end(thread, timeout_ms);
        if (error == 0) /* between the wakeup and now, somebody else may have joined it */
            error = find_joinable(tid, &thread);
    }
    if (error == 0) {
        if (status != NULL)
            *status = thread->exit_status;
        forget(thread);
    }
    critical_exit(flags);
    return error;
}

int thread_detach(int tid)
{
    struct thread *thread;
    uint64_t flags = critical_enter();
    int error = find_unclaimed(tid, &thread);
    if (error == 0 && thread->state == THREAD_ENDED)
        forget(thread);
    else if (error == 0)
        thread->is_detached = true;
    critical_exit(flags);
    return error;
}

int thread_self(void)
{
    return this_cpu()->running->tid;
}

void thread_sleep_until(uint64_t tick)
{
    uint64_t flags = critical_enter();
    if (core_may_block() && tick > clock_ticks()) {
        core_begin_block(THREAD_SLEEPING);
        timers_arm(&this_cpu()->running->timer, tick);
        core_end_block();
    }
    critical_exit(flags);
}

void thread_sleep_ms(int milliseconds)
{
    if (milliseconds > 0)
        thread_sleep_until(clock_ticks() + (uint64_t)milliseconds);
}
