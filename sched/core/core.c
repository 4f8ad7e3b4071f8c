/*
 * The core of the scheduler.
 *
 * Invariant, whenever interrupts are on: the running thread is the idle thread, or it is in the
 * run queue; there it is the head of its level, or need_resched is set.
 *
 * Waking somebody never switches by itself: it sets need_resched, and preempt_on_interrupt_exit()
 * or the last preempt_enable() acts on it. In cooperative mode need_resched is never set.
 */
#include "sched/core/core.h"

#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/spinlock.h"
#include "kernel/cpu/tsc.h"
#include "kernel/panic.h"
#include "sched/core/switching.h"
#include "sched/observe/latency.h"
#include "sched/observe/run_recorder.h"
#include "sched/observe/shares.h"
#include "sched/policies/policies.h"
#include "sched/preemption.h"
#include "sched/state/attention.h"
#include "sched/state/state.h"
#include "sched/state/waiters.h"

static struct thread
    nobody; /* takes what a switch writes into the thread that it leaves for good */

bool core_can_be_preempted(void)
{
    return can_be_preempted();
}

/* The running thread goes behind its equals. */
static inline void give_way(struct thread *self, bool is_used_up, uint8_t attention)
{
    self->quantum_start = QUANTUM_NOT_BEGUN;
    if (attention & ATTENTION_POLICY)
        policy_give_way(self, is_used_up);
    else
        run_queue_rotate(&the_scheduler.run_queue, self->level);
}

/* The same for one whose quantum is used up. If another has been put in front of it meanwhile, only
 * its policy can say what that means for it: see core_put_first(). */
static void end_quantum(struct thread *self)
{
    if (run_queue_head(&the_scheduler.run_queue, self->level) == &self->run_node)
        give_way(self, true, this_cpu()->attention);
    else if (attention_is_needed(ATTENTION_POLICY))
        policy_end_quantum_behind(self);
}

/* --- Switching ------------------------------------------------------------------------------- */

/* For so long `self`, which runs, has had the CPU up to TSC `at`, handlers of interrupts included:
 * a quantum of ten ticks is ten ticks of the others' waiting. */
static uint64_t held_cycles(const struct thread *self, uint64_t at)
{
    const struct accounting *accounting = &self->accounting;
    return accounting->cycles[THREAD_RUNNING] + accounting->interrupted + at - accounting->since;
}

/* Its quantum began with the run that goes on, unless it began before. */
static void note_quantum_start(struct thread *self)
{
    if (self->quantum_start == QUANTUM_NOT_BEGUN)
        self->quantum_start =
            self->accounting.cycles[THREAD_RUNNING] + self->accounting.interrupted;
}

#if CONFIG_PREEMPT

/* Why it does. */
static enum switch_reason reason_of(const struct thread *self, const struct thread *next)
{
    return next->level > self->level ? SWITCH_PRIORITY
                                     : (enum switch_reason)this_cpu()->resched_reason;
}

/* The running thread loses the CPU: see preempt_set_reschedule(). */
static void switch_involuntarily(uint64_t address)
{
    latency_switch_allowed(address);
    preempt_acknowledge();
    if (CONFIG_STRESS) {
        if (!core_can_be_preempted())
            return;
        end_quantum(this_cpu()->running);
    }
    struct thread *self = this_cpu()->running;
    struct thread *next = most_urgent();
    if (next == self)
        return;
    the_scheduler.involuntary_switches++;
    self->accounting.involuntary_switches++;
    note_quantum_start(self);
    if (attention_is_needed(ATTENTION_SWITCH))
        switch_attentively(self, next, reason_of(self, next));
    else
        switch_unnoticed(self, next);
}

#endif

void core_init(struct thread *idle)
{
    the_scheduler.quantum_ticks = QUANTUM_MS_DEFAULT;
    this_cpu()->idle = idle;
    this_cpu()->running = idle;
    idle->accounting.since = idle->created_at;
    shares_init(idle->created_at);
    interrupts_set_account(core_account_interrupt);
#if CONFIG_PREEMPT
    preempt_set_reschedule(switch_involuntarily);
#endif
}

bool core_has_ready(void)
{
    return !run_queue_is_empty(&the_scheduler.run_queue);
}

void core_account_interrupt(uint64_t cycles)
{
    account_interrupted(&this_cpu()->running->accounting, cycles);
}

void core_make_ready(struct thread *thread)
{
    ASSERT(thread != this_cpu()->running);
    make_ready(thread, (enum thread_state)thread->state);
}

void core_begin_block(enum thread_state state)
{
    begin_block(this_cpu()->running, state);
}

void core_end_block(void)
{
    struct thread *self = this_cpu()->running;
    end_block(self, (enum thread_state)self->state, this_cpu()->attention);
}

void core_block(enum thread_state state)
{
    block(this_cpu()->running, state);
}

void core_unready(struct thread *thread)
{
    ASSERT(thread->state == THREAD_READY && thread != this_cpu()->running);
    shares_note_if_first(thread);
    account_close(&thread->accounting, THREAD_READY, tsc_read());
    if (attention_is_needed(ATTENTION_CHART))
        run_chart_suspension(thread);
    queue_remove(thread);
}

void core_retire_current(void)
{
    account_switched_out(&this_cpu()->running->accounting, tsc_read());
    queue_remove(this_cpu()->running);
    nobody.tid = this_cpu()->running->tid;
    nobody.priority = this_cpu()->running->priority;
    nobody.chart_row = this_cpu()->running->chart_row;
}

_Noreturn void core_leave(enum switch_reason reason)
{
    struct thread *next = most_urgent();
    the_scheduler.voluntary_switches++;
    this_cpu()->running = &nobody;
    if (attention_is_needed(ATTENTION_SWITCH)) {
        switch_attentively(&nobody, next, reason);
    } else {
        take_over(next, tsc_read());
        switch_context(&nobody, next);
    }
    __builtin_unreachable();
}

void core_leave_idle(void)
{
    ASSERT(this_cpu()->running == this_cpu()->idle && core_has_ready());
    switch_voluntarily(this_cpu()->running, most_urgent(), SWITCH_IDLE, this_cpu()->attention);
}

/* One step of the circle, and the switch. `attention` is the constant 0 where nobody asks for any.
 */
static inline __attribute__((always_inline)) void yield(struct thread *self, uint8_t attention)
{
    give_way(self, false, attention);
    struct thread *next = thread_of(run_queue_first(&the_scheduler.run_queue));
    if (next != self)
        switch_voluntarily(self, next, SWITCH_YIELD, attention);
    else
        self->quantum_start = held_cycles(self, tsc_read());
}

static __attribute__((noinline)) void yield_attentively(struct thread *self)
{
    yield(self, this_cpu()->attention);
}

/* The rest of a yield is in switch_context.asm. */
void core_yield(void)
{
    core_assert_may_block();
    struct thread *self = this_cpu()->running;
    if (attention_is_needed(ATTENTION_POLICY | ATTENTION_SWITCH))
        yield_attentively(self);
    else
        yield(self, 0);
}

/* Puts `thread`, which has been taken out of the queue, where it belongs now. */
static void queue_again(struct thread *thread)
{
    if (thread == this_cpu()->running)
        queue_prepend(thread);
    else
        queue_append(thread);
}

void core_set_priority(struct thread *thread, unsigned priority)
{
    if (thread->priority == priority)
        return;
    bool is_ready = thread->state == THREAD_READY;
    if (is_ready)
        queue_remove(thread);
    bool is_in_wait_queue = thread->state == THREAD_BLOCKED && thread->waiting_in != NULL;
    if (is_in_wait_queue)
        waiters_remove(thread->waiting_in, thread);
    thread->priority = (uint8_t)priority;
    thread->level = (uint8_t)policy_level_of(thread);
    if (is_ready)
        queue_again(thread);
    if (is_in_wait_queue)
        waiters_add(thread->waiting_in, thread);
    request_switch_if_due();
}

/*
 * Among the equals of the running thread this breaks the invariant, until the switch that is asked
 * for restores it: end_quantum() knows. In cooperative mode nothing is asked for; there give_way()
 * takes one step of the circle and so needs the running thread in front, with `thread` the next.
 */
void core_put_first(struct thread *thread)
{
    struct thread *self = this_cpu()->running;
    if (thread->state != THREAD_READY || thread == self)
        return;
    queue_remove(thread);
    queue_prepend(thread);
    bool stays_in_front = !core_can_be_preempted() && !attention_is_needed(ATTENTION_POLICY);
    if (stays_in_front && self != this_cpu()->idle)
        core_requeue(self);
    request_switch_if_due();
}

/*
 * Off: what was asked for before, and not done yet, must not be done any more. The running thread
 * may have lost its place at the head of its level for it.
 */
void core_set_preemption(bool on)
{
    the_scheduler.is_preemptive = on;
    this_cpu()->running->quantum_start = held_cycles(this_cpu()->running, tsc_read());
    request_switch_if_due();
    if (on || this_cpu()->running == this_cpu()->idle)
        return;
    preempt_acknowledge();
    core_requeue(this_cpu()->running);
}

void core_requeue(struct thread *thread)
{
    queue_remove(thread);
    queue_again(thread);
}

void core_request_switch_if_due(void)
{
    if (is_switch_due())
        want_switch(SWITCH_POLICY);
}

/*
 * The quantum is time on the CPU, and not ticks met; what the machine did not give does not count.
 * It can only end at a tick, and ends at the one that is next to its end.
 */
static bool is_quantum_over(const struct thread *self, uint64_t held)
{
    uint64_t half_ticks = 2 * the_scheduler.quantum_ticks - 1;
    return (int64_t)(held - self->quantum_start) >=
           (int64_t)(latency_cycles_per_tick() * half_ticks / 2);
}

static __attribute__((noinline)) void begin_quantum(struct thread *self, uint64_t held)
{
    end_quantum(self);
    self->quantum_start = held;
    if (most_urgent() != self)
        want_switch(SWITCH_QUANTUM);
}

static inline void charge_running(struct thread *self)
{
    note_quantum_start(self);
    uint64_t held = held_cycles(self, interrupts_get_entry()->entered_at);
    if (__builtin_expect(is_quantum_over(self, held), false))
        begin_quantum(self, held);
}

/* For how long preemption is off is told even if nobody has to wait for it. */
static __attribute__((noinline)) void charge_attentively(void)
{
    if (attention_is_needed(ATTENTION_POLICY) && policy_tick())
        core_request_switch_if_due();
    if (!core_can_be_preempted())
        return;
    if (preempt_is_disabled())
        want_switch(SWITCH_QUANTUM);
    charge_running(this_cpu()->running);
}

void core_charge_tick(void)
{
    if (attention_is_needed(ATTENTION_POLICY) || preempt_is_disabled())
        charge_attentively();
    else if (core_can_be_preempted())
        charge_running(this_cpu()->running);
}

#if CONFIG_DEBUG
void core_assert_may_block(void)
{
    spin_assert_none_held(__builtin_return_address(0));
    if (interrupts_in_handler())
        panic("an interrupt handler tried to block at %p", __builtin_return_address(0));
    if (this_cpu()->preempt_count != 0)
        panic("a thread tried to block at %p with preemption off (count %u)",
              __builtin_return_address(0), this_cpu()->preempt_count);
}
#endif
