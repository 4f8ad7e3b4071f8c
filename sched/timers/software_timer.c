/* Software timers: entries of the kernel's one timer queue that call back. */
#include "sched/software_timer.h"

#include <stddef.h>

#include "kernel/lib/errors.h"
#include "sched/clock.h"
#include "sched/core/core.h"
#include "sched/timers/tick.h"
#include "sched/timers/timers.h"

/* Armed again before its callback, so that this may stop it, or start it anew. */
static void expire(struct timer *timer)
{
    struct software_timer *expired = PRIORITY_QUEUE_ENTRY(timer, struct software_timer, timer);
    if (expired->period_ticks != 0)
        timers_arm(timer, timer->deadline + expired->period_ticks);
    expired->callback(expired->argument);
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
    bool was_running = timer->timer.is_armed;
    timers_cancel(&timer->timer);
    critical_exit(flags);
    return was_running;
}

bool software_timer_is_running(const struct software_timer *timer)
{
    return timer->timer.is_armed;
}
