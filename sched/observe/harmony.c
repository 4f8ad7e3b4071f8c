/* Harmony and fairness, of what shares.c keeps. */
#include "sched/harmony.h"

#include <stdint.h>

#include "kernel/cpu/interrupts.h"
#include "sched/observe/harmony_window.h"
#include "sched/observe/shares.h"
#include "sched/observe/trace_ring.h"
#include "sched/scheduler.h"
#include "sched/state/critical_section.h"
#include "sched/state/state.h"

#define QUANTUM_HARMONIOUS_MS 20u /* above this much harmony: */
#define HARMONIOUS            800u
#define QUANTUM_UNFAIR_MS     5u /* below this much: */
#define UNFAIR                500u
#define QUANTUM_BETWEEN_MS    10u

/* A level is found in a few steps; each satisfies at least one more. */
#define LEVEL_STEPS_MAX 100u

#define PERCENT 100u

#define LEVEL_SHIFT 20 /* level_of_busy is a fixed point number with so many fraction bits */

uint32_t harmony_period_ticks;

static uint32_t level;         /* what everybody may have at most, in shares.h's units */
static uint32_t level_of_busy; /* the same as a part of the time that the machine was not idle */
static unsigned latest = HARMONY_MAX;
static unsigned latest_fairness = HARMONY_MAX;
static unsigned latest_starved;

static uint64_t sum;
static uint64_t computations;
static unsigned old_windows; /* that are still to come, and began before the average did */

static bool is_auto;
static uint32_t load;            /* how many threads could run when this load began */
static unsigned load_periods;    /* since then */
static unsigned quantum_periods; /* since the quantum was changed */
static unsigned tried_ms;   /* a longer quantum that was taken back, and is to be judged, or 0 */
static unsigned refused_ms; /* one that does harm under this load, or 0 */

/* --- The level ------------------------------------------------------------------------------- */

static struct {
    uint64_t got;    /* by all */
    uint64_t demand; /* of all */
    uint64_t below;  /* of those who want less than the level */
    uint64_t others; /* how many want as much or more */
} totals;

static void add_to_totals(const struct wish *wish)
{
    totals.got += (uint64_t)wish->count * wish->got;
    totals.demand += (uint64_t)wish->count * wish->demand;
    if (wish->demand < level)
        totals.below += (uint64_t)wish->count * wish->demand;
    else
        totals.others += wish->count;
}

/*
 * What was given is poured evenly over those who wanted it: sum of min(demand, level) = all that
 * was given. The level rises from nothing, and at each step those below it are satisfied.
 */
static void find_level(void)
{
    level = 0;
    for (unsigned step = 0; step < LEVEL_STEPS_MAX; step++) {
        totals.got = totals.demand = totals.below = totals.others = 0;
        shares_visit(add_to_totals);
        if (totals.demand <= totals.got || totals.others == 0)
            break;
        uint32_t higher = (uint32_t)((totals.got - totals.below) / totals.others);
        if (higher <= level)
            return;
        level = higher;
    }
    level = UINT32_MAX; /* everybody had all that it wanted */
}

static uint32_t fair_share(const struct wish *wish)
{
    return wish->demand < level ? wish->demand : level;
}

/* --- The scores ------------------------------------------------------------------------------ */

static struct {
    uint64_t fair;    /* sum of f */
    uint64_t got;     /* sum of f * k */
    uint64_t scored;  /* sum of f * min(k, 1 / k) */
    uint64_t squares; /* sum of f * k * k */
} scores;

static void add_to_scores(const struct wish *wish)
{
    uint64_t fair = fair_share(wish), got = wish->got;
    if (fair == 0)
        return;
    scores.fair += wish->count * fair;
    scores.got += wish->count * got;
    scores.scored += wish->count * (got <= fair ? got : fair * fair / got);
    scores.squares += wish->count * (got * got / fair);
}

static unsigned rounded(uint64_t numerator, uint64_t denominator)
{
    return (unsigned)((numerator + denominator / 2) / denominator);
}

static void compute(void)
{
    find_level();
    uint32_t busy = shares_window() - shares_of(this_cpu()->idle).got;
    level_of_busy = (uint32_t)(((uint64_t)level << LEVEL_SHIFT) / (busy + 1ul));
    scores.fair = scores.got = scores.scored = scores.squares = 0;
    shares_visit(add_to_scores);
    latest_starved = shares_starved();
    if (scores.fair == 0 || scores.got == 0) {
        latest = latest_fairness = HARMONY_MAX;
        return;
    }
    latest = rounded(HARMONY_MAX * scores.scored, scores.fair);
    uint64_t per_million = scores.got * 1000000 / scores.fair;
    latest_fairness = rounded(per_million * scores.got / scores.squares, 1000000 / HARMONY_MAX);
    if (latest_fairness > HARMONY_MAX)
        latest_fairness = HARMONY_MAX;
}

int harmony_share(struct thread *thread)
{
    struct wish wish = shares_of(thread);
    uint32_t fair = fair_share(&wish);
    return fair != 0 ? (int)rounded((uint64_t)PERCENT * wish.got, fair) : -1;
}

uint32_t harmony_level_of(uint32_t units)
{
    if (level == UINT32_MAX)
        return 0;
    return (uint32_t)((uint64_t)units * level_of_busy >> LEVEL_SHIFT);
}

/* --- The automatic quantum ------------------------------------------------------------------- */

static unsigned quantum_of_band(void)
{
    if (latest > HARMONIOUS)
        return QUANTUM_HARMONIOUS_MS;
    return latest < UNFAIR ? QUANTUM_UNFAIR_MS : QUANTUM_BETWEEN_MS;
}

static unsigned next_shorter(unsigned quantum_ms)
{
    return quantum_ms > QUANTUM_BETWEEN_MS ? QUANTUM_BETWEEN_MS : QUANTUM_UNFAIR_MS;
}

/* Half as many threads that can run, or twice as many, are another load. */
static bool is_another_load(void)
{
    uint32_t now = shares_runnable();
    return now * 2 <= load || now >= load * 2;
}

/* A longer quantum than `present_ms` is of no use where a round of all that can run does not fit
 * into the window. */
static bool is_too_long(unsigned quantum_ms)
{
    return quantum_ms * shares_runnable() > HARMONY_WINDOW_TICKS ||
           (refused_ms != 0 && quantum_ms >= refused_ms);
}

static unsigned auto_quantum_ms(unsigned present_ms)
{
    unsigned wanted = quantum_of_band();
    while (wanted > present_ms && wanted > QUANTUM_UNFAIR_MS && is_too_long(wanted))
        wanted = next_shorter(wanted);
    return wanted;
}

static void set_quantum(unsigned quantum_ms)
{
    if (quantum_ms == the_scheduler.quantum_ticks)
        return;
    the_scheduler.quantum_ticks = quantum_ms;
    trace_setting(TRACE_QUANTUM, quantum_ms, NULL);
}

static void forget_load(void)
{
    load = shares_runnable();
    load_periods = 0;
    tried_ms = refused_ms = 0;
}

/* Harmony is back as soon as the window knows the shorter quantum alone: then it was the longer one
 * that did harm; else it was something else. */
static void judge_trial(void)
{
    if (quantum_of_band() >= tried_ms)
        refused_ms = tried_ms;
    tried_ms = 0;
}

/* Before that, whoever has not had its turn yet would seem to starve. */
static bool has_been_round(unsigned present_ms)
{
    return load_periods * HARMONY_PERIOD_TICKS >= present_ms * shares_runnable();
}

/* A window that knows more than one quantum, or load, tells nothing of either, unless most starve.
 */
static void follow_harmony(void)
{
    unsigned present_ms = the_scheduler.quantum_ticks;
    load_periods++;
    quantum_periods++;
    if (is_another_load())
        forget_load();
    bool is_pure = quantum_periods > SHARE_PERIODS && load_periods > SHARE_PERIODS;
    if (tried_ms != 0 && is_pure)
        judge_trial();
    unsigned wanted_ms = auto_quantum_ms(present_ms);
    bool do_most_starve = wanted_ms == QUANTUM_UNFAIR_MS && has_been_round(present_ms);
    if (wanted_ms == present_ms || (!is_pure && !do_most_starve))
        return;
    if (wanted_ms < present_ms && is_pure)
        tried_ms = present_ms;
    quantum_periods = 0;
    set_quantum(wanted_ms);
}

void harmony_set_auto_quantum(bool on)
{
    uint64_t flags = critical_enter();
    state_setting_changed();
    is_auto = on;
    forget_load();
    if (on)
        set_quantum(auto_quantum_ms(0));
    critical_exit(flags);
}

bool harmony_has_auto_quantum(void)
{
    return is_auto;
}

/* --- Periods --------------------------------------------------------------------------------- */

void harmony_end_period(void)
{
    compute();
    trace_share(TRACE_HARMONY, latest);
    if (old_windows > 0) {
        old_windows--;
    } else if (scores.fair > 0) {
        sum += latest;
        computations++;
    }
    if (is_auto)
        follow_harmony();
}

/* Before the sleepers of this tick are woken: those that wait have been waiting. */
void harmony_begin_period(void)
{
    harmony_period_ticks %= HARMONY_PERIOD_TICKS;
    shares_begin_period(interrupts_get_entry()->entered_at);
    trace_share(TRACE_PERIOD, shares_period());
}

unsigned harmony_permille(void)
{
    return latest;
}

unsigned harmony_fairness_permille(void)
{
    return latest_fairness;
}

unsigned harmony_starved_threads(void)
{
    return latest_starved;
}

unsigned harmony_average_permille(void)
{
    uint64_t flags = critical_enter();
    uint64_t average = computations > 0 ? sum / computations : latest;
    critical_exit(flags);
    return (unsigned)average;
}

void harmony_reset_average(void)
{
    uint64_t flags = critical_enter();
    sum = 0;
    computations = 0;
    old_windows = SHARE_PERIODS;
    critical_exit(flags);
}
