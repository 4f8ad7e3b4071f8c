/* What whoever boots the machine is told. */
#include <stdbool.h>
#include <stddef.h>

#include "kernel/boot_info.h"
#include "kernel/cpu/tsc.h"
#include "kernel/log.h"
#include "kernel/start/start.h"
#include "sched/clock.h"
#include "sched/preemption.h"

#define BIOS_TICK_NS 54925416ul /* 65536 periods of the 8254's 1.193182 MHz */
#define NS_PER_MS    1000000ul

static void complain_about_option(const char *word, const char *expected)
{
    bool is_unknown = expected == options_keys;
    log_warning(OPTIONS_COMPLAINT, word, is_unknown ? "one of:" : expected);
    if (is_unknown)
        log_warning("%s", options_keys);
}

static void report_options(void)
{
    struct kernel_options again;
    const char *command_line = boot_info_get()->command_line;
    if (command_line[0] == '\0')
        return;
    if (options_are_text(command_line))
        log_info("command line: %s", command_line);
    options_parse(&again, command_line, complain_about_option);
}

static void report_boot_drive(void)
{
    const struct boot_info *boot_info = boot_info_get();
    log_info("boot: from drive %02Xh, read by %s", boot_info->boot_drive,
             boot_info->uses_edd ? "sector number" : "cylinder, head and sector");
}

void start_report_boot(void)
{
    report_boot_drive();
    report_options();
}

/* By the BIOS's clock where the rate of the TSC is not known. */
void start_report_load_time(void)
{
    const struct boot_info *boot_info = boot_info_get();
    uint64_t ns = tsc_to_ns(boot_info->handover_tsc - boot_info->start_tsc);
    if (ns == 0)
        ns = boot_info->load_ticks * BIOS_TICK_NS;
    log_info("boot: %lu bytes loaded in %lu.%03lu ms", boot_info->kernel_bytes, ns / NS_PER_MS,
             ns % NS_PER_MS / (NS_PER_MS / 1000));
}

void start_report_settings(void)
{
    const char *mode = preemption_is_on() ? "on" : "off (cooperative)";
    log_info("preemption: %s, quantum %u ms, tick %u Hz",
             preemption_is_built_in() ? mode : "not built in", quantum_get_ms(), TICK_HZ);
}
