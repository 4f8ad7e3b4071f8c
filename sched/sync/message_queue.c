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

static int send(struct message_queue *queue, const void *message, int timeout_ms)
{
    if (queue->count == queue->capacity)
        return wait_with(&queue->senders, (void *)message, timeout_ms);
    if (wait_queue_is_empty(&queue->receivers))
        append(queue, message);
    else
        hand_to_receiver(queue, message);
    return 0;
}

static int receive(struct message_queue *queue, void *message, int timeout_ms)
{
    if (queue->count == 0)
        return wait_with(&queue->receivers, message, timeout_ms);
    take_first(queue, message);
    if (!wait_queue_is_empty(&queue->senders))
        take_from_sender(queue);
    return 0;
}

/* --- Threads and handlers -------------------------------------------------------------------- */

int message_queue_send(struct message_queue *queue, const void *message, int timeout_ms)
{
    uint64_t flags = critical_enter();
    int result = send(queue, message, timeout_ms);
    critical_exit(flags);
    return result;
}

int message_queue_receive(struct message_queue *queue, void *message, int timeout_ms)
{
    uint64_t flags = critical_enter();
    int result = receive(queue, message, timeout_ms);
    critical_exit(flags);
    return result;
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
