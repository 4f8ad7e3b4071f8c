/* Where the machine's ticks come from, and whether they can be relied on. */
#include "drivers/clock/timer.h"

#include <stddef.h>

#include "drivers/clock/frequency_check.h"
#include "drivers/clock/pit.h"
#include "drivers/clock/rate_watch.h"
#include "drivers/clock/rtc.h"
#include "drivers/clock/rtc_interrupts.h"
#include "drivers/pic.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/local_apic.h"
#include "kernel/cpu/tsc.h"
#include "kernel/lib/errors.h"
#include "kernel/log.h"
#include "kernel/panic.h"

/* Interrupts are off for less than a second, but an emulator may have been stopped for a while. */
#define SILENT_SECONDS_MAX 2u

/* A tenth of a millisecond: good to a percent. */
#define ESTIMATE_CLOCKS 128u
#define ESTIMATES       3u

/* As many clocks as reading the counter takes are a tenth of a glance. */
#define GLANCE_CLOCKS    48u
#define GLANCE_PRECISION 6u

#define SECONDS_PER_MINUTE 60u
#define NS_PER_SECOND      1000000000ull

static enum timer_source source;
static unsigned tick_hz;
static void (*tick_function)(void);
static uint64_t (*count_ticks)(void);
static bool has_rtc_interrupts;

static struct {
    uint64_t began_at; /* TSC */
    uint64_t cycles;
    uint32_t clocks;
} estimate;

static struct frequency_check pit_check = {.nominal_hz = PIT_INPUT_HZ};
static struct rate_watch tsc_watch;
static unsigned last_second;
static uint64_t ticks_at_second;
static uint64_t tsc_at_second; /* 0: at one that was not the one before */
static unsigned silent_seconds;

static void tick_by_rtc(void)
{
    source = TIMER_RTC;
    pit_give_up(tick_hz);
    rtc_start_ticks(tick_hz, tick_function);
}

/* --- At each second -------------------------------------------------------------------------- */

static void look_for_silence(uint64_t ticks)
{
    silent_seconds = ticks == ticks_at_second ? silent_seconds + 1 : 0;
    ticks_at_second = ticks;
    if (silent_seconds < SILENT_SECONDS_MAX)
        return;
    log_warning(
        "timer: the interval timer (8254) has stopped; ticks come from the real-time clock");
    tick_by_rtc();
}

static void report_frequency(void)
{
    uint64_t hz = (pit_check.measured_hz * tick_hz + PIT_INPUT_HZ / 2) / PIT_INPUT_HZ;
    log_warning("timer: ticks come at %lu Hz by the real-time clock, not at %u", hz, tick_hz);
}

static void check_frequency(uint64_t ticks)
{
    if (pit_check.verdict == FREQUENCY_NOT_KNOWN_YET &&
        frequency_check_second(&pit_check, pit_clocks(ticks)) == FREQUENCY_WRONG)
        report_frequency();
}

/* Without a counter the time goes on in steps, at the ticks. Their handler does not see its own
 * one, or all the time would seem to be spent in there. */
static uint64_t count_whole_ticks(void)
{
    static uint64_t shown;
    if (!interrupts_in_handler())
        shown = count_ticks();
    return shown * PIT_INPUT_HZ / tick_hz;
}

/* The clock that stands in for the time stamp counter. Any context with interrupts off. */
static uint64_t count_clocks(void)
{
    return pit_has_counter() ? pit_clocks(count_ticks()) : count_whole_ticks();
}

void timer_replace_tsc(void)
{
    pit_serve_as_clock();
    tsc_replace(count_clocks, PIT_INPUT_HZ);
}

/* Where the interval timer has a counter, it is that which tells the rate. */
static void calibrate_tsc(uint64_t now)
{
    if (!pit_has_counter() && tsc_at_second != 0)
        tsc_calibrate(now - tsc_at_second, NS_PER_SECOND);
    tsc_at_second = now;
}

static void watch_tsc(uint64_t now, uint64_t ticks)
{
    enum rate_verdict verdict = rate_watch_second(&tsc_watch, now, ticks);
    if (verdict == RATE_KEEPS)
        return;
    if (verdict == RATE_CHANGES)
        log_warning("tsc: it ran at %lu kHz, and runs at %lu kHz: the timer tells the time",
                    tsc_watch.by_seconds.first / 1000, tsc_watch.by_seconds.latest / 1000);
    else
        log_warning("tsc: it has gone back: the timer tells the time");
    timer_replace_tsc();
}

/* A clock that was told of late, by an emulator that stood still, shows a later second. */
static bool is_next_second(void)
{
    unsigned before = last_second;
    last_second = rtc_second();
    return last_second == (before + 1) % SECONDS_PER_MINUTE;
}

static void on_second(void)
{
    uint64_t ticks = count_ticks();
    if (!is_next_second()) {
        frequency_check_skip(&pit_check);
        rate_watch_skip(&tsc_watch);
        tsc_at_second = 0;
    }
    if (source == TIMER_PIT)
        look_for_silence(ticks);
    if (source == TIMER_PIT)
        check_frequency(ticks);
    if (!tsc_is_trusted())
        return;
    uint64_t now = tsc_read();
    calibrate_tsc(now);
    watch_tsc(now, ticks);
}

/* --- Boot ------------------------------------------------------------------------------------ */

void timer_begin_estimate(void)
{
    pit_count_freely();
    estimate.began_at = tsc_read();
}

void timer_end_estimate(void)
{
    estimate.cycles = tsc_read() - estimate.began_at;
    estimate.clocks = pit_clocks_since_tick();
}

/* The counter may have run round, or an emulator may have stood still. */
static bool is_estimate_right(void)
{
    if (estimate.clocks < ESTIMATE_CLOCKS)
        return false;
    uint64_t began_at = tsc_read();
    uint64_t clocks = pit_pass_clocks(GLANCE_CLOCKS);
    uint64_t seen = (tsc_read() - began_at) * estimate.clocks;
    uint64_t expected = estimate.cycles * clocks;
    uint64_t difference = seen > expected ? seen - expected : expected - seen;
    return difference < expected / GLANCE_PRECISION;
}

/* Where an emulator stands still in between, the counter goes on and is read too late: the fewest
 * cycles are right. */
static void estimate_anew(void)
{
    uint64_t least_cycles = UINT64_MAX;
    for (unsigned i = 0; i < ESTIMATES; i++) {
        uint64_t began_at = tsc_read();
        uint64_t clocks = pit_pass_clocks(ESTIMATE_CLOCKS);
        uint64_t cycles = tsc_read() - began_at;
        if (clocks < ESTIMATE_CLOCKS)
            return;
        cycles = cycles * ESTIMATE_CLOCKS / clocks;
        if (cycles < least_cycles)
            least_cycles = cycles;
    }
    tsc_refine(least_cycles, ESTIMATE_CLOCKS * NS_PER_SECOND / PIT_INPUT_HZ);
}

/* So that times can be told before there have been ticks enough. */
static void estimate_tsc_rate(void)
{
    if (is_estimate_right())
        tsc_refine(estimate.cycles, estimate.clocks * NS_PER_SECOND / PIT_INPUT_HZ);
    else
        estimate_anew();
}

static int start_pit(void)
{
    int error = pit_init(tick_hz, tick_function);
    if (error != 0) {
        log_warning("timer: the interval timer (8254) does not count");
        return error;
    }
    source = TIMER_PIT;
    estimate_tsc_rate();
    return 0;
}

static int start_rtc(void)
{
    if (!has_rtc_interrupts) {
        log_warning("timer: there is no real-time clock to take ticks from");
        return -ERROR_NOT_SUPPORTED;
    }
    tick_by_rtc();
    log_info("timer: ticks come from the real-time clock");
    return 0;
}

int timer_start(unsigned hz, void (*on_tick)(void), uint64_t (*ticks)(void), bool prefers_rtc)
{
    tick_hz = hz;
    tick_function = on_tick;
    count_ticks = ticks;
    has_rtc_interrupts = rtc_interrupts_init() == 0;

    int error = prefers_rtc ? start_rtc() : start_pit();
    if (error != 0)
        error = prefers_rtc ? start_pit() : start_rtc();
    if (error != 0)
        return -ERROR_NOT_SUPPORTED;
    if (has_rtc_interrupts)
        rtc_watch_seconds(on_second);
    return 0;
}

static bool interrupts_arrive(void)
{
    interrupts_let_in();
    return count_ticks() != 0;
}

/* `line` requests an interrupt. The way from the 8259 to the processor may be closed all the same;
 * emulators look whether it is open only when the request is new. */
static void open_way(unsigned line)
{
    if (interrupts_arrive())
        return;
    if (local_apic_let_through()) {
        pic_mask(line);
        pic_unmask(line);
        log_warning("timer: the local APIC kept interrupts back, and was told to let them through");
    }
    if (interrupts_arrive())
        return;
    panic("no ticks: the timer's interrupts do not reach the processor");
}

void timer_ensure_ticks(void)
{
    if (source == TIMER_PIT && pit_interrupts_come()) {
        open_way(PIT_IRQ_LINE);
        return;
    }
    if (source == TIMER_PIT && has_rtc_interrupts) {
        log_warning(
            "timer: the interval timer (8254) does not interrupt; the real-time clock does");
        tick_by_rtc();
    }
    if (source != TIMER_RTC || !rtc_ticks_come())
        panic("no ticks: neither the interval timer (8254) nor the real-time clock interrupts");
    open_way(RTC_IRQ_LINE);
}

/* --- Telling --------------------------------------------------------------------------------- */

void timer_get_information(struct timer_information *information)
{
    struct rtc_time time;
    uint64_t flags = interrupts_save();
    *information = (struct timer_information){
        .source = source,
        .pit_nominal_hz = PIT_INPUT_HZ,
        .pit_hz =
            pit_check.verdict != FREQUENCY_NOT_KNOWN_YET ? (uint32_t)pit_check.measured_hz : 0,
        .pit_is_wrong = pit_check.verdict == FREQUENCY_WRONG,
        .tsc_hz = tsc_from_ns(NS_PER_SECOND),
        .tsc_is_invariant = tsc_is_invariant(),
        .tsc_is_trusted = tsc_is_trusted(),
        .tsc_is_settled = tsc_is_settled(),
    };
    interrupts_restore(flags);
    information->clock_error = rtc_read(&time);
}
