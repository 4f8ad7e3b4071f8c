/* How long the machine keeps others waiting, and who is to blame. */
#include <stddef.h>

#include "drivers/clock/pit.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/preempt.h"
#include "kernel/cpu/spinlock.h"
#include "kernel/cpu/tsc.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"
#include "sched/clock.h"
#include "sched/preemption.h"
#include "sched/scheduler.h"
#include "sched/sync/mutex.h"
#include "sched/sync/semaphore.h"
#include "sched/thread.h"
#include "tests/kernel/self_test.h"

#define EQUAL         THREAD_PRIORITY_DEFAULT
#define ABOVE         (THREAD_PRIORITY_DEFAULT + 1)
#define NS_PER_MS     1000000u
#define NS_PER_US     1000u
#define SAMPLED_TICKS 16u  /* of so many ticks one is a sample */
#define SWITCH_LIMIT  100u /* the plan's criteria, in microseconds */
#define IRQ_LIMIT     50u

static void spin_us(uint64_t microseconds)
{
    uint64_t began_at = tsc_read();
    while (tsc_to_ns(tsc_read() - began_at) < microseconds * NS_PER_US)
        cpu_relax();
}

/* Returns right behind a tick. */
static void wait_for_tick(void)
{
    spin_ticks(1);
}

static struct scheduler_statistics statistics(void)
{
    struct scheduler_statistics figures;
    scheduler_get_statistics(&figures);
    return figures;
}

static void expect_us(uint64_t seen_ns, uint64_t from_us, uint64_t to_us)
{
    EXPECT(seen_ns >= from_us * NS_PER_US);
    EXPECT(seen_ns <= to_us * NS_PER_US);
}

/* The compiler may have given it a suffix. */
static void expect_culprit(const struct scheduler_delay *delay, const char *name)
{
    if (strncmp(delay->culprit, name, strlen(name)) != 0)
        self_test_expect(false, __FILE__, __LINE__, delay->culprit);
}

/* --- Interrupts off --------------------------------------------------------------------------- */

static __attribute__((noinline)) void keep_interrupts_off(uint64_t microseconds)
{
    uint64_t flags = interrupts_save();
    spin_us(microseconds);
    interrupts_restore(flags);
}

/* The tick waits for what is left of the section when it comes. */
SELF_TEST(a_section_with_interrupts_off_is_found_whatever_tick_it_meets)
{
    for (unsigned tick = 0; tick < SAMPLED_TICKS; tick++) {
        scheduler_reset_statistics();
        spin_ticks(tick);
        wait_for_tick();
        spin_us(700);
        keep_interrupts_off(600);
        struct scheduler_statistics figures = statistics();
        expect_us(figures.interrupts_off.max_ns, 290, 400);
        expect_culprit(&figures.interrupts_off, "keep_interrupts_off");
    }
}

SELF_TEST(a_section_that_swallows_ticks_is_found_whatever_tick_it_meets)
{
    for (unsigned tick = 0; tick < SAMPLED_TICKS; tick++) {
        scheduler_reset_statistics();
        spin_ticks(tick);
        wait_for_tick();
        keep_interrupts_off(3500);
        struct scheduler_statistics figures = statistics();
        expect_us(figures.interrupts_off.max_ns, 2480, 2600);
        expect_culprit(&figures.interrupts_off, "keep_interrupts_off");
    }
}

static struct spinlock spinlock = SPINLOCK("held long");

static __attribute__((noinline)) void hold_spinlock(uint64_t microseconds)
{
    spin_lock(&spinlock);
    spin_us(microseconds);
    spin_unlock(&spinlock);
    cpu_relax();
}

SELF_TEST(a_spinlock_that_is_held_for_long_is_blamed_on_its_holder)
{
    scheduler_reset_statistics();
    wait_for_tick();
    hold_spinlock(3500);
    struct scheduler_statistics figures = statistics();
    expect_us(figures.interrupts_off.max_ns, 2480, 2600);
    expect_culprit(&figures.interrupts_off, "hold_spinlock");
}

SELF_TEST(the_longest_section_is_remembered_until_the_reset)
{
    scheduler_reset_statistics();
    wait_for_tick();
    keep_interrupts_off(5500);
    wait_for_tick();
    keep_interrupts_off(2500);
    spin_ticks(2 * SAMPLED_TICKS);
    expect_us(statistics().interrupts_off.max_ns, 4480, 4600);
    wait_for_tick(); /* the next one would meet one of the sections that follow */
    scheduler_reset_statistics();
    EXPECT_EQUAL(statistics().interrupts_off.max_ns, 0);
    EXPECT_EQUAL(strcmp(statistics().interrupts_off.culprit, "none"), 0);
}

/* A virtual machine in virtual time has the plan's latency, whatever its host does. */
SELF_TEST(the_timers_latency_is_sampled_and_small)
{
    struct scheduler_distribution latencies;
    spin_ticks(3 * SAMPLED_TICKS);
    scheduler_reset_statistics();
    scheduler_get_irq_latencies(&latencies);
    EXPECT_EQUAL(latencies.count, 0);
    spin_ticks(5 * SAMPLED_TICKS);
    scheduler_get_irq_latencies(&latencies);
    EXPECT(latencies.count >= 4 && latencies.count <= 6);
    EXPECT(latencies.min_ns <= latencies.p50_ns && latencies.p50_ns <= latencies.max_ns);
    EXPECT(latencies.max_ns < IRQ_LIMIT * NS_PER_US);
    EXPECT(statistics().irq_latency_max_ns < IRQ_LIMIT * NS_PER_US);
}

/* --- Preemption off --------------------------------------------------------------------------- */

#if CONFIG_PREEMPT

static __attribute__((noinline)) void keep_preemption_off(uint64_t microseconds)
{
    preempt_disable();
    spin_us(microseconds);
    preempt_enable();
}

/* From the first tick in it, whether anybody has to wait or not. */
SELF_TEST(a_section_with_preemption_off_is_found)
{
    preemption_set(true);
    scheduler_reset_statistics();
    wait_for_tick();
    keep_preemption_off(3500);
    struct scheduler_statistics figures = statistics();
    expect_us(figures.preemption_off.max_ns, 2480, 2600);
    expect_culprit(&figures.preemption_off, "keep_preemption_off");
    EXPECT(figures.interrupts_off.max_ns < IRQ_LIMIT * NS_PER_US);
    wait_for_tick();
    keep_preemption_off(2500);
    expect_us(statistics().preemption_off.max_ns, 2480, 2600);
    scheduler_reset_statistics();
    EXPECT_EQUAL(statistics().preemption_off.max_ns, 0);
}

static void do_nothing(void *argument)
{
    (void)argument;
}

static __attribute__((noinline)) void create_while_preemption_is_off(uint64_t microseconds)
{
    preempt_disable();
    int tid = start(do_nothing, NULL, ABOVE);
    spin_us(microseconds);
    preempt_enable();
    finish(tid);
}

/* Without a tick in it: somebody more urgent waits. */
SELF_TEST(a_wakeup_in_a_section_with_preemption_off_is_timed)
{
    preemption_set(true);
    scheduler_reset_statistics();
    wait_for_tick();
    create_while_preemption_is_off(400);
    struct scheduler_statistics figures = statistics();
    expect_us(figures.preemption_off.max_ns, 395, 450);
    expect_culprit(&figures.preemption_off, "create_while_preemption_is_off");
}

SELF_TEST(in_cooperative_mode_nobody_waits_for_preemption)
{
    scheduler_reset_statistics();
    keep_preemption_off(3500);
    create_while_preemption_is_off(100);
    EXPECT_EQUAL(statistics().preemption_off.max_ns, 0);
}

static struct mutex mutex;

static void end_with_mutex(void *argument)
{
    (void)argument;
    mutex_lock(&mutex, WAIT_FOREVER);
    thread_sleep_ms(5);
}

static void lock_mutex(void *argument)
{
    (void)argument;
    EXPECT_EQUAL(mutex_lock(&mutex, WAIT_FOREVER), -ERROR_OWNER_DEAD);
    EXPECT_EQUAL(mutex_unlock(&mutex), 0);
}

static struct semaphore much_later;

static void wait_until_much_later(void *argument)
{
    (void)argument;
    semaphore_wait(&much_later, WAIT_FOREVER);
}

/* It runs when it is woken, long after the delay that a test is about. */
static int start_later_switch(void)
{
    semaphore_init(&much_later, 0);
    return start(wait_until_much_later, NULL, ABOVE);
}

static void expect_no_delay_by(int later)
{
    spin_us(20000);
    semaphore_post(&much_later);
    EXPECT(statistics().preemption_off.max_ns < 2 * NS_PER_MS);
    finish(later);
}

/* The one that ends makes another ready with preemption off, and then gives the CPU away itself. */
SELF_TEST(a_delay_ends_with_the_thread_that_caused_it)
{
    mutex_init(&mutex, NULL);
    preemption_set(true);
    int later = start_later_switch();
    int holder = start(end_with_mutex, NULL, EQUAL);
    thread_yield();
    int waiter = start(lock_mutex, NULL, ABOVE);
    scheduler_reset_statistics();
    finish(holder);
    finish(waiter);
    expect_no_delay_by(later);
    mutex_destroy(&mutex);
}

SELF_TEST(a_delay_ends_with_preemption)
{
    preemption_set(true);
    int later = start_later_switch();
    scheduler_reset_statistics();
    wait_for_tick();
    preempt_disable();
    spin_us(1200);
    preemption_set(false);
    preempt_enable();
    preemption_set(true);
    expect_no_delay_by(later);
}

#endif

/* --- From wakeup to run ------------------------------------------------------------------------
 */

#define WAKEUPS 5

static struct semaphore semaphore;

static void wait_many_times(void *argument)
{
    (void)argument;
    for (int i = 0; i < WAKEUPS; i++)
        semaphore_wait(&semaphore, WAIT_FOREVER);
}

SELF_TEST(the_time_from_wakeup_to_run_is_in_the_histogram)
{
    struct scheduler_distribution delays;
    uint64_t in_buckets = 0;
    semaphore_init(&semaphore, 0);
    int tid = start(wait_many_times, NULL, EQUAL);
    thread_yield();
    EXPECT_EQUAL(scheduler_get_wake_latencies(tid, &delays), 0);
    EXPECT_EQUAL(delays.count, 0); /* being created is no wakeup */
    EXPECT_EQUAL(delays.max_ns, 0);
    for (int i = 1; i < WAKEUPS; i++) {
        semaphore_post(&semaphore);
        spin_us(1000u * (unsigned)i);
        thread_yield();
    }
    EXPECT_EQUAL(scheduler_get_wake_latencies(tid, &delays), 0);
    EXPECT_EQUAL(delays.count, WAKEUPS - 1);
    expect_us(delays.min_ns, 1000, 1020);
    expect_us(delays.max_ns, 4000, 4050);
    expect_us(delays.average_ns, 2500, 2530);
    EXPECT(delays.p50_ns >= delays.min_ns && delays.p50_ns <= delays.p95_ns);
    EXPECT(delays.p95_ns <= delays.p99_ns && delays.p99_ns <= delays.max_ns);
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
        in_buckets += delays.counts[i];
    EXPECT_EQUAL(in_buckets, WAKEUPS - 1);
    semaphore_post(&semaphore);
    finish(tid);
    EXPECT_EQUAL(scheduler_get_wake_latencies(tid, &delays), -ERROR_NOT_FOUND);
}

/* --- The cost of a switch ----------------------------------------------------------------------
 */

static void yield_for_ticks(void *argument)
{
    uint64_t end = clock_ticks() + (uint64_t)argument;
    while (clock_ticks() < end)
        thread_yield();
}

SELF_TEST(the_first_switch_after_each_tick_is_timed)
{
    struct scheduler_distribution costs;
    int tid = start(yield_for_ticks, (void *)30ul, EQUAL);
    wait_for_tick();
    scheduler_reset_statistics();
    yield_for_ticks((void *)20ul);
    scheduler_get_switch_costs(&costs);
    struct scheduler_statistics figures = statistics();
    EXPECT(costs.count >= 19 && costs.count <= 21);
    EXPECT(costs.min_ns > 0 && costs.min_ns <= costs.average_ns);
    EXPECT(costs.average_ns <= costs.max_ns && costs.max_ns < SWITCH_LIMIT * NS_PER_US);
    EXPECT_EQUAL(figures.switch_min_ns, costs.min_ns);
    EXPECT_EQUAL(figures.switch_average_ns, costs.average_ns);
    EXPECT_EQUAL(figures.switch_max_ns, costs.max_ns);
    EXPECT(figures.voluntary_switches > 1000);
    finish(tid);
}

/* --- The time of interrupts --------------------------------------------------------------------
 */

static struct irq_information timer_information(void)
{
    struct irq_information timer;
    EXPECT(irq_get_information(PIT_IRQ_LINE, &timer));
    return timer;
}

static uint64_t cycles_of_all_lines(void)
{
    struct irq_information irq;
    uint64_t cycles = 0;
    for (unsigned line = 0; irq_get_information(line, &irq); line++)
        cycles += irq.cycles;
    return cycles;
}

/* All of it at one instant: interrupts are off. */
struct account {
    uint64_t lines, all; /* cycles of interrupts, counted twice */
    uint64_t timer_count;
    uint64_t tsc;
};

static struct account take_account(void)
{
    uint64_t flags = interrupts_save();
    struct account account = {.lines = cycles_of_all_lines(),
                              .all = interrupts_cycles(),
                              .timer_count = timer_information().count,
                              .tsc = tsc_read()};
    interrupts_restore(flags);
    return account;
}

SELF_TEST(the_time_of_interrupts_is_counted_by_line)
{
    struct account before = take_account();
    spin_ticks(50);
    struct account after = take_account();
    struct irq_information timer = timer_information();
    EXPECT_EQUAL(after.timer_count - before.timer_count, 50);
    EXPECT(after.lines > before.lines);
    EXPECT_EQUAL(after.all - before.all, after.lines - before.lines);
    EXPECT((after.lines - before.lines) * 10 < after.tsc - before.tsc);
    EXPECT(timer.longest > 0 && timer.longest <= timer.cycles);
    EXPECT(timer.longest >= timer.cycles / timer.count);
}

/* The interrupted thread could have run: it waited for the CPU. */
SELF_TEST(an_interrupt_is_booked_as_waiting_of_whom_it_interrupts)
{
    struct thread_information before, after;
    struct account account_before = take_account();
    thread_get_information(thread_self(), &before);
    spin_ticks(50);
    thread_get_information(thread_self(), &after);
    struct account account_after = take_account();
    uint64_t interrupts_ns = tsc_to_ns(account_after.all - account_before.all);
    uint64_t ready_ns = after.ready_time_ns - before.ready_time_ns;
    uint64_t run_ns = after.run_time_ns - before.run_time_ns;
    EXPECT(ready_ns + NS_PER_US >= interrupts_ns && ready_ns <= interrupts_ns + NS_PER_US);
    EXPECT_EQUAL((run_ns + ready_ns) / NS_PER_US,
                 (after.lifetime_ns - before.lifetime_ns) / NS_PER_US);
    EXPECT(after.longest_run_ns == before.longest_run_ns); /* this one has not ended */
}

/* --- Everything adds up ------------------------------------------------------------------------
 */

static uint64_t all_run_times_ns(void)
{
    struct thread_information thread;
    uint64_t sum = 0;
    for (int tid = thread_next(-1); tid >= 0; tid = thread_next(tid))
        if (thread_get_information(tid, &thread) == 0)
            sum += thread.run_time_ns;
    return sum;
}

static void spin_and_sleep(void *argument)
{
    (void)argument;
    for (int i = 0; i < 4; i++) {
        spin_us(3300);
        thread_sleep_ms(5);
        thread_yield();
    }
}

/* Who has ended is counted as long as it has not been joined. */
static void expect_run_times_to_fill_the_time(void)
{
    int tids[4];
    uint64_t flags = interrupts_save();
    scheduler_reset_statistics();
    uint64_t before = all_run_times_ns();
    interrupts_restore(flags);
    for (size_t i = 0; i < sizeof(tids) / sizeof(tids[0]); i++)
        tids[i] = start(spin_and_sleep, NULL, EQUAL - (unsigned)i % 2);
    thread_sleep_ms(20);
    spin_us(10000);
    thread_sleep_ms(100);
    flags = interrupts_save();
    uint64_t sum = all_run_times_ns() - before;
    struct scheduler_statistics figures = statistics();
    interrupts_restore(flags);
    for (size_t i = 0; i < sizeof(tids) / sizeof(tids[0]); i++)
        finish(tids[i]);
    sum += figures.interrupt_ns;
    EXPECT(figures.elapsed_ns > 100 * NS_PER_MS && figures.idle_ns > 50 * NS_PER_MS);
    EXPECT(sum <= figures.elapsed_ns + figures.elapsed_ns / 1000);
    EXPECT(sum >= figures.elapsed_ns - figures.elapsed_ns / 1000);
}

SELF_TEST(run_times_and_interrupts_fill_the_time)
{
    expect_run_times_to_fill_the_time();
    quantum_set_ms(1);
    preemption_set(true);
    expect_run_times_to_fill_the_time();
}
