/*
 * The consumer: takes items out of the bounded buffer, and checks that of each producer's items
 * none is lost, doubled or out of order.
 */
#include "kernel/cpu/preempt.h"
#include "kernel/lib/errors.h"
#include "kernel/log.h"
#include "sched/sync/mutex.h"
#include "shell/workloads/bounded_buffer.h"
#include "shell/workloads/workload.h"

#define PRODUCERS_MAX 256u /* at the same time; the items of more are not all checked */

/* What is expected next of a producer. */
struct expectation {
    uint32_t producer;
    uint32_t sequence;
};

/*
 * Taking an item and checking it must be one step, else two consumers could check two items in the
 * wrong order. A consumer that is killed in between leaves the item here for the next one.
 */
static struct mutex lock = MUTEX("consumers");
static struct item in_hand;
static struct expectation expectations[PRODUCERS_MAX];
static uint64_t received, lost, doubled, unchecked;

static void check_sequence(struct expectation *expected, uint32_t sequence)
{
    if (sequence > expected->sequence)
        lost += sequence - expected->sequence;
    else if (sequence < expected->sequence)
        doubled++;
    if (sequence >= expected->sequence)
        expected->sequence = sequence + 1;
}

/* Preemption off, so that nobody is killed half-way through. */
static void check(const struct item *item)
{
    struct expectation *expected = &expectations[item->producer % PRODUCERS_MAX];
    received++;
    if (item->producer != expected->producer && item->sequence == 0)
        *expected = (struct expectation){.producer = item->producer};
    if (item->producer == expected->producer)
        check_sequence(expected, item->sequence);
    else
        unchecked++;
}

static void check_what_is_in_hand(void)
{
    preempt_disable();
    if (in_hand.producer != 0)
        check(&in_hand);
    in_hand.producer = 0;
    preempt_enable();
}

static void consumer(struct workload_run *run)
{
    struct message_queue *buffer = bounded_buffer();
    while (workload_goes_on(run)) {
        int error = mutex_lock(&lock, workload_timeout_ms(run));
        if (error == -ERROR_OWNER_DEAD)
            check_what_is_in_hand();
        else if (error != 0)
            continue;
        if (message_queue_receive(buffer, &in_hand, workload_timeout_ms(run)) == 0)
            check_what_is_in_hand();
        mutex_unlock(&lock);
    }
}

static void report(void)
{
    check_what_is_in_hand();
    log_notice("consumer: received: %lu, lost: %lu, doubled: %lu, unchecked: %lu", received, lost,
               doubled, unchecked);
    received = lost = doubled = unchecked = 0;
}

WORKLOAD(consumer, .summary = "empties the bounded buffer",
         .help = "Takes what the producers ('spawn producer') put into the buffer, waits while it\n"
                 "is empty, and checks that no item is lost, doubled or out of order. When the\n"
                 "last consumer ends, a notice tells the figures (doubled: or come too late).\n"
                 "Of several consumers one waits for the buffer, the others for it ('locks').\n",
         .run = consumer, .has_cell = true, .report = report);
