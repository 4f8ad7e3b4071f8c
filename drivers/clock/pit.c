/*
 * The 8254 interval timer, channel 0: the machine's tick.
 * Control words and modes: Intel 8254 data sheet, "Programming the 8254".
 */
#include "drivers/clock/pit.h"

#include <stdbool.h>

#include "drivers/pic.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/io.h"
#include "kernel/cpu/tsc.h"
#include "kernel/lib/errors.h"

#define CHANNEL_0 0x40
#define CONTROL   0x43

/* Channel 0, low byte then high byte, mode 2 (rate generator), binary. */
#define CONTROL_RATE_GENERATOR 0x34
/* Channel 0: freezes a copy of the counter for the next two reads. */
#define CONTROL_LATCH 0x00

#define COUNTS 65536u

#define HZ_MIN 19u /* below it the divisor does not fit into 16 bits */
#define HZ_MAX 10000u

#define NS_PER_SECOND 1000000000ull
#define CLOCKS_SHIFT  32 /* a fixed point number with so many fraction bits */
#define CLOCKS_PER_NS (((uint64_t)PIT_INPUT_HZ << CLOCKS_SHIFT) / NS_PER_SECOND)

/* What pit_resume_ticks() leaves to be waited for is no longer than this. */
#define RESUMED_TICKS_MAX 2u
/* Of a tick: within so long behind an interrupt the next one is counted from now on. */
#define SET_BACK_FRACTION 8u
/* So often it begins anew by itself: QEMU 7.2 leaves out an interrupt some minutes after a loading
 * (findings/qemu-pit-missing-tick.sh). */
#define ROUNDS_MAX 32u
/* Of readings of the counter that take longer than this, since an emulator's host was away, the
 * last of so many is taken. */
#define READING_ACCESSES 3u
#define READING_CLOCKS   32u
#define READINGS_MAX     4u
/* Bounds of waits, in readings of the counter. */
#define MOVE_TURNS      1000u
#define PASS_TURNS      100000u
#define INTERRUPT_TURNS 1000000u

/* Loading the counter takes some port accesses of about a microsecond each. */
#define LOADING_CLOCKS 24u

static uint32_t others_tick_ns; /* of the device that ticks instead */
static uint32_t divisor;        /* input clocks per tick; 0 before pit_init() */
/* Input clocks to the next interrupt, as the counter was loaded; 0: it is not used. */
static uint32_t period;

/* Why more has to be done at a tick than to count it: a set, so that a plain tick tests but once.
 */
#define IRREGULAR 1u /* the counter is not loaded with what a regular interrupt takes */
#define CLOCK     2u /* somebody reads the time from here, in the middle of a tick's handler, too */

struct pit_interrupt pit_interrupt = {.regular_ticks = 1};

/* Where interrupts are irregular: what had passed since the latest one when the counter was loaded;
 * the next one stands for this and the period. */
static uint32_t clocks_before;
static bool is_putting_off; /* nobody needs each tick */
/* Then: an interrupt that was put off has come, and the counter began the same again; nobody has
 * said yet how it is to go on. */
static bool has_come;
static uint32_t rounds; /* how often it has gone on so */

/*
 * An irregular interrupt may be served so late that the counter has begun anew more than once since
 * it was raised: it tells the time modulo its period alone, and the TSC, which is less exact, tells
 * how many periods have passed since then. TSC, when the first of them began that are not counted.
 */
static uint64_t began_at;
static bool has_been_raised; /* an interrupt for what was before it: it stands for no period */

/* Input clocks up to the latest interrupt, or to a loading of the counter that they do not count
 * for, beyond whole ticks: they are made up for by a tick. */
static uint32_t lost_clocks;
/* From when the latest irregular interrupt was raised to pit_take_ticks(); and what of it has not
 * been counted. */
static uint32_t late_clocks, clocks_to_come;

static bool is_irregular(void)
{
    return pit_interrupt.special & IRREGULAR;
}

static bool is_taken; /* what the interrupt in service stands for has been asked for */

/* Where the TSC is made of this counter, or not known well enough, it tells nothing. */
static bool has_tsc(void)
{
    return tsc_is_trusted() && tsc_is_settled();
}

static uint64_t tsc_now(void)
{
    return has_tsc() ? tsc_read() : 0;
}

/* It begins with the last access, or behind it, where an emulator's host goes away in between. */
static void load_counter(uint32_t clocks)
{
    period = clocks;
    rounds = 0;
    clocks_to_come = 0;
    port_write8(CONTROL, CONTROL_RATE_GENERATOR);
    port_write8(CHANNEL_0, (uint8_t)clocks);
    began_at = tsc_now();
    port_write8(CHANNEL_0, (uint8_t)(clocks >> 8));
}

static uint64_t to_clocks(uint64_t cycles)
{
    unsigned __int128 clocks = (unsigned __int128)tsc_to_ns(cycles) * CLOCKS_PER_NS;
    return (uint64_t)((clocks + (1u << (CLOCKS_SHIFT - 1))) >> CLOCKS_SHIFT);
}

static uint64_t to_cycles(uint32_t clocks)
{
    return tsc_from_ns(clocks * NS_PER_SECOND / PIT_INPUT_HZ);
}

/* What the counter tells, and TSC when it did so. */
struct reading {
    uint32_t clocks; /* since it has begun anew */
    uint64_t at;
};

static struct reading read_counter(void)
{
    struct reading reading;
    uint64_t cycles;
    unsigned readings = 0;
    do {
        uint64_t before = tsc_now();
        reading.clocks = pit_clocks_since_tick();
        cycles = tsc_now() - before;
        reading.at = before + cycles / READING_ACCESSES; /* the first one latches the counter */
    } while (to_clocks(cycles) > READING_CLOCKS && ++readings < READINGS_MAX);
    return reading;
}

/* Clocks from a reading to the loading of the counter that has just ended: they are not on it. */
static uint32_t clocks_to_loading(const struct reading *reading)
{
    return has_tsc() ? (uint32_t)to_clocks(began_at - reading->at) : 0;
}

static void load_regular(void)
{
    pit_interrupt.special &= (uint8_t)~IRREGULAR;
    clocks_before = 0;
    has_come = false;
    load_counter(pit_interrupt.regular_ticks * divisor);
}

static void load_irregular(uint32_t clocks, uint32_t clocks_already)
{
    pit_interrupt.special |= IRREGULAR;
    clocks_before = clocks_already;
    has_come = has_been_raised = false;
    load_counter(clocks);
}

/* So many clocks have passed. Returns how many ticks they make, with those lost before. */
static uint32_t pass(uint32_t clocks)
{
    uint32_t sum = lost_clocks + clocks;
    lost_clocks = sum % divisor;
    return sum / divisor;
}

void pit_set_ticks_per_interrupt(uint32_t ticks)
{
    pit_interrupt.regular_ticks = ticks;
}

uint32_t pit_ticks_per_interrupt(void)
{
    return pit_interrupt.regular_ticks;
}

/* Between two readings of the counter that are less than an interrupt apart. */
static uint32_t clocks_between(uint32_t first, uint32_t second)
{
    return second < first ? second + period - first : second - first;
}

/* Waits until so many have passed, or for so many readings. Returns how many have. */
static uint32_t pass_clocks(uint32_t clocks, unsigned turns)
{
    uint32_t last = pit_clocks_since_tick();
    uint32_t passed = 0;
    for (unsigned i = 0; i < turns && passed < clocks; i++) {
        uint32_t now = pit_clocks_since_tick();
        passed += clocks_between(last, now);
        last = now;
    }
    return passed;
}

/* It does so every 838 ns, and reading it takes longer. */
static bool counter_moves(void)
{
    return pass_clocks(1, MOVE_TURNS) > 0;
}

void pit_count_freely(void)
{
    load_counter(COUNTS); /* written as 0 */
}

int pit_init(unsigned hz, void (*on_tick)(void))
{
    if (hz < HZ_MIN || hz > HZ_MAX)
        return -ERROR_INVALID;

    divisor = (PIT_INPUT_HZ + hz / 2) / hz;
    load_regular();
    if (!counter_moves())
        return -ERROR_IO;
    int error = irq_register(PIT_IRQ_LINE, on_tick, "timer");
    if (error == 0)
        pic_unmask(PIT_IRQ_LINE);
    return error;
}

/*
 * In mode 2 the line rises at the moment when the counter is loaded anew, and from then on the
 * counter falls by one with every clock: what it has fallen is the time since the tick.
 */
uint32_t pit_clocks_since_tick(void)
{
    port_write8(CONTROL, CONTROL_LATCH);
    uint32_t low = port_read8(CHANNEL_0);
    uint32_t high = port_read8(CHANNEL_0);
    return period - (high << 8 | low);
}

uint32_t pit_put_off_latency(void)
{
    return late_clocks;
}

uint32_t pit_latency_to_come(void)
{
    return clocks_to_come;
}

/* For how many periods so many interrupts stand that are to be counted. */
static uint32_t periods_to_come(unsigned interrupts)
{
    return has_been_raised && interrupts > 0 ? interrupts - 1 : interrupts;
}

/* How many periods have ended since `began_at`. */
static uint32_t periods_until(const struct reading *reading)
{
    if (!has_tsc())
        return periods_to_come(1);
    uint64_t clocks = to_clocks(reading->at - began_at) + period / 2;
    return clocks > reading->clocks ? (uint32_t)((clocks - reading->clocks) / period) : 0;
}

/* Has the counter just been loaded too late? Then the next interrupt is on its way, and stands for
 * `clocks`. */
static bool look_for_quicker_interrupt(uint32_t clocks)
{
    if (!pic_is_requested(PIT_IRQ_LINE))
        return false;
    pit_interrupt.special |= IRREGULAR;
    has_been_raised = true;
    clocks_before = clocks;
    return true;
}

/* The counter goes on by itself, so no clock is lost, whatever is late. */
static void go_on(const struct reading *reading)
{
    clocks_to_come = reading->clocks;
    began_at = reading->at - to_cycles(reading->clocks);
}

/* While ticks are put off it goes on. But what pit_resume_ticks() had loaded may be over again
 * before anybody looks: so it does not go on. */
static uint32_t take_irregular_ticks(void)
{
    struct reading reading = read_counter();
    uint32_t periods = periods_until(&reading);
    uint32_t clocks = clocks_before + periods * period;
    late_clocks = reading.clocks + (periods > 1 ? (periods - 1) * period : 0);
    clocks_before = 0;
    has_been_raised = false;
    if (period == pit_interrupt.regular_ticks * divisor) {
        pit_interrupt.special &= (uint8_t)~IRREGULAR;
        go_on(&reading);
    } else if (is_putting_off && period > RESUMED_TICKS_MAX * divisor) {
        has_come = true;
        go_on(&reading);
    } else {
        load_regular();
        clocks += reading.clocks + clocks_to_loading(&reading);
        /* The counter may have begun anew once more: what that interrupt stands for is counted. */
        look_for_quicker_interrupt(0);
    }
    return pass(clocks);
}

uint32_t pit_take_special_ticks(void)
{
    is_taken = true;
    return is_irregular() ? take_irregular_ticks() : pit_interrupt.regular_ticks;
}

/* Whether the counter may go on as it is loaded: by whole ticks, not more than `ticks`, and by more
 * than half of them. */
static bool is_good_for(uint32_t ticks)
{
    return period % divisor == 0 && period <= ticks * divisor && period > ticks * divisor / 2;
}

/* Where the TSC does not tell them, the clocks between reading the counter and loading it are lost:
 * about two microseconds on a real machine, twice for each sleep that ends while the CPU idles. */
void pit_put_off_tick(uint32_t ticks)
{
    if (ticks <= pit_interrupt.regular_ticks || !pit_has_counter())
        return;
    is_putting_off = true;
    if (is_irregular() && !has_come)
        return;
    if (has_come && is_good_for(ticks) && rounds < ROUNDS_MAX) {
        rounds++;
        has_come = false;
        return;
    }
    if (pic_is_requested(PIT_IRQ_LINE))
        return;
    uint32_t stood_for = period;
    struct reading reading = read_counter();
    uint32_t clocks_already = has_come ? 0 : reading.clocks;
    /* Behind one that has come, whole ticks: so next time nothing has to be loaded. */
    load_irregular(ticks * divisor - clocks_already, clocks_already);
    if (look_for_quicker_interrupt(stood_for))
        return;
    lost_clocks += reading.clocks - clocks_already + clocks_to_loading(&reading);
}

uint32_t pit_ticks_put_off(void)
{
    return is_irregular() && !has_come ? (clocks_before + periods_to_come(1) * period) / divisor
                                       : 0;
}

bool pit_set_back(void)
{
    is_putting_off = false;
    if (!has_come)
        return false;
    struct reading reading = read_counter();
    if (reading.clocks > divisor / SET_BACK_FRACTION || pic_is_requested(PIT_IRQ_LINE))
        return false;
    uint32_t stood_for = period;
    load_regular();
    if (!look_for_quicker_interrupt(stood_for))
        lost_clocks += reading.clocks + clocks_to_loading(&reading);
    return true;
}

uint32_t pit_resume_ticks(void)
{
    is_putting_off = false;
    bool is_worth_it = has_come || pit_ticks_put_off() > RESUMED_TICKS_MAX;
    if (!is_worth_it || pic_is_requested(PIT_IRQ_LINE))
        return 0;
    uint32_t stood_for = clocks_before + period;
    struct reading reading = read_counter();
    uint32_t clocks = clocks_before + reading.clocks;
    uint32_t clocks_of_tick = clocks % divisor;
    /* An interrupt that is all but due could not be told from one that comes while loading. */
    uint32_t ticks = divisor - clocks_of_tick > LOADING_CLOCKS ? 1 : 2;
    load_irregular(ticks * divisor - clocks_of_tick, clocks_of_tick);
    if (look_for_quicker_interrupt(stood_for))
        return 0;
    lost_clocks += clocks_to_loading(&reading);
    return clocks / divisor;
}

void pit_serve_as_clock(void)
{
    pit_interrupt.special |= CLOCK;
}

/* Interrupts that are waiting to be served, or whose handler has not counted them yet: each has
 * started the counter anew. */
static unsigned interrupts_uncounted(bool is_requested)
{
    bool is_in_service = pic_is_in_service(PIT_IRQ_LINE);
    if (!is_in_service)
        is_taken = false;
    return (is_requested ? 1u : 0u) + (is_in_service && !is_taken ? 1u : 0u);
}

uint64_t pit_clocks(uint64_t ticks)
{
    bool is_requested = pic_is_requested(PIT_IRQ_LINE);
    uint32_t since = pit_clocks_since_tick();
    if (!is_requested && pic_is_requested(PIT_IRQ_LINE)) { /* it came in between */
        is_requested = true;
        since = pit_clocks_since_tick();
    }
    uint64_t clocks = ticks * divisor + lost_clocks + since;
    return clocks + clocks_before + periods_to_come(interrupts_uncounted(is_requested)) * period;
}

uint32_t pit_tick_ns(void)
{
    return pit_has_counter()
               ? (uint32_t)((divisor * NS_PER_SECOND + PIT_INPUT_HZ / 2) / PIT_INPUT_HZ)
               : others_tick_ns;
}

uint32_t pit_pass_clocks(uint32_t clocks)
{
    return pass_clocks(clocks, PASS_TURNS);
}

bool pit_interrupts_come(void)
{
    uint32_t last = 0;
    uint64_t waited = 0;
    for (unsigned i = 0; i < INTERRUPT_TURNS && waited < PIT_INPUT_HZ; i++) {
        if (pic_is_requested(PIT_IRQ_LINE))
            return true;
        uint32_t clocks = pit_clocks_since_tick();
        waited += clocks_between(last, clocks);
        last = clocks;
    }
    return false;
}

void pit_give_up(unsigned hz)
{
    uint64_t flags = interrupts_save();
    pic_mask(PIT_IRQ_LINE);
    others_tick_ns = (uint32_t)(NS_PER_SECOND / hz);
    pit_interrupt.regular_ticks = 1;
    pit_interrupt.special &= (uint8_t)~IRREGULAR;
    clocks_before = period = 0;
    is_putting_off = has_come = has_been_raised = false;
    interrupts_restore(flags);
}

bool pit_has_counter(void)
{
    return period != 0;
}
