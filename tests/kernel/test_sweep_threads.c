/* The interruption sweep over what is done to threads. */
#include <stddef.h>

#include "kernel/cpu/cpu.h"
#include "kernel/lib/errors.h"
#include "sched/sync/condition.h"
#include "sched/sync/mutex.h"
#include "sched/sync/semaphore.h"
#include "tests/kernel/soundness.h"
#include "tests/kernel/sweep.h"

static struct mutex mutex;
static struct condition condition;
static struct semaphore semaphore;
static int status;

static bool has(int result)
{
    return result == 0 || result == -ERROR_OWNER_DEAD;
}

static void do_nothing(void *unused)
{
    (void)unused;
}

static void begin(void)
{
    mutex_init(&mutex, "swept");
    condition_init(&condition);
    EXPECT_EQUAL(semaphore_init(&semaphore, 0), 0);
    status = 0;
}

/* --- One that holds what others want, and waits ------------------------------------------------
 */

static void hold_and_wait(void *unused)
{
    (void)unused;
    if (!has(mutex_lock(&mutex, 0)))
        return;
    semaphore_wait(&semaphore, SWEEP_PATIENCE_MS);
    mutex_unlock(&mutex);
}

static void want_what_it_holds(void *unused)
{
    (void)unused;
    if (has(mutex_lock(&mutex, SWEEP_PATIENCE_MS)))
        mutex_unlock(&mutex);
}

static void wait_for_the_condition(void *unused)
{
    (void)unused;
    if (!has(mutex_lock(&mutex, SWEEP_PATIENCE_MS)))
        return;
    condition_wait(&condition, &mutex, SWEEP_PATIENCE_MS);
    mutex_unlock(&mutex);
}

static void signal_condition(void)
{
    condition_signal(&condition);
}

static void one_holds_and_waits(void)
{
    begin();
    sweep_cast(wait_for_the_condition, NULL, SWEEP_ABOVE);
    sweep_cast(hold_and_wait, NULL, SWEEP_BELOW);
    sweep_settle();
    sweep_cast(want_what_it_holds, NULL, SWEEP_ABOVE);
    sweep_cast(want_what_it_holds, NULL, SWEEP_BELOW);
    sweep_settle();
}

static int holder(void)
{
    return sweep_tid(1);
}

static void let_all_go(void)
{
    condition_broadcast(&condition);
    condition_destroy(&condition);
    semaphore_destroy(&semaphore);
}

static bool mutex_is_at_rest(void)
{
    int state = state_of(mutex_holder(&mutex));
    return wait_queue_is_empty(&mutex.waiters) || (state >= 0 && state != THREAD_ENDED);
}

#define SWEEP_OVER_THE_HOLDER(name, operate)                                                      \
    SWEEP(name, .prepare = one_holds_and_waits, .operation = operate, .signal = signal_condition, \
          .is_sound = mutex_is_at_rest, .clean_up = let_all_go)

static void kill_holder(void)
{
    thread_kill(holder());
}

SWEEP_OVER_THE_HOLDER(a_kill, kill_holder)

static void suspend_and_resume_holder(void)
{
    thread_suspend(holder());
    thread_resume(holder());
}

SWEEP_OVER_THE_HOLDER(a_suspension, suspend_and_resume_holder)

static void change_priorities(void)
{
    thread_set_priority(holder(), 25);
    thread_set_priority(sweep_tid(3), 45);
    thread_set_priority(thread_self(), 28);
    thread_set_priority(sweep_tid(3), SWEEP_BELOW);
}

SWEEP_OVER_THE_HOLDER(priorities_changed, change_priorities)

static void ask_about_holder(void)
{
    struct thread_information information;
    char name[THREAD_NAME_SIZE];
    thread_get_information(holder(), &information);
    thread_set_name(holder(), "renamed");
    thread_get_name(holder(), name);
    thread_get_priority(holder());
    thread_get_base_priority(holder());
    thread_waiting_ticks(holder());
    thread_next(holder());
    thread_put_first(holder());
    thread_cpu_cycles();
}

SWEEP_OVER_THE_HOLDER(questions, ask_about_holder)

static void join_holder(void)
{
    thread_join(holder(), SWEEP_PATIENCE_MS, &status);
}

static void end_holder(void)
{
    semaphore_post(&semaphore);
}

SWEEP(a_join, .prepare = one_holds_and_waits, .operation = join_holder, .signal = end_holder,
      .is_sound = mutex_is_at_rest, .clean_up = let_all_go)

static void detach_holder(void)
{
    thread_detach(holder());
}

SWEEP(a_detached_thread, .prepare = one_holds_and_waits, .operation = detach_holder,
      .signal = end_holder, .is_sound = mutex_is_at_rest, .clean_up = let_all_go)

/* --- Ends that others wait for, or know of ------------------------------------------------------
 */

static void join_subject(void *unused)
{
    (void)unused;
    thread_join(sweep_subject(), SWEEP_PATIENCE_MS, &status);
}

static void one_joins_the_subject(void)
{
    begin();
    sweep_cast(join_subject, NULL, SWEEP_ABOVE);
}

static void end(void)
{
    thread_exit(3);
}

static void end_by_a_kill(void)
{
    thread_kill(thread_self());
}

SWEEP(an_end, .prepare = one_joins_the_subject, .operation = end)
SWEEP(a_thread_that_kills_itself, .prepare = one_joins_the_subject, .operation = end_by_a_kill)

static int supervised;

static void start_another(void *unused);

static int start_supervised(void)
{
    return thread_create(&(struct thread_attributes){.name = "supervised",
                                                     .entry = do_nothing,
                                                     .priority = SWEEP_BELOW,
                                                     .suspended = true,
                                                     .on_end = start_another});
}

/* Lets the ended one go, and has the next one take its place: once. */
static void start_another(void *unused)
{
    (void)unused;
    if (supervised == 0)
        return;
    EXPECT_EQUAL(thread_detach(supervised), 0);
    supervised = 0;
    int next = start_supervised();
    EXPECT(next > 0);
    EXPECT_EQUAL(thread_detach(next), 0);
    EXPECT_EQUAL(thread_kill(next), 0);
}

static void supervise(void)
{
    begin();
    supervised = start_supervised();
    EXPECT(supervised > 0);
}

static void kill_supervised(void)
{
    thread_kill(supervised);
}

static void end_supervision(void)
{
    if (supervised != 0)
        thread_kill(supervised);
}

SWEEP(a_supervisors_kill, .prepare = supervise, .operation = kill_supervised,
      .clean_up = end_supervision)

/* --- Beginnings, and the CPU --------------------------------------------------------------------
 */

static void create_detached(void)
{
    int tid = thread_create(&(struct thread_attributes){
        .name = "short", .entry = do_nothing, .priority = SWEEP_BELOW, .detached = true});
    EXPECT(tid > 0);
}

SWEEP(a_creation, .prepare = begin, .operation = create_detached)

static void yield_for_a_while(void *unused)
{
    (void)unused;
    for (int i = 0; i < 3; i++)
        thread_yield();
}

static void two_yield_beside_the_subject(void)
{
    begin();
    sweep_cast(yield_for_a_while, NULL, SWEEP_SUBJECT);
    sweep_cast(yield_for_a_while, NULL, SWEEP_SUBJECT);
}

static void yield_as_well(void)
{
    yield_for_a_while(NULL);
    thread_put_first(sweep_tid(1));
    thread_yield();
}

SWEEP(yields, .prepare = two_yield_beside_the_subject, .operation = yield_as_well)

static void sleep_beside_others(void)
{
    thread_sleep_ms(SWEEP_PATIENCE_MS);
}

static void wake_the_subject(void)
{
    uint64_t flags = interrupts_save();
    end_time_of(sweep_subject());
    interrupts_restore(flags);
}

static void suspend_oneself(void)
{
    thread_suspend(thread_self());
}

SWEEP(a_sleep, .prepare = two_yield_beside_the_subject, .operation = sleep_beside_others,
      .clean_up = wake_the_subject)
static void resume_the_subject(void)
{
    thread_resume(sweep_subject());
}

SWEEP(a_suspension_of_oneself, .prepare = two_yield_beside_the_subject,
      .operation = suspend_oneself, .clean_up = resume_the_subject)
