/* drivers/clock/frequency_check, second by second. */
#include "drivers/clock/frequency_check.h"

#include "tests/unit/unit_test.h"

#define NOMINAL 1000000u

static struct frequency_check check;
static uint64_t now;

static int set_up(void **state)
{
    (void)state;
    check = (struct frequency_check){.nominal_hz = NOMINAL};
    now = 123;
    assert_int_equal(frequency_check_second(&check, now), FREQUENCY_NOT_KNOWN_YET);
    assert_int_equal(check.measured_hz, 0);
    return 0;
}

static enum frequency_verdict second_of(uint64_t clocks)
{
    now += clocks;
    return frequency_check_second(&check, now);
}

static void one_right_second_is_enough(void **state)
{
    (void)state;
    assert_int_equal(second_of(NOMINAL + 17), FREQUENCY_RIGHT);
    assert_int_equal(check.measured_hz, NOMINAL + 17);
    for (int i = 0; i < 20; i++) /* and the verdict stands */
        assert_int_equal(second_of(NOMINAL / 2), FREQUENCY_RIGHT);
    assert_int_equal(check.measured_hz, NOMINAL + 17);
}

static void the_tolerance_is_a_percent(void **state)
{
    static const int64_t right[] = {-10000, 10000}, wrong[] = {-10001, 10001};
    for (unsigned i = 0; i < 2; i++) {
        set_up(state);
        assert_int_equal(second_of((uint64_t)(NOMINAL + right[i])), FREQUENCY_RIGHT);
        set_up(state);
        assert_int_equal(second_of((uint64_t)(NOMINAL + wrong[i])), FREQUENCY_NOT_KNOWN_YET);
    }
}

static void eight_seconds_wrong_to_the_same_side_condemn(void **state)
{
    (void)state;
    for (unsigned i = 1; i < FREQUENCY_SECONDS; i++)
        assert_int_equal(second_of(NOMINAL / 2 + i), FREQUENCY_NOT_KNOWN_YET);
    assert_int_equal(second_of(NOMINAL / 2), FREQUENCY_WRONG);
    assert_int_equal(check.measured_hz, NOMINAL / 2 + FREQUENCY_SECONDS - 1);
    assert_int_equal(second_of(NOMINAL), FREQUENCY_WRONG);
}

static void a_clock_that_is_too_fast_is_condemned_likewise(void **state)
{
    (void)state;
    for (unsigned i = 1; i < FREQUENCY_SECONDS; i++)
        assert_int_equal(second_of(NOMINAL * 2), FREQUENCY_NOT_KNOWN_YET);
    assert_int_equal(second_of(NOMINAL * 2), FREQUENCY_WRONG);
    assert_int_equal(check.measured_hz, NOMINAL * 2);
}

/* Virtual time, which passes as fast as its host computes, and a clock that shows the host's. */
static void what_is_too_fast_by_another_amount_each_time_is_not_condemned(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(second_of(NOMINAL * 5 + NOMINAL * (i * i % 7) / 100),
                         FREQUENCY_NOT_KNOWN_YET);
}

/* A busy host: seconds come late, the next ones early, and ticks get lost. */
static void what_goes_both_ways_is_not_condemned(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(second_of(i % FREQUENCY_SECONDS == 0 ? NOMINAL * 11 / 10 : NOMINAL / 2),
                         FREQUENCY_NOT_KNOWN_YET);
    assert_int_equal(second_of(NOMINAL * 995 / 1000), FREQUENCY_RIGHT);
    assert_int_equal(check.measured_hz, NOMINAL * 995 / 1000);
}

/* Ticks that get lost in every second, but never as many. */
static void what_is_too_slow_by_chance_is_not_condemned(void **state)
{
    uint64_t random = 7;
    (void)state;
    for (unsigned i = 0; i < 10000; i++)
        assert_int_equal(second_of(NOMINAL * (500 + random_below(&random, 490)) / 1000),
                         FREQUENCY_NOT_KNOWN_YET);
}

static void a_missed_second_begins_anew(void **state)
{
    (void)state;
    for (unsigned i = 1; i < FREQUENCY_SECONDS; i++)
        second_of(NOMINAL / 2);
    now += 5 * NOMINAL;
    frequency_check_skip(&check);
    for (unsigned i = 0; i < FREQUENCY_SECONDS; i++)
        assert_int_equal(second_of(NOMINAL / 2), FREQUENCY_NOT_KNOWN_YET);
    assert_int_equal(second_of(NOMINAL / 2), FREQUENCY_WRONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(one_right_second_is_enough, set_up),
        cmocka_unit_test_setup(the_tolerance_is_a_percent, set_up),
        cmocka_unit_test_setup(eight_seconds_wrong_to_the_same_side_condemn, set_up),
        cmocka_unit_test_setup(a_clock_that_is_too_fast_is_condemned_likewise, set_up),
        cmocka_unit_test_setup(what_is_too_fast_by_another_amount_each_time_is_not_condemned,
                               set_up),
        cmocka_unit_test_setup(what_is_too_slow_by_chance_is_not_condemned, set_up),
        cmocka_unit_test_setup(a_missed_second_begins_anew, set_up),
        cmocka_unit_test_setup(what_goes_both_ways_is_not_condemned, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
