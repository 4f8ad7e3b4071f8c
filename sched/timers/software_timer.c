/* Software timers: entries of the kernel's one timer queue that call back. */
#include "sched/software_timer.h"

#include <stddef.h>

#include "kernel/cpu/tsc.h"
#include "kernel/lib/errors.h"
#include "kernel/log.h"
#include "kernel/symbols.h"
#include "sched/clock.h"
#include "sched/core/core.h"
#include "sched/timers/tick.h"
#include "sched/timers/timers.h"

/* So long may timers keep threads from running; that is told so often, and not of a callback during
 * which the machine was away for once: of one that is slow again and again. */
#define BUSY_TICKS_MAX (TICK_HZ / 100)
#define TICKS_PER_LINE (10 * TICK_HZ)
#define SLOW_CALLS     3u /* in so many ticks */
#define NS_PER_US      1000u

static bool is_slow_again(struct software_timer *timer, uint64_t now)
{
    if (now >= timer->slow_until) {
        timer->slow_until = now + TICKS_PER_LINE;
        timer->slow_calls = 0;
    }
    return ++timer->slow_calls >= SLOW_CALLS;
}

static void tell(struct software_timer *timer, uint64_t took_ns, uint64_t now)
{
    char name[SYMBOL_NAME_SIZE] = "its callback";
    uint64_t offset;
    if (!is_slow_again(timer, now) || now < timer->quiet_until)
        return;
    timer->quiet_until = now + TICKS_PER_LINE;
    symbol_lookup((uint64_t)timer->callback, name, &offset);
    log_warning("timer: %s took %lu us, is due every %lu ms: %lu calls left out", name,
                took_ns / NS_PER_US, timer->period_ticks, timer->left_out);
}

/*
 * The callback, which took `took_ns`, is over, and its timer runs. It stays on the grid of its
 * periods.
 */
static void leave_time_to_threads(struct software_timer *expired, uint64_t took_ns)
{
    struct timer *timer = &expired->timer;
    uint64_t busy_ticks = timers_busy_ticks();
    uint64_t now = timers_now();
    if (busy_ticks < BUSY_TICKS_MAX || timer_deadline(timer) > now)
        return;
    uint64_t period = expired->period_ticks != 0 ? expired->period_ticks : 1;
    uint64_t periods = (now + busy_ticks - timer_deadline(timer) + period - 1) / period;
    uint64_t deadline = timer_deadline(timer) + periods * period;
    timers_cancel(timer);
    timers_arm(timer, deadline);
    expired->left_out += periods;
    tell(expired, took_ns, now);
}

/* Armed again before its callback, so that this may stop it, or start it anew. */
static void expire(struct timer *timer)
{
    struct software_timer *expired = PRIORITY_QUEUE_ENTRY(timer, struct software_timer, timer);
    if (expired->period_ticks != 0)
        timers_arm(timer, timer_deadline(timer) + expired->period_ticks);
    uint64_t began_at = tsc_read();
    expired->callback(expired->argument);
    if (timer_is_armed(timer))
        leave_time_to_threads(expired, tsc_to_ns(tsc_read() - began_at));
}

int software_timer_init(struct software_timer *timer, void (*callback)(void *argument),
                        void *argument)
{
    if (callback == NULL)
        return -ERROR_INVALID;
    *timer = (struct software_timer){
        .timer = {.expire = expire},
        .callback = callback,
        .argument = argument,
    };
    return 0;
}

/* A tick is a millisecond. In a handler that woke the CPU, ticks may have been left out until now.
 */
void software_timer_start(struct software_timer *timer, uint32_t delay_ms, uint32_t period_ms)
{
    uint64_t flags = critical_enter();
    timers_cancel(&timer->timer);
    timer->period_ticks = period_ms;
    tick_resume();
    timers_arm(&timer->timer, clock_ticks() + (delay_ms != 0 ? delay_ms : 1));
    critical_exit(flags);
}

bool software_timer_stop(struct software_timer *timer)
{
    uint64_t flags = critical_enter();
    bool was_running = timer_is_armed(&timer->timer);
    timers_cancel(&timer->timer);
    critical_exit(flags);
    return was_running;
}

bool software_timer_is_running(const struct software_timer *timer)
{
    return timer_is_armed(&timer->timer);
}
