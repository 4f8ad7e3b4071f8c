/* drivers/clock/rate_watch, second by second. */
#include "drivers/clock/rate_watch.h"

#include "tests/unit/unit_test.h"

#define HZ 1000000u

static struct rate_watch watch;
static uint64_t now, ticks;

static int set_up(void **state)
{
    (void)state;
    watch = (struct rate_watch){0};
    now = 5;
    ticks = 3;
    assert_int_equal(rate_watch_second(&watch, now, ticks), RATE_KEEPS);
    return 0;
}

static enum rate_verdict windows_with(unsigned count, uint64_t hz, uint64_t ticks_a_second)
{
    enum rate_verdict verdict = RATE_KEEPS;
    for (unsigned i = 0; i < count * WATCH_SECONDS && verdict == RATE_KEEPS; i++) {
        now += hz;
        ticks += ticks_a_second;
        verdict = rate_watch_second(&watch, now, ticks);
    }
    return verdict;
}

static enum rate_verdict windows(unsigned count, uint64_t hz)
{
    return windows_with(count, hz, 1000);
}

static void a_steady_counter_keeps_its_rate(void **state)
{
    (void)state;
    assert_int_equal(windows(100, HZ), RATE_KEEPS);
    assert_int_equal(watch.by_seconds.first, HZ);
    assert_int_equal(watch.by_seconds.latest, HZ);
    assert_int_equal(windows(100, HZ + HZ * WATCH_TOLERANCE_PERCENT / 100), RATE_KEEPS);
    assert_int_equal(windows(100, HZ - HZ * WATCH_TOLERANCE_PERCENT / 100), RATE_KEEPS);
}

static void two_windows_make_a_verdict(void **state)
{
    static const uint64_t other_hz[] = {HZ / 10, HZ * 97 / 100, HZ * 103 / 100, HZ * 10};
    for (unsigned i = 0; i < COUNT_OF(other_hz); i++) {
        set_up(state);
        assert_int_equal(windows(3, HZ), RATE_KEEPS);
        assert_int_equal(windows(1, other_hz[i]), RATE_KEEPS);
        assert_int_equal(windows(1, other_hz[i]), RATE_CHANGES);
        assert_int_equal(watch.by_seconds.latest, other_hz[i]);
    }
}

static void one_window_does_not(void **state)
{
    (void)state;
    windows(2, HZ);
    for (unsigned i = 0; i < 50; i++) {
        assert_int_equal(windows(1, HZ), RATE_KEEPS);
        assert_int_equal(windows(1, HZ / 2), RATE_KEEPS);
    }
}

/* A second that is told late makes one window too long and the next too short. */
static void nor_do_two_to_different_sides(void **state)
{
    (void)state;
    windows(2, HZ);
    for (unsigned i = 0; i < 50; i++) {
        assert_int_equal(windows(1, HZ * 2), RATE_KEEPS);
        assert_int_equal(windows(1, HZ / 2), RATE_KEEPS);
    }
}

/* It would be what all others are compared with. */
static void nor_does_the_first_one(void **state)
{
    (void)state;
    assert_int_equal(windows(1, HZ * 1025 / 1000), RATE_KEEPS);
    assert_int_equal(windows(100, HZ), RATE_KEEPS);
    assert_int_equal(watch.by_seconds.first, HZ);
}

static void a_rate_that_is_never_the_same_makes_a_verdict(void **state)
{
    (void)state;
    for (unsigned i = 1; i <= 4; i++)
        assert_int_equal(windows(1, HZ * i), RATE_KEEPS);
    assert_int_equal(windows(1, HZ), RATE_CHANGES);
}

static void going_back_makes_a_verdict_at_once(void **state)
{
    (void)state;
    windows(1, HZ);
    assert_int_equal(rate_watch_second(&watch, now - 1, ticks), RATE_GOES_BACK);
}

static void a_window_with_unknown_seconds_does_not_count(void **state)
{
    (void)state;
    windows(1, HZ);
    for (unsigned i = 0; i < 100; i++) {
        now += HZ * (WATCH_SECONDS - 1);
        ticks += 1000 * (WATCH_SECONDS - 1);
        rate_watch_skip(&watch);
        assert_int_equal(rate_watch_second(&watch, now, ticks), RATE_KEEPS);
    }
    assert_int_equal(watch.by_seconds.latest, HZ);
    assert_int_equal(windows(10, HZ), RATE_KEEPS);
    assert_int_equal(watch.by_seconds.latest, HZ);
}

static void lost_ticks_are_not_the_counters_fault(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(windows_with(1, HZ, 1000 - i * 37 % 600), RATE_KEEPS);
    assert_int_equal(windows_with(2, HZ / 2, 700), RATE_CHANGES);
}

/* Virtual time, which passes as fast as its host computes, and a clock that shows the host's. */
static void nor_are_seconds_of_another_time(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 100; i++)
        assert_int_equal(windows_with(1, HZ * (20 + i * 7 % 30), 1000 * (20 + i * 7 % 30)),
                         RATE_KEEPS);
    assert_int_equal(windows_with(1, HZ * 7, 1000 * 14), RATE_KEEPS);
    assert_int_equal(windows_with(1, HZ * 8, 1000 * 16), RATE_CHANGES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_steady_counter_keeps_its_rate, set_up),
        cmocka_unit_test_setup(two_windows_make_a_verdict, set_up),
        cmocka_unit_test_setup(one_window_does_not, set_up),
        cmocka_unit_test_setup(nor_do_two_to_different_sides, set_up),
        cmocka_unit_test_setup(nor_does_the_first_one, set_up),
        cmocka_unit_test_setup(a_rate_that_is_never_the_same_makes_a_verdict, set_up),
        cmocka_unit_test_setup(going_back_makes_a_verdict_at_once, set_up),
        cmocka_unit_test_setup(a_window_with_unknown_seconds_does_not_count, set_up),
        cmocka_unit_test_setup(lost_ticks_are_not_the_counters_fault, set_up),
        cmocka_unit_test_setup(nor_are_seconds_of_another_time, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
