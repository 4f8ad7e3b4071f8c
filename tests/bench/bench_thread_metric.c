/*
 * What the Thread-Metric suite counts (Express Logic 2007): how often each of its loops goes round.
 * Here: how many instructions a round takes, that of the loop and its count included.
 */
#include <stddef.h>
#include <stdint.h>

#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/tsc.h"
#include "sched/preemption.h"
#include "sched/sync/memory_pool.h"
#include "sched/sync/message_queue.h"
#include "sched/sync/semaphore.h"
#include "sched/thread.h"
#include "tests/bench/measure.h"

#define THREADS      5u
#define EVENTS       20000u
#define PRIORITY     10u /* of the least urgent thread */
#define VECTOR_POST  0x41
#define VECTOR_RUN   0x42
#define MESSAGE_SIZE 16u
#define MESSAGES     10u
#define BLOCK_SIZE   128u
#define BLOCKS       16u

static volatile uint64_t counts[THREADS];
static int tids[THREADS];

static uint64_t events(void)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < THREADS; i++)
        sum += counts[i];
    return sum;
}

/* The least urgent thread counts for itself how many rounds are to come. */
static void begin(unsigned threads, void (*entry)(void *argument), bool rising, bool suspended)
{
    for (unsigned i = 0; i < THREADS; i++)
        counts[i] = 0;
    for (unsigned i = 0; i < threads; i++) {
        tids[i] = thread_create(&(struct thread_attributes){
            .name = "metric",
            .entry = entry,
            .argument = (void *)(uint64_t)i,
            .priority = PRIORITY + (rising ? i : 0),
            .suspended = suspended && i > 0,
        });
    }
}

/* The first thread ends by itself, the others do if they count, too. */
static void measure(const char *name, unsigned threads, void (*entry)(void *argument), bool rising,
                    bool suspended)
{
    begin(threads, entry, rising, suspended);
    uint64_t before = tsc_read();
    thread_join(tids[0], WAIT_FOREVER, NULL);
    uint64_t cycles = tsc_read() - before;
    report_mean(name, cycles, events());
    for (unsigned i = 1; i < threads; i++) {
        thread_kill(tids[i]);
        thread_join(tids[i], WAIT_FOREVER, NULL);
    }
}

static void give_way(void *argument)
{
    uint64_t self = (uint64_t)argument;
    while (counts[self] < EVENTS) {
        thread_yield();
        counts[self]++;
    }
}

/* Each has the next, more urgent one run, and waits to be run again. */
static void pass_on(void *argument)
{
    uint64_t self = (uint64_t)argument;
    while (self > 0 || counts[self] < EVENTS) {
        if (self < THREADS - 1)
            thread_resume(tids[self + 1]);
        counts[self]++;
        if (self > 0)
            thread_suspend(tids[self]);
    }
}

static struct semaphore semaphore = SEMAPHORE(0);

static void post(void)
{
    semaphore_post(&semaphore);
}

static void interrupt_and_wait(void *argument)
{
    (void)argument;
    while (counts[0] < EVENTS) {
        SOFTWARE_INTERRUPT(VECTOR_POST);
        semaphore_wait(&semaphore, WAIT_FOREVER);
        counts[0]++;
    }
}

static void resume_more_urgent(void)
{
    thread_resume(tids[1]);
}

static void interrupt_for_another(void *argument)
{
    uint64_t self = (uint64_t)argument;
    while (self > 0) {
        counts[self]++;
        thread_suspend(tids[self]);
    }
    for (unsigned i = 0; i < EVENTS; i++)
        SOFTWARE_INTERRUPT(VECTOR_RUN);
}

static void pass_messages(void *argument)
{
    static char buffer[MESSAGE_SIZE * MESSAGES];
    static struct message_queue queue;
    uint64_t message[MESSAGE_SIZE / sizeof(uint64_t)] = {0};
    (void)argument;
    message_queue_init(&queue, buffer, MESSAGE_SIZE, MESSAGES);
    while (counts[0] < EVENTS) {
        message_queue_send(&queue, message, WAIT_FOREVER);
        message_queue_receive(&queue, message, WAIT_FOREVER);
        counts[0]++;
    }
}

static void synchronise(void *argument)
{
    (void)argument;
    while (counts[0] < EVENTS) {
        semaphore_post(&semaphore);
        semaphore_wait(&semaphore, WAIT_FOREVER);
        counts[0]++;
    }
}

static void allocate_and_free(void *argument)
{
    static char storage[MEMORY_POOL_STORAGE(BLOCK_SIZE, BLOCKS)]
        __attribute__((aligned(MEMORY_POOL_ALIGNMENT)));
    static struct memory_pool pool;
    void *block;
    (void)argument;
    memory_pool_init(&pool, storage, BLOCK_SIZE, BLOCKS);
    while (counts[0] < EVENTS) {
        memory_pool_allocate(&pool, &block, WAIT_FOREVER);
        memory_pool_free(&pool, block);
        counts[0]++;
    }
}

void bench_thread_metric(void)
{
    irq_register_software(VECTOR_POST, post, "metric");
    irq_register_software(VECTOR_RUN, resume_more_urgent, "metric");
    preemption_set(true);
    measure("thread_metric_cooperative", THREADS, give_way, false, false);
    measure("thread_metric_preemptive", THREADS, pass_on, true, true);
    measure("thread_metric_interrupt", 1, interrupt_and_wait, false, false);
    measure("thread_metric_interrupt_preemption", 2, interrupt_for_another, true, true);
    measure("thread_metric_message", 1, pass_messages, false, false);
    measure("thread_metric_synchronization", 1, synchronise, false, false);
    measure("thread_metric_memory", 1, allocate_and_free, false, false);
    preemption_set(false);
}
