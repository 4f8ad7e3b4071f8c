/* The simulated machine: its clock, its threads' doings, and all that the scheduler asks below. */
#include "tests/unit/fakes/simulation.h"

#include <string.h>

#include "tests/unit/unit_test.h"

#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/spinlock.h"
#include "kernel/cpu/tsc.h"
#include "sched/clock.h"
#include "sched/core/core.h"
#include "sched/observe/harmony_window.h"
#include "sched/observe/latency.h"
#include "sched/observe/run_recorder.h"
#include "sched/observe/shares.h"
#include "sched/observe/switch_cost.h"
#include "sched/observe/trace_ring.h"
#include "sched/policies/policies.h"
#include "sched/policy.h"
#include "sched/state/state.h"
#include "sched/state/thread_table.h"
#include "sched/sync/waiting.h"
#include "sched/timer_queue.h"
#include "sched/timers/timers.h"
#include "tests/unit/fakes/critical_section.h"

#define HANDLER_NS 2000u /* of the tick's handler: all before anything is charged */

uint64_t fake_tsc;

static uint64_t ticks;
static uint64_t next_tick; /* TSC */
static struct timer_queue timers;
static void (*reschedule)(uint64_t address);
static void (*account_interrupt)(uint64_t cycles);
static struct thread idle = {.state = THREAD_READY};

/* --- What the core stands on ----------------------------------------------------------------- */

void switch_context(struct thread *previous, struct thread *next);
void switch_context_timed(struct thread *previous, struct thread *next);

/* Whoever called goes on; the simulation looks at this_cpu()->running to see whose turn it is. */
void switch_context(struct thread *previous, struct thread *next)
{
    (void)previous;
    assert_ptr_equal(this_cpu()->running, next);
}

void switch_context_timed(struct thread *previous, struct thread *next)
{
    switch_context(previous, next);
}

uint64_t switch_cost_started_at;
struct trace_ring trace_ring;

void trace_wakeup(const struct thread *thread)
{
    (void)thread;
}

void run_chart_switch(struct thread *previous, struct thread *next, uint64_t now, unsigned reason)
{
    (void)previous;
    (void)next;
    (void)now;
    (void)reason;
}

void run_chart_wakeup(struct thread *thread)
{
    (void)thread;
}

void run_chart_suspension(struct thread *thread)
{
    (void)thread;
}

void trace_setting(enum trace_type type, uint32_t value, const char *object)
{
    (void)type;
    (void)value;
    (void)object;
}

void trace_share(enum trace_type type, uint32_t value)
{
    (void)type;
    (void)value;
}

uint64_t latency_tick_cycles = NS_PER_MS;

uint64_t latency_delayed_since;

void latency_note_delay(uint64_t address)
{
    (void)address;
}

void spin_assert_none_held(const void *place)
{
    (void)place;
}

uint64_t interrupts_cycles(void)
{
    return ticks * HANDLER_NS;
}

uint64_t interrupts_cycles_of_deferred(uint64_t at)
{
    (void)at;
    return 0; /* here handlers take no time but the tick's */
}

void interrupts_let_in(void)
{
}

void interrupts_set_account(void (*account)(uint64_t cycles))
{
    account_interrupt = account;
}

void preempt_set_reschedule(void (*function)(uint64_t address))
{
    reschedule = function;
}

uint64_t clock_ticks(void)
{
    return ticks;
}

void timers_arm(struct timer *timer, uint64_t deadline)
{
    timer_queue_arm(&timers, timer, deadline);
}

void timers_cancel(struct timer *timer)
{
    timer_queue_cancel(&timers, timer);
}

/* The linker's table of policies. */
extern const struct policy *const policy_registration_fair,
    *const policy_registration_harmony, *const policy_registration_lottery,
                                            *const policy_registration_mlfq,
                                                *const policy_registration_prio,
                                                    *const policy_registration_rr;

#define POLICIES 6

const struct policy *__policies_start[POLICIES];
extern const struct policy *__policies_end[];
__asm__(".globl __policies_end\n.set __policies_end, __policies_start + 48");
_Static_assert(sizeof(__policies_start) == 48, "__policies_end is wrong");

static __attribute__((constructor)) void register_policies(void)
{
    const struct policy *all[POLICIES] = {policy_registration_fair,    policy_registration_harmony,
                                          policy_registration_lottery, policy_registration_mlfq,
                                          policy_registration_prio,    policy_registration_rr};
    memcpy(__policies_start, all, sizeof(all));
}

/* --- Time passes ----------------------------------------------------------------------------- */

static struct simulated_thread *simulated(struct thread *thread)
{
    return (struct simulated_thread *)thread; /* its first member */
}

void simulation_settle(void)
{
    while (this_cpu()->need_resched && this_cpu()->preempt_count == 0)
        reschedule(0);
    if (this_cpu()->running == &idle && core_has_ready())
        core_leave_idle();
}

static void wake(struct timer *timer)
{
    struct thread *thread = PRIORITY_QUEUE_ENTRY(timer, struct thread, timer);
    simulated(thread)->woken_at = fake_tsc;
    if (thread->state == THREAD_BLOCKED)
        waiting_leave(thread);
    core_make_ready(thread);
}

/* The handler's time is nobody's run time, which the core is told when it is over. */
static void tick(void)
{
    struct timer *timer;
    next_tick = fake_tsc + NS_PER_MS;
    this_cpu()->entry.entered_at = fake_tsc;
    fake_tsc += HANDLER_NS;
    bool has_period_ended = harmony_on_tick(1);
    ticks++;
    while ((timer = timer_queue_pop_due(&timers, ticks)) != NULL)
        timer->expire(timer);
    core_charge_tick();
    account_interrupt(HANDLER_NS);
    if (has_period_ended)
        harmony_end_period();
}

static void note_run(struct simulated_thread *running)
{
    if (running->woken_at == 0)
        return;
    uint64_t lag = (fake_tsc - running->woken_at) / NS_PER_MS;
    if (lag > running->longest_lag)
        running->longest_lag = lag;
    running->woken_at = 0;
}

static void end_burst(struct simulated_thread *running)
{
    running->left_ns = running->behaviour.burst_ns;
    if (running->behaviour.sleep_ms == 0) {
        core_yield();
    } else {
        core_begin_block(THREAD_SLEEPING);
        timers_arm(&running->thread.timer, ticks + running->behaviour.sleep_ms);
        core_end_block();
    }
}

/* The running thread computes for `ns`, or until its burst ends. Returns whether that came first.
 */
static bool compute(uint64_t ns)
{
    struct simulated_thread *running =
        this_cpu()->running != &idle ? simulated(this_cpu()->running) : NULL;
    bool ends = running != NULL && running->behaviour.burst_ns != 0 && running->left_ns < ns;
    if (running != NULL)
        note_run(running);
    if (ends)
        ns = running->left_ns;
    if (running != NULL)
        running->left_ns -= ns;
    fake_tsc += ns;
    return ends;
}

static void interrupt(void)
{
    fake_interrupt = NULL; /* a handler is not interrupted */
    tick();
    assert_int_equal(state_ready_count(), simulation_count_ready());
    fake_interrupt = interrupt;
}

void simulation_steal(uint64_t ns)
{
    fake_tsc += ns;
    next_tick += ns;
    assert_int_equal(shares_steal(ns, fake_tsc), ns);
}

void simulate_ticks_everywhere(bool everywhere)
{
    fake_interrupt = everywhere ? interrupt : NULL;
}

void simulate_ms(uint64_t milliseconds)
{
    uint64_t end = ticks + milliseconds;
    while (ticks < end) {
        simulation_settle();
        if (compute(next_tick > fake_tsc ? next_tick - fake_tsc : 0))
            end_burst(simulated(this_cpu()->running));
        else
            tick();
    }
    simulation_settle();
}

/* --- Threads come and go --------------------------------------------------------------------- */

void simulation_begin(unsigned quantum_ms)
{
    static bool has_begun;
    if (!has_begun) {
        static struct thread *buckets[64];
        thread_table_init(buckets, 64);
        thread_table_add(&idle);
        policies_init();
        policy_admit(&idle);
        core_init(&idle);
        timer_queue_init(&timers);
        has_begun = true;
    }
    assert_int_equal(policy_choose("prio"), 0);
    the_scheduler.quantum_ticks = quantum_ms;
    core_set_preemption(true);
}

void simulation_add(struct simulated_thread *added, unsigned priority, struct behaviour behaviour)
{
    struct thread *thread = &added->thread;
    added->behaviour = behaviour;
    added->left_ns = behaviour.burst_ns;
    thread->priority = (uint8_t)priority;
    thread->state = THREAD_BLOCKED;
    thread->timer.expire = wake;
    thread->created_at = fake_tsc;
    thread->accounting.since = fake_tsc;
    thread_table_add(thread);
    shares_begin(thread);
    policy_admit(thread);
    core_make_ready(thread);
}

static void take_away(struct thread *thread)
{
    if (thread->waiting_in != NULL)
        waiting_leave(thread);
    if (thread == this_cpu()->running)
        core_block(THREAD_SUSPENDED);
    else if (thread->state == THREAD_READY)
        core_unready(thread);
    timers_cancel(&thread->timer);
    shares_end(thread);
    thread_table_remove(thread);
}

void simulation_end(void)
{
    struct thread *thread;
    while ((thread = thread_table_next(0)) != NULL)
        take_away(thread);
    assert_ptr_equal(this_cpu()->running, &idle);
    assert_false(core_has_ready());
    assert_int_equal(state_ready_count(), 0);
}

uint64_t simulation_count(struct simulated_thread *thread)
{
    uint64_t ran = state_run_cycles(&thread->thread);
    uint64_t since = ran - thread->counted_ns;
    thread->counted_ns = ran;
    return since;
}

unsigned simulation_count_ready(void)
{
    unsigned count = 0;
    for (struct thread *thread = thread_table_next(0); thread != NULL;
         thread = thread_table_next(thread->tid))
        count += thread->state == THREAD_READY && thread != this_cpu()->running;
    return count;
}
