/* The interruption sweep over what is given and taken: units, messages, blocks, flags, turns. */
#include <stddef.h>

#include "kernel/cpu/cpu.h"
#include "sched/sync/barrier.h"
#include "sched/sync/event_flags.h"
#include "sched/sync/memory_pool.h"
#include "sched/sync/message_queue.h"
#include "sched/sync/semaphore.h"
#include "sched/wait_queue.h"
#include "tests/kernel/sweep.h"

/* Two wait for what the subject gives. */
static void let_two_wait(void (*entry)(void *argument))
{
    sweep_cast(entry, NULL, SWEEP_ABOVE);
    sweep_cast(entry, NULL, SWEEP_BELOW);
    sweep_settle();
}

/* --- Semaphores ------------------------------------------------------------------------------- */

static struct semaphore semaphore;

static void wait_for_a_unit(void *unused)
{
    (void)unused;
    semaphore_wait(&semaphore, SWEEP_PATIENCE_MS);
}

static void two_want_units(void)
{
    EXPECT_EQUAL(semaphore_init(&semaphore, 0), 0);
    let_two_wait(wait_for_a_unit);
}

static void post(void)
{
    semaphore_post(&semaphore);
}

static void post_thrice_and_wait(void)
{
    post();
    post();
    post();
    semaphore_wait(&semaphore, SWEEP_PATIENCE_MS);
}

static void wait_behind_others(void)
{
    semaphore_wait(&semaphore, SWEEP_PATIENCE_MS);
}

static void destroy_semaphore(void)
{
    semaphore_destroy(&semaphore);
}

static bool semaphore_is_at_rest(void)
{
    bool waits = !wait_queue_is_empty(&semaphore.waiters);
    return semaphore.waiters.is_destroyed ? !waits : waits == (semaphore.count < 0);
}

SWEEP(units_given_and_taken, .prepare = two_want_units, .operation = post_thrice_and_wait,
      .signal = post, .is_sound = semaphore_is_at_rest, .clean_up = destroy_semaphore)
SWEEP(a_unit_waited_for, .prepare = two_want_units, .operation = wait_behind_others, .signal = post,
      .is_sound = semaphore_is_at_rest, .clean_up = destroy_semaphore)
SWEEP(a_semaphore_destroyed, .prepare = two_want_units, .operation = destroy_semaphore,
      .signal = post, .is_sound = semaphore_is_at_rest, .clean_up = destroy_semaphore)

/* --- Message queues --------------------------------------------------------------------------- */

static struct message_queue queue;
static uint64_t messages[1];

static void send_one(void)
{
    const uint64_t message = 1;
    message_queue_send(&queue, &message, SWEEP_PATIENCE_MS);
}

static void receive_one(void)
{
    uint64_t message = 0;
    if (message_queue_receive(&queue, &message, SWEEP_PATIENCE_MS) == 0)
        EXPECT_EQUAL(message, 1);
}

static void send_from_a_thread(void *unused)
{
    (void)unused;
    send_one();
}

static void receive_in_a_thread(void *unused)
{
    (void)unused;
    receive_one();
}

static void make_queue(void)
{
    EXPECT_EQUAL(message_queue_init(&queue, messages, sizeof(messages[0]), 1), 0);
}

static void two_want_messages(void)
{
    make_queue();
    let_two_wait(receive_in_a_thread);
}

static void two_want_room(void)
{
    make_queue();
    send_one();
    let_two_wait(send_from_a_thread);
}

static void send_thrice_and_receive(void)
{
    send_one();
    send_one();
    send_one();
    receive_one();
}

static void receive_thrice_and_send(void)
{
    receive_one();
    receive_one();
    receive_one();
    send_one();
}

static void send_from_a_handler(void)
{
    const uint64_t message = 1;
    message_queue_send(&queue, &message, 0);
}

static void receive_in_a_handler(void)
{
    uint64_t message;
    message_queue_receive(&queue, &message, 0);
}

static void destroy_queue(void)
{
    message_queue_destroy(&queue);
}

static bool queue_is_at_rest(void)
{
    bool wants_messages = !wait_queue_is_empty(&queue.receivers);
    bool wants_room = !wait_queue_is_empty(&queue.senders);
    if (queue.receivers.is_destroyed)
        return !wants_messages && !wants_room;
    return (!wants_messages || queue.count == 0) && (!wants_room || queue.count == queue.capacity);
}

SWEEP(messages_sent, .prepare = two_want_messages, .operation = send_thrice_and_receive,
      .signal = send_from_a_handler, .is_sound = queue_is_at_rest, .clean_up = destroy_queue)
SWEEP(messages_received, .prepare = two_want_room, .operation = receive_thrice_and_send,
      .signal = receive_in_a_handler, .is_sound = queue_is_at_rest, .clean_up = destroy_queue)
SWEEP(a_message_waited_for, .prepare = two_want_messages, .operation = receive_one,
      .signal = send_from_a_handler, .is_sound = queue_is_at_rest, .clean_up = destroy_queue)
SWEEP(room_waited_for, .prepare = two_want_room, .operation = send_one,
      .signal = receive_in_a_handler, .is_sound = queue_is_at_rest, .clean_up = destroy_queue)
SWEEP(a_queue_of_receivers_destroyed, .prepare = two_want_messages, .operation = destroy_queue,
      .signal = send_from_a_handler, .is_sound = queue_is_at_rest, .clean_up = destroy_queue)
SWEEP(a_queue_of_senders_destroyed, .prepare = two_want_room, .operation = destroy_queue,
      .signal = receive_in_a_handler, .is_sound = queue_is_at_rest, .clean_up = destroy_queue)

/* --- Memory pools ----------------------------------------------------------------------------- */

static struct memory_pool pool;
static char pool_storage[MEMORY_POOL_STORAGE(16, 1)] __attribute__((aligned(16)));
static void *block_of_subject;

static void allocate_in_a_thread(void *unused)
{
    (void)unused;
    void *block;
    if (memory_pool_allocate(&pool, &block, SWEEP_PATIENCE_MS) == 0)
        memory_pool_free(&pool, block);
}

static void two_want_the_block(void)
{
    EXPECT_EQUAL(memory_pool_init(&pool, pool_storage, 16, 1), 0);
    EXPECT_EQUAL(memory_pool_allocate(&pool, &block_of_subject, 0), 0);
    let_two_wait(allocate_in_a_thread);
}

static void free_and_allocate(void)
{
    memory_pool_free(&pool, block_of_subject);
    allocate_in_a_thread(NULL);
}

static void want_a_block_as_well(void)
{
    allocate_in_a_thread(NULL);
}

/* Not what the subject has: it may have given that back. */
static void destroy_pool(void)
{
    memory_pool_destroy(&pool);
}

static bool pool_is_at_rest(void)
{
    bool waits = !wait_queue_is_empty(&pool.waiters);
    return !waits || (!pool.waiters.is_destroyed && memory_pool_available(&pool) == 0);
}

SWEEP(a_block_given_back, .prepare = two_want_the_block, .operation = free_and_allocate,
      .is_sound = pool_is_at_rest, .clean_up = destroy_pool)
SWEEP(a_block_waited_for, .prepare = two_want_the_block, .operation = want_a_block_as_well,
      .is_sound = pool_is_at_rest, .clean_up = destroy_pool)
SWEEP(a_pool_destroyed, .prepare = two_want_the_block, .operation = destroy_pool,
      .is_sound = pool_is_at_rest, .clean_up = destroy_pool)

/* --- Event flags ------------------------------------------------------------------------------ */

static struct event_flags events;

static void wait_for_any(void *unused)
{
    (void)unused;
    event_flags_wait(&events, 3, EVENT_ANY | EVENT_CLEAR, SWEEP_PATIENCE_MS, NULL);
}

static void wait_for_both(void *unused)
{
    (void)unused;
    event_flags_wait(&events, 3, EVENT_ALL, SWEEP_PATIENCE_MS, NULL);
}

static void two_want_flags(void)
{
    event_flags_init(&events);
    sweep_cast(wait_for_both, NULL, SWEEP_ABOVE);
    sweep_cast(wait_for_any, NULL, SWEEP_BELOW);
    sweep_settle();
}

static void set_and_clear(void)
{
    event_flags_set(&events, 4);
    event_flags_clear(&events, 4);
    event_flags_set(&events, 1);
    event_flags_set(&events, 3);
}

static void want_flags_as_well(void)
{
    wait_for_both(NULL);
}

static void set_in_a_handler(void)
{
    event_flags_set(&events, 2);
}

static void destroy_flags(void)
{
    event_flags_destroy(&events);
}

/* Whoever waits wants both: for one of them the first to come would have gone on. */
static bool flags_are_at_rest(void)
{
    bool waits = !wait_queue_is_empty(&events.waiters);
    return !waits || (!events.waiters.is_destroyed && (event_flags_get(&events) & 3) != 3);
}

SWEEP(flags_set, .prepare = two_want_flags, .operation = set_and_clear, .signal = set_in_a_handler,
      .is_sound = flags_are_at_rest, .clean_up = destroy_flags)
SWEEP(flags_waited_for, .prepare = two_want_flags, .operation = want_flags_as_well,
      .signal = set_in_a_handler, .is_sound = flags_are_at_rest, .clean_up = destroy_flags)
SWEEP(flags_destroyed, .prepare = two_want_flags, .operation = destroy_flags,
      .signal = set_in_a_handler, .is_sound = flags_are_at_rest, .clean_up = destroy_flags)

/* --- Barriers --------------------------------------------------------------------------------- */

static struct barrier barrier;

static void come_to_the_barrier(void *unused)
{
    (void)unused;
    barrier_wait(&barrier, SWEEP_PATIENCE_MS);
}

static void two_have_come(void)
{
    EXPECT_EQUAL(barrier_init(&barrier, 3), 0);
    let_two_wait(come_to_the_barrier);
}

static void come_as_the_last(void)
{
    come_to_the_barrier(NULL);
}

static void destroy_barrier(void)
{
    barrier_destroy(&barrier);
}

static bool barrier_is_at_rest(void)
{
    unsigned waiting = barrier.waiters.count;
    return barrier.waiters.is_destroyed ? waiting == 0 : waiting < barrier.threads;
}

SWEEP(a_barrier_that_opens, .prepare = two_have_come, .operation = come_as_the_last,
      .is_sound = barrier_is_at_rest, .clean_up = destroy_barrier)
SWEEP(a_barrier_destroyed, .prepare = two_have_come, .operation = destroy_barrier,
      .is_sound = barrier_is_at_rest, .clean_up = destroy_barrier)

/* --- Wait queues themselves ------------------------------------------------------------------- */

static struct wait_queue waiters;
static bool has_happened;

static void wait_in_the_queue(void *unused)
{
    (void)unused;
    uint64_t saved = interrupts_save();
    if (!has_happened)
        wait_queue_wait(&waiters, SWEEP_PATIENCE_MS);
    interrupts_restore(saved);
}

static void two_wait_in_the_queue(void)
{
    has_happened = false;
    wait_queue_init(&waiters);
    let_two_wait(wait_in_the_queue);
}

static void wake_in_a_handler(void)
{
    wait_queue_wake_one(&waiters, 0);
}

static void wake_one_and_all(void)
{
    uint64_t saved = interrupts_save();
    has_happened = true;
    wait_queue_wake_one(&waiters, 0);
    interrupts_restore(saved);
    wait_queue_wake_all(&waiters, 0);
}

static void wait_as_well(void)
{
    wait_in_the_queue(NULL);
}

static void destroy_wait_queue(void)
{
    wait_queue_destroy(&waiters);
}

static bool wait_queue_is_at_rest(void)
{
    return wait_queue_is_empty(&waiters) || !waiters.is_destroyed;
}

SWEEP(waiters_woken, .prepare = two_wait_in_the_queue, .operation = wake_one_and_all,
      .signal = wake_in_a_handler, .is_sound = wait_queue_is_at_rest,
      .clean_up = destroy_wait_queue)
SWEEP(a_wait, .prepare = two_wait_in_the_queue, .operation = wait_as_well,
      .signal = wake_in_a_handler, .is_sound = wait_queue_is_at_rest,
      .clean_up = destroy_wait_queue)
SWEEP(a_wait_queue_destroyed, .prepare = two_wait_in_the_queue, .operation = destroy_wait_queue,
      .signal = wake_in_a_handler, .is_sound = wait_queue_is_at_rest,
      .clean_up = destroy_wait_queue)
