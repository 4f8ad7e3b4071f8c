/* The list of locks, which lie in memory that may be gone or have become anything else. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernel/locks.c"
#include "tests/unit/unit_test.h"

uint64_t fake_tsc;

static bool has_address_space;
static uint64_t unmapped_from, unmapped_to;

static bool is_readable(uint64_t address)
{
    return has_address_space && (address < unmapped_from || address >= unmapped_to);
}

static int start_empty(void **state)
{
    (void)state;
    memset(slots, 0, sizeof(slots));
    used_slots = 0;
    left_out = 0;
    locks_set_memory_check(is_readable);
    fake_tsc = 1000;
    has_address_space = true;
    unmapped_from = unmapped_to = 0;
    return 0;
}

static struct lock_record named(const char *name)
{
    return (struct lock_record)LOCK_RECORD(LOCK_MUTEX, name);
}

static void use(struct lock_record *record)
{
    locks_list_if_new(record);
    lock_note_taken(record);
    lock_note_released(record);
}

static unsigned times_listed(const struct lock_record *record)
{
    unsigned times = 0;
    for (unsigned index = 0; index < LOCKS_LISTED_MAX; index++)
        times += locks_get(index) == record;
    return times;
}

static unsigned count_listed(void)
{
    unsigned count = 0;
    for (unsigned index = 0; index < LOCKS_LISTED_MAX; index++)
        count += locks_get(index) != NULL;
    return count;
}

static void test_a_lock_is_listed_when_it_is_first_taken(void **state)
{
    (void)state;
    struct lock_record record = named("first");
    assert_int_equal(count_listed(), 0);
    use(&record);
    use(&record);
    assert_int_equal(times_listed(&record), 1);
    assert_int_equal(count_listed(), 1);
}

static void test_a_lock_without_a_name_is_not_listed(void **state)
{
    (void)state;
    struct lock_record record = named(NULL);
    use(&record);
    assert_int_equal(count_listed(), 0);
    assert_int_equal(locks_left_out(), 0);
    assert_int_equal(record.acquisitions, 1);
}

static void test_the_longest_hold_and_wait_are_kept(void **state)
{
    (void)state;
    static const uint64_t times[] = {5, 70, 3};
    struct lock_record record = named("measured");
    for (unsigned i = 0; i < COUNT_OF(times); i++) {
        uint64_t since = fake_tsc;
        fake_tsc += 2 * times[i];
        lock_note_waited(&record, since);
        lock_note_taken(&record);
        fake_tsc += times[i];
        lock_note_released(&record);
    }
    assert_int_equal(record.acquisitions, 3);
    assert_int_equal(record.longest_hold, 70);
    assert_int_equal(record.longest_wait, 140);
}

static void test_a_lock_made_anew_at_its_place_keeps_its_entry(void **state)
{
    (void)state;
    struct lock_record before = named("before"), record = named("old"), after = named("after");
    use(&before);
    use(&record);
    use(&after);
    for (int round = 0; round < 3; round++) {
        record = named("new");
        assert_int_equal(times_listed(&record), 0);
        use(&record);
        assert_ptr_equal(locks_get(1), &record);
        assert_string_equal(locks_get(1)->name, "new");
    }
    assert_int_equal(count_listed(), 3);
}

static void test_what_lies_where_a_lock_was_is_not_listed(void **state)
{
    (void)state;
    struct lock_record records[2] = {named("one"), named("other")};
    use(&records[0]);
    use(&records[1]);
    records[0] = records[1]; /* the copy says that it is another entry */
    assert_int_equal(times_listed(&records[0]), 0);
    assert_int_equal(times_listed(&records[1]), 1);
    memset(&records[1], 0xA5, sizeof(records[1]));
    assert_int_equal(count_listed(), 0);
}

static void test_a_destroyed_lock_is_not_listed(void **state)
{
    (void)state;
    struct lock_record record = named("destroyed");
    use(&record);
    record.magic = 0;
    assert_int_equal(count_listed(), 0);
}

/* A record over the border of two pages, of which one and then the other goes away. */
static void test_memory_that_is_unmapped_is_not_read(void **state)
{
    (void)state;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(pages != MAP_FAILED);
    struct lock_record *record = (void *)(pages + page - 2 * sizeof(void *));
    for (unsigned gone = 0; gone < 2; gone++) {
        *record = named("on two pages");
        use(record);
        assert_int_equal(times_listed(record), 1);
        unmapped_from = (uint64_t)pages + gone * page;
        unmapped_to = unmapped_from + page;
        assert_int_equal(mprotect(pages + gone * page, page, PROT_NONE), 0);
        assert_int_equal(count_listed(), 0);
        unmapped_to = unmapped_from;
        assert_int_equal(mprotect(pages, 2 * page, PROT_READ | PROT_WRITE), 0);
    }
    munmap(pages, 2 * page);
}

static struct lock_record *fill_the_list(void)
{
    struct lock_record *records = calloc(LOCKS_LISTED_MAX, sizeof(*records));
    for (unsigned i = 0; i < LOCKS_LISTED_MAX; i++) {
        records[i] = named("one of many");
        use(&records[i]);
    }
    assert_int_equal(count_listed(), LOCKS_LISTED_MAX);
    return records;
}

static void test_a_list_full_of_living_locks_takes_no_more(void **state)
{
    (void)state;
    struct lock_record *records = fill_the_list();
    struct lock_record late = named("late");
    use(&late);
    use(&late);
    assert_int_equal(times_listed(&late), 0);
    assert_int_equal(locks_left_out(), 1);
    assert_int_equal(count_listed(), LOCKS_LISTED_MAX);
    records[77].magic = 0;
    late = named("late");
    use(&late);
    assert_ptr_equal(locks_get(77), &late);
    assert_int_equal(locks_left_out(), 1);
    free(records);
}

static void test_a_full_list_forgets_the_dead(void **state)
{
    (void)state;
    struct lock_record *records = fill_the_list();
    for (unsigned i = 1; i < LOCKS_LISTED_MAX; i += 2)
        memset(&records[i], 0, sizeof(records[i]));
    struct lock_record young[LOCKS_LISTED_MAX / 2];
    for (unsigned i = 0; i < COUNT_OF(young); i++) {
        young[i] = named("young");
        use(&young[i]);
        assert_int_equal(times_listed(&young[i]), 1);
    }
    for (unsigned i = 0; i < LOCKS_LISTED_MAX; i += 2)
        assert_int_equal(times_listed(&records[i]), 1);
    assert_int_equal(count_listed(), LOCKS_LISTED_MAX);
    assert_int_equal(locks_left_out(), 0);
    free(records);
}

/* The first spinlocks are taken before there are page tables that could be asked. */
static void test_locks_are_listed_before_there_is_an_address_space(void **state)
{
    (void)state;
    struct lock_record records[2] = {named("one"), named("other")};
    has_address_space = false;
    use(&records[0]);
    use(&records[1]);
    assert_int_equal(count_listed(), 0);
    has_address_space = true;
    assert_int_equal(times_listed(&records[0]), 1);
    assert_int_equal(times_listed(&records[1]), 1);
}

/* Locks come and go in all ways; whatever is listed is a lock that lives, and none is listed
 * twice. */
static void test_only_living_locks_are_listed(void **state)
{
    (void)state;
    static struct lock_record records[2 * LOCKS_LISTED_MAX];
    static bool lives[2 * LOCKS_LISTED_MAX];
    uint64_t random = 3;
    for (int step = 0; step < 20000; step++) {
        unsigned i = random_below(&random, COUNT_OF(records));
        lives[i] = random_below(&random, 3) == 0;
        if (lives[i]) {
            records[i] = named("alive");
            use(&records[i]);
        } else {
            memset(&records[i], (int)random_below(&random, 256), sizeof(records[i]));
        }
        if (step % 100 != 0)
            continue;
        bool is_seen[COUNT_OF(records)] = {false};
        for (unsigned index = 0; index < LOCKS_LISTED_MAX; index++) {
            const struct lock_record *listed = locks_get(index);
            if (listed == NULL)
                continue;
            assert_true(lives[listed - records] && !is_seen[listed - records]);
            is_seen[listed - records] = true;
        }
    }
    assert_true(count_listed() > LOCKS_LISTED_MAX / 4);
}

static void test_each_kind_has_a_name(void **state)
{
    (void)state;
    assert_string_equal(lock_kind_name(LOCK_SPINLOCK), "spinlock");
    assert_string_equal(lock_kind_name(LOCK_MUTEX), "mutex");
    assert_string_equal(lock_kind_name(LOCK_RWLOCK), "rwlock");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_lock_is_listed_when_it_is_first_taken, start_empty),
        cmocka_unit_test_setup(test_a_lock_without_a_name_is_not_listed, start_empty),
        cmocka_unit_test_setup(test_the_longest_hold_and_wait_are_kept, start_empty),
        cmocka_unit_test_setup(test_a_lock_made_anew_at_its_place_keeps_its_entry, start_empty),
        cmocka_unit_test_setup(test_what_lies_where_a_lock_was_is_not_listed, start_empty),
        cmocka_unit_test_setup(test_a_destroyed_lock_is_not_listed, start_empty),
        cmocka_unit_test_setup(test_memory_that_is_unmapped_is_not_read, start_empty),
        cmocka_unit_test_setup(test_a_list_full_of_living_locks_takes_no_more, start_empty),
        cmocka_unit_test_setup(test_a_full_list_forgets_the_dead, start_empty),
        cmocka_unit_test_setup(test_locks_are_listed_before_there_is_an_address_space, start_empty),
        cmocka_unit_test_setup(test_only_living_locks_are_listed, start_empty),
        cmocka_unit_test(test_each_kind_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
