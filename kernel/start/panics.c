/* What a panic prints through, and how it learns who was running. */
#include <stddef.h>

#include "drivers/panic_screen.h"
#include "kernel/config.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/this_cpu.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "kernel/mm/address_space.h"
#include "kernel/mm/layout.h"
#include "kernel/mm/stacks.h"
#include "kernel/panic.h"
#include "kernel/sections.h"
#include "kernel/start/start.h"
#include "sched/post_mortem.h"
#include "shell/post_mortem/post_mortem.h"
#include "shell/terminal_serial.h"
#include "shell/views/full_screen.h"

#if CONFIG_SELF_TEST
#include "tests/kernel/self_test.h"
#endif

static void describe_running_thread(char *buffer, size_t size)
{
    struct post_mortem_thread thread;
    if (post_mortem_running(&thread))
        format_string(buffer, size, "%s (tid %d, priority %u)%s", thread.name, thread.tid,
                      thread.priority, interrupts_in_handler() ? ", in an interrupt" : "");
    else if (this_cpu()->running == NULL)
        string_copy(buffer, "none: the scheduler has not started", size);
    else
        format_string(buffer, size, "not known: its control block is not at %p",
                      (void *)this_cpu()->running);
}

static bool is_in_page(uint64_t address, const char *page)
{
    return address - (uint64_t)page < PAGE_SIZE;
}

static bool describe_guard_page(uint64_t address, char *buffer, size_t size)
{
    if (is_in_page(address, __boot_stack_guard)) {
        string_copy(buffer, "thread 'idle' (tid 0)", size);
        return true;
    }
    uint64_t top = stack_of_guard_page(address);
    if (top == 0)
        return false;
    struct post_mortem_thread thread;
    if (post_mortem_find_by_stack(top, &thread))
        format_string(buffer, size, "thread '%s' (tid %d)", thread.name, thread.tid);
    else
        string_copy(buffer, "a thread that has ended", size);
    return true;
}

static void begin_panic(void)
{
    panic_screen_begin(full_screen_way_out(&serial_terminal));
}

/* A test kernel's failure is the runner's to tell. */
static void end_panic(void)
{
#if CONFIG_SELF_TEST
    panic_screen_flush();
    self_tests_abort();
#else
    post_mortem_listen();
#endif
}

static const struct panic_environment panic_environment = {
    .begin = begin_panic,
    .write = panic_screen_write,
    .describe_thread = describe_running_thread,
    .describe_guard = describe_guard_page,
    .is_mapped = address_space_is_mapped,
    .end = end_panic,
};

void start_panics(void)
{
    panic_set_environment(&panic_environment);
}
