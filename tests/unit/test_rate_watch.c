/* drivers/clock/rate_watch, second by second. */
#include "drivers/clock/rate_watch.h"

#include "tests/unit/unit_test.h"

#define HZ 1000000u

static struct rate_watch watch;
static uint64_t now;

static int set_up(void **state)
{
    (void)state;
    watch = (struct rate_watch){0};
    now = 5;
    assert_int_equal(rate_watch_second(&watch, now), RATE_KEEPS);
    return 0;
}

static enum rate_verdict windows(unsigned count, uint64_t hz)
{
    enum rate_verdict verdict = RATE_KEEPS;
    for (unsigned i = 0; i < count * WATCH_SECONDS && verdict == RATE_KEEPS; i++) {
        now += hz;
        verdict = rate_watch_second(&watch, now);
    }
    return verdict;
}

static void a_steady_counter_keeps_its_rate(void **state)
{
    (void)state;
    assert_int_equal(windows(100, HZ), RATE_KEEPS);
    assert_int_equal(watch.first_hz, HZ);
    assert_int_equal(watch.latest_hz, HZ);
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
        assert_int_equal(watch.latest_hz, other_hz[i]);
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
    assert_int_equal(watch.first_hz, HZ);
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
    assert_int_equal(rate_watch_second(&watch, now - 1), RATE_GOES_BACK);
}

static void a_window_with_unknown_seconds_does_not_count(void **state)
{
    (void)state;
    windows(1, HZ);
    for (unsigned i = 0; i < 100; i++) {
        now += HZ * (WATCH_SECONDS - 1);
        rate_watch_skip(&watch);
        assert_int_equal(rate_watch_second(&watch, now), RATE_KEEPS);
    }
    assert_int_equal(watch.latest_hz, HZ);
    assert_int_equal(windows(10, HZ), RATE_KEEPS);
    assert_int_equal(watch.latest_hz, HZ);
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
