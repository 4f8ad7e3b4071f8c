/* Does a counter keep its rate? */
#include "drivers/rate_watch.h"

#define DEVIATIONS_MAX 2

static void compare(struct rate_watch *watch)
{
    uint64_t tolerance = watch->first_hz * WATCH_TOLERANCE_PERCENT / 100;
    if (watch->latest_hz > watch->first_hz + tolerance)
        watch->deviation = watch->deviation > 0 ? watch->deviation + 1 : 1;
    else if (watch->latest_hz < watch->first_hz - tolerance)
        watch->deviation = watch->deviation < 0 ? watch->deviation - 1 : -1;
    else
        watch->deviation = 0;
}

static void end_window(struct rate_watch *watch, uint64_t now)
{
    watch->latest_hz = (now - watch->window_start) / WATCH_SECONDS;
    if (watch->first_hz == 0)
        watch->first_hz = watch->latest_hz;
    compare(watch);
    watch->window_seconds = 0;
}

enum rate_verdict rate_watch_second(struct rate_watch *watch, uint64_t now)
{
    bool goes_back = now < watch->last;
    watch->last = now;
    if (goes_back)
        return RATE_GOES_BACK;
    if (watch->window_start != 0 && ++watch->window_seconds == WATCH_SECONDS)
        end_window(watch, now);
    if (watch->window_seconds == 0)
        watch->window_start = now;
    bool changes = watch->deviation >= DEVIATIONS_MAX || watch->deviation <= -DEVIATIONS_MAX;
    return changes ? RATE_CHANGES : RATE_KEEPS;
}

void rate_watch_skip(struct rate_watch *watch)
{
    watch->window_start = 0;
    watch->window_seconds = 0;
}
