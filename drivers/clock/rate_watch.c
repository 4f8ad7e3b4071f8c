/* Does a counter keep its rate? */
#include "drivers/clock/rate_watch.h"

#define DEVIATIONS_MAX    2
#define DISAGREEMENTS_MAX 4u

/* Positive if the latest window is too fast, negative if it is too slow, else 0. */
static int compare(const struct rate_watch *watch)
{
    uint64_t tolerance = watch->first_hz * WATCH_TOLERANCE_PERCENT / 100;
    if (watch->latest_hz > watch->first_hz + tolerance)
        return 1;
    return watch->latest_hz < watch->first_hz - tolerance ? -1 : 0;
}

static void look_for_deviation(struct rate_watch *watch)
{
    int side = compare(watch);
    bool goes_on = side != 0 && (side > 0) == (watch->deviation > 0) && watch->deviation != 0;
    watch->deviation = goes_on ? watch->deviation + side : side;
}

static void look_for_confirmation(struct rate_watch *watch)
{
    watch->is_confirmed = watch->first_hz != 0 && compare(watch) == 0;
    if (watch->first_hz != 0 && !watch->is_confirmed)
        watch->disagreements++;
    if (!watch->is_confirmed && watch->disagreements < DISAGREEMENTS_MAX)
        watch->first_hz = watch->latest_hz;
}

static void end_window(struct rate_watch *watch, uint64_t now)
{
    watch->latest_hz = (now - watch->window_start) / WATCH_SECONDS;
    if (watch->is_confirmed)
        look_for_deviation(watch);
    else
        look_for_confirmation(watch);
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
    bool changes = watch->deviation >= DEVIATIONS_MAX || watch->deviation <= -DEVIATIONS_MAX ||
                   (!watch->is_confirmed && watch->disagreements >= DISAGREEMENTS_MAX);
    return changes ? RATE_CHANGES : RATE_KEEPS;
}

void rate_watch_skip(struct rate_watch *watch)
{
    watch->window_start = 0;
    watch->window_seconds = 0;
}
