/* The bounded buffer between producers and consumers. */
#ifndef AETHEL_SHELL_WORKLOADS_BOUNDED_BUFFER_H
#define AETHEL_SHELL_WORKLOADS_BOUNDED_BUFFER_H

#include <stdint.h>

#include "sched/sync/message_queue.h"

#define BOUNDED_BUFFER_SIZE 16u

struct item {
    uint32_t producer; /* its number, from 1; 0: no item */
    uint32_t sequence; /* among that producer's items, from 0 */
};

/* The buffer, a queue of items. Threads only. */
struct message_queue *bounded_buffer(void);

#endif
