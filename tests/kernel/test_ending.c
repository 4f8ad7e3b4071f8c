/* How threads end: in which order, and what an on_end may do. */
#include <stddef.h>

#include "kernel/cpu/preempt.h"
#include "kernel/cpu/tsc.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"
#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "sched/preemption.h"
#include "sched/sync/mutex.h"
#include "sched/sync/rwlock.h"
#include "sched/sync/semaphore.h"
#include "tests/kernel/attempts.h"
#include "tests/kernel/interrupt_actions.h"
#include "tests/kernel/self_test.h"
#include "tests/kernel/stepping.h"

#define BELOW (THREAD_PRIORITY_DEFAULT - 1)
#define ABOVE (THREAD_PRIORITY_DEFAULT + 1)

static int create(void (*entry)(void *argument), void *argument, void (*on_end)(void *argument))
{
    int tid = thread_create(&(struct thread_attributes){.name = "ending",
                                                        .entry = entry,
                                                        .argument = argument,
                                                        .priority = BELOW,
                                                        .on_end = on_end});
    EXPECT(tid > 0);
    return tid;
}

static void sleep_long(void *unused)
{
    (void)unused;
    thread_sleep_ms(60000);
}

static void end_at_once(void *unused)
{
    (void)unused;
}

/* --- Locks in memory that on_end frees
 * ------------------------------------------------------------ */

/* As a workload has it: what its thread works with goes with the thread. */
struct work {
    struct mutex mutex;
    struct rwlock rwlock;
};

static void hold_own_locks(struct work *work)
{
    EXPECT_EQUAL(mutex_lock(&work->mutex, 0), 0);
    EXPECT_EQUAL(rwlock_lock_write(&work->rwlock, 0), 0);
}

static void hold_own_locks_and_sleep(void *argument)
{
    hold_own_locks(argument);
    thread_sleep_ms(60000);
}

static void hold_own_locks_and_end(void *argument)
{
    hold_own_locks(argument);
}

static void wipe_and_free(void *argument)
{
    memset(argument, 0xFF, sizeof(struct work));
    kfree(argument);
}

static int start_work(void (*entry)(void *argument))
{
    struct work *work = kmalloc(sizeof(*work));
    EXPECT(work != NULL);
    mutex_init(&work->mutex, "own mutex");
    rwlock_init(&work->rwlock, "own rwlock");
    return create(entry, work, wipe_and_free);
}

SELF_TEST(a_killed_thread_may_free_the_locks_that_it_holds)
{
    int tid = start_work(hold_own_locks_and_sleep);
    wait_until(tid, THREAD_SLEEPING);
    stop(tid);
}

SELF_TEST(a_thread_that_ends_may_free_the_locks_that_it_holds)
{
    finish(start_work(hold_own_locks_and_end));
}

static struct mutex mutex;
static int holder_at_end;

static void lock_it(void *unused)
{
    (void)unused;
    EXPECT_EQUAL(mutex_lock(&mutex, 0), 0);
    thread_sleep_ms(60000);
}

static void note_holder(void *unused)
{
    (void)unused;
    holder_at_end = mutex_holder(&mutex);
}

static int take_over(int timeout_ms)
{
    int result = mutex_lock(&mutex, timeout_ms);
    EXPECT_EQUAL(mutex_unlock(&mutex), 0);
    return result;
}

SELF_TEST(locks_are_passed_on_before_on_end_is_called)
{
    struct attempt attempt = {.operation = take_over, .letter = 'n', .timeout_ms = WAIT_FOREVER};
    mutex_init(&mutex, NULL);
    int holder = create(lock_it, NULL, note_holder);
    wait_until(holder, THREAD_SLEEPING);
    int next = start_waiting(&attempt, BELOW);
    EXPECT_EQUAL(thread_kill(holder), 0);
    EXPECT_EQUAL(holder_at_end, next);
    finish(holder);
    finish(next);
    EXPECT_EQUAL(attempt.result, -ERROR_OWNER_DEAD);
}

/* --- Supervisors
 * ---------------------------------------------------------------------------------- */

static int worker;
static int replacements;

static void replace(void *unused);

static void start_worker(void)
{
    worker = create(sleep_long, NULL, replace);
}

/* Lets the ended one go, whose place and memory the next one may get. */
static void replace(void *unused)
{
    (void)unused;
    EXPECT_EQUAL(thread_detach(worker), 0);
    if (replacements-- > 0)
        start_worker();
}

SELF_TEST(an_on_end_may_detach_its_thread_and_start_the_next)
{
    replacements = 20;
    start_worker();
    for (int i = 0; i <= 20; i++) {
        int tid = worker;
        thread_sleep_ms(2);
        EXPECT_STATE(tid, THREAD_SLEEPING);
        EXPECT_EQUAL(thread_kill(tid), 0);
        EXPECT_STATE(tid, -1);
    }
}

static int state_at_end;

static void note_state(void *unused)
{
    (void)unused;
    state_at_end = state_of(worker);
    EXPECT_EQUAL(thread_join(worker, 0, NULL), -ERROR_AGAIN);
    EXPECT_EQUAL(thread_kill(worker), -ERROR_NOT_FOUND);
    EXPECT_EQUAL(thread_resume(worker), -ERROR_NOT_FOUND);
}

SELF_TEST(a_killed_thread_has_not_ended_before_its_on_end)
{
    worker = create(sleep_long, NULL, note_state);
    thread_sleep_ms(2);
    EXPECT_EQUAL(thread_kill(worker), 0);
    EXPECT(state_at_end != THREAD_ENDED);
    finish(worker);
}

/* --- An on_end that kills
 * ------------------------------------------------------------------------- */

static int killer, victim;

static void kill_killer(void *unused)
{
    (void)unused;
    EXPECT_EQUAL(thread_kill(killer), 0);
    order_append('1');
}

static void kill_victim(void *unused)
{
    (void)unused;
    EXPECT_EQUAL(thread_kill(victim), 0);
    order_append('x'); /* it has ended */
}

SELF_TEST(an_on_end_may_kill_the_one_that_kills)
{
    int status = 0;
    victim = create(sleep_long, NULL, kill_killer);
    killer = start_suspended(kill_victim, NULL, BELOW);
    EXPECT_EQUAL(thread_resume(killer), 0);
    EXPECT_EQUAL(thread_join(killer, 5000, &status), 0);
    EXPECT_EQUAL(status, -ERROR_KILLED);
    finish(victim);
    EXPECT_ORDER("1");
    thread_sleep_ms(1); /* preemption is on again: else this panics */
}

static void kill_next(void *unused)
{
    (void)unused;
    EXPECT_EQUAL(thread_kill(victim), 0);
}

SELF_TEST(an_on_end_may_kill_another)
{
    victim = create(sleep_long, NULL, NULL);
    int tid = create(end_at_once, NULL, kill_next);
    finish(tid);
    finish(victim);
}

/* --- Mutexes that are destroyed
 * ------------------------------------------------------------------- */

#if CONFIG_PREEMPT

static void hold_and_destroy(void *unused)
{
    (void)unused;
    EXPECT_EQUAL(mutex_lock(&mutex, 0), 0);
    thread_sleep_ms(5);
    EXPECT_EQUAL(mutex_destroy(&mutex), 0);
    order_append('l');
}

static int lock_what_is_destroyed(int timeout_ms)
{
    return mutex_lock(&mutex, timeout_ms);
}

static void spin_and_append(void *letter)
{
    thread_sleep_ms(2);
    spin_ticks(10);
    append_letter(letter);
}

SELF_TEST(the_waiters_of_a_destroyed_mutex_come_before_the_less_urgent)
{
    struct attempt high = {
        .operation = lock_what_is_destroyed, .letter = 'h', .timeout_ms = WAIT_FOREVER};
    preemption_set(true);
    thread_set_priority(thread_self(), 50);
    mutex_init(&mutex, NULL);
    int low = start(hold_and_destroy, NULL, 10);
    thread_sleep_ms(1);
    int high_tid = start_attempt(&high, 40);
    int middle = start(spin_and_append, LETTER("m"), 20);
    finish(high_tid);
    finish(middle);
    finish(low);
    EXPECT_EQUAL(high.result, -ERROR_DESTROYED);
    EXPECT_ORDER("hml");
}

/* --- Many mutexes
 * --------------------------------------------------------------------------------- */

#define MANY 400

static struct mutex many[MANY];

static int lock_one_of_many(void *mutex_of_many)
{
    int result = mutex_lock(mutex_of_many, WAIT_FOREVER);
    if (result == 0)
        mutex_unlock(mutex_of_many);
    return result;
}

static void want_one_of_many(void *mutex_of_many)
{
    EXPECT_EQUAL(lock_one_of_many(mutex_of_many), 0);
}

static int tids[MANY];

static void hold_contended(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        mutex_init(&many[i], NULL);
        EXPECT_EQUAL(mutex_lock(&many[i], 0), 0);
    }
    for (unsigned i = 0; i < count; i++)
        tids[i] = start(want_one_of_many, &many[i], 32 + i % 20);
    settle();
}

/* Gives back the one in place `index`. Returns how many cycles that took, without a switch. */
static uint64_t give_back(unsigned index)
{
    preempt_disable();
    uint64_t began_at = tsc_read();
    EXPECT_EQUAL(mutex_unlock(&many[index]), 0);
    uint64_t cycles = tsc_read() - began_at;
    preempt_enable();
    finish(tids[index]);
    return cycles;
}

/* In an order that has nothing to do with theirs. Returns the longest that one took. */
static uint64_t give_all_back(unsigned count)
{
    uint64_t longest = 0;
    for (unsigned i = 0; i < count; i++) {
        uint64_t cycles = give_back((i * 7) % count);
        if (cycles > longest)
            longest = cycles;
    }
    return longest;
}

/* Whoever gives a mutex back must not look at all the others that it has, with interrupts off. */
SELF_TEST(giving_back_one_of_many_contended_mutexes_takes_as_long_as_one_of_few)
{
    hold_contended(5);
    uint64_t of_few = give_all_back(5);
    hold_contended(MANY);
    EXPECT_PRIORITY(thread_self(), 51);
    uint64_t of_many = give_all_back(MANY);
    EXPECT_PRIORITY(thread_self(), THREAD_PRIORITY_DEFAULT);
    if (!CONFIG_STRESS)
        EXPECT(of_many < 4 * of_few);
}

/* --- What is told of a thread that is killed within taking a mutex ---------------------------- */

#if !CONFIG_STRESS

static unsigned place;
static struct semaphore agent_semaphore;

static void lock_and_unlock_once(void *unused)
{
    (void)unused;
    EXPECT_EQUAL(mutex_lock(&mutex, 0), 0); /* which the first time goes another way */
    EXPECT_EQUAL(mutex_unlock(&mutex), 0);
    stepping_begin(place);
    EXPECT_EQUAL(mutex_lock(&mutex, 0), 0);
    EXPECT_EQUAL(mutex_unlock(&mutex), 0);
    stepping_end();
}

static bool has_come;

static void call_agent(void)
{
    has_come = true;
    semaphore_post(&agent_semaphore);
}

static void kill_victim_when_called(void *unused)
{
    (void)unused;
    semaphore_wait(&agent_semaphore, WAIT_FOREVER);
    thread_kill(victim);
}

/* Whether the log, from `since` on, says of the victim what ends in `text`. */
static bool log_tells(uint64_t since, const char *text)
{
    struct log_entry entry;
    for (; log_get(since, &entry); since++) {
        size_t length = strlen(entry.message);
        if (length >= strlen(text) && strcmp(entry.message + length - strlen(text), text) == 0)
            return true;
    }
    return false;
}

/* Returns whether the interrupt came before the victim was through. */
static bool kill_at_place(const char *name)
{
    has_come = false;
    mutex_init(&mutex, name);
    EXPECT_EQUAL(semaphore_init(&agent_semaphore, 0), 0);
    uint64_t since = log_end();
    int agent = start(kill_victim_when_called, NULL, 60);
    victim = start(lock_and_unlock_once, NULL, BELOW);
    settle();
    bool holds = mutex_holder(&mutex) == victim;
    bool is_named = log_tells(since, "while it held mutex 'own mutex'");
    bool is_counted = log_tells(since, "that it held: 1");
    bool may_be_counted = log_tells(since, "that it held: at most 1");
    EXPECT_EQUAL(is_named, holds && name != NULL);
    EXPECT(!is_counted || holds);
    EXPECT(!holds || is_named || is_counted || may_be_counted);
    semaphore_post(&agent_semaphore);
    finish(agent);
    finish(victim);
    return has_come;
}

SELF_TEST(what_a_thread_killed_while_it_took_a_mutex_held_is_told_rightly)
{
    static const char *const names[] = {NULL, "own mutex"};
    use_action(call_agent);
    preemption_set(true);
    for (unsigned i = 0; i < 2; i++) {
        place = 0;
        do
            place++;
        while (kill_at_place(names[i]));
        EXPECT(place > 10);
    }
}

#endif

#endif
