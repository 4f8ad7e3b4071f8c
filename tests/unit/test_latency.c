/* Latencies, on a timer, a TSC and interrupts that the test makes up. */
#include <stdlib.h>
#include <string.h>

#include "sched/observe/latency.c"
#include "tests/unit/unit_test.h"

/* The TSC's rate, in cycles per tick: no round number, and no multiple of the timer's clock. */
#define PERIOD          1234567ul
#define CLOCKS_PER_TICK (PIT_INPUT_HZ / TICK_HZ)
#define CLOCK           (PERIOD / CLOCKS_PER_TICK + 1) /* what the counter cannot tell apart */

/* The fake TSC counts nanoseconds, so the first estimate of a tick is this: wrong by a hundredth.
 */
static uint32_t tick_ns;

/* Two readings of the counter make a rate, by which the third tells when its tick was raised: from
 * there to the fourth the rate is exact. */
#define LEARNING_TICKS (4 * COUNTER_TICKS + 2)

#define USUAL    3000u /* cycles from the timer to its handler */
#define CODE     0x1000ul
#define CULPRIT  0x2000ul
#define INNOCENT 0x3000ul /* interrupts were on there */

struct cpu boot_cpu;
uint64_t fake_tsc;

/* --- The machine --- */

static uint64_t edge; /* TSC: the timer has raised its line for the last time so far */
static uint32_t put_off_clocks, clocks_to_come;
static unsigned counter_reads, refinements;
static bool has_swallowed;

static uint64_t handler_cycles;

uint64_t interrupts_latest_cycles(void)
{
    return handler_cycles;
}

bool interrupts_came_on_before(uint64_t address)
{
    return address != INNOCENT;
}

static uint32_t ticks_per_interrupt;
static uint64_t reading_cycles; /* from the entry until the counter is read */

uint32_t pit_clocks_since_tick(void)
{
    counter_reads++;
    fake_tsc = boot_cpu.entry.entered_at + reading_cycles;
    uint64_t cycles = (fake_tsc - edge) % (PERIOD * ticks_per_interrupt);
    return (uint32_t)(cycles * CLOCKS_PER_TICK / PERIOD);
}

uint32_t pit_put_off_latency(void)
{
    return put_off_clocks;
}

uint32_t pit_latency_to_come(void)
{
    return clocks_to_come;
}

uint32_t pit_ticks_per_interrupt(void)
{
    return ticks_per_interrupt;
}

static bool has_counter;

bool pit_has_counter(void)
{
    return has_counter;
}

uint32_t pit_tick_ns(void)
{
    return tick_ns;
}

/* A measurement with a tick lost in it would be wrong by a thousandth. The first one begins when
 * the handler came, since it is not known yet how late that was. */
void tsc_refine(uint64_t cycles, uint64_t nanoseconds)
{
    assert_int_equal(nanoseconds % tick_ns, 0);
    uint64_t expected = nanoseconds / tick_ns * PERIOD;
    assert_uint_in_range(cycles, expected - CLOCK - USUAL, expected + CLOCK);
    refinements++;
}

static unsigned calibrations;

/* Short windows, but exact ones. */
void tsc_calibrate(uint64_t cycles, uint64_t nanoseconds)
{
    assert_int_equal(nanoseconds % tick_ns, 0);
    uint64_t expected = nanoseconds / tick_ns * PERIOD;
    assert_uint_in_range(cycles, expected - CLOCK, expected + CLOCK);
    calibrations++;
}

bool tsc_is_settled(void)
{
    return calibrations >= 2;
}

uint64_t tsc_rate(void)
{
    return 1;
}

static int start_machine(void **state)
{
    (void)state;
    tick_ns = PERIOD * 101 / 100;
    calibrations = 0;
    is_learnt = false;
    counter_ticks = CALIBRATION_TICKS;
    fake_tsc = edge = 1000 * PERIOD;
    boot_cpu.entry = (struct interrupt_entry){0};
    put_off_clocks = clocks_to_come = 0;
    counter_reads = refinements = 0;
    raised_at = due_at = latency_tick_cycles = rate_raised_at = latency_delayed_since = 0;
    ticks_since = rate_ticks = 0;
    is_exact = false;
    is_irregular = true;
    has_counter = true;
    ticks_per_interrupt = 1;
    handler_cycles = 0;
    reading_cycles = latest_rate = same_rates = 0;
    latency_reset();
    return 0;
}

/* The handler is entered at TSC `at`, which interrupts the instruction at `address`. */
static void enter(uint64_t at, uint64_t address, uint32_t elapsed)
{
    boot_cpu.entry.entered_at = at;
    boot_cpu.entry.address = address;
    fake_tsc = at;
    swallowed = (struct tick_delay){0};
    has_swallowed = latency_on_tick(elapsed);
    boot_cpu.entry.previous_exit = at + 2000;
    boot_cpu.entry.previous_name = "timer";
}

/* The next tick, `late` cycles late: those that come meanwhile are swallowed. */
static void tick_at(uint64_t late, uint64_t address)
{
    uint64_t at = edge + PERIOD + late;
    while (edge + PERIOD <= at)
        edge += PERIOD;
    enter(at, address, 1);
}

static void ticks(unsigned count)
{
    while (count-- > 0)
        tick_at(USUAL, CODE);
}

static int start_regular(void **state)
{
    start_machine(state);
    ticks(LEARNING_TICKS);
    latency_reset();
    return 0;
}

static void expect_longest(uint64_t cycles)
{
    const struct longest_delay *longest = latency_of_interrupts();
    assert_uint_in_range(longest->cycles, cycles - 2 * CLOCK, cycles + 2 * CLOCK);
}

/* --- The rate --- */

static void test_the_rate_is_learnt_from_the_counter(void **state)
{
    (void)state;
    ticks(LEARNING_TICKS);
    assert_uint_in_range(latency_tick_cycles, PERIOD - CLOCK / COUNTER_TICKS - 1,
                         PERIOD + CLOCK / COUNTER_TICKS + 1);
    assert_int_equal(refinements, 0);
    ticks(REFINE_TICKS + 2 * COUNTER_TICKS);
    assert_int_equal(refinements, 1);
    ticks(10 * REFINE_TICKS);
    assert_int_equal(refinements, 11);
}

static void test_before_the_rate_is_known_nothing_is_told(void **state)
{
    (void)state;
    for (unsigned tick = 0; tick <= CALIBRATION_TICKS; tick++)
        tick_at(USUAL + 500 * tick, CODE);
    assert_int_equal(latency_of_interrupts()->cycles, 0);
    assert_int_equal(histogram_count(latency_samples()), 0);
}

static void lose_ticks_while_learning(void)
{
    start_machine(NULL);
    tick_ns = tick_ns < PERIOD ? PERIOD * 101 / 100 : PERIOD * 99 / 100;
    for (unsigned i = 0; i < 40; i++) {
        ticks(1 + i);
        tick_at((1 + i % 3) * PERIOD + USUAL, INNOCENT);
        assert_true(has_swallowed);
        assert_int_equal(swallowed.ticks, 1 + i % 3);
    }
    assert_int_equal(calibrations, 2);
}

/* tsc_calibrate() looks at what it is given. */
static void test_ticks_that_are_lost_meanwhile_are_noticed(void **state)
{
    (void)state;
    lose_ticks_while_learning();
    lose_ticks_while_learning();
}

/* As on a busy host, where it is not sure from when on one is late. */
static void test_a_window_that_is_off_by_a_tick_is_not_learnt_from(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        ticks(i % COUNTER_TICKS);
        edge += PERIOD; /* without an interrupt, and without a delay that would tell */
        due_at += PERIOD;
        ticks(2 * COUNTER_TICKS);
        assert_uint_in_range(latency_tick_cycles, PERIOD - PERIOD / 50, PERIOD + PERIOD / 50);
    }
}

static void test_a_rate_that_is_seen_again_and_again_is_believed(void **state)
{
    (void)state;
    latency_tick_cycles = 2 * PERIOD;
    ticks((SAME_RATES + 3) * COUNTER_TICKS);
    assert_uint_in_range(latency_tick_cycles, PERIOD - CLOCK, PERIOD + CLOCK);
}

static void test_a_counter_that_is_read_too_late_tells_nothing(void **state)
{
    uint64_t seed = 3;
    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        reading_cycles = random_below(&seed, 2) * (PERIOD / 30 + random_below(&seed, PERIOD));
        ticks(1 + random_below(&seed, 20));
        assert_uint_in_range(latency_tick_cycles, PERIOD - PERIOD / 500, PERIOD + PERIOD / 500);
    }
    assert_true(histogram_count(latency_samples()) > 100);
    assert_uint_in_range(histogram_max(latency_samples()), USUAL - CLOCK, USUAL);
}

/* --- Samples --- */

static void test_every_sixteenth_tick_is_a_sample(void **state)
{
    (void)state;
    counter_reads = 0;
    ticks(100 * COUNTER_TICKS);
    assert_int_equal(counter_reads, 100);
    assert_int_equal(histogram_count(latency_samples()), 100 * COUNTER_TICKS / SAMPLE_TICKS);
    assert_uint_in_range(latency_samples()->min, USUAL - CLOCK, USUAL);
    assert_uint_in_range(histogram_max(latency_samples()), USUAL - CLOCK, USUAL);
}

/* --- Ticks that get lost --- */

static void test_ticks_that_a_late_one_has_swallowed_are_told(void **state)
{
    (void)state;
    ticks(5);
    assert_false(has_swallowed);
    tick_at(PERIOD - 2 * CLOCK, INNOCENT);
    assert_false(has_swallowed);
    ticks(1);
    for (unsigned lost = 1; lost < 3000; lost = 3 * lost + 1) {
        tick_at(lost * PERIOD + 7000, INNOCENT);
        assert_true(has_swallowed);
        assert_int_equal(swallowed.ticks, lost);
        assert_uint_in_range(swallowed.cycles, lost * PERIOD + 7000 - 2 * CLOCK,
                             lost * PERIOD + 7000 + 2 * CLOCK + 300 * lost / 100);
        assert_true(swallowed.was_away);
        ticks(20);
        assert_false(has_swallowed);
    }
}

/* Where an interrupt stands for ten ticks none is lost before the next one. */
static void test_where_interrupts_are_rare_a_delay_swallows_whole_ones(void **state)
{
    (void)state;
    ticks_per_interrupt = 10;
    for (unsigned i = 0; i < 40; i++) {
        edge += 10 * PERIOD;
        enter(edge + i * PERIOD / 4, CODE, 10);
        assert_false(has_swallowed);
    }
    edge += 30 * PERIOD;
    enter(edge + 5 * PERIOD, CODE, 10);
    assert_true(has_swallowed);
    assert_int_equal(latency_of_tick()->ticks, 20);
}

static void test_who_keeps_interrupts_off_is_not_away(void **state)
{
    (void)state;
    ticks(5);
    tick_at(3 * PERIOD + 7000, CULPRIT);
    assert_true(has_swallowed);
    assert_int_equal(swallowed.ticks, 3);
    assert_false(swallowed.was_away);
    expect_longest(3 * PERIOD + 7000);
}

/* Behind it threads were switched, and the one that came back was not at fault. */
static void test_while_a_handler_runs_the_machine_is_not_away(void **state)
{
    (void)state;
    ticks(5);
    boot_cpu.entry.previous_exit = edge + PERIOD + 3 * PERIOD;
    handler_cycles = 3 * PERIOD + 100;
    tick_at(3 * PERIOD + 7000, INNOCENT);
    assert_int_equal(swallowed.ticks, 3);
    assert_false(swallowed.was_away);
    ticks(20);
    boot_cpu.entry.previous_exit = edge + PERIOD + PERIOD; /* it went away behind the handler */
    handler_cycles = PERIOD + 100;
    tick_at(3 * PERIOD + 7000, INNOCENT);
    assert_true(swallowed.was_away);
    ticks(20);
    boot_cpu.entry.previous_exit =
        edge + PERIOD + 3 * PERIOD; /* before it, and it was back first */
    handler_cycles = 100;
    tick_at(3 * PERIOD + 7000, INNOCENT);
    assert_true(swallowed.was_away);
}

/* --- Sections with interrupts off --- */

static void test_the_longest_delay_is_kept_with_who_caused_it(void **state)
{
    (void)state;
    ticks(5);
    tick_at(50000, CULPRIT);
    ticks(3);
    tick_at(40000, CODE);
    ticks(40);
    expect_longest(50000);
    assert_int_equal(latency_of_interrupts()->address, CULPRIT);
    assert_null(latency_of_interrupts()->handler);
    tick_at(60000, CULPRIT + 1);
    expect_longest(60000);
    assert_int_equal(latency_of_interrupts()->address, CULPRIT + 1);
}

/* Whichever of the sixteen ticks it falls into, that which the counter is read at among them. */
static void test_a_delay_is_found_at_every_tick(void **state)
{
    for (unsigned tick = 0; tick < COUNTER_TICKS; tick++) {
        start_regular(state);
        ticks(tick);
        tick_at(200000, CULPRIT);
        expect_longest(200000);
        assert_int_equal(latency_of_interrupts()->address, CULPRIT);
        ticks(2 * COUNTER_TICKS);
        expect_longest(200000);
    }
}

static void test_a_delay_that_swallows_ticks_is_found_at_every_tick(void **state)
{
    for (unsigned tick = 0; tick < COUNTER_TICKS; tick++) {
        start_regular(state);
        ticks(tick);
        tick_at(4 * PERIOD + PERIOD / 2, CULPRIT);
        expect_longest(4 * PERIOD + PERIOD / 2);
        assert_int_equal(latency_of_interrupts()->address, CULPRIT);
        latency_reset();
        ticks(3);
        tick_at(300000, CULPRIT + 1);
        expect_longest(300000);
        ticks(3 * COUNTER_TICKS);
        expect_longest(300000);
    }
}

/* tsc_refine() looks at what it is given. */
static void test_swallowed_ticks_do_not_spoil_the_rate(void **state)
{
    uint64_t seed = 1;
    (void)state;
    for (unsigned i = 0; i < 5000; i++) {
        ticks(random_below(&seed, 100));
        tick_at(random_below(&seed, 5 * PERIOD), CULPRIT);
        ticks(2 * COUNTER_TICKS);
        assert_uint_in_range(latency_tick_cycles, PERIOD - PERIOD / 1000, PERIOD + PERIOD / 1000);
        if (i % 100 == 0)
            ticks(2 * REFINE_TICKS);
    }
    assert_true(refinements >= 50);
}

static void test_a_punctual_timer_is_never_called_late(void **state)
{
    uint64_t seed = 1;
    (void)state;
    for (unsigned i = 0; i < 200000; i++)
        tick_at(random_below(&seed, USUAL), CODE);
    assert_uint_in_range(latency_of_interrupts()->cycles, USUAL - 2 * CLOCK, USUAL + 2 * CLOCK);
}

static void test_a_handler_that_ended_right_before_is_to_blame(void **state)
{
    (void)state;
    uint64_t at = edge + PERIOD + 100000;
    edge += PERIOD;
    boot_cpu.entry.previous_name = "disk";
    boot_cpu.entry.previous_exit = at - BACK_TO_BACK_CYCLES + 1;
    enter(at, CULPRIT, 1);
    expect_longest(100000);
    assert_string_equal(latency_of_interrupts()->handler, "disk");

    at = edge + PERIOD + 200000;
    edge += PERIOD;
    boot_cpu.entry.previous_name = "disk";
    boot_cpu.entry.previous_exit = at - BACK_TO_BACK_CYCLES;
    enter(at, CULPRIT, 1);
    expect_longest(200000);
    assert_null(latency_of_interrupts()->handler);
}

static void test_where_interrupts_were_on_nobody_is_to_blame(void **state)
{
    (void)state;
    tick_at(50000, CULPRIT);
    tick_at(80000, INNOCENT);
    tick_at(3 * PERIOD + PERIOD / 2, INNOCENT);
    tick_at(60000, CULPRIT + 1);
    expect_longest(60000);
    assert_int_equal(latency_of_interrupts()->address, CULPRIT + 1);
    uint64_t longest_late = 3 * PERIOD + PERIOD / 2;
    assert_uint_in_range(latency_longest(), longest_late - CLOCK, longest_late + CLOCK);
}

/* It would be read as if it had wrapped. */
/* --- Who does so again and again --- */

#define LONG (PERIOD + PERIOD / 2)

static void long_delays(unsigned count, uint64_t address)
{
    while (count-- > 0) {
        tick_at(LONG, address);
        ticks(2);
    }
}

static void test_who_keeps_interrupts_off_again_and_again_is_told(void **state)
{
    (void)state;
    long_delays(2, CULPRIT);
    assert_int_equal(suspects_worst().cycles, 0);
    tick_at(2 * LONG, CULPRIT);
    assert_uint_in_range(suspects_worst().cycles, 2 * LONG - CLOCK, 2 * LONG + CLOCK);
    assert_int_equal(suspects_worst().address, CULPRIT);
    latency_reset();
    assert_int_equal(suspects_worst().cycles, 0);
}

/* The host is away for a tick or two, ten times a second, and the CPU is in a section of some
 * microseconds now and then. */
static void test_a_host_that_is_away_makes_nobody_a_suspect(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 300; i++) {
        tick_at(LONG, i % 10 == 0 ? CULPRIT : INNOCENT);
        for (unsigned tick = 0; tick < 100; tick++)
            tick_at(USUAL, tick % 10 == 0 ? CULPRIT : INNOCENT);
    }
    assert_int_equal(suspects_worst().cycles, 0);
    assert_uint_in_range(latency_of_machine(), LONG - CLOCK, LONG + CLOCK);
}

static void test_a_suspect_is_found_among_many_who_had_bad_luck(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        tick_at(LONG, CULPRIT + 16ul * (i + 1));
        ticks(2);
        long_delays(i % 10 == 0, CULPRIT);
    }
    long_delays(2, CULPRIT);
    assert_int_equal(suspects_worst().address, CULPRIT);
}

static void test_a_handler_is_a_suspect_under_its_name(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        boot_cpu.entry.previous_name = "disk";
        boot_cpu.entry.previous_exit = edge + PERIOD + LONG;
        tick_at(LONG, INNOCENT + 16ul * i);
        ticks(2);
    }
    assert_string_equal(suspects_worst().handler, "disk");
}

static void test_the_machine_is_late_where_nobody_had_interrupts_off(void **state)
{
    (void)state;
    tick_at(200000, CULPRIT);
    assert_uint_in_range(latency_of_machine(), 0, CLOCK);
    tick_at(100000, INNOCENT); /* less than that, but a tick like all */
    assert_uint_in_range(latency_of_machine(), 100000 - CLOCK, 100000 + CLOCK);
    latency_reset();
    assert_int_equal(latency_of_machine(), 0);
}

static void test_a_counter_that_is_gone_is_not_read(void **state)
{
    (void)state;
    ticks(3);
    has_counter = false;
    counter_reads = 0;
    ticks(3 * COUNTER_TICKS);
    assert_int_equal(counter_reads, 0);
}

/* --- Ticks that are put off --- */

/* The timer's rhythm moves by `moved` when it is set, and again when its handler has come. */
static void put_off(uint32_t count, uint64_t moved, uint64_t late, uint64_t address)
{
    latency_tick_moved(0);
    uint64_t at = edge + count * PERIOD + moved + late;
    put_off_clocks = (uint32_t)(late * CLOCKS_PER_TICK / PERIOD);
    edge = at;
    enter(at, address, count);
}

static void test_ticks_that_are_put_off_do_not_count_as_late(void **state)
{
    uint64_t seed = 1;
    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        put_off(3 + random_below(&seed, 52), random_below(&seed, PERIOD),
                random_below(&seed, 50000), CODE);
        ticks(random_below(&seed, 40));
    }
    assert_uint_in_range(latency_of_interrupts()->cycles, 45000, 50000 + CLOCK);
    assert_uint_in_range(latency_tick_cycles, PERIOD - CLOCK / COUNTER_TICKS - 1,
                         PERIOD + CLOCK / COUNTER_TICKS + 1);
}

/* Something else wakes the CPU: the ticks so far are counted without an interrupt, and the next one
 * comes soon. */
static void test_an_early_end_of_it_does_not_count_as_late(void **state)
{
    uint64_t seed = 2;
    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        unsigned resumed = 1 + random_below(&seed, 50);
        latency_tick_moved(0);
        edge += resumed * PERIOD;
        latency_tick_moved(resumed);
        put_off(1, random_below(&seed, PERIOD), 3000, CODE);
        ticks(random_below(&seed, 40));
    }
    assert_uint_in_range(latency_of_interrupts()->cycles, 0, USUAL + CLOCK);
}

static void test_ticks_of_another_device_are_not_timed(void **state)
{
    (void)state;
    has_counter = false;
    put_off_clocks = 0;
    counter_reads = 0;
    latency_tick_moved(0);
    for (unsigned i = 0; i < 100; i++) {
        edge += PERIOD * (i % 40 == 39 ? 195 : 98) / 100;
        enter(edge, CODE, 1);
    }
    assert_int_equal(latency_of_interrupts()->cycles, 0);
    assert_int_equal(counter_reads, 0);
}

static void test_each_of_them_is_a_sample(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 10; i++)
        put_off(54, 0, 20000, CODE);
    assert_int_equal(histogram_count(latency_samples()), 10);
    assert_uint_in_range(latency_samples()->min, 20000 - CLOCK, 20000);
    expect_longest(20000);
}

static void test_a_delay_of_many_ticks_shows_even_then(void **state)
{
    (void)state;
    ticks(5);
    put_off(10, 0, 5 * PERIOD, CULPRIT);
    expect_longest(5 * PERIOD);
    assert_int_equal(latency_of_interrupts()->address, CULPRIT);
}

static void test_a_delay_that_the_next_interrupt_stands_for_loses_no_tick(void **state)
{
    (void)state;
    ticks(5);
    latency_tick_moved(0);
    clocks_to_come = put_off_clocks = 20 * CLOCKS_PER_TICK + 7;
    boot_cpu.entry.entered_at = fake_tsc = edge + 70 * PERIOD;
    assert_true(latency_on_tick(50));
    assert_int_equal(latency_of_tick()->ticks, 0);
    expect_longest(20 * PERIOD + 7 * PERIOD / CLOCKS_PER_TICK);
}

/* --- Sections with preemption off --- */

static void test_a_switch_that_has_to_wait_is_timed(void **state)
{
    (void)state;
    latency_switch_wanted(true);
    fake_tsc += 1500;
    latency_switch_allowed(CULPRIT);
    assert_int_equal(latency_of_preemption()->cycles, 1500);
    assert_int_equal(latency_of_preemption()->address, CULPRIT);
    assert_null(latency_of_preemption()->handler);
}

static void test_the_longest_wait_for_a_switch_is_kept(void **state)
{
    static const unsigned lengths[] = {300, 700, 200, 699};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        latency_switch_wanted(true);
        fake_tsc += lengths[i];
        latency_switch_allowed(CULPRIT + i);
        fake_tsc += 100000;
    }
    assert_int_equal(latency_of_preemption()->cycles, 700);
    assert_int_equal(latency_of_preemption()->address, CULPRIT + 1);
}

static void test_a_switch_that_did_not_wait_is_not_timed(void **state)
{
    (void)state;
    latency_switch_allowed(CULPRIT);
    assert_int_equal(latency_of_preemption()->cycles, 0);
    latency_switch_wanted(true);
    latency_switch_allowed(CULPRIT);
    fake_tsc += 5000;
    latency_switch_allowed(CULPRIT);
    assert_int_equal(latency_of_preemption()->cycles, 0);
}

/* The first was answered by a switch of another kind, or taken back: nobody was told. */
static void test_a_new_wish_for_a_switch_ends_the_old_one(void **state)
{
    (void)state;
    latency_switch_wanted(true);
    fake_tsc += 100000;
    latency_switch_wanted(false);
    latency_switch_allowed(CULPRIT);
    assert_int_equal(latency_of_preemption()->cycles, 0);
    latency_switch_wanted(true);
    fake_tsc += 100000;
    latency_switch_wanted(true);
    fake_tsc += 10;
    latency_switch_allowed(CULPRIT);
    assert_int_equal(latency_of_preemption()->cycles, 10);
}

static void test_a_reset_forgets(void **state)
{
    (void)state;
    ticks(COUNTER_TICKS);
    tick_at(100000, CULPRIT);
    latency_switch_wanted(true);
    fake_tsc += 1000;
    latency_switch_allowed(CULPRIT);
    latency_reset();
    assert_int_equal(latency_of_interrupts()->cycles, 0);
    assert_int_equal(latency_of_preemption()->cycles, 0);
    assert_int_equal(histogram_count(latency_samples()), 0);
    ticks(COUNTER_TICKS);
    expect_longest(USUAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_the_rate_is_learnt_from_the_counter, start_machine),
        cmocka_unit_test_setup(test_before_the_rate_is_known_nothing_is_told, start_machine),
        cmocka_unit_test_setup(test_ticks_that_are_lost_meanwhile_are_noticed, start_machine),
        cmocka_unit_test_setup(test_a_window_that_is_off_by_a_tick_is_not_learnt_from,
                               start_regular),
        cmocka_unit_test_setup(test_a_rate_that_is_seen_again_and_again_is_believed, start_regular),
        cmocka_unit_test_setup(test_a_counter_that_is_read_too_late_tells_nothing, start_regular),
        cmocka_unit_test_setup(test_every_sixteenth_tick_is_a_sample, start_regular),
        cmocka_unit_test_setup(test_the_longest_delay_is_kept_with_who_caused_it, start_regular),
        cmocka_unit_test(test_a_delay_is_found_at_every_tick),
        cmocka_unit_test(test_a_delay_that_swallows_ticks_is_found_at_every_tick),
        cmocka_unit_test_setup(test_swallowed_ticks_do_not_spoil_the_rate, start_regular),
        cmocka_unit_test_setup(test_a_punctual_timer_is_never_called_late, start_regular),
        cmocka_unit_test_setup(test_a_handler_that_ended_right_before_is_to_blame, start_regular),
        cmocka_unit_test_setup(test_where_interrupts_were_on_nobody_is_to_blame, start_regular),
        cmocka_unit_test_setup(test_who_keeps_interrupts_off_again_and_again_is_told,
                               start_regular),
        cmocka_unit_test_setup(test_a_host_that_is_away_makes_nobody_a_suspect, start_regular),
        cmocka_unit_test_setup(test_a_suspect_is_found_among_many_who_had_bad_luck, start_regular),
        cmocka_unit_test_setup(test_a_handler_is_a_suspect_under_its_name, start_regular),
        cmocka_unit_test_setup(test_the_machine_is_late_where_nobody_had_interrupts_off,
                               start_regular),
        cmocka_unit_test_setup(test_a_counter_that_is_gone_is_not_read, start_regular),
        cmocka_unit_test_setup(test_ticks_that_are_put_off_do_not_count_as_late, start_regular),
        cmocka_unit_test_setup(test_an_early_end_of_it_does_not_count_as_late, start_regular),
        cmocka_unit_test_setup(test_ticks_of_another_device_are_not_timed, start_regular),
        cmocka_unit_test_setup(test_each_of_them_is_a_sample, start_regular),
        cmocka_unit_test_setup(test_a_delay_of_many_ticks_shows_even_then, start_regular),
        cmocka_unit_test_setup(test_a_delay_that_the_next_interrupt_stands_for_loses_no_tick,
                               start_regular),
        cmocka_unit_test_setup(test_a_switch_that_has_to_wait_is_timed, start_machine),
        cmocka_unit_test_setup(test_ticks_that_a_late_one_has_swallowed_are_told, start_regular),
        cmocka_unit_test_setup(test_where_interrupts_are_rare_a_delay_swallows_whole_ones,
                               start_regular),
        cmocka_unit_test_setup(test_who_keeps_interrupts_off_is_not_away, start_regular),
        cmocka_unit_test_setup(test_while_a_handler_runs_the_machine_is_not_away, start_regular),
        cmocka_unit_test_setup(test_the_longest_wait_for_a_switch_is_kept, start_machine),
        cmocka_unit_test_setup(test_a_switch_that_did_not_wait_is_not_timed, start_machine),
        cmocka_unit_test_setup(test_a_new_wish_for_a_switch_ends_the_old_one, start_machine),
        cmocka_unit_test_setup(test_a_reset_forgets, start_regular),
    };
    return cmocka_run_group_tests_name("latency", tests, NULL, NULL);
}
