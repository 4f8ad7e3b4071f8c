/* Time: the date, and where the ticks come from. */
#include "drivers/clock/pit.h"
#include "drivers/clock/rtc.h"
#include "drivers/clock/timer.h"
#include "kernel/lib/errors.h"
#include "kernel/log.h"
#include "kernel/panic.h"
#include "kernel/start/start.h"
#include "sched/clock.h"
#include "sched/scheduler.h"
#include "shell/views/status_bar.h"

#define SLOW_TICKS 10u /* that one interrupt of the timer stands for, with tick=slow */

static void log_date(const struct rtc_time *time)
{
    char text[RTC_TEXT_SIZE];
    rtc_format(time, text, sizeof(text));
    log_info("clock: %s", text);
}

/* Most machines have a real-time clock, but nothing depends on it. */
static void start_clock(void)
{
    struct rtc_time time;
    rtc_init();
    int error = rtc_boot_time(&time);
    if (error == 0) {
        log_date(&time);
    } else if (error == -ERROR_INVALID) {
        log_warning("clock: it shows no valid date; its battery may be empty");
    } else {
        log_warning("clock: there is none, or it does not answer");
    }
}

static void start_ticks(void)
{
    if (start_options.has_slow_tick)
        pit_set_ticks_per_interrupt(SLOW_TICKS);
    if (timer_start(TICK_HZ, scheduler_tick, scheduler_timer_ticks, start_options.has_rtc_tick) !=
        0)
        panic("no ticks: there is neither an interval timer (8254) nor a real-time clock");
    if (start_options.has_no_tsc)
        timer_replace_tsc();
    scheduler_set_periodic(start_look_after_consoles, STATUS_BAR_PERIOD_TICKS / 2);
}

void start_time(void)
{
    start_clock();
    start_ticks();
}
