/* Where the machine is put together: main.c alone sees every floor, and hands each its callbacks.
 */
#include <stddef.h>

#include "drivers/clock/pit.h"
#include "drivers/clock/rtc.h"
#include "drivers/clock/timer.h"
#include "drivers/keyboard/keyboard.h"
#include "drivers/panic_screen.h"
#include "drivers/pic.h"
#include "drivers/serial.h"
#include "drivers/vga.h"
#include "kernel/boot_info.h"
#include "kernel/config.h"
#include "kernel/cpu/gdt.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/preempt.h"
#include "kernel/cpu/tsc.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "kernel/locks.h"
#include "kernel/log.h"
#include "kernel/mm/address_space.h"
#include "kernel/mm/frames.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/layout.h"
#include "kernel/mm/stacks.h"
#include "kernel/options.h"
#include "kernel/panic.h"
#include "kernel/sections.h"
#include "sched/clock.h"
#include "sched/harmony.h"
#include "sched/policy.h"
#include "sched/preemption.h"
#include "sched/scheduler.h"
#include "sched/software_timer.h"
#include "sched/thread.h"
#include "shell/command.h"
#include "shell/rescue.h"
#include "shell/shell.h"
#include "shell/terminal/keys.h"
#include "shell/terminal_screen.h"
#include "shell/terminal_serial.h"
#include "shell/views/status_bar.h"

#if CONFIG_SELF_TEST
#include "tests/kernel/self_test.h"
#endif
#if CONFIG_BENCH
#include "tests/bench/bench.h"
#endif

#define VGA_TEXT_MEMORY 0xB8000ul

#define BIOS_TICK_NS 54925416ul /* 65536 periods of the 8254's 1.193182 MHz */
#define NS_PER_MS    1000000ul

/* The serial line is looked after at every other painting of the status bar. */
#define PAINTS_PER_SERIAL_POLL 2u
_Static_assert(SERIAL_POLL_MS *TICK_HZ / 1000 == PAINTS_PER_SERIAL_POLL * STATUS_BAR_PERIOD_TICKS,
               "the periods of the status bar and of serial_poll() do not fit");

_Noreturn void kernel_main(uint64_t boot_info_address);

#define SLOW_TICKS 10u /* that one interrupt of the timer stands for, with tick=slow */

static struct kernel_options options;

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
    uint64_t memory_top = frames_init(boot_info_get(), kernel_end, address_space_physical_limit());
    address_space_init(memory_top);
    locks_set_memory_check(address_space_is_mapped);
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
    .is_mapped = address_space_is_mapped,
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
    if (options.uses_screen)
        terminal_write_polled(&screen_terminal, text, length);
    if (options.uses_serial)
        terminal_write_polled(&serial_terminal, text, length);
}

static const char serial_only[] = "The console is COM1, as the command line says.\n";

/* Panics go to the screen in any case, and to COM1 if that was started. */
static void start_consoles(void)
{
    bool has_no_port = options.uses_serial && serial_init() != 0;
    bool lacks_console = has_no_port && !options.uses_screen;
    options.uses_screen |= lacks_console;
    vga_init(physical_to_virtual(VGA_TEXT_MEMORY));
    terminal_screen_init();
    terminal_serial_init(rescue_toggle_preemption);
    panic_set_environment(&panic_environment);
    log_set_console_level(options.log_level);
    log_set_console(write_boot_message);
    if (!options.uses_screen)
        terminal_write_polled(&screen_terminal, serial_only, sizeof(serial_only) - 1);
    log_info("Aethel " AETHEL_VERSION ", a kernel for watching preemptive multitasking");
    if (has_no_port)
        log_warning("serial: no UART at COM1; the screen and the keyboard are all there is");
    if (lacks_console)
        log_warning("console=serial: there is no such port, so the screen is used");
}

/* --- Boot ------------------------------------------------------------------------------------ */

/* Before the consoles are there: which ones to use is said here. */
static void read_options(uint64_t address)
{
    const struct boot_info *given = physical_to_virtual(address);
    options_parse(&options, boot_info_is_valid(address) ? given->command_line : "", NULL);
}

static void complain_about_option(const char *word, const char *expected)
{
    log_warning("command line: '%.40s' should be %s", word, expected);
}

static void report_options(void)
{
    struct kernel_options again;
    if (boot_info_get()->command_line[0] == '\0')
        return;
    log_info("command line: %s", boot_info_get()->command_line);
    options_parse(&again, boot_info_get()->command_line, complain_about_option);
}

static void report_boot_drive(void)
{
    const struct boot_info *boot_info = boot_info_get();
    log_info("boot: from drive %02Xh, read by %s", boot_info->boot_drive,
             boot_info->uses_edd ? "sector number" : "cylinder, head and sector");
}

static struct software_timer quick_serial_poll;

static void poll_serial_quickly(void *unused)
{
    (void)unused;
    serial_poll_quickly();
}

static void poll_serial(void)
{
    serial_poll(shell_waiting_ticks() > 0 || terminal_is_unread(&serial_terminal));
    if (!serial_needs_polling()) {
        software_timer_stop(&quick_serial_poll);
    } else if (!software_timer_is_running(&quick_serial_poll)) {
        log_warning("serial: the interrupts of COM1 do not come, or do not end; it is polled");
        software_timer_start(&quick_serial_poll, 0, SERIAL_QUICK_POLL_MS);
    }
}

/* What happens now and then rather than at each tick. Interrupt context. */
static void periodic(void)
{
    static unsigned paints;
    if (options.uses_screen)
        status_bar_paint();
    keyboard_poll();
    if (++paints % PAINTS_PER_SERIAL_POLL == 0 && options.uses_serial)
        poll_serial();
}

static void start_keyboard(void)
{
    terminal_keys_init(rescue_toggle_preemption);
    int error = keyboard_init(terminal_keys_on_key);
    if (error == -ERROR_NOT_SUPPORTED)
        log_warning("keyboard: no controller; use COM1");
    else if (error != 0)
        log_warning("keyboard: it does not answer; plug one in, or use COM1");
}

static void log_date(const struct rtc_time *time)
{
    char text[RTC_TEXT_SIZE];
    rtc_format(time, text, sizeof(text));
    log_info("clock: %s", text);
}

/* Most machines have a real-time clock, but nothing depends on it. */
static void start_clock(void)
{
    struct rtc_time time;
    rtc_init();
    int error = rtc_boot_time(&time);
    if (error == 0) {
        log_date(&time);
    } else if (error == -ERROR_INVALID) {
        log_warning("clock: it shows no valid date; its battery may be empty");
    } else {
        log_warning("clock: there is none, or it does not answer");
    }
}

/* By the BIOS's clock where the rate of the TSC is not known. */
static void report_load_time(void)
{
    const struct boot_info *boot_info = boot_info_get();
    uint64_t ns = tsc_to_ns(boot_info->handover_tsc - boot_info->start_tsc);
    if (ns == 0)
        ns = boot_info->load_ticks * BIOS_TICK_NS;
    log_info("boot: %lu bytes loaded in %lu.%03lu ms", boot_info->kernel_bytes, ns / NS_PER_MS,
             ns % NS_PER_MS / (NS_PER_MS / 1000));
}

static void start_time(void)
{
    if (options.has_slow_tick)
        pit_set_ticks_per_interrupt(SLOW_TICKS);
    if (timer_start(TICK_HZ, scheduler_tick, clock_ticks, options.has_rtc_tick) != 0)
        panic("no ticks: there is neither an interval timer (8254) nor a real-time clock");
    software_timer_init(&quick_serial_poll, poll_serial_quickly, NULL);
    if (options.has_no_tsc)
        timer_replace_tsc();
    scheduler_set_periodic(periodic, STATUS_BAR_PERIOD_TICKS);
}

static void apply_options(void)
{
    if (options.preempt == OPTION_ON && preemption_set(true) != 0)
        log_warning("command line: preempt=on: this kernel was built without preemption");
    if (options.quantum_ms != 0)
        quantum_set_ms(options.quantum_ms);
    if (options.has_auto_quantum)
        harmony_set_auto_quantum(true);
    if (options.policy != NULL && policy_choose(options.policy) != 0)
        log_warning("command line: there is no policy '%.40s'; see 'policy'", options.policy);
    if (options.keymap != NULL && keyboard_set_keymap(options.keymap) != 0)
        log_warning("command line: there is no keymap '%.40s'; see 'keymap'", options.keymap);
}

#if !CONFIG_SELF_TEST
static void on_log(enum log_level level)
{
    if (level <= LOG_NOTICE)
        shell_notify();
}

static void start_shell(struct terminal *terminal)
{
    int tid = shell_start(terminal);
    if (tid < 0)
        panic("a shell could not be started: %s", error_text(tid));
    if (options.priority >= 0)
        thread_set_priority(tid, (unsigned)options.priority);
}

/* What came while the kernel was loaded was typed before all that the driver has received. */
static void hand_on_serial_input(void)
{
    preempt_disable();
    for (unsigned i = 0; i < boot_info_get()->serial_input_bytes; i++)
        terminal_serial_callbacks.on_receive(boot_info_get()->serial_input[i]);
    preempt_enable();
}

static void start_shells(void)
{
    log_set_console(NULL);
    shell_set_commands(command_run, command_complete);
    if (options.run != NULL)
        shell_set_start_script(options.run);
    if (options.uses_screen)
        start_shell(&screen_terminal);
    if (options.uses_serial) {
        start_shell(&serial_terminal);
        hand_on_serial_input();
        serial_start(&terminal_serial_callbacks);
    }
    log_set_listener(on_log);
}
#endif

static void log_settings(void)
{
    const char *mode = preemption_is_on() ? "on" : "off (cooperative)";
    log_info("preemption: %s, quantum %u ms, tick %u Hz",
             preemption_is_built_in() ? mode : "not built in", quantum_get_ms(), TICK_HZ);
}

static void start_programs(void)
{
#if CONFIG_SELF_TEST
    self_tests_start();
#else
    start_shells();
#endif
#if CONFIG_BENCH
    bench_start(boot_info_get());
#endif
}

/* Called by kernel/cpu/entry.asm with interrupts off, on the stack that becomes the idle thread's.
 */
_Noreturn void kernel_main(uint64_t boot_info_address)
{
    read_options(boot_info_address);
    start_consoles();
    gdt_init();
    interrupts_init();
    boot_info_take(boot_info_address);
    report_boot_drive();
    report_options();
    start_memory();
    give_interrupt_stacks();
    pic_init();
    scheduler_init();
    if (options.uses_screen)
        start_keyboard();
    start_clock();
    start_time();
    report_load_time();
    apply_options();
    log_settings();
    start_programs();
    scheduler_run_idle();
}
