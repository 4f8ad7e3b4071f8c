/* Where the machine is put together: main.c alone sees every floor, and hands each its callbacks.
 */
#include <stddef.h>

#include "drivers/keyboard.h"
#include "drivers/panic_screen.h"
#include "drivers/pic.h"
#include "drivers/pit.h"
#include "drivers/serial.h"
#include "drivers/vga.h"
#include "kernel/boot_info.h"
#include "kernel/config.h"
#include "kernel/cpu/gdt.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/tsc.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "kernel/log.h"
#include "kernel/mm/address_space.h"
#include "kernel/mm/frames.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/stacks.h"
#include "kernel/panic.h"
#include "kernel/sections.h"
#include "sched/clock.h"
#include "sched/preemption.h"
#include "sched/scheduler.h"
#include "sched/thread.h"
#include "shell/shell.h"
#include "shell/status_bar.h"
#include "shell/terminal_keys.h"
#include "shell/terminal_screen.h"
#include "shell/terminal_serial.h"

#if CONFIG_SELF_TEST
#include "tests/kernel/self_test.h"
#endif
#if CONFIG_BENCH
#include "tests/bench/bench.h"
#endif

#define VGA_TEXT_MEMORY 0xB8000ul

/* The serial line is looked after at every other painting of the status bar. */
#define PAINTS_PER_SERIAL_POLL 2u
_Static_assert(SERIAL_POLL_MS *TICK_HZ / 1000 == PAINTS_PER_SERIAL_POLL * STATUS_BAR_PERIOD_TICKS,
               "the periods of the status bar and of serial_poll() do not fit");

_Noreturn void kernel_main(uint64_t boot_info_address);

static struct boot_info boot_info;

/* --- Memory -------------------------------------------------------------------------------- */

static void *allocate_heap_pages(size_t pages)
{
    uint64_t physical = frames_allocate_run(pages);
    return physical != FRAME_NONE ? physical_to_virtual(physical) : NULL;
}

static void free_heap_pages(void *first_page, size_t pages)
{
    frames_free_run(virtual_to_physical(first_page), pages);
}

static const struct heap_page_source heap_pages = {allocate_heap_pages, free_heap_pages};

static void start_memory(void)
{
    uint64_t kernel_end = (uint64_t)__kernel_end - KERNEL_BASE;
    uint64_t memory_top = frames_init(&boot_info, kernel_end);
    address_space_init(memory_top);
    stacks_init();
    heap_init(&heap_pages);
    log_info("memory: %lu KiB usable, %lu KiB free, room for %lu threads",
             frames_total() * FRAME_SIZE / 1024, frames_available() * FRAME_SIZE / 1024,
             stacks_available());
}

/* --- Processor and panic -------------------------------------------------------------------- */

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
    .end = end_panic,
};

static void give_stack(enum interrupt_stack stack)
{
    uint64_t top = stack_allocate();
    if (top == 0)
        panic("not enough memory for the interrupt stacks");
    gdt_set_interrupt_stack(stack, top);
}

static void give_interrupt_stacks(void)
{
    give_stack(INTERRUPT_STACK_DOUBLE_FAULT);
    give_stack(INTERRUPT_STACK_NMI);
    interrupts_use_own_stacks();
}

/* --- Consoles -------------------------------------------------------------------------------- */

static void write_boot_message(const char *text, size_t length)
{
    terminal_write_polled(&screen_terminal, text, length);
    terminal_write_polled(&serial_terminal, text, length);
}

static void start_consoles(void)
{
    int serial = serial_init();
    vga_init(physical_to_virtual(VGA_TEXT_MEMORY));
    terminal_screen_init();
    terminal_serial_init();
    panic_set_environment(&panic_environment);
    log_set_console(write_boot_message);
    log_info("Aethel " AETHEL_VERSION ", a kernel for watching preemptive multitasking");
    if (serial != 0)
        log_warning("serial: no UART at COM1; the screen and the keyboard are all there is");
}

/* --- Boot ------------------------------------------------------------------------------------ */

static void take_boot_info(uint64_t address)
{
    const struct boot_info *given = physical_to_virtual(address);
    bool is_ours = given->magic == BOOT_INFO_MAGIC && given->version == BOOT_INFO_VERSION &&
                   given->size == sizeof(boot_info);
    if (!is_ours)
        panic("boot information at %#lx: magic %#x, version %u, size %u; expected %#x, %u, %lu",
              address, given->magic, given->version, given->size, BOOT_INFO_MAGIC,
              BOOT_INFO_VERSION, sizeof(boot_info));
    memcpy(&boot_info, given, sizeof(boot_info));
    log_info("boot: drive %02Xh by %s, %lu bytes loaded, %lu cycles since stage 1",
             boot_info.boot_drive, boot_info.uses_edd ? "LBA" : "CHS", boot_info.kernel_bytes,
             tsc_read() - boot_info.start_tsc);
}

/* What happens now and then rather than at each tick. Interrupt context. */
static void periodic(void)
{
    static unsigned paints;
    status_bar_paint();
    if (++paints % PAINTS_PER_SERIAL_POLL == 0)
        serial_poll(shell_waiting_ticks() > 0 || terminal_is_unread(&serial_terminal));
}

static void start_keyboard(void)
{
    int error = keyboard_init(terminal_keys_on_key);
    if (error == -ERROR_NOT_SUPPORTED)
        log_warning("keyboard: no controller; use COM1");
    else if (error != 0)
        log_warning("keyboard: it does not answer; plug one in, or use COM1");
}

static void start_time(void)
{
    int error = pit_init(TICK_HZ, scheduler_tick);
    if (error != 0)
        panic("the timer could not be started: %s", error_text(error));
    scheduler_set_periodic(periodic, STATUS_BAR_PERIOD_TICKS);
}

#if !CONFIG_SELF_TEST
static void on_log(enum log_level level)
{
    if (level <= LOG_NOTICE)
        shell_notify();
}

static void start_shells(void)
{
    log_set_console(NULL);
    int screen = shell_start(&screen_terminal);
    int serial = shell_start(&serial_terminal);
    if (screen < 0 || serial < 0)
        panic("a shell could not be started: %s", error_text(screen < 0 ? screen : serial));
    log_set_listener(on_log);
    serial_start(&terminal_serial_callbacks);
}
#endif

static void start_programs(void)
{
#if CONFIG_SELF_TEST
    self_tests_start();
#else
    start_shells();
#endif
#if CONFIG_BENCH
    bench_start(&boot_info);
#endif
}

/* Called by kernel/cpu/entry.asm with interrupts off, on the stack that becomes the idle thread's.
 */
_Noreturn void kernel_main(uint64_t boot_info_address)
{
    start_consoles();
    gdt_init();
    interrupts_init();
    take_boot_info(boot_info_address);
    start_memory();
    give_interrupt_stacks();
    pic_init();
    scheduler_init();
    start_keyboard();
    start_time();
    log_info("preemption: %s, quantum %u ms, tick %u Hz",
             preemption_is_built_in() ? "off (cooperative)" : "not built in", quantum_get_ms(),
             TICK_HZ);
    start_programs();
    scheduler_run_idle();
}
