/* The 8254 driver against a counter made up here, on which each port access takes a clock. */
#include <string.h>

#include "drivers/clock/pit.c"
#include "tests/unit/unit_test.h"

#define DIVISOR 1193u
#define LATE    40u /* clocks from an interrupt to its handler, where nothing else is said */

static struct {
    uint64_t now;       /* input clocks */
    uint64_t loaded_at; /* the counter falls from `count` since then, again and again */
    uint32_t count;
    uint64_t served_until; /* when the line's interrupts were acknowledged for the last time */
    uint8_t low;           /* of a count that is being written */
    bool is_in_service, has_low, is_stuck, is_silent, is_masked;
    uint16_t latched;
    bool low_is_read;
} chip;

static void (*handler)(void);
static uint64_t counted;

/* The TSC counts nanoseconds, as far as anybody knows: it is wrong by some parts in a million. */
#define TSC_PER_SECOND 1000020000u
uint64_t fake_tsc;
static bool has_sound_tsc;

static void pass_time(uint64_t clocks)
{
    chip.now += clocks;
    fake_tsc = (uint64_t)((unsigned __int128)chip.now * TSC_PER_SECOND / PIT_INPUT_HZ);
}

bool tsc_is_trusted(void)
{
    return has_sound_tsc;
}

bool tsc_is_settled(void)
{
    return true;
}

int irq_register(unsigned line, void (*function)(void), const char *name)
{
    assert_int_equal(line, 0);
    assert_string_equal(name, "timer");
    handler = function;
    return 0;
}

void pic_unmask(unsigned line)
{
    assert_int_equal(line, 0);
    chip.is_masked = false;
}

void pic_mask(unsigned line)
{
    assert_int_equal(line, 0);
    chip.is_masked = true;
}

static uint64_t latest_edge(void)
{
    if (chip.is_stuck || chip.is_silent || chip.count == 0)
        return 0;
    uint64_t periods = (chip.now - chip.loaded_at) / chip.count;
    return periods ? chip.loaded_at + periods * chip.count : 0;
}

bool pic_is_requested(unsigned line)
{
    assert_int_equal(line, 0);
    pass_time(2);
    return latest_edge() > chip.served_until;
}

bool pic_is_in_service(unsigned line)
{
    assert_int_equal(line, 0);
    return chip.is_in_service;
}

void port_write8(uint16_t port, uint8_t value)
{
    bool was_requested = latest_edge() > chip.served_until;
    pass_time(1);
    if (port == 0x43 && value == 0x00) {
        uint64_t fallen = chip.is_stuck ? 0 : (chip.now - chip.loaded_at) % chip.count;
        chip.latched = (uint16_t)(chip.count - fallen);
        chip.low_is_read = false;
    } else if (port == 0x43) {
        assert_int_equal(value, 0x34);
        chip.has_low = false;
    } else if (!chip.has_low) {
        chip.low = value;
        chip.has_low = true;
    } else {
        /* An interrupt that had been raised stays so. */
        chip.served_until = was_requested ? 0 : chip.now;
        chip.count = (uint32_t)value << 8 | chip.low;
        chip.loaded_at = chip.now - (was_requested ? chip.count : 0);
    }
}

uint8_t port_read8(uint16_t port)
{
    assert_int_equal(port, 0x40);
    pass_time(1);
    chip.low_is_read = !chip.low_is_read;
    return (uint8_t)(chip.low_is_read ? chip.latched : chip.latched >> 8);
}

static void on_tick(void)
{
    counted += pit_take_ticks();
}

/* Time goes on to the next interrupt, which is served `late` clocks behind it. */
static void next_interrupt(uint32_t late)
{
    uint64_t edge = latest_edge();
    if (edge <= chip.served_until) {
        uint64_t periods = (chip.now - chip.loaded_at) / chip.count + 1;
        edge = chip.loaded_at + periods * chip.count;
    }
    if (chip.now < edge + late)
        pass_time(edge + late - chip.now);
    chip.served_until = chip.now;
    chip.is_in_service = true;
    handler();
    chip.is_in_service = false;
}

static void expect_near(uint64_t value, uint64_t expected, uint64_t tolerance)
{
    assert_uint_in_range(value, expected - tolerance, expected + tolerance);
}

static int set_up(void **state)
{
    (void)state;
    memset(&chip, 0, sizeof(chip));
    pass_time(1000000);
    has_sound_tsc = true;
    chip.is_masked = true;
    divisor = period = others_tick_ns = 0;
    pit_interrupt.regular_ticks = 1;
    pit_interrupt.special = 0;
    is_taken = false;
    clocks_before = lost_clocks = late_clocks = 0;
    is_putting_off = has_come = has_been_raised = false;
    handler = NULL;
    counted = 0;
    return 0;
}

static int set_up_running(void **state)
{
    set_up(state);
    assert_int_equal(pit_init(1000, on_tick), 0);
    return 0;
}

static void starts_counting(void **state)
{
    (void)state;
    assert_int_equal(pit_tick_ns(), 0);
    assert_false(pit_has_counter());
    assert_int_equal(pit_init(1000, on_tick), 0);
    assert_false(chip.is_masked);
    assert_int_equal(chip.count, DIVISOR);
    assert_int_equal(pit_tick_ns(), 999847);
    assert_true(pit_has_counter());
    for (unsigned i = 1; i <= 10; i++) {
        next_interrupt(LATE);
        assert_int_equal(counted, i);
    }
}

static void refuses_rates_that_it_cannot_have(void **state)
{
    (void)state;
    assert_int_equal(pit_init(18, on_tick), -ERROR_INVALID);
    assert_int_equal(pit_init(10001, on_tick), -ERROR_INVALID);
    assert_null(handler);
}

static void notices_a_counter_that_stands(void **state)
{
    (void)state;
    chip.is_stuck = true;
    assert_int_equal(pit_init(1000, on_tick), -ERROR_IO);
    assert_null(handler);
    assert_true(chip.is_masked);
}

static void passes_time(void **state)
{
    set_up_running(state);
    uint64_t before = chip.now;
    uint32_t passed = pit_pass_clocks(256);
    assert_uint_in_range(passed, 256, 256 + 16);
    assert_uint_in_range(chip.now - before, passed, passed + 16);
    assert_uint_in_range(pit_pass_clocks(3 * DIVISOR), 3 * DIVISOR, 3 * DIVISOR + 16);
    chip.is_stuck = true;
    assert_int_equal(pit_pass_clocks(256), 0);
}

static void notices_that_no_interrupt_comes(void **state)
{
    set_up_running(state);
    assert_true(pit_interrupts_come());
    chip.is_silent = true;
    uint64_t before = chip.now;
    assert_false(pit_interrupts_come());
    assert_uint_in_range(chip.now - before, PIT_INPUT_HZ / 2, PIT_INPUT_HZ + 4 * DIVISOR);
    chip.is_silent = false;
    chip.is_stuck = true;
    assert_false(pit_interrupts_come());
}

static void several_ticks_an_interrupt(void **state)
{
    (void)state;
    pit_set_ticks_per_interrupt(10);
    assert_int_equal(pit_init(1000, on_tick), 0);
    assert_int_equal(chip.count, 10 * DIVISOR);
    next_interrupt(LATE);
    next_interrupt(LATE);
    assert_int_equal(counted, 20);
    pit_put_off_tick(9); /* no sooner than it would come anyway */
    assert_int_equal(chip.count, 10 * DIVISOR);
    pit_put_off_tick(50);
    next_interrupt(LATE);
    assert_int_equal(counted, 70);
    assert_true(pit_set_back());
    assert_int_equal(chip.count, 10 * DIVISOR);
    next_interrupt(LATE);
    assert_int_equal(counted, 80);
}

/* Once the counter is loaded with whole ticks, it goes on so without being touched; and no clock
 * gets lost, however late its interrupts are served. */
static void goes_on_by_itself_while_nobody_needs_ticks(void **state)
{
    set_up_running(state);
    next_interrupt(LATE);
    for (unsigned i = 0; i < 2; i++) {
        pit_put_off_tick(50);
        assert_int_equal(pit_ticks_put_off(), 50);
        next_interrupt(LATE);
        assert_int_equal(pit_ticks_put_off(), 0);
    }
    assert_int_equal(counted, 101);
    uint64_t loaded_at = chip.loaded_at;
    for (unsigned i = 0; i < ROUNDS_MAX; i++) {
        uint64_t before = chip.now;
        pit_put_off_tick(50 + i % 5);
        pit_put_off_tick(7); /* nothing is said about one that is awaited */
        assert_int_equal(chip.now, before);
        next_interrupt(LATE * (1 + i % 50));
    }
    assert_int_equal(chip.loaded_at, loaded_at);
    assert_int_equal(counted, 101 + ROUNDS_MAX * 50);
}

/* Once a thread runs, an interrupt that was on its way is the last of its kind; and whichever way
 * ticks came back, they come at their time. */
static void comes_at_each_tick_once_they_are_needed_again(void **state)
{
    static const uint32_t passed[] = {0, DIVISOR / 16, DIVISOR / 2, 3 * DIVISOR + DIVISOR / 2,
                                      20 * DIVISOR - 10};
    set_up_running(state);
    uint64_t started_at = chip.loaded_at;
    for (unsigned i = 0; i < 4 * 5; i++) {
        for (unsigned turns = i / 5; turns > 0; turns--) {
            pit_put_off_tick(20);
            next_interrupt(LATE);
        }
        if (i / 5 == 0)
            pit_put_off_tick(20);
        pass_time(passed[i % 5]);
        if (!pit_set_back())
            counted += pit_resume_ticks();
        next_interrupt(LATE);
        assert_int_equal(chip.count, DIVISOR);
        for (unsigned tick = 0; tick < 3; tick++) {
            uint64_t before = counted;
            next_interrupt(LATE);
            assert_int_equal(counted, before + 1);
        }
        expect_near(started_at + pit_clocks(counted), chip.now, 16 + 64 * (i + 1));
    }
}

/* The rest of a tick is loaded then, which may be over several times before the handler is left. */
static void does_not_go_on_with_the_rest_of_a_tick(void **state)
{
    set_up_running(state);
    uint64_t started_at = chip.loaded_at;
    for (unsigned i = 0; i < 100; i++) {
        pit_put_off_tick(20);
        pass_time(3 * DIVISOR + DIVISOR - LATE - 100);
        assert_false(pit_set_back());
        counted += pit_resume_ticks();
        pit_put_off_tick(20);
        next_interrupt(10);
        pass_time(500); /* the handler goes on, and so does what it defers */
        pit_put_off_tick(20);
        next_interrupt(LATE);
        assert_true(pit_set_back());
    }
    expect_near(started_at + pit_clocks(counted), chip.now, 16 + 64 * 100);
}

static void goes_on_otherwise_where_it_is_too_long_or_too_short(void **state)
{
    static const uint32_t others[] = {49, 30, 25, 54};
    set_up_running(state);
    for (unsigned i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        pit_put_off_tick(50);
        next_interrupt(LATE);
        pit_put_off_tick(50);
        next_interrupt(LATE);
        pit_put_off_tick(others[i]);
        assert_int_equal(pit_ticks_put_off(), others[i] == 54 ? 50 : others[i]);
        next_interrupt(LATE);
        assert_true(pit_set_back());
        assert_false(pit_set_back());
        assert_int_equal(chip.count, DIVISOR);
    }
    pit_put_off_tick(20);
    next_interrupt(LATE);
    pit_put_off_tick(20);
    next_interrupt(LATE);
    pit_put_off_tick(54); /* 20 would come too often */
    assert_int_equal(pit_ticks_put_off(), 54);
}

/* Whoever asks, and whenever: no clock gets lost but those in which the counter is loaded. */
static void tells_the_time_between_ticks(void **state)
{
    uint64_t random = 42, loads = 1;
    set_up_running(state);
    has_sound_tsc = false;
    uint64_t started_at = chip.loaded_at;
    for (unsigned i = 0; i < 2000; i++) {
        switch (random_below(&random, 4)) {
        case 0:
            next_interrupt(random_below(&random, 300));
            loads += random_below(&random, 2) == 0 && pit_set_back();
            break;
        case 1:
            loads += 2;
            pit_put_off_tick(3 + random_below(&random, 52));
            break;
        case 2:
            loads++;
            if (latest_edge() > chip.served_until)
                break;
            pass_time(random_below(&random, chip.count)); /* more would be lost in any case */
            if (latest_edge() <= chip.served_until)
                counted += pit_resume_ticks();
            break;
        default:
            break;
        }
        uint64_t now = chip.now;
        expect_near(started_at + pit_clocks(counted), now, 16 + 16 * loads);
    }
    assert_true(counted > 2000);
}

/* However often the counter has begun anew before anybody came: ticks that are put off, and the
 * rest of one that is resumed. (Regular ticks that are lost so are not told by the counter.) */
static void counts_all_periods_of_an_interrupt_that_is_served_late(void **state)
{
    uint64_t random = 7;
    uint64_t loads = 0;
    set_up_running(state);
    uint64_t started_at = chip.loaded_at;
    for (unsigned i = 0; i < 3000; i++) {
        uint64_t loaded_at = chip.loaded_at;
        switch (random_below(&random, 3)) {
        case 0:
            next_interrupt(random_below(&random, is_irregular() ? 200 * DIVISOR : DIVISOR - 100));
            break;
        case 1:
            pit_put_off_tick(4 + random_below(&random, 50));
            break;
        default:
            if (is_irregular())
                pass_time(random_below(&random, 5 * chip.count));
            if (!pit_set_back())
                counted += pit_resume_ticks();
            break;
        }
        loads += chip.loaded_at != loaded_at;
        if (!pic_is_requested(0))
            expect_near(started_at + pit_clocks(counted), chip.now, 16 + 2 * loads);
    }
    assert_true(counted > 3000);
}

static void an_interrupt_is_as_late_as_it_is(void **state)
{
    set_up_running(state);
    pit_put_off_tick(50);
    next_interrupt(3 * DIVISOR);
    expect_near(pit_put_off_latency(), 3 * DIVISOR, 16);
    expect_near(pit_latency_to_come(), 3 * DIVISOR, 16);
    next_interrupt(120 * DIVISOR);
    expect_near(pit_put_off_latency(), 120 * DIVISOR, 16);
    assert_true(pit_latency_to_come() <= chip.count);
    has_sound_tsc = false;
    pit_put_off_tick(50);
    next_interrupt(3 * DIVISOR);
    expect_near(pit_put_off_latency(), 3 * DIVISOR, 16);
}

static void adds_an_interrupt_that_waits(void **state)
{
    set_up_running(state);
    next_interrupt(LATE);
    uint64_t clocks = pit_clocks(counted);
    pass_time(DIVISOR);
    expect_near(pit_clocks(counted), clocks + DIVISOR, 20);
    next_interrupt(0);
    expect_near(pit_clocks(counted), clocks + DIVISOR, 40);
}

static uint64_t clocks_at_entry, clocks_after_counting;

static void read_clock_on_tick(void)
{
    clocks_at_entry = pit_clocks(counted);
    on_tick();
    clocks_after_counting = pit_clocks(counted);
}

static void is_a_clock_in_the_handler_of_a_tick_too(void **state)
{
    (void)state;
    assert_int_equal(pit_init(1000, read_clock_on_tick), 0);
    pit_serve_as_clock();
    uint64_t started_at = chip.loaded_at;
    for (unsigned i = 0; i < 50; i++) {
        if (i % 5 == 4)
            pit_put_off_tick(10 + i % 7);
        next_interrupt(LATE);
        uint64_t now = chip.now - started_at;
        expect_near(clocks_at_entry, now, 50 + 32 * (i / 5 + 1));
        expect_near(clocks_after_counting, now, 50 + 32 * (i / 5 + 1));
        assert_true(clocks_after_counting >= clocks_at_entry);
        expect_near(pit_clocks(counted), now, 50 + 32 * (i / 5 + 1));
    }
}

static void gives_up(void **state)
{
    set_up_running(state);
    pit_put_off_tick(20);
    pit_give_up(1000);
    assert_true(chip.is_masked);
    assert_false(pit_has_counter());
    assert_int_equal(pit_tick_ns(), 1000000);
    assert_int_equal(pit_take_ticks(), 1);
    assert_int_equal(pit_ticks_per_interrupt(), 1);
    uint64_t before = chip.now;
    pit_put_off_tick(20);
    assert_false(pit_set_back());
    assert_int_equal(pit_resume_ticks(), 0);
    assert_int_equal(pit_take_ticks(), 1);
    assert_int_equal(chip.now, before); /* the ports are left alone */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(starts_counting, set_up),
        cmocka_unit_test_setup(refuses_rates_that_it_cannot_have, set_up),
        cmocka_unit_test_setup(notices_a_counter_that_stands, set_up),
        cmocka_unit_test_setup(passes_time, set_up),
        cmocka_unit_test_setup(notices_that_no_interrupt_comes, set_up),
        cmocka_unit_test_setup(several_ticks_an_interrupt, set_up),
        cmocka_unit_test_setup(goes_on_by_itself_while_nobody_needs_ticks, set_up),
        cmocka_unit_test_setup(comes_at_each_tick_once_they_are_needed_again, set_up),
        cmocka_unit_test_setup(does_not_go_on_with_the_rest_of_a_tick, set_up),
        cmocka_unit_test_setup(goes_on_otherwise_where_it_is_too_long_or_too_short, set_up),
        cmocka_unit_test_setup(tells_the_time_between_ticks, set_up),
        cmocka_unit_test_setup(counts_all_periods_of_an_interrupt_that_is_served_late, set_up),
        cmocka_unit_test_setup(an_interrupt_is_as_late_as_it_is, set_up),
        cmocka_unit_test_setup(adds_an_interrupt_that_waits, set_up),
        cmocka_unit_test_setup(is_a_clock_in_the_handler_of_a_tick_too, set_up),
        cmocka_unit_test_setup(gives_up, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
