/* Does a counter keep its rate? */
#include "drivers/clock/rate_watch.h"

#define DEVIATIONS_MAX    2
#define DISAGREEMENTS_MAX 4u
#define TICKS_TOLD_OF     1000u

/* Positive if the latest window is too fast, negative if it is too slow, else 0. */
static int compare(const struct rate_track *track)
{
    uint64_t tolerance = track->first * WATCH_TOLERANCE_PERCENT / 100;
    if (track->latest > track->first + tolerance)
        return 1;
    return track->latest < track->first - tolerance ? -1 : 0;
}

static void look_for_deviation(struct rate_track *track)
{
    int side = compare(track);
    bool goes_on = side != 0 && (side > 0) == (track->deviation > 0) && track->deviation != 0;
    track->deviation = goes_on ? track->deviation + side : side;
}

static void look_for_confirmation(struct rate_track *track)
{
    track->is_confirmed = track->first != 0 && compare(track) == 0;
    if (track->first != 0 && !track->is_confirmed)
        track->disagreements++;
    if (!track->is_confirmed && track->disagreements < DISAGREEMENTS_MAX)
        track->first = track->latest;
}

static void add_window(struct rate_track *track, uint64_t rate)
{
    track->latest = rate;
    if (track->is_confirmed)
        look_for_deviation(track);
    else
        look_for_confirmation(track);
}

static bool has_changed(const struct rate_track *track)
{
    return track->deviation >= DEVIATIONS_MAX || track->deviation <= -DEVIATIONS_MAX ||
           (!track->is_confirmed && track->disagreements >= DISAGREEMENTS_MAX);
}

static void end_window(struct rate_watch *watch, uint64_t now, uint64_t ticks)
{
    uint64_t counts = now - watch->window_start;
    uint64_t passed = ticks - watch->window_start_ticks;
    add_window(&watch->by_seconds, counts / WATCH_SECONDS);
    if (passed != 0)
        add_window(&watch->by_ticks, counts * TICKS_TOLD_OF / passed);
    watch->window_seconds = 0;
}

enum rate_verdict rate_watch_second(struct rate_watch *watch, uint64_t now, uint64_t ticks)
{
    bool goes_back = now < watch->last;
    watch->last = now;
    if (goes_back)
        return RATE_GOES_BACK;
    if (watch->window_start != 0 && ++watch->window_seconds == WATCH_SECONDS)
        end_window(watch, now, ticks);
    if (watch->window_seconds == 0) {
        watch->window_start = now;
        watch->window_start_ticks = ticks;
    }
    return has_changed(&watch->by_seconds) && has_changed(&watch->by_ticks) ? RATE_CHANGES
                                                                            : RATE_KEEPS;
}

void rate_watch_skip(struct rate_watch *watch)
{
    watch->window_start = 0;
    watch->window_seconds = 0;
}
