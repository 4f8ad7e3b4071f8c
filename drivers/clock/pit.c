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

/* What pit_resume_ticks() leaves to be waited for is no longer than this. */
#define RESUMED_TICKS_MAX 2u
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
#define IRREGULAR 1u /* the next interrupt does not come as long after the last one as usual */
#define CLOCK     2u /* somebody reads the time from here, in the middle of a tick's handler, too */

struct pit_interrupt pit_interrupt = {.regular_ticks = 1};

/* What the next interrupt stands for, where it is irregular. */
static uint32_t irregular_ticks;
static uint32_t clocks_before; /* between the last interrupt and the loading of the counter */

/* How late the counter was set back to whole ticks, in all: it makes up for it by a tick. */
static uint32_t lost_clocks;
static uint32_t late_clocks; /* how late it was the last time */

static bool is_irregular(void)
{
    return pit_interrupt.special & IRREGULAR;
}

static bool is_taken; /* what the interrupt in service stands for has been asked for */

static void load_counter(uint32_t clocks)
{
    period = clocks;
    port_write8(CONTROL, CONTROL_RATE_GENERATOR);
    port_write8(CHANNEL_0, (uint8_t)clocks);
    port_write8(CHANNEL_0, (uint8_t)(clocks >> 8));
}

static void load_regular(void)
{
    load_counter(pit_interrupt.regular_ticks * divisor);
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

/* An emulator on a busy host, or a machine that has to leave a deep sleep first, is late. */
static uint32_t take_irregular_ticks(void)
{
    pit_interrupt.special &= (uint8_t)~IRREGULAR;
    late_clocks = pit_clocks_since_tick();
    lost_clocks += late_clocks;
    load_regular();
    uint32_t lost_ticks = lost_clocks / divisor;
    lost_clocks %= divisor;
    return irregular_ticks + lost_ticks;
}

uint32_t pit_take_special_ticks(void)
{
    is_taken = true;
    return is_irregular() ? take_irregular_ticks() : pit_interrupt.regular_ticks;
}

/*
 * Each time the counter is loaded, the clocks between reading it and loading it are lost: about
 * two microseconds on a real machine, at most some forty times a second.
 */
static void expect_interrupt(uint32_t ticks, uint32_t clocks_already)
{
    pit_interrupt.special |= IRREGULAR;
    irregular_ticks = ticks;
    clocks_before = clocks_already;
    load_counter(ticks * divisor - clocks_already);
}

void pit_put_off_tick(uint32_t ticks)
{
    if (is_irregular() || ticks <= pit_interrupt.regular_ticks || !pit_has_counter() ||
        pic_is_requested(PIT_IRQ_LINE))
        return;
    expect_interrupt(ticks, pit_clocks_since_tick());
    if (pic_is_requested(PIT_IRQ_LINE)) { /* a regular tick was quicker than the loading */
        pit_interrupt.special &= (uint8_t)~IRREGULAR;
        load_regular();
    }
}

uint32_t pit_resume_ticks(void)
{
    if (!is_irregular() || irregular_ticks <= RESUMED_TICKS_MAX || pic_is_requested(PIT_IRQ_LINE))
        return 0;
    uint32_t ticks = irregular_ticks;
    uint32_t clocks = clocks_before + pit_clocks_since_tick();
    uint32_t clocks_of_tick = clocks % divisor;
    /* An interrupt that is all but due could not be told from one that comes while loading. */
    expect_interrupt(divisor - clocks_of_tick > LOADING_CLOCKS ? 1 : 2, clocks_of_tick);
    if (pic_is_requested(PIT_IRQ_LINE)) { /* the interrupt that was put off was quicker */
        irregular_ticks = ticks;
        return 0;
    }
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
    unsigned uncounted = interrupts_uncounted(is_requested);
    if (uncounted > 0)
        clocks +=
            uncounted * divisor * (is_irregular() ? irregular_ticks : pit_interrupt.regular_ticks);
    else if (is_irregular())
        clocks += clocks_before;
    return clocks;
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
    period = 0;
    interrupts_restore(flags);
}

bool pit_has_counter(void)
{
    return period != 0;
}
