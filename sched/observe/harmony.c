/*
 * Harmony. The window is a ring of ticks, each with the slot of the thread that ran. A thread has a
 * slot as long as it has ticks in the window; so there are never more slots in use than ticks, and
 * computing harmony visits these instead of all threads.
 */
#include "sched/harmony.h"

#include <stddef.h>
#include <stdint.h>

#include "kernel/cpu/this_cpu.h"
#include "sched/observe/harmony_window.h"
#include "sched/observe/trace_ring.h"
#include "sched/state/critical_section.h"
#include "sched/state/state.h"

#define NO_SLOT 0u
#define PERIODS (HARMONY_WINDOW_TICKS / HARMONY_PERIOD_TICKS)

#define MEAN_SCORE_PERCENT 70u
#define RAN_PERCENT        30u

#define QUANTUM_HARMONIOUS_MS 20u /* above this much harmony: */
#define HARMONIOUS            800u
#define QUANTUM_UNFAIR_MS     5u /* below this much: */
#define UNFAIR                500u
#define QUANTUM_BETWEEN_MS    10u

struct slot {
    struct thread *owner; /* NULL: it has ended */
    uint32_t ticks;
};

struct window_tick {
    uint16_t slot;     /* NO_SLOT: the CPU was idle */
    uint16_t runnable; /* threads that could run, at most UINT16_MAX */
};

/* The slot for a new tick is taken before that of the oldest one is given back. */
#define SLOTS (HARMONY_WINDOW_TICKS + 2)

static struct window_tick window[HARMONY_WINDOW_TICKS];
static unsigned position; /* of the oldest tick in it */
static struct slot slots[SLOTS];
static uint16_t free_slots[SLOTS];
static unsigned free_count;
static unsigned slots_touched = 1; /* those from here on were never used, slot 0 is not one */

static uint32_t busy_ticks;
static uint64_t runnable_sum; /* over the busy ticks */

static unsigned period_ticks;
static uint64_t switches_at[PERIODS]; /* voluntary ones, when each period began */
static unsigned period_number;

static unsigned latest = HARMONY_MAX;
static uint64_t sum;
static uint64_t computations;
static unsigned old_windows; /* that are still to come, and began before the average did */
static bool is_auto;

/* --- The window ------------------------------------------------------------------------------ */

static __attribute__((noinline)) void give_slot(struct thread *thread)
{
    thread->harmony_slot = free_count > 0 ? free_slots[--free_count] : (uint16_t)slots_touched++;
    slots[thread->harmony_slot] = (struct slot){.owner = thread};
}

static inline uint16_t slot_of(struct thread *thread)
{
    if (thread->harmony_slot == NO_SLOT && thread->tid != 0)
        give_slot(thread);
    return thread->harmony_slot;
}

static void add(struct window_tick tick)
{
    if (tick.slot == NO_SLOT)
        return;
    slots[tick.slot].ticks++;
    busy_ticks++;
    runnable_sum += tick.runnable;
}

static void drop(struct window_tick tick)
{
    if (tick.slot == NO_SLOT)
        return;
    busy_ticks--;
    runnable_sum -= tick.runnable;
    struct slot *slot = &slots[tick.slot];
    if (--slot->ticks > 0)
        return;
    if (slot->owner != NULL)
        slot->owner->harmony_slot = NO_SLOT;
    free_slots[free_count++] = tick.slot;
}

static __attribute__((noinline)) void replace(struct window_tick *oldest, struct window_tick tick)
{
    add(tick);
    drop(*oldest);
    *oldest = tick;
}

/* A tick like the one that leaves the window changes nothing. */
static inline void slide(struct window_tick tick)
{
    struct window_tick *oldest = &window[position];
    position = position + 1 < HARMONY_WINDOW_TICKS ? position + 1 : 0;
    if (oldest->slot != tick.slot || oldest->runnable != tick.runnable)
        replace(oldest, tick);
}

static __attribute__((noinline)) void slide_far(struct window_tick tick, uint32_t ticks)
{
    for (uint32_t i = 0; i < ticks; i++)
        slide(tick);
}

void harmony_forget(struct thread *thread)
{
    if (thread->harmony_slot != NO_SLOT)
        slots[thread->harmony_slot].owner = NULL;
    thread->harmony_slot = NO_SLOT;
}

unsigned harmony_ticks(const struct thread *thread)
{
    return thread->harmony_slot != NO_SLOT ? slots[thread->harmony_slot].ticks : 0;
}

/* --- Scores ---------------------------------------------------------------------------------- */

/* The score of who had `ticks`: its share is busy_ticks / (runnable_sum / busy_ticks). */
static unsigned score(uint64_t ticks)
{
    uint64_t share = (uint64_t)busy_ticks * busy_ticks;
    uint64_t had = ticks * runnable_sum;
    return had <= share ? HARMONY_MAX : (unsigned)(HARMONY_MAX * share / had);
}

unsigned harmony_score(const struct thread *thread)
{
    return score(harmony_ticks(thread));
}

/*
 * How many threads have been waiting all the time: of those that wait now, `waiting`, and ran at no
 * tick. Some of them may have run between two ticks: then they gave the CPU away themselves, and
 * each voluntary switch in the window is taken for one of those.
 */
static unsigned starving(unsigned waiting)
{
    uint64_t switches = the_scheduler.voluntary_switches - switches_at[period_number];
    return waiting > switches ? (unsigned)(waiting - switches) : 0;
}

static unsigned compute(void)
{
    uint64_t scores = 0;
    unsigned ran = 0, waiting = state_ready_count();
    for (unsigned i = 1; i < slots_touched; i++) {
        const struct slot *slot = &slots[i];
        if (slot->ticks == 0 || slot->owner == NULL)
            continue;
        ran++;
        scores += score(slot->ticks);
        waiting -= state_of_thread(slot->owner) == THREAD_READY;
    }
    unsigned starved = starving(waiting);
    uint64_t runnable = ran + starved;
    if (ran == 0)
        return HARMONY_MAX;
    scores += (uint64_t)starved * HARMONY_MAX;
    return (unsigned)((MEAN_SCORE_PERCENT * scores + RAN_PERCENT * ran * HARMONY_MAX) /
                      (runnable * 100));
}

static unsigned auto_quantum_ms(void)
{
    if (latest > HARMONIOUS)
        return QUANTUM_HARMONIOUS_MS;
    return latest < UNFAIR ? QUANTUM_UNFAIR_MS : QUANTUM_BETWEEN_MS;
}

static void follow_harmony(void)
{
    unsigned wanted = auto_quantum_ms();
    if (wanted == the_scheduler.quantum_ticks)
        return;
    the_scheduler.quantum_ticks = wanted;
    trace_setting(TRACE_QUANTUM, wanted, NULL);
}

/* Before the sleepers of this tick are woken: those that wait have been waiting. */
static void end_period(void)
{
    latest = compute();
    if (old_windows > 0) {
        old_windows--;
    } else if (busy_ticks > 0) {
        sum += latest;
        computations++;
    }
    switches_at[period_number] = the_scheduler.voluntary_switches;
    period_number = (period_number + 1) % PERIODS;
    if (is_auto)
        follow_harmony();
}

void harmony_on_tick(uint32_t elapsed)
{
    unsigned runnable = state_ready_count() + 1;
    struct window_tick tick = {
        .slot = slot_of(this_cpu()->running),
        .runnable = (uint16_t)(runnable < UINT16_MAX ? runnable : UINT16_MAX),
    };
    if (elapsed == 1)
        slide(tick);
    else
        slide_far(tick, elapsed);
    period_ticks += elapsed;
    if (period_ticks >= HARMONY_PERIOD_TICKS) {
        period_ticks = 0;
        end_period();
    }
}

unsigned harmony_permille(void)
{
    return latest;
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
    old_windows = PERIODS;
    critical_exit(flags);
}

void harmony_set_auto_quantum(bool on)
{
    uint64_t flags = critical_enter();
    is_auto = on;
    if (on)
        follow_harmony();
    critical_exit(flags);
}

bool harmony_has_auto_quantum(void)
{
    return is_auto;
}
