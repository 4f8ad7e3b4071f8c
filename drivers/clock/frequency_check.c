/* Is a clock's frequency what it should be? */
#include "drivers/clock/frequency_check.h"

#include <stdbool.h>

static uint64_t difference(uint64_t one, uint64_t other)
{
    return one > other ? one - other : other - one;
}

/* Whether a second with `hz` is wrong by as much as those before. */
static bool is_alike(const struct frequency_check *check, uint64_t hz)
{
    uint64_t agreement = check->nominal_hz * FREQUENCY_AGREEMENT_PER_MILLE / 1000;
    return difference(hz, check->first_wrong_hz) <= agreement;
}

static void judge(struct frequency_check *check, uint64_t hz)
{
    uint64_t nominal = check->nominal_hz;
    if (difference(hz, nominal) * 100 <= nominal * FREQUENCY_TOLERANCE_PERCENT) {
        check->measured_hz = hz;
        check->verdict = FREQUENCY_RIGHT;
        return;
    }
    if (!is_alike(check, hz))
        check->wrong_seconds = 0;
    if (check->wrong_seconds == 0)
        check->measured_hz = check->first_wrong_hz = hz;
    if (difference(hz, nominal) < difference(check->measured_hz, nominal))
        check->measured_hz = hz;
    if (++check->wrong_seconds == FREQUENCY_SECONDS)
        check->verdict = FREQUENCY_WRONG;
}

enum frequency_verdict frequency_check_second(struct frequency_check *check, uint64_t now)
{
    if (check->verdict != FREQUENCY_NOT_KNOWN_YET)
        return check->verdict;
    if (check->last != 0)
        judge(check, now - check->last);
    check->last = now;
    return check->verdict;
}

void frequency_check_skip(struct frequency_check *check)
{
    check->last = 0;
    check->wrong_seconds = 0;
}
