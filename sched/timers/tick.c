/* The tick: time goes on, sleepers wake, the quantum shrinks. */
#include <stddef.h>

#include "drivers/clock/pit.h"
#include "drivers/clock/timer.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/tsc.h"
#include "sched/clock.h"
#include "sched/core/core.h"
#include "sched/observe/harmony_window.h"
#include "sched/observe/latency.h"
#include "sched/observe/run_recorder.h"
#include "sched/observe/shares.h"
#include "sched/observe/trace_ring.h"
#include "sched/scheduler.h"
#include "sched/state/attention.h"
#include "sched/timers/tick.h"
#include "sched/timers/timers.h"

#define NS_PER_TICK (1000000000u / TICK_HZ)

/* For fewer ticks it is not worth the dozen port accesses. */
#define PUT_OFF_TICKS_MIN 4u

/* With interrupts off: more of them would make other devices wait, and lose ticks in the end. */
#define TIMERS_AT_ONCE 16u

static volatile uint64_t ticks;
static struct timer_queue timer_queue;
static uint64_t swallowed_ticks; /* of those: no interrupt came for them */

/* When those timers began to expire that do, or did last: TSC, and the tick. */
static uint64_t expiring_since;
static uint64_t expiring_since_tick;

static uint32_t (*periodic_function)(void);

static void steal(uint64_t absence_cycles, uint64_t until)
{
    uint64_t cycles = shares_steal(absence_cycles, until);
    trace_stolen(until - cycles);
    if (attention_is_needed(ATTENTION_CHART))
        run_chart_steal(cycles);
}

/* A handler has just ended: the next tick tells how many have passed. */
static void steal_from_handler(uint64_t cycles)
{
    steal(cycles, tsc_read());
}

void timers_init(void)
{
    interrupts_set_absence(steal_from_handler);
    timer_queue_init(&timer_queue);
}

void timers_arm(struct timer *timer, uint64_t deadline)
{
    timer_queue_arm(&timer_queue, timer, deadline);
}

void timers_cancel(struct timer *timer)
{
    timer_queue_cancel(&timer_queue, timer);
}

uint64_t timers_busy_ticks(void)
{
    return tsc_to_ns(tsc_read() - expiring_since) / NS_PER_TICK;
}

uint64_t timers_now(void)
{
    uint64_t now = expiring_since_tick + timers_busy_ticks();
    return now > ticks ? now : ticks;
}

static void expire_some_timers(void)
{
    for (unsigned i = 0; i < TIMERS_AT_ONCE; i++) {
        struct timer *timer = timer_queue_pop_due(&timer_queue, ticks);
        if (timer == NULL)
            return;
        timer->expire(timer);
    }
}

/* --- What takes too long for a handler ------------------------------------------------------- */

static bool has_period_ended;

/* Interrupts, the next ticks among them, come in between. */
static void do_the_rest(void)
{
    for (;;) {
        if (timer_queue_is_due(&timer_queue, ticks)) {
            expire_some_timers();
        } else if (has_period_ended) {
            has_period_ended = false;
            harmony_end_period();
        } else {
            return;
        }
        interrupts_let_in();
    }
}

static void begin_expiring(void)
{
    expiring_since = tsc_read();
    expiring_since_tick = ticks;
}

/* A tick that comes between those goes on with them. */
static void expire_timers(void)
{
    if (!this_cpu()->is_running_deferred)
        begin_expiring();
    expire_some_timers();
    if (!timer_queue_is_due(&timer_queue, ticks))
        return;
    tick_resume(); /* it may take long */
    interrupts_defer(do_the_rest);
}

static void end_period(void)
{
    has_period_ended = true;
    interrupts_defer(do_the_rest);
}

static void run_periodic(struct timer *timer)
{
    timers_arm(timer, timer_deadline(timer) + periodic_function());
}

/* --- The tick -------------------------------------------------------------------------------- */

/* The time has gone on, but what the machine did not give is nobody's. */
static __attribute__((noinline)) void pass_late_ticks(void)
{
    const struct tick_delay *delay = latency_of_tick();
    ticks = ticks + delay->ticks;
    swallowed_ticks += delay->ticks;
    if (delay->was_away)
        steal(delay->cycles, interrupts_get_entry()->entered_at);
}

void scheduler_tick(void)
{
    uint32_t elapsed = pit_take_ticks();
    ticks = ticks + elapsed;
    if (__builtin_expect(latency_on_tick(elapsed), false))
        pass_late_ticks();
    if (harmony_on_tick(elapsed))
        end_period();
    attention_set(ATTENTION_SWITCH_COST, true);
    if (timer_queue_is_due(&timer_queue, ticks))
        expire_timers();
    core_charge_tick();
}

void scheduler_set_periodic(uint32_t (*function)(void), uint32_t ticks_to_first)
{
    static struct timer timer = {.expire = run_periodic};
    periodic_function = function;
    timers_arm(&timer, ticks + ticks_to_first);
}

/* Up to a deadline in `until` ticks interrupts are to come at even distances: so the last of them
 * comes at it, and the next ones may, too, without the counter's being loaded again. */
static uint32_t even_part(uint64_t until)
{
    uint64_t parts = (until + PIT_TICKS_MAX - 1) / PIT_TICKS_MAX;
    return parts != 0 ? (uint32_t)(until / parts) : PIT_TICKS_MAX;
}

void tick_put_off(void)
{
    uint64_t until_deadline = timer_queue_next_deadline(&timer_queue) - ticks;
    if (ticks == 0)
        timer_ensure_ticks();
    /* What has been put off is too far away if a handler has set a deadline since. */
    if (!tsc_is_settled() || until_deadline < PUT_OFF_TICKS_MIN ||
        until_deadline <= pit_ticks_per_interrupt() || until_deadline < pit_ticks_put_off()) {
        tick_resume();
        return;
    }
    latency_tick_moved(0);
    pit_put_off_tick(even_part(until_deadline));
}

void tick_resume(void)
{
    uint64_t since = tsc_read();
    if (pit_set_back()) {
        latency_begin_rhythm(since);
        return;
    }
    uint32_t elapsed = pit_resume_ticks();
    if (elapsed == 0)
        return;
    latency_tick_moved(elapsed);
    ticks = ticks + elapsed;
    harmony_pass_ticks(elapsed);
}

uint64_t clock_ticks(void)
{
    return ticks;
}

uint64_t scheduler_timer_ticks(void)
{
    return ticks - swallowed_ticks;
}

uint64_t clock_tick_began(void)
{
    return latency_tick_raised_at();
}
