/* What switching, ticking and creating cost, as `name: value` lines on COM1. */
#include "tests/bench/bench.h"

#include <stddef.h>
#include <stdint.h>

#include "kernel/cpu/tsc.h"
#include "kernel/panic.h"
#include "sched/thread.h"
#include "tests/bench/measure.h"
#include "tests/kernel/report.h"

int bench_thread(void (*entry)(void *argument), void *argument, unsigned priority)
{
    int tid = thread_create(&(struct thread_attributes){
        .name = "bench", .entry = entry, .argument = argument, .priority = priority});
    if (tid < 0)
        panic("bench: no thread: error %d", tid);
    return tid;
}

void report_cost(const char *name, uint64_t cost)
{
    report("%s: %lu\r\n", name, cost);
}

void report_mean(const char *name, uint64_t sum, uint64_t count)
{
    uint64_t tenths = (10 * sum + count / 2) / count;
    report("%s: %lu.%lu\r\n", name, tenths / 10, tenths % 10);
}

/* --- Boot ------------------------------------------------------------------------------------ */

/* Milliseconds: under icount, a cycle is a nanosecond of virtual time. */
static void print_cycles(const char *name, uint64_t cycles)
{
    report("%s: %lu.%06lu\r\n", name, cycles / 1000000, cycles % 1000000);
}

static void report_boot(const struct boot_info *boot_info, uint64_t prompt)
{
    print_cycles("boot_to_64_bit_entry_ms", boot_info->handover_tsc - boot_info->start_tsc);
    print_cycles("boot_to_prompt_ms", prompt - boot_info->start_tsc);
    report_cost("kernel_entry_to_prompt", prompt - boot_info->handover_tsc);
}

static void run_all(void *argument)
{
    uint64_t prompt = tsc_read(); /* the shells are more urgent: both wait for input by now */
    thread_sleep_ms(400);         /* the TSC is calibrated, the boot's last output is gone */
    report("\r\n");
    report_boot(argument, prompt);
    bench_yields();
    bench_ticks();
    bench_synchronisation();
    bench_thread_metric();
    bench_threads();
    bench_trace();
    bench_policies();
    report_end(true);
}

void bench_start(const struct boot_info *boot_info)
{
    bench_thread(run_all, (void *)boot_info, THREAD_PRIORITY_DEFAULT);
}
