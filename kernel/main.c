/* Where the machine is put together: the table of contents of the start. */
#include "drivers/clock/timer.h"
#include "drivers/pic.h"
#include "kernel/boot_info.h"
#include "kernel/cpu/gdt.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/start/start.h"
#include "sched/scheduler.h"

_Noreturn void kernel_main(uint64_t boot_info_address);

/* Called by kernel/cpu/entry.asm with interrupts off, on the stack that becomes the idle thread's.
 */
_Noreturn void kernel_main(uint64_t boot_info_address)
{
    start_read_options(boot_info_address);
    timer_begin_estimate();
    start_consoles();

    gdt_init();
    interrupts_init();

    boot_info_take(boot_info_address);
    start_report_boot();

    start_memory();
    pic_init();
    scheduler_init();
    timer_end_estimate();

    if (start_options.uses_screen)
        start_keyboard();
    start_time();
    start_report_load_time();

    start_apply_options();
    start_report_settings();

    start_shells();
    scheduler_run_idle();
}
