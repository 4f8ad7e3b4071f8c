/* Message queues: copying, order, and passing messages to those who wait. */
#include "sched/sync/message_queue.h"

#include <stddef.h>

#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"
#include "sched/preemption.h"
#include "sched/thread.h"
#include "tests/kernel/self_test.h"

#define CAPACITY 3

static struct message_queue queue;
static uint32_t buffer[CAPACITY];

static void init(void)
{
    EXPECT_EQUAL(message_queue_init(&queue, buffer, sizeof(buffer[0]), CAPACITY), 0);
}

static int send(uint32_t message, int timeout_ms)
{
    return message_queue_send(&queue, &message, timeout_ms);
}

static void expect_received(uint32_t expected)
{
    uint32_t message = 0;
    EXPECT_EQUAL(message_queue_receive(&queue, &message, 0), 0);
    EXPECT_EQUAL(message, expected);
}

struct messenger {
    uint32_t message; /* to be sent, or what was received */
    char letter;
    int result;
};

static void send_one(void *argument)
{
    struct messenger *sender = argument;
    sender->result = send(sender->message, WAIT_FOREVER);
    order_append(sender->letter);
}

static void receive_one(void *argument)
{
    struct messenger *receiver = argument;
    receiver->result = message_queue_receive(&queue, &receiver->message, WAIT_FOREVER);
    order_append(receiver->letter);
}

static int start_messenger(void (*entry)(void *argument), struct messenger *messenger,
                           unsigned priority)
{
    int tid = start(entry, messenger, priority);
    wait_until(tid, THREAD_BLOCKED);
    return tid;
}

SELF_TEST(messages_come_out_in_the_order_they_went_in)
{
    init();
    uint32_t next_in = 0, next_out = 0;
    for (int round = 0; round < 10; round++) { /* the buffer's end is passed several times */
        while (send(next_in, 0) == 0)
            next_in++;
        EXPECT_EQUAL(message_queue_count(&queue), CAPACITY);
        EXPECT_EQUAL(send(next_in, 0), -ERROR_AGAIN);
        expect_received(next_out++);
        expect_received(next_out++);
    }
    EXPECT_EQUAL(message_queue_count(&queue), 1);
    expect_received(next_out);
    uint32_t none;
    EXPECT_EQUAL(message_queue_receive(&queue, &none, 0), -ERROR_AGAIN);
    EXPECT_EQUAL(message_queue_receive(&queue, &none, 2), -ERROR_TIMED_OUT);
}

SELF_TEST(messages_are_copied_whole_whatever_their_size)
{
    static const size_t sizes[] = {1, 3, 8, 17, 255, MESSAGE_SIZE_MAX};
    static char storage[2 * MESSAGE_SIZE_MAX + 1];
    static char sent[MESSAGE_SIZE_MAX], received[MESSAGE_SIZE_MAX + 1];
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        size_t size = sizes[i];
        memset(storage, '#', sizeof(storage));
        memset(received, '#', sizeof(received));
        EXPECT_EQUAL(message_queue_init(&queue, storage, size, 2), 0);
        for (int copy = 0; copy < 2; copy++) {
            memset(sent, 'a' + copy, size);
            EXPECT_EQUAL(message_queue_send(&queue, sent, 0), 0);
        }
        memset(sent, 'X', sizeof(sent));
        EXPECT_EQUAL(storage[2 * size], '#');
        EXPECT_EQUAL(message_queue_receive(&queue, received, 0), 0);
        EXPECT_EQUAL(received[0], 'a');
        EXPECT_EQUAL(received[size - 1], 'a');
        EXPECT_EQUAL(received[size], '#');
        EXPECT_EQUAL(message_queue_receive(&queue, received, 0), 0);
        EXPECT_EQUAL(received[size - 1], 'b');
    }
}

SELF_TEST(a_message_queue_refuses_what_cannot_be)
{
    EXPECT_EQUAL(message_queue_init(&queue, NULL, 4, 1), -ERROR_INVALID);
    EXPECT_EQUAL(message_queue_init(&queue, buffer, 0, 1), -ERROR_INVALID);
    EXPECT_EQUAL(message_queue_init(&queue, buffer, 4, 0), -ERROR_INVALID);
    EXPECT_EQUAL(message_queue_init(&queue, buffer, MESSAGE_SIZE_MAX + 1, 1), -ERROR_INVALID);
}

SELF_TEST(a_message_goes_to_the_waiting_receiver_at_once)
{
    struct messenger receiver = {.letter = 'r', .result = ATTEMPT_PENDING};
    init();
    int tid = start_messenger(receive_one, &receiver, 10);
    EXPECT_EQUAL(send(7, 0), 0);
    EXPECT_EQUAL(message_queue_count(&queue), 0);
    uint32_t none;
    EXPECT_EQUAL(message_queue_receive(&queue, &none, 0), -ERROR_AGAIN);
    EXPECT_EQUAL(send(8, 0), 0);
    expect_received(8);
    EXPECT_ORDER("");
    finish(tid);
    EXPECT_EQUAL(receiver.result, 0);
    EXPECT_EQUAL(receiver.message, 7);
}

SELF_TEST(receivers_get_their_messages_by_priority)
{
    struct messenger receivers[] = {{.letter = 'a'}, {.letter = 'b'}, {.letter = 'c'}};
    const unsigned priorities[] = {20, 25, 20};
    int tids[3];
    init();
    for (int i = 0; i < 3; i++)
        tids[i] = start_messenger(receive_one, &receivers[i], priorities[i]);
    for (uint32_t message = 1; message <= 3; message++)
        EXPECT_EQUAL(send(message, 0), 0);
    for (int i = 0; i < 3; i++)
        finish(tids[i]);
    EXPECT_EQUAL(receivers[1].message, 1);
    EXPECT_EQUAL(receivers[0].message, 2);
    EXPECT_EQUAL(receivers[2].message, 3);
    EXPECT_ORDER("bac");
}

SELF_TEST(waiting_senders_get_room_by_priority_behind_what_is_queued)
{
    struct messenger senders[] = {{10, 'a', 0}, {20, 'b', 0}, {30, 'c', 0}};
    const unsigned priorities[] = {20, 25, 20};
    int tids[3];
    init();
    for (uint32_t message = 1; message <= CAPACITY; message++)
        EXPECT_EQUAL(send(message, 0), 0);
    for (int i = 0; i < 3; i++)
        tids[i] = start_messenger(send_one, &senders[i], priorities[i]);
    for (uint32_t message = 1; message <= CAPACITY; message++) {
        expect_received(message);
        EXPECT_EQUAL(message_queue_count(&queue), CAPACITY);
        EXPECT_EQUAL(send(99, 0), -ERROR_AGAIN); /* the room is given away already */
    }
    expect_received(20);
    expect_received(10);
    expect_received(30);
    for (int i = 0; i < 3; i++)
        finish(tids[i]);
    EXPECT_ORDER("bac");
}

SELF_TEST(a_killed_sender_sends_nothing)
{
    struct messenger senders[] = {{10, 'a', 0}, {20, 'b', 0}};
    int tids[2];
    init();
    for (uint32_t message = 1; message <= CAPACITY; message++)
        EXPECT_EQUAL(send(message, 0), 0);
    for (int i = 0; i < 2; i++)
        tids[i] = start_messenger(send_one, &senders[i], THREAD_PRIORITY_DEFAULT);
    stop(tids[0]);
    for (uint32_t message = 1; message <= CAPACITY; message++)
        expect_received(message);
    expect_received(20);
    finish(tids[1]);
    EXPECT_EQUAL(message_queue_count(&queue), 0);
}

SELF_TEST(a_destroyed_message_queue_takes_and_gives_nothing)
{
    uint32_t message;
    init();
    EXPECT_EQUAL(send(1, 0), 0);
    message_queue_destroy(&queue);
    EXPECT_EQUAL(send(2, 0), -ERROR_DESTROYED);
    EXPECT_EQUAL(send(2, WAIT_FOREVER), -ERROR_DESTROYED);
    EXPECT_EQUAL(message_queue_receive(&queue, &message, 0), -ERROR_DESTROYED);
    init();
    EXPECT_EQUAL(send(3, 0), 0);
    expect_received(3);
}

#if CONFIG_PREEMPT

#define MESSAGES 500
#define SENDERS  3

static uint32_t last_from[SENDERS];
static unsigned received_count;

/* A message says who sent it, and is numbered by its sender. */
static void send_many(void *argument)
{
    uint32_t sender = (uint32_t)(uint64_t)argument;
    for (uint32_t i = 1; i <= MESSAGES; i++)
        EXPECT_EQUAL(send(sender << 16 | i, WAIT_FOREVER), 0);
}

static void receive_all(void *argument)
{
    (void)argument;
    for (int i = 0; i < SENDERS * MESSAGES; i++) {
        uint32_t message = 0;
        EXPECT_EQUAL(message_queue_receive(&queue, &message, WAIT_FOREVER), 0);
        uint32_t *last = &last_from[message >> 16];
        EXPECT_EQUAL(message & 0xFFFF, *last + 1);
        *last = message & 0xFFFF;
        received_count++;
    }
}

SELF_TEST(many_senders_lose_no_message)
{
    int tids[SENDERS + 1];
    init();
    memset(last_from, 0, sizeof(last_from));
    received_count = 0;
    preemption_set(true);
    quantum_set_ms(1);
    for (uint64_t i = 0; i < SENDERS; i++)
        tids[i] = start(send_many, (void *)i, (unsigned)(19 + i));
    tids[SENDERS] = start(receive_all, NULL, 20);
    for (int i = 0; i <= SENDERS; i++)
        finish(tids[i]);
    EXPECT_EQUAL(received_count, SENDERS * MESSAGES);
    EXPECT_EQUAL(message_queue_count(&queue), 0);
}

#endif
