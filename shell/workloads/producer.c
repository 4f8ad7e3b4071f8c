/* The producer: numbers items and puts them into the bounded buffer. */
#include "kernel/cpu/preempt.h"
#include "shell/workloads/bounded_buffer.h"
#include "shell/workloads/workload.h"

static struct message_queue queue;
static struct item places[BOUNDED_BUFFER_SIZE];

struct message_queue *bounded_buffer(void)
{
    preempt_disable();
    if (queue.buffer == NULL)
        message_queue_init(&queue, places, sizeof(places[0]), BOUNDED_BUFFER_SIZE);
    preempt_enable();
    return &queue;
}

static void producer(struct workload_run *run)
{
    struct message_queue *buffer = bounded_buffer();
    struct item item = {.producer = run->number};
    while (workload_goes_on(run)) {
        if (message_queue_send(buffer, &item, workload_timeout_ms(run)) == 0)
            item.sequence++;
    }
}

WORKLOAD(producer, .summary = "fills the bounded buffer",
         .help =
             "All producers put numbered items into one buffer of 16 places, and wait while it\n"
             "is full: without a consumer ('spawn consumer') they stand still soon ('ps').\n"
             "Try more of the one than of the other, different priorities, and 'stats'.\n",
         .run = producer, .has_cell = true);
