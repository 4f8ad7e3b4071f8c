/*
 * Harmony: all take turns, as in round robin; but who has had more than everybody may have (the
 * level of sched/harmony.h) is throttled: it runs only when nobody else is ready, until it has had
 * less. So a thread that had the CPU to itself makes room for those that come, until they have
 * caught up with it; and nobody is killed or starved, because who does not run comes back to its
 * share.
 *
 * What a thread has had is forgotten bit by bit, by half in a third of a second. A window with an
 * end would bring back each inequality when it has passed: who was throttled in it would then seem
 * to have had too little, and get that in one piece.
 *
 * Above and below the level there is room for half a quantum, where that is little beside it. So
 * threads that are alike take turns by whole quanta, and who has to be throttled has its level on
 * average.
 *
 * A thread is judged at the end of its quantum, when it wakes, and at each tick if it runs. Shares
 * also change while it waits: one throttled thread is looked at at each tick; if it is not far
 * enough yet, it goes to the end of its level.
 */
#include "sched/harmony.h"
#include "kernel/cpu/this_cpu.h"
#include "sched/observe/harmony_window.h"
#include "sched/observe/latency.h"
#include "sched/observe/shares.h"
#include "sched/policies/policy.h"
#include "sched/state/state.h"

#define NORMAL    POLICY_LEVEL
#define THROTTLED (POLICY_LEVEL - 1)

/* At each tick so much is forgotten. A thread that always runs comes to have had this many ticks.
 */
#define MEMORY_TICKS 512u

/* By then it is forgotten but for a thousandth. */
#define FORGOTTEN_AFTER_TICKS (7 * MEMORY_TICKS)

/* There is no more room than this part of the level. */
#define ROOM_PART 64u

/*
 * The level is that of a whole second. In what is remembered there may have been more for all than
 * then, or less. So it is tuned, in thousandths, up to an eighth: upwards as long as all are
 * throttled, and downwards, more slowly, as long as who runs has had less than the level by more
 * than this part of it: the others have had that.
 */
#define LITTLE_PART 32u
#define TUNING_ONE  1000u
#define TUNING_MIN  (TUNING_ONE * 7 / 8)
#define TUNING_MAX  (TUNING_ONE * 9 / 8)
#define TUNING_DOWN 4u
#define TUNING_UP   16u

static unsigned tuning = TUNING_ONE;

static unsigned level_of(const struct thread *thread)
{
    return thread->policy_state.harmony.is_throttled ? THROTTLED : NORMAL;
}

/* As of one tick, in units: reckoned once for it. */
static struct {
    uint32_t tick;
    uint32_t all;   /* of MEMORY_TICKS */
    uint32_t level; /* 0: all get what they want */
    uint32_t room;
} present;

/* What is left of `units` after `ticks`: of each tick's beginning, 1 - 1 / MEMORY_TICKS. */
static uint32_t left_of(uint64_t units, uint32_t ticks)
{
    uint64_t factor = (1ull << 32) - (1ull << 32) / MEMORY_TICKS;
    if (ticks > FORGOTTEN_AFTER_TICKS)
        return 0;
    for (; ticks != 0; ticks /= 2) {
        if (ticks % 2 != 0)
            units = units * factor >> 32;
        factor = factor * factor >> 32;
    }
    return (uint32_t)units;
}

/* What is known of `thread` when it comes under this policy: what it had of the last second. */
static void begin_to_remember(struct thread *thread, uint32_t now)
{
    uint64_t got = shares_of(thread).got;
    policy_take_run_cycles(thread);
    thread->policy_state.harmony.recent = (uint32_t)(got * present.all / (shares_window() + 1ul));
    thread->policy_state.harmony.remembered_at = now;
    thread->policy_state.harmony.is_known = true;
}

/* Returns what `thread` has had lately, in units. */
static uint32_t remember(struct thread *thread)
{
    uint32_t now = (uint32_t)clock_ticks();
    if (!thread->policy_state.harmony.is_known)
        begin_to_remember(thread, now);
    uint32_t elapsed = now - thread->policy_state.harmony.remembered_at;
    uint64_t recent = left_of(thread->policy_state.harmony.recent, elapsed) +
                      left_of(policy_take_run_cycles(thread) >> SHARE_SHIFT, elapsed / 2);
    thread->policy_state.harmony.remembered_at = now;
    thread->policy_state.harmony.recent = recent < present.all ? (uint32_t)recent : present.all;
    return thread->policy_state.harmony.recent;
}

static uint32_t tuned_level(uint32_t busy)
{
    return (uint32_t)((uint64_t)harmony_level_of(busy) * tuning / TUNING_ONE);
}

/* The machine was busy lately for as long as its idle thread did not run. */
static void look_at_machine(void)
{
    uint32_t now = (uint32_t)clock_ticks();
    if (present.all != 0 && present.tick == now)
        return;
    uint64_t cycles_per_tick = latency_cycles_per_tick();
    uint32_t half_quantum = SHARE_UNITS(the_scheduler.quantum_ticks * cycles_per_tick / 2);
    present.tick = now;
    present.all = SHARE_UNITS(MEMORY_TICKS * cycles_per_tick);
    present.level = tuned_level(present.all - remember(this_cpu()->idle));
    uint32_t room_max = present.level / ROOM_PART;
    present.room = half_quantum < room_max ? half_quantum : room_max;
}

static void judge(struct thread *thread)
{
    bool *is_throttled = &thread->policy_state.harmony.is_throttled;
    look_at_machine();
    uint32_t recent = remember(thread);
    uint32_t limit = *is_throttled ? present.level - present.room : present.level + present.room;
    *is_throttled = present.level != 0 && recent > limit;
}

/* It has been judged at this tick. */
static bool has_little(const struct thread *thread)
{
    return thread->policy_state.harmony.recent < present.level - present.level / LITTLE_PART;
}

static void put(struct thread *thread, bool first)
{
    thread->level = (uint8_t)level_of(thread);
    if (first)
        state_queue_prepend(thread);
    else
        state_queue_append(thread);
}

/* The first that waits, or the running thread if it is the only one. */
static struct thread *first_throttled(void)
{
    struct thread *head = state_queue_head(THROTTLED);
    if (head == NULL || head != this_cpu()->running)
        return head;
    return LIST_ENTRY(head->run_node.next, struct thread, run_node);
}

static bool has_had_less(const struct thread *thread, const struct thread *than)
{
    return thread->policy_state.harmony.recent + present.room < than->policy_state.harmony.recent;
}

/* If all are throttled, who has had less than the one that runs comes back, too: else those who get
 * the CPU for a moment only would be served worst. */
static void look_at_one_throttled(bool are_all)
{
    const struct thread *running = this_cpu()->running;
    struct thread *thread = first_throttled();
    if (thread == NULL || thread == running)
        return;
    judge(thread);
    if (are_all && has_had_less(thread, running))
        thread->policy_state.harmony.is_throttled = false;
    state_queue_remove(thread);
    put(thread, false);
}

/* Those that overtake may be so many that nobody else gets the CPU: not for longer than a quantum.
 */
static uint32_t others_ran_at; /* the latest tick that met one that had not overtaken anybody */

static bool may_overtake(const struct thread *thread)
{
    uint32_t without_others = (uint32_t)clock_ticks() - others_ran_at;
    return has_little(thread) && without_others <= the_scheduler.quantum_ticks;
}

/* Who wakes, and has had less than the others, comes before them: most that sleep want little. Of
 * who is new, or has just come under the policy, nobody knows that yet. */
static void enqueue_judged(struct thread *thread)
{
    bool is_known = thread->policy_state.harmony.is_known;
    judge(thread);
    thread->policy_state.harmony.came_first = is_known && may_overtake(thread);
    put(thread, thread->policy_state.harmony.came_first);
}

static void enqueue(struct thread *thread, bool first)
{
    if (!first) {
        enqueue_judged(thread);
        return;
    }
    if (thread != this_cpu()->running)
        thread->policy_state.harmony.is_throttled = false;
    put(thread, true);
}

static void dequeue(struct thread *thread)
{
    state_queue_remove(thread);
}

static void give_way(struct thread *thread, bool is_used_up)
{
    if (is_used_up)
        judge(thread);
    thread->policy_state.harmony.came_first = false;
    if (level_of(thread) == thread->level) {
        state_queue_move_back(thread);
    } else {
        state_queue_remove(thread);
        put(thread, false);
    }
}

/* The running thread stays where it is. If it is throttled from now on, its turn is over, also
 * among those that are; if it is not any more, it goes on. */
static void look_at_running(struct thread *running)
{
    bool was_throttled = running->policy_state.harmony.is_throttled;
    judge(running);
    if (running->policy_state.harmony.is_throttled == was_throttled)
        return;
    state_queue_remove(running);
    put(running, was_throttled);
}

static void tune(const struct thread *running, bool are_all_throttled)
{
    if (state_ready_count() == 0)
        return;
    if (are_all_throttled && tuning <= TUNING_MAX - TUNING_UP)
        tuning += TUNING_UP;
    else if (has_little(running) && tuning >= TUNING_MIN + TUNING_DOWN)
        tuning -= TUNING_DOWN;
}

static void begin(void)
{
    tuning = TUNING_ONE;
    present.all = 0;
    this_cpu()->idle->policy_state.harmony.is_known = false;
}

/* Who was throttled, and yet has run, has done so because all were. Those that this tick has woken
 * are ready by now, but were not then. */
static void tick(struct thread *running)
{
    bool were_all_throttled = running != NULL && running->policy_state.harmony.is_throttled;
    if (running == NULL || !running->policy_state.harmony.came_first)
        others_ran_at = (uint32_t)clock_ticks();
    if (running != NULL) {
        look_at_running(running);
        tune(running, were_all_throttled);
    }
    look_at_one_throttled(were_all_throttled);
    policy_want_switch();
}

POLICY(harmony, .information.summary = "in turn, who had too much waits",
       .information.priority = "means nothing below 63",
       .information.looks_back_ms = HARMONY_WINDOW_TICKS + 2 * HARMONY_PERIOD_TICKS, .begin = begin,
       .level_of = level_of, .enqueue = enqueue, .dequeue = dequeue, .give_way = give_way,
       .tick = tick);
