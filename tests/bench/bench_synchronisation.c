/* What locks, semaphores, messages and interrupts that wake somebody cost. */
#include <stddef.h>
#include <stdint.h>

#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/tsc.h"
#include "sched/preemption.h"
#include "sched/sync/memory_pool.h"
#include "sched/sync/message_queue.h"
#include "sched/sync/mutex.h"
#include "sched/sync/semaphore.h"
#include "sched/thread.h"
#include "tests/bench/measure.h"

#define VECTOR       0x40
#define MESSAGE_SIZE 16u
#define MESSAGES     8u
#define BLOCK_SIZE   128u
#define BLOCKS       4u
#define WAITERS      1000u

static struct semaphore there = SEMAPHORE(0);
static struct semaphore back = SEMAPHORE(0);
static uint64_t message[MESSAGE_SIZE / sizeof(uint64_t)];

/* What reading the clock costs is taken off. */
#define MEASURE(name, action)                   \
    do {                                        \
        LEAST(nothing, __asm__ volatile(""));   \
        LEAST(something, action);               \
        report_cost(name, something - nothing); \
    } while (0)

static void bench_uncontended(void)
{
    static struct mutex mutex = MUTEX("bench");
    static struct semaphore semaphore = SEMAPHORE(0);
    MEASURE("mutex_lock_unlock", {
        mutex_lock(&mutex, WAIT_FOREVER);
        mutex_unlock(&mutex);
    });
    MEASURE("semaphore_post_wait", {
        semaphore_post(&semaphore);
        semaphore_wait(&semaphore, WAIT_FOREVER);
    });
}

static void bench_message(void)
{
    static char buffer[MESSAGE_SIZE * MESSAGES];
    static struct message_queue queue;
    message_queue_init(&queue, buffer, MESSAGE_SIZE, MESSAGES);
    MEASURE("message_send_receive", {
        message_queue_send(&queue, message, WAIT_FOREVER);
        message_queue_receive(&queue, message, WAIT_FOREVER);
    });
}

static void bench_pool(void)
{
    static char storage[MEMORY_POOL_STORAGE(BLOCK_SIZE, BLOCKS)]
        __attribute__((aligned(MEMORY_POOL_ALIGNMENT)));
    static struct memory_pool pool;
    void *block;
    memory_pool_init(&pool, storage, BLOCK_SIZE, BLOCKS);
    MEASURE("memory_pool_allocate_free", {
        memory_pool_allocate(&pool, &block, WAIT_FOREVER);
        memory_pool_free(&pool, block);
    });
}

static void answer(void *argument)
{
    for (uint64_t left = (uint64_t)argument; left > 0; left--) {
        semaphore_wait(&there, WAIT_FOREVER);
        semaphore_post(&back);
    }
}

/* Two threads of equal priority: each round trip is two posts, two waits and two switches. */
void bench_round_trip(const char *name)
{
    int tid = bench_thread(answer, (void *)(ROUNDS + 1ul), THREAD_PRIORITY_DEFAULT);
    MEASURE(name, {
        semaphore_post(&there);
        semaphore_wait(&back, WAIT_FOREVER);
    });
    thread_join(tid, WAIT_FOREVER, NULL);
}

/* Unlocking with 1000 waiters: what the heap of waiters costs. */
static struct mutex wanted = MUTEX("wanted");

static void lock_and_unlock(void *argument)
{
    (void)argument;
    mutex_lock(&wanted, WAIT_FOREVER);
    mutex_unlock(&wanted);
}

static uint64_t unlock_with_many_waiters(void)
{
    static int tids[WAITERS];
    mutex_lock(&wanted, WAIT_FOREVER);
    for (unsigned i = 0; i < WAITERS; i++)
        tids[i] = bench_thread(lock_and_unlock, NULL, i % THREAD_PRIORITY_HIGHEST);
    thread_sleep_ms(1);
    uint64_t before = tsc_read();
    mutex_unlock(&wanted);
    uint64_t cost = tsc_read() - before;
    for (unsigned i = 0; i < WAITERS; i++)
        thread_join(tids[i], WAIT_FOREVER, NULL);
    return cost;
}

/* A tick may fall into the first one. */
static void bench_many_waiters(void)
{
    uint64_t first = unlock_with_many_waiters();
    uint64_t second = unlock_with_many_waiters();
    report_cost("mutex_handover_1000_waiters", first < second ? first : second);
}

static uint64_t raised_at;
static uint64_t longest_way;
static uint64_t shortest_way;

static void post_there(void)
{
    semaphore_post(&there);
}

static void note_arrival(void *argument)
{
    for (uint64_t left = (uint64_t)argument; left > 0; left--) {
        semaphore_wait(&there, WAIT_FOREVER);
        uint64_t way = tsc_read() - raised_at;
        longest_way = way > longest_way ? way : longest_way;
        shortest_way = way < shortest_way ? way : shortest_way;
    }
}

/* From the `int n` of one thread to the next instruction of the more urgent one. */
static void bench_interrupt_wakes(void)
{
    shortest_way = UINT64_MAX;
    irq_register_software(VECTOR, post_there, "bench");
    preemption_set(true);
    int tid = bench_thread(note_arrival, (void *)(uint64_t)ROUNDS, THREAD_PRIORITY_DEFAULT + 1);
    for (unsigned i = 0; i < ROUNDS; i++) {
        raised_at = tsc_read();
        SOFTWARE_INTERRUPT(VECTOR);
    }
    thread_join(tid, WAIT_FOREVER, NULL);
    preemption_set(false);
    report_cost("interrupt_wakes_more_urgent", shortest_way);
    report_cost("interrupt_wakes_more_urgent_max", longest_way);
}

void bench_synchronisation(void)
{
    bench_uncontended();
    bench_message();
    bench_pool();
    bench_round_trip("semaphore_round_trip");
    bench_many_waiters();
    bench_interrupt_wakes();
}
