/* uptime, mem and irq: what the machine is doing. */
#include "drivers/clock/rtc.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/tsc.h"
#include "kernel/mm/frames.h"
#include "kernel/mm/heap.h"
#include "sched/clock.h"
#include "sched/scheduler.h"
#include "sched/thread.h"
#include "shell/command.h"
#include "shell/terminal_screen.h"

#define NS_PER_MS 1000000u

static void print_date(struct shell *shell, const char *key, int error, const struct rtc_time *time)
{
    char text[RTC_TEXT_SIZE] = "unknown";
    if (error == 0)
        rtc_format(time, text, sizeof(text));
    terminal_printf(shell->terminal, "%s: %s\n", key, text);
}

static int run_uptime(struct shell *shell, int count, char **words)
{
    (void)count;
    (void)words;
    uint64_t ticks = clock_ticks();
    uint64_t seconds = ticks / TICK_HZ;
    terminal_printf(shell->terminal, "uptime_ms: %lu\n", ticks * 1000 / TICK_HZ);
    terminal_printf(shell->terminal, "uptime: %lu days, %02lu:%02lu:%02lu\n", seconds / 86400,
                    seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    terminal_printf(shell->terminal, "stolen_ms: %lu\n", scheduler_stolen_ns() / NS_PER_MS);
    struct rtc_time now, boot;
    int error = rtc_read(&now);
    print_date(shell, "date_time", error, &now);
    error = rtc_boot_time(&boot);
    print_date(shell, "boot_time", error, &boot);
    return COMMAND_OK;
}

COMMAND(uptime, .usage = "uptime", .summary = "time since the boot",
        .help = "In milliseconds, and as days, hours, minutes and seconds; how much of it the\n"
                "machine did not give ('help stats'); then the time that the machine's clock\n"
                "shows, and the one it showed when the kernel started. The clock knows no time\n"
                "zone. 'unknown': there is none, or its battery is empty.\n",
        .group = COMMAND_GROUP_OBSERVING, .run = run_uptime);

static int run_mem(struct shell *shell, int count, char **words)
{
    (void)count;
    (void)words;
    struct heap_statistics heap;
    heap_get_statistics(&heap);
    size_t total_kib = frames_total() * FRAME_SIZE / 1024;
    size_t free_kib = (frames_available() + thread_spare_memory() / FRAME_SIZE) * FRAME_SIZE / 1024;
    struct terminal *terminal = shell->terminal;
    terminal_printf(terminal, "memory_total_kib: %zu\n", total_kib);
    terminal_printf(terminal, "memory_free_kib: %zu\n", free_kib);
    terminal_printf(terminal, "memory_used_kib: %zu\n", total_kib - free_kib);
    terminal_printf(terminal, "heap_blocks: %zu\n", heap.blocks);
    terminal_printf(terminal, "heap_bytes: %zu\n", heap.bytes);
    terminal_printf(terminal, "heap_pages: %zu\n", heap.pages);
    terminal_printf(terminal, "scrollback_kib: %zu\n", terminal_screen_scrollback_size() / 1024);
    terminal_printf(terminal, "threads: %u\n", thread_count());
    terminal_printf(terminal, "thread_limit: %u\n", thread_limit());
    return COMMAND_OK;
}

COMMAND(mem, .usage = "mem", .summary = "use of memory",
        .help = "Memory is counted in KiB. The heap's blocks and bytes are those in use, its\n"
                "pages (4 KiB each) those it has taken. scrollback_kib is what the lines take\n"
                "that have scrolled off the screen, up to 2000 for each of its consoles.\n"
                "thread_limit is how many threads this machine's memory has room for.\n",
        .group = COMMAND_GROUP_OBSERVING, .run = run_mem);

/* Those that nobody registered for, and that never came, are left out. */
static void print_irq(struct shell *shell, unsigned number, const struct irq_information *irq)
{
    if (irq->name || irq->count || irq->spurious)
        terminal_printf(shell->terminal, "%4u %-12s %12lu %12lu %9lu %9lu\n", number,
                        irq->name ? irq->name : "-", irq->count, irq->spurious,
                        irq->count ? tsc_to_ns(irq->cycles) / irq->count : 0,
                        tsc_to_ns(irq->longest));
}

static int run_irq(struct shell *shell, int count, char **words)
{
    struct irq_information irq;
    (void)count;
    (void)words;
    terminal_printf(shell->terminal, "%4s %-12s %12s %12s %9s %9s\n", "LINE", "NAME", "COUNT",
                    "SPURIOUS", "AVG_NS", "MAX_NS");
    for (unsigned line = 0; irq_get_information(line, &irq); line++)
        print_irq(shell, line, &irq);
    for (unsigned vector = SOFTWARE_VECTOR_FIRST; irq_get_software_information(vector, &irq);
         vector++)
        print_irq(shell, vector, &irq);
    return COMMAND_OK;
}

COMMAND(irq, .usage = "irq", .summary = "interrupts by line",
        .help = "How many interrupts each hardware line has raised. SPURIOUS ones came without\n"
                "a device that wanted them. AVG_NS and MAX_NS are the time in the handler, from\n"
                "entry to EOI. Behind the lines, from 48 on, come the vectors of the software\n"
                "interrupts that programs have registered for, or raised; these are not timed.\n",
        .group = COMMAND_GROUP_OBSERVING, .run = run_irq);
