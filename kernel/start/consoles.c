/* The consoles: which there are, and who looks after them. */
#include <stdbool.h>
#include <stddef.h>

#include "drivers/keyboard/keyboard.h"
#include "drivers/serial.h"
#include "drivers/vga.h"
#include "kernel/config.h"
#include "kernel/cpu/nmi.h"
#include "kernel/lib/errors.h"
#include "kernel/log.h"
#include "kernel/mm/layout.h"
#include "kernel/start/start.h"
#include "sched/software_timer.h"
#include "sched/thread.h"
#include "shell/rescue.h"
#include "shell/shell.h"
#include "shell/starvation.h"
#include "shell/terminal/keys.h"
#include "shell/terminal_screen.h"
#include "shell/terminal_serial.h"
#include "shell/views/status_bar.h"

#define VGA_TEXT_MEMORY 0xB8000ul

/* The serial line is looked after at every other painting of the status bar. */
#define PAINTS_PER_SERIAL_POLL 2u
_Static_assert(SERIAL_POLL_MS *TICK_HZ / 1000 == PAINTS_PER_SERIAL_POLL * STATUS_BAR_PERIOD_TICKS,
               "the periods of the status bar and of serial_poll() do not fit");

static struct software_timer quick_serial_poll;

static void poll_serial_quickly(void *unused)
{
    (void)unused;
    serial_poll_quickly();
}

static void write_boot_message(const char *text, size_t length)
{
    if (start_options.uses_screen)
        terminal_write_polled(&screen_terminal, text, length);
    if (start_options.uses_serial)
        terminal_write_polled(&serial_terminal, text, length);
}

static const char serial_only[] = "The console is COM1, as the command line says.\n";

/* Panics go to the screen in any case, and to COM1 if that was started. */
void start_consoles(void)
{
    bool has_no_port = start_options.uses_serial && serial_init() != 0;
    bool lacks_console = has_no_port && !start_options.uses_screen;
    start_options.uses_screen |= lacks_console;
    vga_init(physical_to_virtual(VGA_TEXT_MEMORY));
    terminal_screen_init();
    terminal_serial_init(rescue_toggle_preemption);
    software_timer_init(&quick_serial_poll, poll_serial_quickly, NULL);
    start_panics();
    log_set_console_level(start_options.log_level);
    log_set_console(write_boot_message);
    if (!start_options.uses_screen)
        terminal_write_polled(&screen_terminal, serial_only, sizeof(serial_only) - 1);
    log_info("Aethel " AETHEL_VERSION ", a kernel for watching preemptive multitasking");
    if (has_no_port)
        log_warning("serial: no UART at COM1; the screen and the keyboard are all there is");
    if (lacks_console)
        log_warning("console=serial: there is no such port, so the screen is used");
}

void start_keyboard(void)
{
    terminal_keys_init(rescue_toggle_preemption);
    int error = keyboard_init(terminal_keys_on_key);
    if (error == -ERROR_NOT_SUPPORTED)
        log_warning("keyboard: no controller; use COM1");
    else if (error != 0)
        log_warning("keyboard: it does not answer; plug one in, or use COM1");
}

/* --- While the machine runs ------------------------------------------------------------------- */

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

static void poll_consoles(void)
{
    static unsigned paints;
    nmi_look_after();
    keyboard_poll();
    terminal_serial_poll();
    terminal_screen_poll();
    starvation_look();
    if (++paints % PAINTS_PER_SERIAL_POLL == 0 && start_options.uses_serial)
        poll_serial();
}

/* Part 0 are the consoles, the others are the bar's. */
static void look_after(unsigned part)
{
    if (part == 0)
        poll_consoles();
    else if (start_options.uses_screen)
        status_bar_paint(part - 1);
}

/* A part at each of some ticks in a row, so that no tick takes long; all of them at once while the
 * machine idles, which each tick would wake. */
uint32_t start_look_after_consoles(void)
{
    static unsigned part, ticks_taken;
    do {
        look_after(part);
        part = (part + 1) % (1 + STATUS_BAR_PARTS);
    } while (part != 0 && thread_self() == THREAD_IDLE_TID);
    if (part != 0) {
        ticks_taken++;
        return 1;
    }
    uint32_t ticks_left = STATUS_BAR_PERIOD_TICKS - ticks_taken;
    ticks_taken = 0;
    return ticks_left;
}
