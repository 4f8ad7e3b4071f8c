/*
 * Latencies.
 *
 * The 8254's counter tells when its interrupt was raised, to 0.8 us, but modulo a tick, and reading
 * it takes three slow port accesses (Bochs loses time by it). So it is read at every 128th tick;
 * from there on the TSC tells when the next ones should come, and how late they are: every
 * sixteenth is a sample.
 */
#include "sched/observe/latency.h"

#include <stdbool.h>
#include <stddef.h>

#include "drivers/clock/pit.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/tsc.h"
#include "sched/clock.h"

#define COUNTER_TICKS 128u
#define SAMPLE_TICKS  16u
#define CALIBRATION_TICKS \
    4u                     /* until the TSC's rate is settled: such a window is soon undisturbed */
#define REFINE_TICKS 1024u /* a rate over so many is good to a millionth */

/* A handler that ended less than so long ago has kept the line waiting. In TSC cycles: a return
 * from an interrupt and an entry, with no more than an instruction between them. */
#define BACK_TO_BACK_CYCLES 500u

/* Of a tick: that somebody has kept an interrupt waiting for so long is looked into. */
#define LONG_FRACTION 16u

/* Of a tick: the counter is read within so long of the entry, or an emulator's host was away. */
#define READING_FRACTION 32u

/* Of themselves: what two rates that are the same differ by at most. */
#define SAME_FRACTION 256u
#define SAME_RATES    3u /* like the one before them, in a row, refute what was known */

static uint64_t raised_at; /* TSC at the tick that the counter was read at */
static uint64_t due_at;    /* TSC at the latest tick, as it follows from that */
static uint32_t ticks_since;
static uint32_t look_after; /* so many of them: at a sample, or at the counter */
static uint32_t counter_ticks = CALIBRATION_TICKS; /* from one look at the counter to the next */
uint64_t latency_tick_cycles;                      /* 0: not known yet */
static bool is_learnt;           /* ... from the counter; before, it is good to a few percent */
static bool is_exact;            /* it is the counter that told raised_at */
static bool is_irregular = true; /* ticks have been put off */

static uint64_t latest_rate;    /* by the latest window, taken for true or not */
static uint32_t same_rates;     /* how many in a row were like the one before */
static uint64_t rate_raised_at; /* where the measurement of the TSC's rate began */
static uint32_t rate_ticks;

static struct histogram samples;
static uint64_t longest_latency; /* of them, and of the delays in between */
static uint64_t longest_of_machine;
static struct longest_delay of_interrupts;
static int64_t passed_by = INT64_MIN; /* what lateness_passed_by() said last */
static struct tick_delay swallowed;   /* by the latest tick that was so late */
static struct longest_delay of_preemption;

/* --- Interrupts ------------------------------------------------------------------------------ */

static bool came_behind_handler(const struct interrupt_entry *entry)
{
    return entry->entered_at - entry->previous_exit < BACK_TO_BACK_CYCLES;
}

/* Nobody is to blame where interrupts were on: the machine was late, or the emulator's host. */
static bool has_culprit(const struct interrupt_entry *entry)
{
    return came_behind_handler(entry) || interrupts_came_on_before(entry->address);
}

/* A handler took the most of the delay, and then threads were switched: the machine was there. */
static bool was_in_handler(uint64_t late, const struct interrupt_entry *entry)
{
    return interrupts_latest_cycles() > late / 2 &&
           entry->entered_at - entry->previous_exit < late / 2;
}

/* Short delays count as well: for how often the one to blame keeps others waiting for no more than
 * that, and how late ticks are when nobody does. */
static void blame(uint64_t cycles, const struct interrupt_entry *entry)
{
    bool was_handler = came_behind_handler(entry);
    struct longest_delay delay = {
        .cycles = cycles,
        .address = entry->address,
        .handler = was_handler ? entry->previous_name : NULL,
    };
    if (cycles > of_interrupts.cycles)
        of_interrupts = delay;
    suspects_note(&delay, cycles >= latency_tick_cycles);
}

static __attribute__((noinline)) void note(uint64_t cycles, const struct interrupt_entry *entry)
{
    if (cycles > longest_latency)
        longest_latency = cycles;
    if (has_culprit(entry))
        blame(cycles, entry);
    else if (cycles > longest_of_machine)
        longest_of_machine = cycles;
}

/* It is late, and so many ticks have passed that nobody has counted. */
static void tell(int64_t late, uint32_t uncounted_ticks, const struct interrupt_entry *entry)
{
    note((uint64_t)late, entry);
    swallowed = (struct tick_delay){
        .ticks = uncounted_ticks,
        .cycles = (uint64_t)late,
        .was_away = !has_culprit(entry) && !was_in_handler((uint64_t)late, entry),
    };
}

static void add_sample(uint64_t cycles, const struct interrupt_entry *entry)
{
    if (!is_learnt)
        return;
    histogram_add(&samples, cycles);
    note(cycles, entry);
}

static void calibrate(uint64_t cycles)
{
    tsc_calibrate(cycles, (uint64_t)ticks_since * pit_tick_ns());
    if (tsc_is_settled())
        counter_ticks = COUNTER_TICKS;
}

static uint64_t difference(uint64_t one, uint64_t other)
{
    return one > other ? one - other : other - one;
}

/* A window that has lost a tick, or found one, is off by a whole one. If all of them are off, then
 * what was known is: they agree. */
static bool is_likely(uint64_t rate)
{
    bool is_the_known =
        2 * ticks_since * difference(rate, latency_tick_cycles) < latency_tick_cycles;
    bool is_the_same = difference(rate, latest_rate) < rate / SAME_FRACTION;
    latest_rate = rate;
    same_rates = is_the_same ? same_rates + 1 : 0;
    return is_the_known || same_rates >= SAME_RATES;
}

/* The tick that has come was raised at TSC `at`, as the counter tells. */
static void learn_rate(uint64_t at)
{
    uint64_t rate = (at - raised_at) / ticks_since;
    if (!is_exact || !is_likely(rate)) {
        rate_ticks = 0;
        rate_raised_at = at;
        return;
    }
    latency_tick_cycles = rate;
    is_learnt = true;
    if (counter_ticks == CALIBRATION_TICKS)
        calibrate(at - raised_at);
    rate_ticks += ticks_since;
    if (rate_ticks >= REFINE_TICKS) {
        tsc_refine(at - rate_raised_at, (uint64_t)rate_ticks * pit_tick_ns());
        rate_ticks = 0;
        rate_raised_at = at;
    }
}

static uint64_t to_cycles(uint64_t clocks)
{
    return clocks * latency_tick_cycles / (PIT_INPUT_HZ / TICK_HZ);
}

static void count_from(uint64_t at, bool exactly)
{
    look_after = counter_ticks < SAMPLE_TICKS ? counter_ticks : SAMPLE_TICKS;
    raised_at = at;
    due_at = at;
    ticks_since = 0;
    is_exact = exactly;
}

/* Then the counter does not tell of the entry. */
static bool was_away_before_reading(const struct interrupt_entry *entry)
{
    uint64_t cycles = tsc_read() - entry->entered_at;
    return latency_tick_cycles != 0 && cycles > latency_tick_cycles / READING_FRACTION;
}

static void read_counter(const struct interrupt_entry *entry)
{
    uint64_t read_at = tsc_read();
    uint64_t at = read_at - to_cycles(pit_clocks_since_tick());
    if (was_away_before_reading(entry)) {
        count_from(due_at, false);
        return;
    }
    learn_rate(at);
    count_from(at, true);
    add_sample(entry->entered_at > at ? entry->entered_at - at : 0, entry);
}

/* Until it is learnt: so that a delay of several ticks is noticed from the first one on. Where no
 * counter has told anything of the rate yet, the way from one tick to the next does, for now. */
static void estimate_cycles_per_tick(uint64_t at)
{
    if (tsc_rate() == 0 && rate_raised_at != 0)
        tsc_refine(at - rate_raised_at, pit_tick_ns());
    rate_raised_at = at;
    if (!is_learnt)
        latency_tick_cycles = tsc_from_ns(pit_tick_ns());
}

/* From TSC `at` on, ticks are counted. */
static void count_from_loading(uint64_t at)
{
    is_irregular = !pit_has_counter();
    estimate_cycles_per_tick(at);
    count_from(at, false);
}

/* So late an interrupt has swallowed the next one. */
static int64_t delay_that_swallows(void)
{
    return (int64_t)(latency_tick_cycles * pit_ticks_per_interrupt());
}

/* Of the ticks that such a delay has swallowed each counts, except that one interrupt stands for
 * several. */
static uint32_t ticks_in(int64_t late)
{
    uint32_t ticks = (uint32_t)((uint64_t)late / latency_tick_cycles);
    return ticks - ticks % pit_ticks_per_interrupt();
}

/* While ticks are put off the rhythm moves by up to an interrupt, so that by the TSC a delay shows
 * only beyond. The counter tells of each, and has counted its ticks. */
static bool begin_rhythm(int64_t late, const struct interrupt_entry *entry)
{
    bool has_counter = pit_has_counter();
    if (has_counter)
        late = (int64_t)to_cycles(pit_put_off_latency());
    bool is_late = latency_tick_cycles != 0 && late > 2 * delay_that_swallows();
    if (is_late)
        tell(late, has_counter ? 0 : ticks_in(late), entry);
    else
        add_sample(to_cycles(pit_put_off_latency()), entry);
    count_from_loading(entry->entered_at - to_cycles(pit_latency_to_come()));
    return is_late;
}

/* The counter may have been given up since the last time. */
static bool look_at_counter(int64_t late, const struct interrupt_entry *entry)
{
    if (!pit_has_counter())
        return begin_rhythm(late, entry);
    read_counter(entry);
    return false;
}

static void take_sample(int64_t late, const struct interrupt_entry *entry)
{
    add_sample(late > 0 ? (uint64_t)late : 0, entry);
    look_after += SAMPLE_TICKS;
}

/* No rate is measured across them. */
static bool pass_lost_ticks(int64_t late, const struct interrupt_entry *entry)
{
    tell(late, ticks_in(late), entry);
    count_from(due_at + swallowed.ticks * latency_tick_cycles, false);
    return true;
}

/* As long as all delays are short, only one that is longer than all matters; and the counter tells
 * no two clocks apart. After that each tick is looked at: see blame(). */
static int64_t lateness_not_noted(void)
{
    uint64_t longest = of_interrupts.cycles, unsure = to_cycles(2);
    if (longest >= latency_tick_cycles / LONG_FRACTION)
        return 0;
    return (int64_t)(longest > unsure ? longest : unsure);
}

/* By so much a tick may be late without being of interest. */
static int64_t lateness_passed_by(void)
{
    int64_t swallows = delay_that_swallows() - 1;
    if (is_irregular || latency_tick_cycles == 0)
        return INT64_MIN;
    return is_learnt && lateness_not_noted() < swallows ? lateness_not_noted() : swallows;
}

static bool look_at_tick(int64_t late, const struct interrupt_entry *entry)
{
    if (is_irregular)
        return begin_rhythm(late, entry);
    if (late >= delay_that_swallows() && latency_tick_cycles != 0)
        return pass_lost_ticks(late, entry);
    if (ticks_since >= counter_ticks)
        return look_at_counter(late, entry);
    if (ticks_since >= look_after)
        take_sample(late, entry);
    else if (is_learnt && late > lateness_not_noted())
        note((uint64_t)late, entry);
    return false;
}

static __attribute__((noinline)) bool look_closer(int64_t late, const struct interrupt_entry *entry)
{
    bool has_swallowed = look_at_tick(late, entry);
    passed_by = lateness_passed_by();
    return has_swallowed;
}

bool latency_on_tick(uint32_t elapsed)
{
    const struct interrupt_entry *entry = interrupts_get_entry();
    ticks_since += elapsed;
    due_at += elapsed * latency_tick_cycles;
    int64_t late = (int64_t)(entry->entered_at - due_at);
    if (__builtin_expect(late <= passed_by && ticks_since < look_after, true))
        return false;
    return look_closer(late, entry);
}

const struct tick_delay *latency_of_tick(void)
{
    return &swallowed;
}

/* Where the machine was away in between, nobody knows when the counter was loaded: not before
 * `since`, and so no tick seems to come too early. */
void latency_begin_rhythm(uint64_t since)
{
    uint64_t now = tsc_read();
    bool was_away = now - since > latency_tick_cycles / READING_FRACTION;
    count_from_loading(was_away ? since : now);
    passed_by = lateness_passed_by();
}

void latency_tick_moved(uint32_t elapsed)
{
    due_at += elapsed * latency_tick_cycles;
    is_irregular = true;
    passed_by = INT64_MIN;
}

uint64_t latency_tick_raised_at(void)
{
    return due_at;
}

const struct longest_delay *latency_of_interrupts(void)
{
    return &of_interrupts;
}

uint64_t latency_longest(void)
{
    return longest_latency;
}

uint64_t latency_of_machine(void)
{
    return longest_of_machine;
}

const struct histogram *latency_samples(void)
{
    return &samples;
}

/* --- Preemption ------------------------------------------------------------------------------ */

uint64_t latency_delayed_since;

void latency_note_delay(uint64_t address)
{
    if (address == 0)
        return;
    uint64_t cycles = tsc_read() - latency_delayed_since;
    latency_delayed_since = 0;
    if (cycles > of_preemption.cycles)
        of_preemption = (struct longest_delay){.cycles = cycles, .address = address};
}

const struct longest_delay *latency_of_preemption(void)
{
    return &of_preemption;
}

void latency_reset(void)
{
    samples = (struct histogram){0};
    longest_latency = longest_of_machine = 0;
    passed_by = INT64_MIN; /* the next tick reckons it anew */
    suspects_reset();
    of_interrupts = (struct longest_delay){0};
    of_preemption = (struct longest_delay){0};
}
