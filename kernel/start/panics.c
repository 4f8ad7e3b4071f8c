/* What a panic prints through, and how it learns who was running. */
#include <stddef.h>

#include "drivers/panic_screen.h"
#include "kernel/config.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "kernel/mm/address_space.h"
#include "kernel/mm/layout.h"
#include "kernel/mm/stacks.h"
#include "kernel/panic.h"
#include "kernel/sections.h"
#include "kernel/start/start.h"
#include "sched/thread.h"

#if CONFIG_SELF_TEST
#include "tests/kernel/self_test.h"
#endif

static void describe_running_thread(char *buffer, size_t size)
{
    struct thread_information thread;
    if (thread_get_information(thread_self(), &thread) == 0)
        format_string(buffer, size, "%s (tid %d, priority %u)%s", thread.name, thread.tid,
                      thread.priority, interrupts_in_handler() ? ", in an interrupt" : "");
    else
        string_copy(buffer, "none: the scheduler has not started", size);
}

static bool describe_guard_page(uint64_t address, char *buffer, size_t size)
{
    uint64_t boot_guard = (uint64_t)__boot_stack_guard;
    if (address >= boot_guard && address < boot_guard + PAGE_SIZE) {
        string_copy(buffer, "thread 'idle' (tid 0)", size);
        return true;
    }
    uint64_t top = stack_of_guard_page(address);
    if (top == 0)
        return false;
    struct thread_information thread;
    if (thread_get_information(thread_of_stack(top), &thread) == 0)
        format_string(buffer, size, "thread '%s' (tid %d)", thread.name, thread.tid);
    else
        string_copy(buffer, "a thread that has ended", size);
    return true;
}

static void end_panic(void)
{
#if CONFIG_SELF_TEST
    self_tests_abort();
#endif
}

static const struct panic_environment panic_environment = {
    .begin = panic_screen_begin,
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
