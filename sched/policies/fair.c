/*
 * Fair: the CPU is shared in proportion to weights, which priorities stand for: one more is a
 * quarter more of the CPU (1.25 times), three are about twice as much (1.95 times).
 *
 * Each thread has a virtual time. It advances by the thread's run time, in exact cycles, the slower
 * the greater its weight is; the ready thread of least virtual time runs. So all of them advance at
 * one pace, and each gets what its weight is of the sum. (Stride scheduling, Waldspurger and Weihl
 * 1995, is this with turns instead of run time.)
 *
 *  - Who slept or blocked is at most half a quantum behind the others when it comes back: it is
 *    served soon, but has saved nothing up.
 *  - Who yields gives up the rest of its quantum and is charged for it; and somebody else runs, if
 *    there is anybody.
 *  - Time above the policies, at the highest priority, is not charged.
 *
 * A unit of virtual time is 64 cycles of a thread of default priority; the fraction is kept, so
 * that nothing is lost. At the least weight, 1009 times less, and 4 GHz, it takes four and a half
 * years until a difference of two virtual times could overflow.
 */
#include "kernel/cpu/this_cpu.h"
#include "kernel/lib/priority_queue.h"
#include "sched/policies/policy.h"

#define RATE_SHIFT 22
#define UNIT_SHIFT (RATE_SHIFT + 6)
#define UNIT       (1u << UNIT_SHIFT)

/* How fast virtual time goes, by priority: 1.25 to the power of (31 - priority), times 2^22. The
 * inverse of the rate of priority p is that of 62 - p. */
static const uint32_t rates[THREAD_PRIORITY_HIGHEST] = {
    4235164736, 3388131789, 2710505431, 2168404345, 1734723476, 1387778781, 1110223025, 888178420,
    710542736,  568434189,  454747351,  363797881,  291038305,  232830644,  186264515,  149011612,
    119209290,  95367432,   76293945,   61035156,   48828125,   39062500,   31250000,   25000000,
    20000000,   16000000,   12800000,   10240000,   8192000,    6553600,    5242880,    4194304,
    3355443,    2684355,    2147484,    1717987,    1374390,    1099512,    879609,     703687,
    562950,     450360,     360288,     288230,     230584,     184467,     147574,     118059,
    94447,      75558,      60446,      48357,      38686,      30949,      24759,      19807,
    15846,      12677,      10141,      8113,       6490,       5192,       4154,
};

static struct priority_queue waiting; /* by virtual time */
static unsigned waiting_threads;
static struct thread *elected;
static uint64_t elected_at; /* its run time then, in cycles */
static uint64_t least;      /* virtual time of all ready threads; it never goes back */

static struct thread *thread_of(const struct priority_queue_node *node)
{
    return PRIORITY_QUEUE_ENTRY(node, struct thread, ready_node);
}

static uint64_t *time_of(struct thread *thread)
{
    return &thread->policy_state.fair.virtual_time;
}

/* Times wrap round: what counts is the difference. */
static bool is_before(uint64_t first, uint64_t second)
{
    return (int64_t)(first - second) < 0;
}

static void charge(struct thread *thread, uint64_t cycles)
{
    unsigned __int128 time =
        (unsigned __int128)cycles * rates[thread->priority] + thread->policy_state.fair.fraction;
    *time_of(thread) += (uint64_t)(time >> UNIT_SHIFT);
    thread->policy_state.fair.fraction = (uint32_t)time & (UNIT - 1);
}

static void charge_run(struct thread *thread)
{
    charge(thread, policy_take_run_cycles(thread));
}

static void wait(struct thread *thread)
{
    priority_queue_insert(&waiting, &thread->ready_node, *time_of(thread));
    waiting_threads++;
}

static void elect(struct thread *thread)
{
    policy_elect(&elected, thread);
    if (thread != NULL)
        elected_at = thread->charged_cycles;
}

static struct thread *take_first(void)
{
    struct priority_queue_node *node = priority_queue_pop(&waiting);
    if (node == NULL)
        return NULL;
    waiting_threads--;
    return thread_of(node);
}

/* Of those two, of whom one has the least virtual time of all. */
static void note_least(uint64_t first, uint64_t second)
{
    uint64_t time = is_before(second, first) ? second : first;
    if (is_before(least, time))
        least = time;
}

/* Brings `least` up to date. Somebody is elected. */
static void look_for_least(void)
{
    charge_run(elected);
    uint64_t time = *time_of(elected);
    note_least(time, waiting_threads > 0 ? priority_queue_first(&waiting)->key : time);
}

static uint64_t scale(uint64_t time, unsigned priority)
{
    return (uint64_t)((unsigned __int128)time * rates[priority] >> RATE_SHIFT);
}

/*
 * A new thread comes level with the others. One that is ahead of them because it had little weight
 * need not wait for as long when it has more now: the lead counts in cycles.
 */
static void place(struct thread *thread)
{
    uint64_t *time = time_of(thread);
    unsigned former = thread->policy_state.fair.priority;
    uint64_t earliest = least - (policy_quantum_cycles() / 2 >> (UNIT_SHIFT - RATE_SHIFT));
    policy_take_run_cycles(thread);
    if (!thread->policy_state.fair.is_placed)
        *time = least;
    else if (is_before(*time, earliest))
        *time = earliest;
    else if (thread->priority != former && is_before(least, *time))
        *time = least +
                scale(scale(*time - least, thread->priority), THREAD_PRIORITY_HIGHEST - 1 - former);
    thread->policy_state.fair.priority = thread->priority;
    thread->policy_state.fair.is_placed = true;
}

/* Who is put first by somebody else is not to be overtaken at once: it becomes level with them. */
static void enqueue(struct thread *thread, bool first)
{
    if (elected != NULL)
        look_for_least();
    place(thread);
    if (first && thread != this_cpu()->running && is_before(least, *time_of(thread)))
        *time_of(thread) = least;
    if (elected == NULL) {
        elect(thread);
    } else if (first || is_before(*time_of(thread), *time_of(elected))) {
        wait(elected);
        elect(thread);
    } else {
        wait(thread);
    }
}

static void dequeue(struct thread *thread)
{
    if (thread == elected) {
        look_for_least();
        elect(take_first());
    } else {
        priority_queue_remove(&waiting, &thread->ready_node);
        waiting_threads--;
        charge_run(thread);
    }
}

/* Charges the elected `thread` for what it has run, and for the rest of its quantum. */
static void charge_quantum(struct thread *thread)
{
    uint64_t quantum = policy_quantum_cycles();
    uint64_t cycles = policy_take_run_cycles(thread);
    uint64_t ran = thread->charged_cycles - elected_at;
    charge(thread, ran < quantum ? cycles + quantum - ran : cycles);
}

/* Whether the elected `thread`, whose quantum is used up, goes on for another one. */
static bool has_another_quantum(struct thread *thread)
{
    charge_run(thread);
    return is_before(*time_of(thread), priority_queue_first(&waiting)->key);
}

static void give_way(struct thread *thread, bool is_used_up)
{
    if (thread != elected) { /* which gets the CPU now */
        dequeue(thread);
        wait(thread);
        return;
    }
    if (waiting_threads == 0 || (is_used_up && has_another_quantum(thread))) {
        look_for_least();
        return;
    }
    if (!is_used_up)
        charge_quantum(thread);
    struct thread *next = take_first();
    note_least(*time_of(thread), *time_of(next));
    elect(next);
    wait(thread);
}

static unsigned count_waiting(void)
{
    return waiting_threads;
}

POLICY(fair, .information.summary = "in proportion to weights",
       .information.priority = "1 more is 1.25 times the CPU", .level_of = policy_single_level,
       .enqueue = enqueue, .dequeue = dequeue, .give_way = give_way, .waiting = count_waiting);
