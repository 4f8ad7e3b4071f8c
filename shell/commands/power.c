/* reboot and poweroff. */
#include "drivers/power.h"

#include "drivers/serial.h"
#include "kernel/cpu/cpu.h"
#include "shell/command.h"

/* What was printed before has to be read by somebody. */
static void flush_output(void)
{
    uint64_t flags = interrupts_save();
    serial_flush();
    interrupts_restore(flags);
}

static int run_reboot(struct shell *shell, int count, char **words)
{
    (void)count;
    (void)words;
    terminal_printf(shell->terminal, "Starting again.\n");
    flush_output();
    power_reboot();
}

COMMAND(reboot, .usage = "reboot", .summary = "start the machine again",
        .help = "At once. There is nothing to be saved.\n", .group = COMMAND_GROUP_MACHINE,
        .run = run_reboot);

static int run_poweroff(struct shell *shell, int count, char **words)
{
    (void)count;
    (void)words;
    flush_output();
    power_off();
    terminal_printf(shell->terminal, "This machine does not switch itself off. It is now "
                                     "safe to switch off.\n");
    return COMMAND_FAILED;
}

COMMAND(poweroff, .usage = "poweroff", .summary = "switch the machine off",
        .help = "Works in QEMU, in Bochs, and on machines with ACPI; on others it says that it is\n"
                "safe to switch off by hand.\n",
        .group = COMMAND_GROUP_MACHINE, .run = run_poweroff);
