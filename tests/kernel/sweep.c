/* The interruption sweep: what can happen, and what must hold afterwards. */
#include "tests/kernel/sweep.h"

#include <stddef.h>

#include "kernel/cpu/preempt.h"
#include "kernel/lib/errors.h"
#include "kernel/log.h"
#include "kernel/mm/frames.h"
#include "kernel/mm/heap.h"
#include "sched/preemption.h"
#include "sched/sync/semaphore.h"
#include "tests/kernel/interrupt_actions.h"
#include "tests/kernel/report.h"
#include "tests/kernel/soundness.h"
#include "tests/kernel/stepping.h"

#define CAST_MAX         8
#define AGENT            60u /* more urgent than all others */
#define RAISED           45u
#define LOWERED          5u
#define WHILE_OTHERS_RUN 1u /* the test's own thread is at 0 then: see settle() */
#define PLACES_MAX       20000u

static const struct sweep *sweep;
static int cast[CAST_MAX]; /* the subject is the first */
static unsigned cast_count;

static bool has_come; /* the interrupt */
static int interrupted;

/* --- The cast -------------------------------------------------------------------------------- */

int sweep_cast(void (*entry)(void *argument), void *argument, unsigned priority)
{
    /* Its number is taken before it runs, which may be at once. */
    unsigned index = cast_count++;
    cast[index] = start(entry, argument, priority);
    return cast[index];
}

int sweep_tid(unsigned index)
{
    return cast[index + 1];
}

int sweep_subject(void)
{
    return cast[0];
}

void sweep_settle(void)
{
    thread_set_priority(thread_self(), WHILE_OTHERS_RUN);
    thread_yield();
    thread_set_priority(thread_self(), SWEEP_SUBJECT);
}

static bool is_cast(int tid)
{
    for (unsigned i = 0; i < cast_count; i++) {
        if (cast[i] == tid)
            return true;
    }
    return false;
}

/* --- What happens ---------------------------------------------------------------------------- */

/* A handler may not kill or suspend who it has interrupted: that does a thread that it wakes. */
static struct semaphore agent_semaphore;
static int (*agent_deed)(int tid);
static int agent_object;

static void run_agent(void *argument)
{
    (void)argument;
    for (;;) {
        semaphore_wait(&agent_semaphore, WAIT_FOREVER);
        agent_deed(agent_object);
    }
}

static void have_done(int (*deed)(int tid), int tid)
{
    if (!is_cast(tid))
        return;
    agent_deed = deed;
    agent_object = tid;
    semaphore_post(&agent_semaphore);
}

static int first_of_cast(void)
{
    return cast_count > 1 ? cast[1] : 0;
}

static int last_of_cast(void)
{
    return cast_count > 1 ? cast[cast_count - 1] : 0;
}

static void do_nothing(void)
{
}

static void end_time_of_first(void)
{
    end_time_of(first_of_cast());
}

static void end_time_of_last(void)
{
    end_time_of(last_of_cast());
}

static void end_time_of_all(void)
{
    for (unsigned i = 0; i < cast_count; i++)
        end_time_of(cast[i]);
}

static void signal(void)
{
    if (sweep->signal != NULL)
        sweep->signal();
}

static void end_time_and_signal(void)
{
    end_time_of_all();
    signal();
}

static void kill_interrupted(void)
{
    have_done(thread_kill, interrupted);
}

static void kill_first(void)
{
    have_done(thread_kill, first_of_cast());
}

static void kill_last(void)
{
    have_done(thread_kill, last_of_cast());
}

static void kill_interrupted_after_the_time_of_all(void)
{
    end_time_of_all();
    kill_interrupted();
}

static void suspend_interrupted(void)
{
    have_done(thread_suspend, interrupted);
}

static void suspend_first(void)
{
    have_done(thread_suspend, first_of_cast());
}

static void set_priority(int tid, unsigned priority)
{
    if (is_cast(tid))
        thread_set_priority(tid, priority);
}

static void raise_interrupted(void)
{
    set_priority(interrupted, RAISED);
}

static void lower_interrupted(void)
{
    set_priority(interrupted, LOWERED);
}

static void lower_first(void)
{
    set_priority(first_of_cast(), LOWERED);
}

static void raise_last(void)
{
    set_priority(last_of_cast(), RAISED);
}

static const struct event {
    const char *name;
    void (*happen)(void);
} events[] = {
    {"nothing", do_nothing},
    {"the time of the first is up", end_time_of_first},
    {"the time of the last is up", end_time_of_last},
    {"the time of all is up", end_time_of_all},
    {"a signal", signal},
    {"the time of all is up, and a signal", end_time_and_signal},
    {"who runs is killed", kill_interrupted},
    {"the first is killed", kill_first},
    {"the last is killed", kill_last},
    {"the time of all is up, and who runs is killed", kill_interrupted_after_the_time_of_all},
    {"who runs is suspended", suspend_interrupted},
    {"the first is suspended", suspend_first},
    {"who runs is made more urgent", raise_interrupted},
    {"who runs is made less urgent", lower_interrupted},
    {"the first is made less urgent", lower_first},
    {"the last is made more urgent", raise_last},
};

#define EVENTS (sizeof(events) / sizeof(events[0]))

static const struct event *event;

static void on_interrupt(void)
{
    has_come = true;
    interrupted = thread_self();
    event->happen();
}

/* --- One interruption ------------------------------------------------------------------------ */

static unsigned place;

static void run_subject(void *argument)
{
    (void)argument;
    sweep->prepare();
    stepping_begin(place);
    sweep->operation();
    stepping_end();
}

static void resume_all(void)
{
    for (unsigned i = 0; i < cast_count; i++)
        thread_resume(cast[i]);
}

/* Whether all of the cast have ended, the detached ones, too. Who has not is ended now. */
static bool all_have_ended(void)
{
    bool have_ended = true;
    for (unsigned i = 0; i < cast_count; i++) {
        int state = state_of(cast[i]);
        if (state >= 0 && state != THREAD_ENDED) {
            have_ended = false;
            report("# thread %u of the cast has not ended: state %d\r\n", i, state);
            thread_kill(cast[i]);
        }
        thread_join(cast[i], 0, NULL);
    }
    return have_ended;
}

static size_t memory_in_use(void)
{
    struct heap_statistics statistics;
    heap_get_statistics(&statistics);
    return statistics.bytes;
}

/* Whether all was well. */
static bool interrupt_at(void)
{
    size_t memory = memory_in_use();
    has_come = false;
    cast_count = 0;
    sweep_cast(run_subject, NULL, SWEEP_SUBJECT);
    settle();
    stepping_end();
    resume_all();
    settle();
    bool is_sound = everything_is_sound();
    if (sweep->is_sound != NULL && !sweep->is_sound()) {
        report("# what the operation was done to is not sound\r\n");
        is_sound = false;
    }
    if (sweep->clean_up != NULL)
        sweep->clean_up();
    settle();
    is_sound = all_have_ended() && is_sound;
    if (memory_in_use() != memory) {
        report("# memory in use has changed by %ld bytes\r\n", (long)(memory_in_use() - memory));
        is_sound = false;
    }
    return is_sound;
}

/* Returns how many places there were. */
static unsigned sweep_with(const struct event *what, const char *name)
{
    event = what;
    place = 0;
    do {
        place++;
        if (!interrupt_at()) {
            report("# %s: place %u, where %s\r\n", name, place, what->name);
            EXPECT(false);
            return place;
        }
    } while (has_come && place < PLACES_MAX);
    EXPECT(place < PLACES_MAX);
    return place;
}

void sweep_run(const struct sweep *what, const char *name)
{
    sweep = what;
    use_action(on_interrupt);
    EXPECT_EQUAL(semaphore_init(&agent_semaphore, 0), 0);
    enum log_level console_level = log_console_level();
    log_set_console_level(LOG_ERROR); /* thousands of threads end while they hold something */
    preemption_set(true);
    int agent = start(run_agent, NULL, AGENT);
    unsigned places = 0;
    for (unsigned i = 0; i < EVENTS; i++)
        places += sweep_with(&events[i], name);
    stop(agent);
    log_set_console_level(console_level);
    report("# %s: %u interruptions\r\n", name, places);
}
