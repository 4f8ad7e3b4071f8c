/* kernel/lib/ring, also against a naive model and with two threads at once. */
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "kernel/lib/ring.h"
#include "tests/unit/unit_test.h"

static void starts_empty(void **state)
{
    (void)state;
    uint8_t bytes[8];
    uint8_t byte = 0x5A;
    struct ring ring;

    ring_init(&ring, bytes, sizeof(bytes));
    assert_int_equal(ring_count(&ring), 0);
    assert_int_equal(ring_space(&ring), 8);
    assert_false(ring_get(&ring, &byte));
    assert_false(ring_peek(&ring, &byte));
    assert_int_equal(byte, 0x5A);
}

static void uses_every_byte_and_refuses_more(void **state)
{
    (void)state;
    uint8_t bytes[4];
    uint8_t byte;
    struct ring ring;

    ring_init(&ring, bytes, sizeof(bytes));
    for (uint8_t i = 0; i < 4; i++)
        assert_true(ring_put(&ring, i));
    assert_false(ring_put(&ring, 99));
    assert_int_equal(ring_count(&ring), 4);
    assert_int_equal(ring_space(&ring), 0);
    for (uint8_t i = 0; i < 4; i++) {
        assert_true(ring_peek(&ring, &byte));
        assert_int_equal(byte, i);
        assert_true(ring_get(&ring, &byte));
        assert_int_equal(byte, i);
    }
    assert_false(ring_get(&ring, &byte));
}

/* Round the end of its memory, too. */
static void takes_and_gives_many_at_once(void **state)
{
    (void)state;
    uint8_t bytes[8], taken[8];
    struct ring ring;

    ring_init(&ring, bytes, sizeof(bytes));
    for (uint32_t round = 0; round < 20; round++) {
        assert_int_equal(ring_write(&ring, (const uint8_t *)"abc", 3), 3);
        assert_int_equal(ring_write(&ring, (const uint8_t *)"defghi", 6), 5);
        assert_int_equal(ring_write(&ring, (const uint8_t *)"x", 1), 0);
        assert_int_equal(ring_read(&ring, taken, 5), 5);
        assert_memory_equal(taken, "abcde", 5);
        assert_int_equal(ring_read(&ring, taken, 8), 3);
        assert_memory_equal(taken, "fgh", 3);
        assert_int_equal(ring_read(&ring, taken, 8), 0);
        ring_put(&ring, 0);
        ring_get(&ring, taken);
    }
}

static void clear_forgets_what_was_put(void **state)
{
    (void)state;
    uint8_t bytes[4];
    uint8_t byte;
    struct ring ring;

    ring_init(&ring, bytes, sizeof(bytes));
    ring_put(&ring, 1);
    ring_put(&ring, 2);
    ring_clear(&ring);
    assert_int_equal(ring_count(&ring), 0);
    assert_true(ring_put(&ring, 3));
    assert_true(ring_get(&ring, &byte));
    assert_int_equal(byte, 3);
}

/* The model is a queue in a plain array. The indices begin just below where they wrap. */
static void clear_through_forgets_up_to_the_last_of_a_byte(void **state)
{
    (void)state;
    uint8_t bytes[8], byte;
    struct ring ring;

    ring_init(&ring, bytes, sizeof(bytes));
    for (const char *typed = "a!b!cd"; *typed != '\0'; typed++)
        assert_true(ring_put(&ring, (uint8_t)*typed));
    assert_false(ring_clear_through(&ring, '?'));
    assert_int_equal(ring_count(&ring), 6);
    assert_true(ring_clear_through(&ring, '!'));
    assert_int_equal(ring_count(&ring), 2);
    assert_true(ring_get(&ring, &byte));
    assert_int_equal(byte, 'c');
    assert_false(ring_clear_through(&ring, '!'));
    assert_true(ring_clear_through(&ring, 'd'));
    assert_int_equal(ring_count(&ring), 0);
    assert_false(ring_clear_through(&ring, 'd'));
}

static void agrees_with_a_model(void **state)
{
    (void)state;
    enum { SIZE = 16 };
    uint8_t bytes[SIZE];
    uint8_t model[SIZE];
    unsigned model_count = 0;
    uint64_t random = 3;
    struct ring ring;

    ring_init(&ring, bytes, SIZE);
    ring.put_index = ring.get_index = UINT32_MAX - 1000;
    for (unsigned round = 0; round < 100000; round++) {
        uint8_t byte = (uint8_t)round;
        unsigned choice = random_below(&random, 1000);

        if (choice == 0) {
            ring_clear(&ring);
            model_count = 0;
        } else if (choice < 500) {
            assert_int_equal(ring_put(&ring, byte), model_count < SIZE);
            if (model_count < SIZE)
                model[model_count++] = byte;
        } else if (model_count) {
            assert_true(ring_get(&ring, &byte));
            assert_int_equal(byte, model[0]);
            memmove(model, model + 1, --model_count);
        } else {
            assert_false(ring_get(&ring, &byte));
        }
        assert_int_equal(ring_count(&ring), model_count);
        assert_int_equal(ring_space(&ring), SIZE - model_count);
    }
}

#define TRANSFERRED 1000000u

/* On a busy machine each filling and emptying may take both threads' turns. */
#define LARGE_SIZE 4096u

static void *produce(void *context)
{
    for (uint32_t sent = 0; sent < TRANSFERRED;) {
        if (ring_put(context, (uint8_t)(sent % 251)))
            sent++;
        else
            sched_yield(); /* on a busy machine the other thread may not run beside this one */
    }
    return NULL;
}

static void a_producer_and_a_consumer_need_no_lock(void **state)
{
    (void)state;
    static uint8_t bytes[LARGE_SIZE];
    pthread_t producer;
    struct ring ring;

    ring_init(&ring, bytes, sizeof(bytes));
    assert_int_equal(pthread_create(&producer, NULL, produce, &ring), 0);
    for (uint32_t received = 0; received < TRANSFERRED;) {
        uint8_t byte;
        if (!ring_get(&ring, &byte)) {
            sched_yield();
            continue;
        }
        assert_int_equal(byte, received % 251);
        received++;
    }
    pthread_join(producer, NULL);
    assert_int_equal(ring_count(&ring), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_empty),
        cmocka_unit_test(uses_every_byte_and_refuses_more),
        cmocka_unit_test(takes_and_gives_many_at_once),
        cmocka_unit_test(clear_forgets_what_was_put),
        cmocka_unit_test(clear_through_forgets_up_to_the_last_of_a_byte),
        cmocka_unit_test(agrees_with_a_model),
        cmocka_unit_test(a_producer_and_a_consumer_need_no_lock),
    };
    return cmocka_run_group_tests_name("ring", tests, NULL, NULL);
}
