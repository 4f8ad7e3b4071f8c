/* reboot and poweroff. */
#include "drivers/power.h"

#include "drivers/serial.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"
#include "shell/command.h"
#include "shell/terminal_serial.h"
#include "shell/views/full_screen.h"

/* What was printed before has to be read by somebody; and `text`, for the terminal on COM1. */
static void flush_output(const char *text)
{
    uint64_t flags = interrupts_save();
    serial_write_polled(text, strlen(text));
    serial_flush();
    interrupts_restore(flags);
}

/* A view that stands on COM1 would leave it unusable for who comes next. */
static void leave(void)
{
    flush_output(full_screen_way_out(&serial_terminal));
}

static int run_reboot(struct shell *shell, int count, char **words)
{
    if (count == 1) {
        terminal_printf(shell->terminal, "Starting again.\n");
        leave();
        power_reboot();
    }
    leave();
    int error = power_reset_by(words[1]);
    flush_output(full_screen_way_in(&serial_terminal));
    if (error == -ERROR_NOT_FOUND)
        return command_refuse(shell, words, 1, "there is no way");
    return command_error(shell, "this machine is not reset by '%s'", words[1]);
}

static void complete_reboot(struct completion *completion)
{
    const char *method;
    for (unsigned i = 0; (method = power_reset_method(i)) != NULL; i++)
        completion_add(completion, method, NULL);
}

COMMAND(reboot, .usage = "reboot [acpi|chipset|keyboard|port92|fault]",
        .summary = "start the machine again",
        .help = "At once. All the ways to reset a PC are tried, in this order, or only the one\n"
                "that is named: ACPI's reset register, the chipset's (port CF9h), the keyboard\n"
                "controller, port 92h, a triple fault.\n",
        .group = COMMAND_GROUP_MACHINE, .arguments_max = 1, .run = run_reboot,
        .complete = complete_reboot,
        .examples = "  reboot\n"
                    "  reboot keyboard\n");

static int run_poweroff(struct shell *shell, int count, char **words)
{
    (void)count;
    (void)words;
    leave();
    power_off();
    flush_output(full_screen_way_in(&serial_terminal));
    terminal_printf(shell->terminal, "This machine does not switch itself off. It is now "
                                     "safe to switch off.\n");
    return COMMAND_FAILED;
}

COMMAND(poweroff, .usage = "poweroff", .summary = "switch the machine off",
        .help = "Where there is ACPI, and in QEMU and Bochs; else it says that it is safe to\n"
                "switch off by hand, and everything goes on.\n",
        .group = COMMAND_GROUP_MACHINE, .run = run_poweroff);
