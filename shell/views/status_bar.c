/* The status bar's painter. */
#include "shell/views/status_bar.h"

#include <stdarg.h>

#include "drivers/vga.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "sched/clock.h"
#include "sched/harmony.h"
#include "sched/preemption.h"
#include "sched/scheduler.h"
#include "sched/thread.h"
#include "shell/shell.h"
#include "shell/terminal_screen.h"
#include "shell/workloads/activity.h"

#define ROW (VGA_ROWS - 1)

#define CELLS_COLUMN 64u
#define ALARM_WIDTH  10u
#define TEXT_SIZE    (VGA_COLUMNS + 1)

#define SEPARATOR "\xB3" /* a vertical line in code page 437 */

#define BACKGROUND      VGA_BLUE
#define WAIT_ALARM      (TICK_HZ / 2)
#define PAINTS_A_SECOND (TICK_HZ / STATUS_BAR_PERIOD_TICKS)
#define NS_PER_PERCENT  10000000u /* of a second */

_Static_assert(CELLS_COLUMN + ACTIVITY_CELLS == VGA_COLUMNS, "the row is filled exactly");

/* From left to right. */
enum field { PREEMPTION, QUANTUM, THREADS, RUNNING, SWITCHES, ALARM, CONSOLE, FIELDS };

static const uint8_t columns[FIELDS] = {0, 11, 18, 27, 42, 52, 62};

_Static_assert(FIELDS < PAINTS_A_SECOND, "not each field has its turn once a second");

static unsigned paints;

/* A number in four characters, the unit among them. */
struct short_number {
    unsigned value;
    int width;
    const char *unit;
};

static struct short_number shorten(uint64_t value)
{
    if (value < 10000)
        return (struct short_number){(unsigned)value, 4, ""};
    if (value < 1000000)
        return (struct short_number){(unsigned)(value / 1000), 3, "k"};
    return (struct short_number){(unsigned)(value / 1000000), 3, "M"};
}

/* What a sum was at the latest paints, as many as there are in a second. */
struct last_second {
    uint64_t sums[PAINTS_A_SECOND];
    unsigned oldest;
};

/* How much the sum, which is `now`, has grown by in the last second. */
static uint64_t growth(struct last_second *second, uint64_t now)
{
    uint64_t then = second->sums[second->oldest];
    second->sums[second->oldest] = now;
    second->oldest = second->oldest + 1 < PAINTS_A_SECOND ? second->oldest + 1 : 0;
    return now - then;
}

static uint64_t switches_per_second(void)
{
    static struct last_second switches;
    return growth(&switches, scheduler_switch_count());
}

/* What the machine did not give of the last second. */
static unsigned stolen_percent(void)
{
    static struct last_second stolen;
    uint64_t percent = growth(&stolen, scheduler_stolen_ns()) / NS_PER_PERCENT;
    return (unsigned)(percent < 100 ? percent : 99);
}

/* --- Fields ---------------------------------------------------------------------------------- */

/*
 * A field is written when what it shows, which `value` stands for, has changed: the bar is painted
 * in a tick's handler, and most of it stays as it is. Each also has its turn once a second,
 * whatever has happened to the screen.
 */
static bool has_to_be_written(enum field field, uint64_t value)
{
    static uint64_t shown[FIELDS];
    bool is_its_turn = paints == 0 || paints % PAINTS_A_SECOND == field;
    if (shown[field] == value && !is_its_turn)
        return false;
    shown[field] = value;
    return true;
}

static __attribute__((format(__printf__, 4, 5))) void write_field(enum field field,
                                                                  enum vga_color foreground,
                                                                  enum vga_color background,
                                                                  const char *format, ...)
{
    char text[TEXT_SIZE];
    uint16_t cells[VGA_COLUMNS];
    va_list arguments;
    va_start(arguments, format);
    unsigned length = (unsigned)format_arguments(text, sizeof(text), format, arguments);
    va_end(arguments);
    for (unsigned i = 0; i < length; i++)
        cells[i] = vga_cell(text[i], foreground, background);
    vga_write(ROW, columns[field], cells, length);
}

static void paint_preemption(void)
{
    bool is_on = preemption_is_on();
    if (has_to_be_written(PREEMPTION, is_on))
        write_field(PREEMPTION, VGA_WHITE, is_on ? VGA_GREEN : VGA_BROWN, "preempt %-3s",
                    !preemption_is_built_in() ? "n/a"
                    : is_on                   ? "on"
                                              : "off");
    unsigned quantum_ms = quantum_get_ms();
    if (has_to_be_written(QUANTUM, quantum_ms))
        write_field(QUANTUM, VGA_LIGHT_GREY, BACKGROUND, "%4ums" SEPARATOR, quantum_ms);
}

static void paint_numbers(void)
{
    unsigned thread_number = thread_count();
    if (has_to_be_written(THREADS, thread_number)) {
        struct short_number threads = shorten(thread_number);
        write_field(THREADS, VGA_LIGHT_GREY, BACKGROUND, "thr %*u%s" SEPARATOR, threads.width,
                    threads.value, threads.unit);
    }
    uint64_t switch_number = switches_per_second();
    if (has_to_be_written(SWITCHES, switch_number)) {
        struct short_number switches = shorten(switch_number);
        write_field(SWITCHES, VGA_LIGHT_GREY, BACKGROUND, "%*u%s sw/s" SEPARATOR, switches.width,
                    switches.value, switches.unit);
    }
}

/* The thread that the tick has interrupted. Its name is longer than a value: `changes` stands for
 * it. */
static void paint_running(void)
{
    static char shown[THREAD_NAME_SIZE];
    static unsigned changes;
    char name[THREAD_NAME_SIZE] = "";
    thread_get_name(thread_self(), name);
    if (strcmp(name, shown) != 0) {
        string_copy(shown, name, sizeof(shown));
        changes++;
    }
    if (has_to_be_written(RUNNING, changes))
        write_field(RUNNING, VGA_LIGHT_GREY, BACKGROUND, "run %-10.10s" SEPARATOR, name);
}

/* --- Alarms ---------------------------------------------------------------------------------- */

enum alarm { WAIT, STARVED, STOLEN, STOPPED, BACK, ALARMS };

static void format_wait(char *text, size_t size, unsigned tenths)
{
    if (tenths >= 1000)
        format_string(text, size, "wait %4us", tenths / 10);
    else
        format_string(text, size, "wait %2u.%us", tenths / 10, tenths % 10);
}

/* A number is never cut short. */
static void format_starved(char *text, size_t size, unsigned starved)
{
    char number[ALARM_WIDTH];
    int length = (int)format_string(number, sizeof(number), "%2u", starved);
    format_string(text, size, "%.*s %s", (int)ALARM_WIDTH - 1 - length, "starved", number);
}

static void format_alarm(char *text, size_t size, enum alarm alarm, unsigned number)
{
    text[0] = '\0';
    if (number == 0)
        return;
    switch (alarm) {
    case WAIT:
        format_wait(text, size, number);
        break;
    case STARVED:
        format_starved(text, size, number);
        break;
    case STOLEN:
        format_string(text, size, "stolen %2u%%", number);
        break;
    case STOPPED:
        string_copy(text, "stopped ^Q", size);
        break;
    case BACK:
        format_string(text, size, "back %5u", number);
        break;
    case ALARMS:
        break;
    }
}

/* In another colour while it is scrolled back. */
static void paint_console(void)
{
    unsigned number = terminal_screen_shown_index() + 1;
    bool is_back = terminal_screen_back() > 0;
    if (has_to_be_written(CONSOLE, number << 1 | is_back))
        write_field(CONSOLE, VGA_WHITE, is_back ? VGA_BROWN : VGA_CYAN, "F%u", number);
}

/* Of several alarms each is seen for a second in its turn. */
static void paint_alarm(void)
{
    uint32_t waiting_ticks = shell_waiting_ticks();
    const unsigned numbers[ALARMS] = {
        [WAIT] = waiting_ticks / (TICK_HZ / 10),
        [STARVED] = harmony_starved_threads(),
        [STOLEN] = stolen_percent(),
        [STOPPED] = terminal_screen_shown()->is_stopped,
        [BACK] = terminal_screen_back(),
    };
    unsigned turn = (unsigned)(clock_ticks() / TICK_HZ % ALARMS);
    for (unsigned i = 0; i < ALARMS && numbers[turn] == 0; i++)
        turn = (turn + 1) % ALARMS;
    bool is_red = waiting_ticks > WAIT_ALARM;
    uint64_t value = numbers[turn] == 0 ? 0 : (uint64_t)numbers[turn] << 8 | turn << 1 | is_red;
    if (has_to_be_written(ALARM, value)) {
        char text[ALARM_WIDTH + 1];
        format_alarm(text, sizeof(text), (enum alarm)turn, numbers[turn]);
        write_field(ALARM, VGA_WHITE, is_red ? VGA_RED : BACKGROUND, "%-10.10s", text);
    }
    paint_console();
}

/* --- Activity -------------------------------------------------------------------------------- */

/*
 * A cell turns by one step for every paint that finds its hog has worked since the last one. The
 * hog's own count would not do: it advances so fast that its last bits are noise.
 */
static uint16_t activity_cell(unsigned index)
{
    static const char glyphs[] = "|/-\\";
    static uint32_t seen_beats[ACTIVITY_CELLS];
    static uint8_t turns[ACTIVITY_CELLS];

    const struct activity *activity = activity_get(index);
    if (!activity->is_used)
        return vga_cell(' ', VGA_LIGHT_GREY, BACKGROUND);
    uint32_t beats = activity->beats;
    bool has_worked = beats != seen_beats[index];
    seen_beats[index] = beats;
    turns[index] = (uint8_t)(turns[index] + has_worked);
    return vga_cell(glyphs[turns[index] % (sizeof(glyphs) - 1)],
                    has_worked ? VGA_YELLOW : VGA_LIGHT_GREY, BACKGROUND);
}

/* Those that were never used stay blank. */
static void paint_activity(void)
{
    static uint16_t cells[ACTIVITY_CELLS];
    bool is_its_turn = paints % PAINTS_A_SECOND == FIELDS;
    bool have_changed = paints == 0 || is_its_turn;
    unsigned count = have_changed ? ACTIVITY_CELLS : activity_cells_used();
    for (unsigned i = 0; i < count; i++) {
        uint16_t cell = activity_cell(i);
        have_changed |= cell != cells[i];
        cells[i] = cell;
    }
    if (have_changed)
        vga_write(ROW, CELLS_COLUMN, cells, ACTIVITY_CELLS);
}

void status_bar_paint(unsigned part)
{
    static void (*const painters[STATUS_BAR_PARTS])(void) = {
        paint_numbers, paint_running, paint_alarm, paint_activity, paint_preemption,
    };
    painters[part]();
    if (part == STATUS_BAR_PARTS - 1)
        paints++;
}
