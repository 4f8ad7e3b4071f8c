/*
 * Message queues. A waiter's wait_data is its message: where a receiver wants it, or where a sender
 * has it.
 *
 * Invariant, with interrupts on: receivers wait only while the queue is empty, and senders only
 * while it is full. A destroyed one is both: that it is destroyed is found where one would wait.
 */
#include "sched/sync/message_queue.h"

#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"
#include "sched/core/core.h"
#include "sched/sync/waiting.h"

int message_queue_init(struct message_queue *queue, void *buffer, size_t message_size,
                       size_t capacity)
{
    if (buffer == NULL || message_size == 0 || message_size > MESSAGE_SIZE_MAX || capacity == 0 ||
        capacity > UINT32_MAX)
        return -ERROR_INVALID;
    *queue = (struct message_queue){
        .buffer = buffer,
        .end = (char *)buffer + message_size * capacity,
        .first = buffer,
        .next = buffer,
        .message_size = (uint32_t)message_size,
        .capacity = (uint32_t)capacity,
        .receivers = WAIT_QUEUE_OF(WAIT_FOR_MESSAGE, NULL),
        .senders = WAIT_QUEUE_OF(WAIT_FOR_MESSAGE_ROOM, NULL),
    };
    return 0;
}

/* --- Interrupts off -------------------------------------------------------------------------- */

static char *place_behind(const struct message_queue *queue, char *place)
{
    place += queue->message_size;
    return place != queue->end ? place : queue->buffer;
}

static void append(struct message_queue *queue, const void *message)
{
    memcpy(queue->next, message, queue->message_size);
    queue->next = place_behind(queue, queue->next);
    queue->count++;
}

static void take_first(struct message_queue *queue, void *message)
{
    memcpy(message, queue->first, queue->message_size);
    queue->first = place_behind(queue, queue->first);
    queue->count--;
}

/* Most messages are two words, as an address and a length: to copy these takes less than to call
 * memcpy(). */
struct two_words {
    uint64_t words[2];
};

static void append_two_words(struct message_queue *queue, const struct two_words *message)
{
    *(struct two_words *)(void *)queue->next = *message;
    queue->next = place_behind(queue, queue->next);
    queue->count++;
}

static void take_two_words(struct message_queue *queue, struct two_words *message)
{
    *message = *(const struct two_words *)(const void *)queue->first;
    queue->first = place_behind(queue, queue->first);
    queue->count--;
}

static int wait_with(struct wait_queue *waiters, void *message, int timeout_ms)
{
    this_cpu()->running->wait_data = message;
    return wait_queue_wait(waiters, timeout_ms);
}

static void hand_to_receiver(struct message_queue *queue, const void *message)
{
    struct thread *receiver = waiting_first(&queue->receivers);
    memcpy(receiver->wait_data, message, queue->message_size);
    waiting_wake(receiver, 0);
}

static void take_from_sender(struct message_queue *queue)
{
    struct thread *sender = waiting_first(&queue->senders);
    append(queue, sender->wait_data);
    waiting_wake(sender, 0);
}

static __attribute__((noinline)) int send_slowly(struct message_queue *queue, const void *message,
                                                 int timeout_ms, uint64_t flags)
{
    int result = 0;
    if (queue->count == queue->capacity)
        result = wait_with(&queue->senders, (void *)message, timeout_ms);
    else if (wait_queue_is_empty(&queue->receivers))
        append(queue, message);
    else
        hand_to_receiver(queue, message);
    critical_exit(flags);
    return result;
}

static __attribute__((noinline)) int receive_slowly(struct message_queue *queue, void *message,
                                                    int timeout_ms, uint64_t flags)
{
    int result = 0;
    if (queue->count == 0) {
        result = wait_with(&queue->receivers, message, timeout_ms);
    } else {
        take_first(queue, message);
        if (!wait_queue_is_empty(&queue->senders))
            take_from_sender(queue);
    }
    critical_exit(flags);
    return result;
}

/* --- Threads and handlers -------------------------------------------------------------------- */

int message_queue_send(struct message_queue *queue, const void *message, int timeout_ms)
{
    uint64_t flags = critical_enter();
    if (queue->message_size != sizeof(struct two_words) || queue->count == queue->capacity ||
        !wait_queue_is_empty(&queue->receivers))
        return send_slowly(queue, message, timeout_ms, flags);
    append_two_words(queue, message);
    critical_exit(flags);
    return 0;
}

int message_queue_receive(struct message_queue *queue, void *message, int timeout_ms)
{
    uint64_t flags = critical_enter();
    if (queue->message_size != sizeof(struct two_words) || queue->count == 0 ||
        !wait_queue_is_empty(&queue->senders))
        return receive_slowly(queue, message, timeout_ms, flags);
    take_two_words(queue, message);
    critical_exit(flags);
    return 0;
}

size_t message_queue_count(const struct message_queue *queue)
{
    return queue->count;
}

/* With preemption off no thread sees a queue that is half-way destroyed. */
void message_queue_destroy(struct message_queue *queue)
{
    preempt_disable();
    wait_queue_destroy(&queue->senders);
    wait_queue_destroy(&queue->receivers);
    uint64_t flags = critical_enter();
    queue->capacity = 0;
    queue->count = 0;
    critical_exit(flags);
    preempt_enable();
}
