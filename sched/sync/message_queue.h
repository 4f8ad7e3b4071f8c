/*
 * The message queue: messages of one size, copied in and out, first in first out. Receivers that
 * wait are served in the order of their priorities, and so are senders that wait for room.
 */
#ifndef AETHEL_SCHED_SYNC_MESSAGE_QUEUE_H
#define AETHEL_SCHED_SYNC_MESSAGE_QUEUE_H

#include <stddef.h>
#include <stdint.h>

#include "sched/wait_queue.h"

/* Messages are copied with interrupts off. Larger things are sent by their address. */
#define MESSAGE_SIZE_MAX 256u

struct message_queue {
    char *buffer;
    char *end;                   /* of the buffer */
    char *first;                 /* the oldest message */
    char *next;                  /* where the next one goes */
    uint32_t message_size;       /* bytes */
    uint32_t capacity;           /* messages that fit into the buffer; 0: destroyed */
    uint32_t count;              /* messages in it */
    struct wait_queue receivers; /* wait while it is empty */
    struct wait_queue senders;   /* wait while it is full */
};

/*
 * Makes an empty queue of `capacity` messages of `message_size` bytes in `buffer`, which holds
 * capacity * message_size bytes and must live as long as the queue. Returns 0, or -ERROR_INVALID
 * (no buffer, capacity 0, message size 0 or above MESSAGE_SIZE_MAX). Any context.
 */
int message_queue_init(struct message_queue *queue, void *buffer, size_t message_size,
                       size_t capacity);

/*
 * Copies the message at `message` into the queue, behind all others, waiting up to `timeout_ms`
 * for room (0: only tries, WAIT_FOREVER). Returns 0, -ERROR_AGAIN (timeout 0 and full),
 * -ERROR_TIMED_OUT or -ERROR_DESTROYED. Blocks; with timeout 0 any context. Misuse: as
 * wait_queue_wait().
 */
int message_queue_send(struct message_queue *queue, const void *message, int timeout_ms);

/*
 * Copies the oldest message to `message`, waiting up to `timeout_ms` for one (0: only tries,
 * WAIT_FOREVER). Returns and context as message_queue_send().
 */
int message_queue_receive(struct message_queue *queue, void *message, int timeout_ms);

/* Messages that wait to be received. Any context. */
size_t message_queue_count(const struct message_queue *queue);

/* Ends the queue's life before its memory does: all who wait, or use it later, get
 * -ERROR_DESTROYED. Threads only. */
void message_queue_destroy(struct message_queue *queue);

#endif
