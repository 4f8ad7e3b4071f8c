/* Samples of threads that a table in this file makes up. */
#include <stdlib.h>
#include <string.h>

#include "kernel/lib/errors.h"
#include "kernel/mm/heap.h"
#include "sched/scheduler.h"
#include "shell/views/thread_sample.h"
#include "tests/unit/unit_test.h"

#define THREADS_MAX 10000u

static struct thread_information threads[THREADS_MAX]; /* by tid; the first one is idle */
static unsigned threads_count;
static uint64_t switches;
static bool has_memory;

static struct thread_sample *sample, *before;

/* --- What the sample asks the kernel for ---------------------------------------------------------
 */

void *kmalloc(size_t size)
{
    return has_memory ? malloc(size) : NULL;
}

unsigned thread_count(void)
{
    return threads_count;
}

int thread_next(int tid)
{
    for (unsigned i = 0; i < threads_count; i++) {
        if (threads[i].tid > tid)
            return threads[i].tid;
    }
    return -ERROR_NOT_FOUND;
}

int thread_get_information(int tid, struct thread_information *information)
{
    for (unsigned i = 0; i < threads_count; i++) {
        if (threads[i].tid == tid) {
            *information = threads[i];
            return 0;
        }
    }
    return -ERROR_NOT_FOUND;
}

uint64_t scheduler_switch_count(void)
{
    return switches;
}

/* --- Helpers ------------------------------------------------------------------------------------
 */

static struct thread_information *add(int tid, const char *name)
{
    struct thread_information *thread = &threads[threads_count++];
    *thread = (struct thread_information){.tid = tid, .state = THREAD_READY, .priority = 31};
    strcpy(thread->name, name);
    return thread;
}

/* Thread number `index` lives on for `cycles` and has the CPU for `run` of them, or waits for it.
 */
static void live(unsigned index, uint64_t cycles, uint64_t run)
{
    threads[index].lifetime_cycles += cycles;
    threads[index].run_cycles += run;
    threads[index].ready_cycles += cycles - run;
}

static void take(void)
{
    struct thread_sample *next = thread_sample_take(sample);
    free(before);
    before = sample;
    sample = next;
    assert_non_null(sample);
}

static int start(void **state)
{
    (void)state;
    threads_count = 0;
    switches = 0;
    has_memory = true;
    sample = before = NULL;
    add(0, "idle")->is_idle = true;
    return 0;
}

static int finish(void **state)
{
    (void)state;
    free(sample);
    free(before);
    return 0;
}

static const struct thread_listing by_run = {ORDER_RUN, false, ""};

/* The tids in the order, the first `wanted` of them. */
static void assert_order(enum thread_order order, bool is_reversed, unsigned wanted,
                         const int *tids)
{
    thread_sample_list(sample, &(struct thread_listing){order, is_reversed, ""});
    for (unsigned i = 0; i < wanted && i < sample->count; i++)
        assert_int_equal(thread_sample_at(sample, i)->tid, tids[i]);
}

/* --- Intervals ----------------------------------------------------------------------------------
 */

static void the_first_interval_began_at_the_boot(void **state)
{
    (void)state;
    add(1, "a");
    live(0, 10000, 4000);
    live(1, 2000, 1500); /* created later */
    switches = 77;
    take();
    assert_int_equal(sample->count, 1);
    assert_int_equal(sample->interval_switches, 77);
    assert_int_equal(thread_share_permille(&sample->idle, FIGURE_RUN), 400);
    assert_int_equal(thread_share_permille(&sample->threads[0], FIGURE_RUN), 150);
    assert_int_equal(thread_share_permille(&sample->threads[0], FIGURE_READY), 50);
}

static void an_interval_is_what_came_since(void **state)
{
    (void)state;
    add(1, "a");
    add(2, "b");
    live(0, 900000, 900000);
    live(1, 900000, 700000);
    live(2, 900000, 100);
    threads[1].voluntary_switches = 5;
    switches = 10;
    take();
    live(0, 100000, 0);
    live(1, 100000, 74960);
    live(2, 100000, 25040);
    threads[1].voluntary_switches = 7;
    threads[2].involuntary_switches = 3;
    switches = 15;
    take();
    assert_int_equal(sample->interval_switches, 5);
    assert_int_equal(thread_share_permille(&sample->idle, FIGURE_RUN), 0);
    assert_int_equal(thread_share_permille(&sample->threads[0], FIGURE_RUN), 750); /* rounded */
    assert_int_equal(thread_share_permille(&sample->threads[1], FIGURE_RUN), 250);
    assert_int_equal(thread_share_permille(&sample->threads[1], FIGURE_READY), 750);
    assert_int_equal(sample->threads[0].interval[FIGURE_VOLUNTARY], 2);
    assert_int_equal(sample->threads[1].interval[FIGURE_INVOLUNTARY], 3);
    assert_int_equal(sample->threads[0].total[FIGURE_RUN], 774960);
}

/* The sample itself takes time: the share of each is that of its own interval. */
static void a_thread_that_is_looked_at_later_has_its_own_interval(void **state)
{
    (void)state;
    add(1, "a");
    live(0, 10000, 0);
    live(1, 10000, 0);
    take();
    live(0, 10000, 0);
    live(1, 20000, 20000);
    take();
    assert_int_equal(thread_share_permille(&sample->threads[0], FIGURE_RUN), 1000);
}

static void threads_come_and_go(void **state)
{
    (void)state;
    add(1, "a");
    add(5, "b");
    add(6, "c");
    for (unsigned i = 0; i < threads_count; i++)
        live(i, 10000, 1000);
    take();
    threads[1] = threads[3]; /* 1 and 5 are gone, 9 is new */
    threads_count = 2;
    add(9, "d");
    for (unsigned i = 0; i < 2; i++)
        live(i, 10000, 2000);
    live(2, 4000, 3000);
    take();
    assert_int_equal(sample->count, 2);
    assert_int_equal(sample->threads[0].tid, 6);
    assert_int_equal(thread_share_permille(&sample->threads[0], FIGURE_RUN), 200);
    assert_int_equal(sample->threads[1].tid, 9);
    assert_int_equal(thread_share_permille(&sample->threads[1], FIGURE_RUN), 300);
}

static void one_that_has_ended_has_no_more_than_its_part(void **state)
{
    (void)state;
    add(1, "a");
    live(0, 10000, 0);
    live(1, 10000, 0);
    take();
    live(0, 10000, 0);
    live(1, 1000, 1000);
    threads[1].state = THREAD_ENDED;
    take();
    assert_int_equal(thread_share_permille(&sample->threads[0], FIGURE_RUN), 100);
    live(0, 10000, 0);
    take();
    assert_int_equal(thread_share_permille(&sample->threads[0], FIGURE_RUN), 0);
}

static void states_are_counted(void **state)
{
    (void)state;
    add(1, "a")->state = THREAD_BLOCKED;
    add(2, "b")->state = THREAD_BLOCKED;
    add(3, "c")->state = THREAD_RUNNING;
    take();
    assert_int_equal(sample->in_state[THREAD_BLOCKED + 1], 2);
    assert_int_equal(sample->in_state[THREAD_RUNNING + 1], 1);
    assert_int_equal(sample->in_state[THREAD_READY + 1], 0);
}

static void shares_of_no_time_at_all_are_none(void **state)
{
    (void)state;
    add(1, "a");
    take();
    assert_int_equal(thread_share_permille(&sample->idle, FIGURE_RUN), 0);
    assert_int_equal(thread_share_permille(&sample->threads[0], FIGURE_RUN), 0);
}

/* Over 200 days at 4 GHz. */
static void shares_of_a_long_time_do_not_overflow(void **state)
{
    (void)state;
    live(0, 1ull << 56, 3ull << 54);
    take();
    assert_int_equal(thread_share_permille(&sample->idle, FIGURE_RUN), 750);
}

static void without_memory_there_is_no_sample(void **state)
{
    (void)state;
    has_memory = false;
    assert_null(thread_sample_take(NULL));
}

/* --- Orders -------------------------------------------------------------------------------------
 */

static void each_order_has_its_direction(void **state)
{
    (void)state;
    struct thread_information *a = add(3, "beta");
    struct thread_information *b = add(7, "alpha");
    struct thread_information *c = add(9, "gamma");
    live(0, 10000, 0);
    live(1, 10000, 3000);
    live(2, 10000, 5000);
    live(3, 9000, 3000);
    a->state = THREAD_BLOCKED;
    b->priority = 63;
    c->voluntary_switches = 8;
    a->voluntary_switches = 9;
    c->involuntary_switches = 1;
    take();
    assert_order(ORDER_TID, false, 3, (int[]){3, 7, 9});
    assert_order(ORDER_TID, true, 3, (int[]){9, 7, 3});
    assert_order(ORDER_NAME, false, 3, (int[]){7, 3, 9});
    assert_order(ORDER_STATE, false, 3, (int[]){7, 9, 3});
    assert_order(ORDER_PRIORITY, false, 3, (int[]){7, 3, 9});
    assert_order(ORDER_RUN, false, 3, (int[]){7, 3, 9}); /* equals by tid */
    assert_order(ORDER_RUN, true, 3, (int[]){9, 3, 7});
    assert_order(ORDER_READY, false, 3, (int[]){3, 9, 7});
    assert_order(ORDER_VOLUNTARY, false, 3, (int[]){3, 9, 7});
    assert_order(ORDER_INVOLUNTARY, false, 3, (int[]){9, 3, 7});
    assert_order(ORDER_TOTAL_RUN, false, 3, (int[]){7, 3, 9});
}

static void only_so_many_are_needed(void **state)
{
    (void)state;
    for (int tid = 1; tid <= 50; tid++)
        add(tid, "x")->run_cycles = (uint64_t)(tid * 37 % 50);
    take();
    assert_order(ORDER_RUN, false, 3, (int[]){27, 4, 31}); /* 27 * 37 % 50 is 49, and so on */
    assert_order(ORDER_RUN, false, 0, NULL);
    thread_sample_list(sample, &by_run);
    assert_int_equal(thread_sample_at(sample, 49)->tid, 50);
}

static void who_has_been_ready_for_a_second_is_starving(void **state)
{
    (void)state;
    add(1, "a")->waiting_ticks = STARVING_TICKS;
    add(2, "b")->waiting_ticks = STARVING_TICKS - 1;
    add(3, "c")->state = THREAD_BLOCKED;
    threads[3].waiting_ticks = STARVING_TICKS;
    take();
    assert_int_equal(sample->in_state[SHOWN_STARVING], 1);
    assert_int_equal(sample->in_state[THREAD_READY + 1], 1);
    assert_int_equal(sample->in_state[THREAD_BLOCKED + 1], 1);
    assert_order(ORDER_STATE, false, 3, (int[]){1, 2, 3});
}

static void only_those_with_the_filter_in_their_names_are_listed(void **state)
{
    static const struct thread_listing hogs = {ORDER_TID, true, "hog"};
    static const struct thread_listing nobody = {ORDER_TID, true, "hogs"};
    static const char *const names[] = {"hog1", "sleeper2", "ahog", "ho", "hog3"};
    (void)state;
    for (int i = 0; i < (int)COUNT_OF(names); i++)
        add(i + 1, names[i]);
    take();
    thread_sample_list(sample, &hogs);
    assert_int_equal(sample->listed, 3);
    assert_int_equal(sample->count, 5);
    assert_int_equal(thread_sample_at(sample, 0)->tid, 5);
    assert_int_equal(thread_sample_at(sample, 1)->tid, 3);
    assert_int_equal(thread_sample_at(sample, 2)->tid, 1);
    thread_sample_list(sample, &nobody);
    assert_int_equal(sample->listed, 0);
}

/* Each place can be asked for, in any order. */
static void places_are_asked_for_in_any_order(void **state)
{
    static const unsigned places[] = {20, 3, 59, 0, 40, 58};
    uint64_t random = 7;
    (void)state;
    for (int tid = 1; tid <= 60; tid++)
        add(tid, "thread")->run_cycles = random_below(&random, 20);
    take();
    for (unsigned i = 0; i < COUNT_OF(places); i++) {
        thread_sample_list(sample, &by_run);
        const struct sampled_thread *thread = thread_sample_at(sample, places[i]);
        for (unsigned j = 0; j <= i; j++)
            thread_sample_at(sample, places[j]);
        assert_ptr_equal(thread_sample_at(sample, places[i]), thread);
        thread_sample_list(sample, &by_run);
        for (unsigned place = 0; place < places[i]; place++)
            thread_sample_at(sample, place);
        assert_ptr_equal(thread_sample_at(sample, places[i]), thread);
    }
}

static void nobody_to_sort(void **state)
{
    (void)state;
    take();
    thread_sample_list(sample, &by_run);
    assert_int_equal(sample->count, 0);
}

static void thousands_are_sorted(void **state)
{
    uint64_t random = 1;
    (void)state;
    for (int tid = 1; tid < (int)THREADS_MAX; tid++)
        add(tid, "x")->involuntary_switches = random_below(&random, 1000);
    /* By hand: looking for each thread in the table would take long. */
    sample = malloc(sizeof(*sample) + THREADS_MAX * (sizeof(sample->threads[0]) + sizeof(void *)));
    memset(sample, 0, sizeof(*sample));
    sample->heap = (struct sampled_thread **)&sample->threads[THREADS_MAX];
    for (; sample->count < THREADS_MAX - 1; sample->count++) {
        struct sampled_thread *thread = &sample->threads[sample->count];
        thread->tid = threads[sample->count + 1].tid;
        thread->interval[FIGURE_INVOLUNTARY] = threads[sample->count + 1].involuntary_switches;
    }
    thread_sample_list(sample, &(struct thread_listing){ORDER_INVOLUNTARY, false, ""});
    for (unsigned i = 1; i < sample->count; i++) {
        const struct sampled_thread *one = thread_sample_at(sample, i - 1);
        const struct sampled_thread *next = thread_sample_at(sample, i);
        uint64_t first = one->interval[FIGURE_INVOLUNTARY];
        uint64_t second = next->interval[FIGURE_INVOLUNTARY];
        assert_true(first > second || (first == second && one->tid < next->tid));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_first_interval_began_at_the_boot, start, finish),
        cmocka_unit_test_setup_teardown(an_interval_is_what_came_since, start, finish),
        cmocka_unit_test_setup_teardown(a_thread_that_is_looked_at_later_has_its_own_interval,
                                        start, finish),
        cmocka_unit_test_setup_teardown(threads_come_and_go, start, finish),
        cmocka_unit_test_setup_teardown(one_that_has_ended_has_no_more_than_its_part, start,
                                        finish),
        cmocka_unit_test_setup_teardown(states_are_counted, start, finish),
        cmocka_unit_test_setup_teardown(shares_of_no_time_at_all_are_none, start, finish),
        cmocka_unit_test_setup_teardown(shares_of_a_long_time_do_not_overflow, start, finish),
        cmocka_unit_test_setup_teardown(without_memory_there_is_no_sample, start, finish),
        cmocka_unit_test_setup_teardown(each_order_has_its_direction, start, finish),
        cmocka_unit_test_setup_teardown(only_so_many_are_needed, start, finish),
        cmocka_unit_test_setup_teardown(who_has_been_ready_for_a_second_is_starving, start, finish),
        cmocka_unit_test_setup_teardown(only_those_with_the_filter_in_their_names_are_listed, start,
                                        finish),
        cmocka_unit_test_setup_teardown(places_are_asked_for_in_any_order, start, finish),
        cmocka_unit_test_setup_teardown(nobody_to_sort, start, finish),
        cmocka_unit_test_setup_teardown(thousands_are_sorted, start, finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
