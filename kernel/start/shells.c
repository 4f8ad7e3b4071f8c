/* The shells, or what takes their place in test and bench kernels. */
#include <stddef.h>

#include "kernel/boot_info.h"
#include "kernel/config.h"
#include "kernel/cpu/preempt.h"
#include "kernel/lib/errors.h"
#include "kernel/log.h"
#include "kernel/panic.h"
#include "kernel/start/start.h"
#include "sched/thread.h"
#include "shell/command.h"
#include "shell/shell.h"
#include "shell/terminal_screen.h"
#include "shell/terminal_serial.h"

#if CONFIG_SELF_TEST
#include "tests/kernel/self_test.h"
#endif
#if CONFIG_BENCH
#include "tests/bench/bench.h"
#endif

#if !CONFIG_SELF_TEST
static void on_log(enum log_level level)
{
    if (level <= LOG_NOTICE)
        shell_notify();
}

static int start_shell(struct terminal *terminal)
{
    int tid = shell_start(terminal);
    if (tid >= 0 && start_options.priority >= 0)
        thread_set_priority(tid, (unsigned)start_options.priority);
    return tid;
}

static void start_shell_or_panic(struct terminal *terminal)
{
    int tid = start_shell(terminal);
    if (tid < 0)
        panic("a shell could not be started: %s", error_text(tid));
}

/* On a console that is shown for the first time. */
static bool start_another_shell(struct terminal *terminal)
{
    int tid = start_shell(terminal);
    if (tid < 0)
        log_warning("shell-%s could not be started: %s", terminal->name, error_text(tid));
    return tid >= 0;
}

/* What came while the kernel was loaded was typed before all that the driver has received. */
static void hand_on_serial_input(void)
{
    preempt_disable();
    for (unsigned i = 0; i < boot_info_get()->serial_input_bytes; i++)
        terminal_serial_callbacks.on_receive(boot_info_get()->serial_input[i]);
    preempt_enable();
}

static void start_on_terminals(void)
{
    log_set_console(NULL);
    shell_set_commands(command_run, command_complete);
    bool has_both = start_options.uses_screen && start_options.uses_serial;
    if (start_options.run != NULL)
        shell_set_start_script(start_options.run, has_both ? &serial_terminal : NULL);
    if (start_options.uses_screen)
        start_shell_or_panic(&screen_terminal);
    if (start_options.uses_serial) {
        start_shell_or_panic(&serial_terminal);
        hand_on_serial_input();
        serial_start(&terminal_serial_callbacks);
    }
    log_set_listener(on_log);
    terminal_screen_set_starter(start_another_shell);
}
#endif

void start_shells(void)
{
#if CONFIG_SELF_TEST
    self_tests_start();
#else
    start_on_terminals();
#endif
#if CONFIG_BENCH
    bench_start(boot_info_get());
#endif
}
