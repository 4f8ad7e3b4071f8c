/*
 * The lock contention test: many threads count with one counter that only a mutex protects, and
 * each keeps its own count. In the end the sums have to agree.
 */
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errors.h"
#include "kernel/log.h"
#include "sched/sync/mutex.h"
#include "sched/thread.h"
#include "shell/workloads/workload.h"

#define STEPS           50u /* of work between reading a counter and writing it back */
#define COUNTS_TO_YIELD 8u

static struct mutex lock = MUTEX("lockfight");
static volatile uint64_t counter; /* protected by `lock` */

/* Of those that have ended. Written with preemption off. */
static uint64_t sum;
static unsigned fighters;

/*
 * One thread's count, and how things were before the step that it is in the middle of: a thread
 * may be killed between any two instructions, and then neither counter may have moved.
 */
struct fighter {
    volatile uint64_t count;
    volatile uint64_t count_before;
    volatile uint64_t counter_before;
    volatile bool is_counting; /* clearing it is what makes the step count */
};

static void work(bool yields)
{
    for (unsigned i = 0; i < STEPS; i++)
        cpu_relax();
    if (yields)
        thread_yield();
}

/* With the lock. Without it the counts of others would be lost, at the first work at the latest; at
 * the second the two counters differ. */
static void count_one(struct fighter *fighter, bool yields)
{
    fighter->counter_before = counter;
    fighter->count_before = fighter->count;
    fighter->is_counting = true;
    work(yields);
    counter = fighter->counter_before + 1;
    work(yields);
    fighter->count = fighter->count_before + 1;
    fighter->is_counting = false;
}

static void lockfight(struct workload_run *run)
{
    struct fighter *fighter = run->data;
    while (workload_goes_on(run)) {
        int error = mutex_lock(&lock, workload_timeout_ms(run));
        if (error != 0 && error != -ERROR_OWNER_DEAD) /* undo_half_a_step() has mended that */
            continue;
        count_one(fighter, fighter->count % COUNTS_TO_YIELD == 0);
        mutex_unlock(&lock);
    }
}

/* It runs before the lock of a killed thread goes to the next. */
static void undo_half_a_step(const struct fighter *fighter)
{
    if (fighter->is_counting)
        counter = fighter->counter_before;
}

static void end(struct workload_run *run)
{
    const struct fighter *fighter = run->data;
    undo_half_a_step(fighter);
    sum += fighter->is_counting ? fighter->count_before : fighter->count;
    fighters++;
}

static void report(void)
{
    uint64_t total = counter;
    log_notice("lockfight: threads: %u, total: %lu, sum: %lu, exact: %s", fighters, total, sum,
               total == sum ? "yes" : "no");
    counter = 0;
    sum = 0;
    fighters = 0;
}

WORKLOAD(lockfight, .summary = "counts under a lock that all contend for",
         .help = "All of them count with one counter that only the mutex 'lockfight' protects,\n"
                 "and each keeps its own count. When the last one ends, a notice tells both sums;\n"
                 "they must be equal, also when some were killed in the middle. Try\n"
                 "'preempt on; quantum 1; spawn lockfight 8 for=5', and watch 'locks'.\n",
         .run = lockfight, .data_size = sizeof(struct fighter), .end = end, .report = report);
