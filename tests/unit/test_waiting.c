/* Wait queues and priority inheritance: the order of waking, and who is lent what, against naive
 * models. Threads are control blocks without a stack; the core that would run them is faked. */
#include <string.h>

#include "tests/unit/unit_test.h"

#include "kernel/lib/errors.h"
#include "sched/clock.h"
#include "sched/core/core.h"
#include "sched/state/thread_table.h"
#include "sched/sync/contended.h"
#include "sched/sync/holder.h"
#include "sched/sync/inheritance.h"
#include "sched/sync/mutex.h"
#include "sched/sync/rwlock.h"
#include "sched/sync/waiting.h"
#include "sched/timers/timers.h"

#define THREADS    12
#define MUTEXES    12
#define PRIORITIES 5 /* few, so that there are equals */

static struct thread threads[THREADS];
static struct mutex mutexes[MUTEXES];
static struct thread *holders[MUTEXES];
static struct wait_queue queue;
static struct priority_queue timers;
static struct thread *woken; /* the last one */
static unsigned leaves;

/* --- The core, as far as waiting knows it --- */

void core_make_ready(struct thread *thread)
{
    thread->state = THREAD_READY;
    woken = thread;
}

void core_begin_block(enum thread_state state)
{
    this_cpu()->running->state = (uint8_t)state;
}

void core_end_block(void)
{
}

void core_block(enum thread_state state)
{
    core_begin_block(state);
}

void core_assert_may_block(void)
{
    assert_int_equal(this_cpu()->preempt_count, 0);
}

void core_set_priority(struct thread *thread, unsigned priority)
{
    bool waits = thread->waiting_in != NULL;
    if (waits)
        waiters_remove(thread->waiting_in, thread);
    thread->priority = (uint8_t)priority;
    if (waits)
        waiters_add(thread->waiting_in, thread);
}

uint64_t clock_ticks(void)
{
    return 0;
}

void timers_arm(struct timer *timer, uint64_t deadline)
{
    priority_queue_insert(&timers, &timer->node, deadline);
}

void timers_cancel(struct timer *timer)
{
    if (timer_is_armed(timer))
        priority_queue_remove(&timers, &timer->node);
}

struct thread *mutex_holding_thread(const struct mutex *mutex)
{
    return holders[mutex - mutexes];
}

/* There are none here. */
void rwlock_waiters_changed(struct wait_queue *waiters)
{
    (void)waiters;
    fail();
}

unsigned thread_table_count(void)
{
    return THREADS;
}

static void count_leave(struct wait_queue *left)
{
    assert_ptr_equal(left, &queue);
    leaves++;
}

static int start_idle(void **state)
{
    (void)state;
    memset(threads, 0, sizeof(threads));
    memset(mutexes, 0, sizeof(mutexes));
    memset(holders, 0, sizeof(holders));
    timers = (struct priority_queue){0};
    for (int i = 0; i < MUTEXES; i++) {
        wait_queue_init(&mutexes[i].waiters);
        mutexes[i].record.kind = LOCK_MUTEX;
    }
    wait_queue_init(&queue);
    queue.on_leave = count_leave;
    leaves = 0;
    inheritance_set(true);
    return 0;
}

static void set_base(struct thread *thread, unsigned priority)
{
    thread->base_priority = (uint8_t)priority;
    inheritance_update(thread);
}

static void enter(int index, unsigned priority)
{
    set_base(&threads[index], priority);
    waiting_enter(&queue, &threads[index]);
}

/* --- Wait queues --- */

static void test_the_most_urgent_is_woken_first_and_equals_in_order(void **state)
{
    (void)state;
    const unsigned priorities[] = {1, 3, 2, 3, 1};
    const int order[] = {1, 3, 2, 0, 4};
    for (int i = 0; i < 5; i++)
        enter(i, priorities[i]);
    assert_int_equal(queue.count, 5);
    for (int i = 0; i < 5; i++) {
        assert_true(wait_queue_wake_one(&queue, 10 + i));
        assert_ptr_equal(woken, &threads[order[i]]);
        assert_int_equal(woken->wait_result, 10 + i);
        assert_null(woken->waiting_in);
    }
    assert_false(wait_queue_wake_one(&queue, 0));
    assert_true(wait_queue_is_empty(&queue));
    assert_int_equal(queue.count, 0);
    assert_int_equal(leaves, 0);
}

static void test_a_changed_priority_counts_and_goes_behind_its_new_equals(void **state)
{
    (void)state;
    enter(0, 1);
    enter(1, 3);
    enter(2, 4);
    set_base(&threads[0], 3);
    set_base(&threads[2], 2);
    const int order[] = {1, 0, 2};
    for (int i = 0; i < 3; i++) {
        assert_true(wait_queue_wake_one(&queue, 0));
        assert_ptr_equal(woken, &threads[order[i]]);
    }
}

static void test_who_leaves_is_passed_over_and_told(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        enter(i, 2);
    timers_arm(&threads[1].timer, 5);
    waiting_leave(&threads[1]);
    assert_int_equal(leaves, 1);
    assert_false(timer_is_armed(&threads[1].timer));
    assert_int_equal(wait_queue_wake_all(&queue, 0), 2);
    assert_ptr_equal(woken, &threads[2]);
}

static void test_waiting_is_refused_without_time_and_after_the_end(void **state)
{
    (void)state;
    this_cpu()->running = &threads[0];
    assert_int_equal(wait_queue_wait(&queue, 0), -ERROR_AGAIN);
    assert_true(wait_queue_is_empty(&queue));
    enter(1, 1);
    enter(2, 2);
    wait_queue_destroy(&queue);
    assert_int_equal(threads[1].wait_result, -ERROR_DESTROYED);
    assert_int_equal(threads[2].wait_result, -ERROR_DESTROYED);
    assert_ptr_equal(woken, &threads[1]);
    assert_int_equal(wait_queue_wait(&queue, WAIT_FOREVER), -ERROR_DESTROYED);
    assert_int_equal(wait_queue_wait(&queue, 0), -ERROR_DESTROYED);
}

/* The model: those that wait, in the order in which they came or last changed their priority. */
static int model[THREADS];
static int model_count;

static void model_remove(int at)
{
    model_count--;
    memmove(&model[at], &model[at + 1], (size_t)(model_count - at) * sizeof(model[0]));
}

static int model_position(int index)
{
    int at = 0;
    while (at < model_count && model[at] != index)
        at++;
    return at;
}

static int model_first(void)
{
    int first = 0;
    for (int at = 1; at < model_count; at++)
        if (threads[model[at]].priority > threads[model[first]].priority)
            first = at;
    return first;
}

static void change_waiter(int at, unsigned priority)
{
    int index = model[at];
    bool changes = threads[index].priority != priority;
    set_base(&threads[index], priority);
    if (!changes)
        return;
    model_remove(at);
    model[model_count++] = index;
}

static void test_random_waits_agree_with_a_model(void **state)
{
    (void)state;
    uint64_t seed = 1;
    model_count = 0;
    for (int step = 0; step < 100000; step++) {
        int index = (int)random_below(&seed, THREADS);
        int at = model_position(index);
        if (at == model_count) {
            enter(index, random_below(&seed, PRIORITIES));
            model[model_count++] = index;
            continue;
        }
        switch (random_below(&seed, 4)) {
        case 0:
            waiting_leave(&threads[index]);
            model_remove(at);
            break;
        case 1:
            change_waiter(at, random_below(&seed, PRIORITIES));
            break;
        default:
            at = model_first();
            assert_true(wait_queue_wake_one(&queue, 0));
            assert_ptr_equal(woken, &threads[model[at]]);
            model_remove(at);
        }
        assert_int_equal(queue.count, model_count);
    }
}

/* --- Inheritance --- */

/* What mutex.c does with the holder, and with those who come, leave and get it. */
static void hold(int mutex, struct thread *thread)
{
    holders[mutex] = thread;
    if (!wait_queue_is_empty(&mutexes[mutex].waiters))
        contended_join(&mutexes[mutex], thread);
}

static void wait_for(int mutex, struct thread *thread)
{
    waiting_enter(&mutexes[mutex].waiters, thread);
    contended_find_place(&mutexes[mutex], holders[mutex]);
    thread->wanted_lock = &mutexes[mutex].record;
    inheritance_update(holders[mutex]);
}

static void give_up(int mutex, struct thread *thread)
{
    waiting_remove(thread);
    contended_find_place(&mutexes[mutex], holders[mutex]);
    inheritance_update(holders[mutex]);
}

static void release(int mutex)
{
    struct thread *holder = holders[mutex];
    struct thread *next = waiting_first(&mutexes[mutex].waiters);
    holders[mutex] = NULL;
    if (next != NULL) {
        contended_leave(&mutexes[mutex], holder);
        waiting_remove(next);
        hold(mutex, next);
        inheritance_update(next);
    }
    inheritance_update(holder);
}

static void test_priority_travels_along_a_chain_and_back(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++)
        set_base(&threads[i], (unsigned)i);
    for (int i = 0; i < 7; i++)
        hold(i, &threads[i]);
    for (int i = 1; i < 8; i++) {
        wait_for(i - 1, &threads[i]);
        for (int earlier = 0; earlier <= i; earlier++)
            assert_int_equal(threads[earlier].priority, i);
    }
    give_up(6, &threads[7]);
    for (int i = 0; i < 7; i++)
        assert_int_equal(threads[i].priority, 6);
    release(0);
    assert_int_equal(threads[0].priority, 0);
    assert_int_equal(threads[1].priority, 6);
}

static void test_the_most_urgent_of_several_mutexes_counts(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++)
        set_base(&threads[i], (unsigned)i);
    for (int i = 0; i < 3; i++) {
        hold(i, &threads[0]);
        wait_for(i, &threads[i + 1]);
    }
    release(1);
    assert_int_equal(threads[0].priority, 3);
    release(2);
    assert_int_equal(threads[0].priority, 1);
    set_base(&threads[0], 9);
    assert_int_equal(threads[0].priority, 9);
    set_base(&threads[0], 0);
    assert_int_equal(threads[0].priority, 1);
    release(0);
    assert_int_equal(threads[0].priority, 0);
}

static void test_nothing_is_lent_while_inheritance_is_off(void **state)
{
    (void)state;
    inheritance_set(false);
    set_base(&threads[1], 5);
    hold(0, &threads[0]);
    wait_for(0, &threads[1]);
    assert_int_equal(threads[0].priority, 0);
    inheritance_set(true);
    inheritance_update(&threads[0]);
    assert_int_equal(threads[0].priority, 5);
}

/* The mutex that `thread` waits for, or -1. */
static int wanted_by(const struct thread *thread)
{
    for (int i = 0; i < MUTEXES; i++)
        if (thread->waiting_in == &mutexes[i].waiters)
            return i;
    return -1;
}

/* The most urgent base priority of `thread` and all who wait for it, however indirectly. */
static unsigned highest_base_behind(const struct thread *thread)
{
    unsigned highest = thread->base_priority;
    for (int i = 0; i < THREADS; i++) {
        int wanted = wanted_by(&threads[i]);
        if (wanted < 0 || holders[wanted] != thread)
            continue;
        unsigned behind = highest_base_behind(&threads[i]);
        if (behind > highest)
            highest = behind;
    }
    return highest;
}

static bool would_wait_for_itself(const struct thread *thread, int mutex)
{
    while (mutex >= 0 && holders[mutex] != thread)
        mutex = wanted_by(holders[mutex]);
    return mutex >= 0;
}

static void take_one_step(uint64_t *seed)
{
    struct thread *thread = &threads[random_below(seed, THREADS)];
    int mutex = (int)random_below(seed, MUTEXES);
    int wanted = wanted_by(thread);
    if (random_below(seed, 4) == 0)
        set_base(thread, random_below(seed, PRIORITIES));
    else if (wanted >= 0 && random_below(seed, 3) == 0)
        give_up(wanted, thread);
    else if (wanted < 0 && holders[mutex] == NULL)
        hold(mutex, thread);
    else if (wanted < 0 && holders[mutex] == thread)
        release(mutex);
    else if (wanted < 0 && !would_wait_for_itself(thread, mutex))
        wait_for(mutex, thread);
}

static void test_random_locking_agrees_with_a_model(void **state)
{
    (void)state;
    uint64_t seed = 2;
    unsigned lent = 0;
    for (int step = 0; step < 50000; step++) {
        take_one_step(&seed);
        for (int i = 0; i < THREADS; i++) {
            assert_int_equal(threads[i].priority, highest_base_behind(&threads[i]));
            lent += threads[i].priority > threads[i].base_priority;
        }
    }
    assert_true(lent > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_the_most_urgent_is_woken_first_and_equals_in_order, start_idle),
        cmocka_unit_test_setup(test_a_changed_priority_counts_and_goes_behind_its_new_equals,
                               start_idle),
        cmocka_unit_test_setup(test_who_leaves_is_passed_over_and_told, start_idle),
        cmocka_unit_test_setup(test_waiting_is_refused_without_time_and_after_the_end, start_idle),
        cmocka_unit_test_setup(test_random_waits_agree_with_a_model, start_idle),
        cmocka_unit_test_setup(test_priority_travels_along_a_chain_and_back, start_idle),
        cmocka_unit_test_setup(test_the_most_urgent_of_several_mutexes_counts, start_idle),
        cmocka_unit_test_setup(test_nothing_is_lent_while_inheritance_is_off, start_idle),
        cmocka_unit_test_setup(test_random_locking_agrees_with_a_model, start_idle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
