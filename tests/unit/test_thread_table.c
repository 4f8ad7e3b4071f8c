/* Tids: in which order they are given out, and what happens when there are no more new ones. */
#include <string.h>

#include "sched/state/thread_table.c"
#include "tests/unit/unit_test.h"

#define THREADS_MAX 16u
#define BUCKETS     4u

static struct thread *buckets_of_test[BUCKETS];
static struct thread idle;
static struct thread threads[THREADS_MAX];

static int start_with_idle(void **state)
{
    (void)state;
    memset(threads, 0, sizeof(threads));
    list_init(&by_tid);
    next_place = &by_tid;
    next_number = 0;
    count = 0;
    thread_table_init(buckets_of_test, BUCKETS);
    thread_table_add(&idle);
    assert_int_equal(idle.tid, 0);
    return 0;
}

static int add(unsigned index)
{
    thread_table_add(&threads[index]);
    assert_ptr_equal(thread_table_find(threads[index].tid), &threads[index]);
    return threads[index].tid;
}

/* As if all tids but `left` had been given out. */
static void leave(unsigned left)
{
    next_number = TIDS - left;
}

static void expect_visit(const int *tids, unsigned expected_count)
{
    unsigned visited = 0;
    for (const struct thread *thread = thread_table_next(-1); thread != NULL;
         thread = thread_table_next(thread->tid)) {
        assert_true(visited < expected_count);
        assert_int_equal(thread->tid, tids[visited++]);
    }
    assert_int_equal(visited, expected_count);
}

#define EXPECT_VISIT(...)                                     \
    do {                                                      \
        const int expected_tids[] = {__VA_ARGS__};            \
        expect_visit(expected_tids, COUNT_OF(expected_tids)); \
    } while (0)

static void test_tids_count_up(void **state)
{
    (void)state;
    assert_int_equal(add(0), 1);
    thread_table_remove(&threads[0]);
    assert_int_equal(add(1), 2);
    EXPECT_VISIT(0, 2);
}

static void test_the_largest_tid_fits_into_the_word_of_a_mutex(void **state)
{
    (void)state;
    leave(1);
    int last = add(0);
    assert_int_equal(last, TIDS - 1);
    assert_true(((uint64_t)last << 1 | 1) < UINT32_MAX - 1); /* which are no holder's */
}

static void test_tids_begin_anew_and_pass_those_over_that_exist(void **state)
{
    (void)state;
    add(0);
    add(1);
    add(2);
    thread_table_remove(&threads[1]);
    leave(2);
    assert_int_equal(add(3), TIDS - 2);
    assert_int_equal(add(4), TIDS - 1);
    assert_int_equal(add(5), 2); /* 0 is the idle thread, 1 and 3 exist */
    assert_int_equal(add(6), 4);
    thread_table_remove(&threads[0]);
    assert_int_equal(add(7), 5);
    EXPECT_VISIT(0, 2, 3, 4, 5, TIDS - 2, TIDS - 1);
    assert_int_equal(thread_table_count(), 7);
}

/* Those of one bucket, of which the first, the last and one in between goes. */
static void test_each_is_found_whoever_else_is_in_its_bucket(void **state)
{
    (void)state;
    for (unsigned i = 0; i < THREADS_MAX; i++)
        add(i);
    static const unsigned gone[] = {3, 15, 7, 11, 0, 14};
    for (unsigned i = 0; i < COUNT_OF(gone); i++) {
        thread_table_remove(&threads[gone[i]]);
        threads[gone[i]].next_of_bucket = &idle; /* which nobody is to follow */
        assert_null(thread_table_find(threads[gone[i]].tid));
        for (unsigned j = 0; j < THREADS_MAX; j++) {
            bool is_gone = false;
            for (unsigned k = 0; k <= i; k++)
                is_gone |= gone[k] == j;
            if (!is_gone)
                assert_ptr_equal(thread_table_find(threads[j].tid), &threads[j]);
        }
    }
}

static void expect_newest(const unsigned *indexes, unsigned expected)
{
    const struct thread *thread = thread_table_newest();
    for (unsigned i = 0; i < expected; i++) {
        assert_ptr_equal(thread, &threads[indexes[i]]);
        assert_int_equal(thread_table_age(thread), i + 1);
        thread = thread_table_before(thread);
    }
    assert_ptr_equal(thread, &idle);
    assert_null(thread_table_before(thread));
}

static void test_the_newest_come_first_whatever_their_tids(void **state)
{
    (void)state;
    assert_ptr_equal(thread_table_newest(), &idle);
    assert_null(thread_table_before(&idle));
    for (unsigned i = 0; i < 3; i++)
        add(i);
    expect_newest((unsigned[]){2, 1, 0}, 3);
    assert_int_equal(thread_table_added(), 4);
    for (unsigned i = 0; i < 3; i++)
        thread_table_remove(&threads[i]);
    leave(2);
    for (unsigned i = 0; i < 2; i++)
        add(i); /* TIDS - 2 and TIDS - 1 */
    expect_newest((unsigned[]){1, 0}, 2);
}

/* All are there, and none twice. */
static void test_a_visit_of_the_newest_ends_when_tids_have_begun_anew(void **state)
{
    (void)state;
    leave(2);
    for (unsigned i = 0; i < 5; i++)
        add(i); /* TIDS - 2, TIDS - 1, 1, 2, 3 */
    const struct thread *thread = thread_table_newest();
    static const int tids[] = {3, 2, 1, 0, TIDS - 1, TIDS - 2};
    for (unsigned i = 0; i < COUNT_OF(tids); i++) {
        assert_int_equal(thread->tid, tids[i]);
        assert_int_equal(thread_table_age(thread), i + 1);
        thread = thread_table_before(thread);
    }
    assert_null(thread);
}

/* Whoever visits them goes on behind one that has ended meanwhile. */
static void test_a_visit_goes_on_behind_one_that_is_gone(void **state)
{
    (void)state;
    leave(2);
    for (unsigned i = 0; i < 5; i++)
        add(i); /* TIDS - 2, TIDS - 1, 1, 2, 3 */
    thread_table_remove(&threads[1]);
    assert_null(thread_table_next(TIDS - 1));
    thread_table_remove(&threads[2]);
    assert_int_equal(thread_table_next(1)->tid, 2);
    thread_table_remove(&threads[4]);
    assert_int_equal(thread_table_next(3)->tid, TIDS - 2);
    assert_int_equal(thread_table_next(2)->tid, TIDS - 2);
    assert_int_equal(add(5), 4);
    assert_int_equal(thread_table_next(2)->tid, 4);
}

/* The one whose place was to be the next one's neighbour goes. */
static void test_the_place_of_the_next_one_is_kept(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5; i++)
        add(i); /* 1 to 5 */
    leave(0);
    thread_table_remove(&threads[1]);
    assert_int_equal(add(1), 2);
    thread_table_remove(&threads[2]);
    thread_table_remove(&threads[3]);
    assert_int_equal(add(3), 3);
    assert_int_equal(add(2), 4);
    assert_int_equal(add(6), 6);
    EXPECT_VISIT(0, 1, 2, 3, 4, 5, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_tids_count_up, start_with_idle),
        cmocka_unit_test_setup(test_the_largest_tid_fits_into_the_word_of_a_mutex, start_with_idle),
        cmocka_unit_test_setup(test_tids_begin_anew_and_pass_those_over_that_exist,
                               start_with_idle),
        cmocka_unit_test_setup(test_the_newest_come_first_whatever_their_tids, start_with_idle),
        cmocka_unit_test_setup(test_a_visit_of_the_newest_ends_when_tids_have_begun_anew,
                               start_with_idle),
        cmocka_unit_test_setup(test_each_is_found_whoever_else_is_in_its_bucket, start_with_idle),
        cmocka_unit_test_setup(test_a_visit_goes_on_behind_one_that_is_gone, start_with_idle),
        cmocka_unit_test_setup(test_the_place_of_the_next_one_is_kept, start_with_idle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
