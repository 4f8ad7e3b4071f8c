/*
 * The core of the scheduler.
 *
 * Invariant, whenever interrupts are on: the running thread is the idle thread, or it is in the
 * run queue; there it is the head of its level, or need_resched is set.
 *
 * Waking somebody never switches by itself: it sets need_resched, and preempt_on_interrupt_exit()
 * or the last preempt_enable() acts on it. In cooperative mode need_resched is never set.
 */
#include "sched/core.h"

#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/spinlock.h"
#include "kernel/cpu/tsc.h"
#include "kernel/panic.h"
#include "sched/preemption.h"
#include "sched/run_queue.h"
#include "sched/switch_cost.h"

void switch_context(struct thread *previous, struct thread *next);
void switch_context_timed(struct thread *previous, struct thread *next);

struct thread *current_thread;

static struct run_queue run_queue;
static struct thread *idle_thread;
static bool preemption_on;
static uint32_t quantum_ticks = QUANTUM_MS_DEFAULT;
static uint64_t voluntary_switches;
static uint64_t involuntary_switches;

static struct thread *thread_of(struct list_node *run_node)
{
    return LIST_ENTRY(run_node, struct thread, run_node);
}

static struct thread *most_urgent(void)
{
    return run_queue_is_empty(&run_queue) ? idle_thread : thread_of(run_queue_first(&run_queue));
}

/* The CPU goes to `next`. Returns when the caller's thread is switched to again. */
static inline void switch_to(struct thread *next)
{
    struct thread *previous = current_thread;
    uint64_t now = tsc_read();
    account_switched_out(&previous->accounting, now);
    account_switched_in(&next->accounting, now);
#if CONFIG_PREEMPT
    preempt_acknowledge();
#endif
    current_thread = next;
    if (__builtin_expect(switch_cost_is_due, false)) {
        switch_cost_begin(now);
        switch_context_timed(previous, next);
    } else {
        switch_context(previous, next);
    }
}

/* The running thread gives the CPU away of its own accord. */
static inline void switch_voluntarily(struct thread *next)
{
    voluntary_switches++;
    current_thread->voluntary_switches++;
    switch_to(next);
}

/* The idle loop looks for itself who is ready, and has to set the clock right first: nobody asks
 * for it to be preempted. */
static bool can_be_preempted(void)
{
    return CONFIG_PREEMPT && preemption_on && current_thread != idle_thread;
}

#if CONFIG_PREEMPT

/* Stress build: the equals of the running thread come first, as if its quantum were used up. */
static void disturb(void)
{
    struct thread *self = current_thread;
    if (run_queue_head(&run_queue, self->priority) == &self->run_node)
        run_queue_rotate(&run_queue, self->priority);
}

/* The running thread loses the CPU: called through preempt_reschedule(). */
static void switch_involuntarily(void)
{
    preempt_acknowledge();
    if (CONFIG_STRESS) {
        if (!can_be_preempted())
            return;
        disturb();
    }
    struct thread *next = most_urgent();
    if (next == current_thread)
        return;
    involuntary_switches++;
    current_thread->involuntary_switches++;
    switch_to(next);
}

#endif

static void request_switch_if_due(void)
{
    if (can_be_preempted() && most_urgent()->priority > current_thread->priority)
        preempt_request();
}

void core_init(struct thread *idle)
{
    idle_thread = idle;
    current_thread = idle;
    idle->accounting.since = idle->created_at;
#if CONFIG_PREEMPT
    preempt_set_reschedule(switch_involuntarily);
#endif
}

bool core_has_ready(void)
{
    return !run_queue_is_empty(&run_queue);
}

unsigned core_ready_count(void)
{
    return run_queue.count - (current_thread != idle_thread);
}

enum thread_state core_state(const struct thread *thread)
{
    if (thread == current_thread)
        return THREAD_RUNNING;
    bool is_suspended = thread->is_suspended && thread->state != THREAD_ENDED;
    return is_suspended ? THREAD_SUSPENDED : (enum thread_state)thread->state;
}

uint64_t core_run_cycles(const struct thread *thread)
{
    const struct accounting *accounting = &thread->accounting;
    uint64_t running = thread == current_thread ? tsc_read() - accounting->since : 0;
    return accounting->cycles[ACCOUNT_RUNNING] + running;
}

void core_make_ready(struct thread *thread)
{
    ASSERT(thread != current_thread);
    account_close(&thread->accounting, account_of((enum thread_state)thread->state), tsc_read());
    if (__builtin_expect(thread->is_suspended, false)) {
        thread->state = THREAD_SUSPENDED;
        return;
    }
    thread->state = THREAD_READY;
    thread->accounting.wakeups++;
    run_queue_append(&run_queue, &thread->run_node, thread->priority);
    request_switch_if_due();
}

void core_block(enum thread_state state)
{
    struct thread *self = current_thread;
    self->state = (uint8_t)state;
    self->quantum_used = 0;
    run_queue_remove(&run_queue, &self->run_node, self->priority);
    switch_voluntarily(most_urgent());
}

void core_unready(struct thread *thread)
{
    ASSERT(thread->state == THREAD_READY && thread != current_thread);
    account_close(&thread->accounting, ACCOUNT_READY, tsc_read());
    run_queue_remove(&run_queue, &thread->run_node, thread->priority);
}

void core_retire_current(void)
{
    account_switched_out(&current_thread->accounting, tsc_read());
    run_queue_remove(&run_queue, &current_thread->run_node, current_thread->priority);
}

_Noreturn void core_leave(void)
{
    static struct thread nobody; /* takes what a switch writes into the thread it leaves */
    current_thread = &nobody;
    switch_voluntarily(most_urgent());
    __builtin_unreachable();
}

void core_leave_idle(void)
{
    ASSERT(current_thread == idle_thread && core_has_ready());
    switch_voluntarily(most_urgent());
}

/* One step of the circle, and the switch: the rest of a yield is in switch_context.asm. */
void core_yield(void)
{
    core_assert_may_block();
    struct thread *self = current_thread;
    self->quantum_used = 0;
    run_queue_rotate(&run_queue, self->priority);
    struct thread *next = thread_of(run_queue_first(&run_queue));
    if (next != self)
        switch_voluntarily(next);
}

static void move_in_run_queue(struct thread *thread, unsigned priority)
{
    run_queue_remove(&run_queue, &thread->run_node, thread->priority);
    if (thread == current_thread)
        run_queue_prepend(&run_queue, &thread->run_node, priority);
    else
        run_queue_append(&run_queue, &thread->run_node, priority);
}

void core_set_priority(struct thread *thread, unsigned priority)
{
    if (thread->priority == priority)
        return;
    if (thread->state == THREAD_READY)
        move_in_run_queue(thread, priority);
    bool is_in_wait_queue = thread->state == THREAD_BLOCKED && thread->waiting_in != NULL;
    if (is_in_wait_queue)
        priority_queue_remove(&thread->waiting_in->waiters, &thread->wait_node);
    thread->priority = (uint8_t)priority;
    if (is_in_wait_queue)
        priority_queue_insert(&thread->waiting_in->waiters, &thread->wait_node);
    request_switch_if_due();
}

/*
 * Among the equals of the running thread this breaks the invariant, until the switch that is asked
 * for restores it. A yield in between comes to nothing, and core_charge_tick() knows.
 */
void core_put_first(struct thread *thread)
{
    if (thread->state != THREAD_READY || thread == current_thread)
        return;
    run_queue_remove(&run_queue, &thread->run_node, thread->priority);
    run_queue_prepend(&run_queue, &thread->run_node, thread->priority);
    if (can_be_preempted() && most_urgent() == thread)
        preempt_request();
}

/*
 * Off: what was asked for before, and not done yet, must not be done any more. The running thread
 * may have lost its place at the head of its level for it.
 */
void core_set_preemption(bool on)
{
    preemption_on = on;
    request_switch_if_due();
    if (on || current_thread == idle_thread)
        return;
    preempt_acknowledge();
    move_in_run_queue(current_thread, current_thread->priority);
}

bool core_preemption_is_on(void)
{
    return preemption_on;
}

void core_set_quantum(uint32_t ticks)
{
    quantum_ticks = ticks;
}

uint32_t core_quantum(void)
{
    return quantum_ticks;
}

void core_charge_tick(void)
{
    struct thread *self = current_thread;
    if (!can_be_preempted())
        return;
    self->quantum_used++;
    if (self->quantum_used < quantum_ticks)
        return;
    self->quantum_used = 0;
    if (run_queue_head(&run_queue, self->priority) == &self->run_node) /* see core_put_first() */
        run_queue_rotate(&run_queue, self->priority);
    if (most_urgent() != self)
        preempt_request();
}

uint64_t core_voluntary_switches(void)
{
    return voluntary_switches;
}

uint64_t core_involuntary_switches(void)
{
    return involuntary_switches;
}

#if CONFIG_DEBUG
const void *core_lock_owner(void)
{
    return current_thread;
}
#endif

#if CONFIG_DEBUG
void core_assert_may_block(void)
{
    spin_assert_none_held(__builtin_return_address(0));
    if (interrupts_in_handler())
        panic("an interrupt handler tried to block at %p", __builtin_return_address(0));
    if (preempt_count != 0)
        panic("a thread tried to block at %p with preemption off (count %u)",
              __builtin_return_address(0), preempt_count);
}
#endif
