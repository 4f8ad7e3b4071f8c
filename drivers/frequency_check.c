/* Is a clock's frequency what it should be? */
#include "drivers/frequency_check.h"

static uint64_t difference(uint64_t one, uint64_t other)
{
    return one > other ? one - other : other - one;
}

static void judge(struct frequency_check *check, uint64_t hz)
{
    uint64_t nominal = check->nominal_hz;
    bool is_too_fast = hz > nominal;
    if (is_too_fast != check->is_too_fast)
        check->wrong_seconds = 0;
    check->is_too_fast = is_too_fast;
    if (check->wrong_seconds == 0 ||
        difference(hz, nominal) < difference(check->measured_hz, nominal))
        check->measured_hz = hz;
    if (difference(hz, nominal) * 100 <= nominal * FREQUENCY_TOLERANCE_PERCENT)
        check->verdict = FREQUENCY_RIGHT;
    else if (++check->wrong_seconds == FREQUENCY_SECONDS)
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
}
