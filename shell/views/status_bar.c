/* The status bar's painter. */
#include "shell/views/status_bar.h"

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

/* The fields' columns; TEXT is as long as what the format in write_text() makes. */
#define PREEMPTION_WIDTH 11u
#define ALARM_COLUMN     53u
#define ALARM_WIDTH      10u
#define CELLS_COLUMN     64u
#define TEXT_SIZE        (CELLS_COLUMN + 1)

#define SEPARATOR "\xB3" /* a vertical line in code page 437 */

#define BACKGROUND      VGA_BLUE
#define WAIT_ALARM      (TICK_HZ / 2)
#define PAINTS_A_SECOND (TICK_HZ / STATUS_BAR_PERIOD_TICKS)
#define NS_PER_PERCENT  10000000u /* of a second */
#define ALARMS          4u

_Static_assert(CELLS_COLUMN + ACTIVITY_CELLS == VGA_COLUMNS, "the row is filled exactly");

static uint16_t cells[VGA_COLUMNS];

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

/* Switches in the last second: the count now against that of as many paints ago. */
static uint64_t switches_per_second(void)
{
    static uint64_t counts[PAINTS_A_SECOND];
    static unsigned oldest;

    uint64_t now = scheduler_switch_count();
    uint64_t then = counts[oldest];
    counts[oldest] = now;
    oldest = oldest + 1 < PAINTS_A_SECOND ? oldest + 1 : 0;
    return now - then;
}

static void format_wait(char *text, size_t size, uint32_t ticks)
{
    uint32_t tenths = ticks / (TICK_HZ / 10);
    text[0] = '\0';
    if (tenths >= 1000)
        format_string(text, size, "wait %4us", tenths / 10);
    else if (tenths > 0)
        format_string(text, size, "wait %2u.%us", tenths / 10, tenths % 10);
}

static void format_starved(char *text, size_t size)
{
    unsigned starved = harmony_starved_threads();
    char number[ALARM_WIDTH];
    int length = (int)format_string(number, sizeof(number), "%2u", starved);
    text[0] = '\0';
    if (starved != 0) /* a number is never cut short */
        format_string(text, size, "%.*s %s", (int)ALARM_WIDTH - 1 - length, "starved", number);
}

/* What the machine did not give of the last second. */
static unsigned stolen_percent(void)
{
    static uint64_t sums[PAINTS_A_SECOND];
    static unsigned oldest;

    uint64_t now = scheduler_stolen_ns();
    uint64_t then = sums[oldest];
    sums[oldest] = now;
    oldest = oldest + 1 < PAINTS_A_SECOND ? oldest + 1 : 0;
    uint64_t percent = (now - then) / NS_PER_PERCENT;
    return (unsigned)(percent < 100 ? percent : 99);
}

static void format_stolen(char *text, size_t size)
{
    unsigned percent = stolen_percent();
    text[0] = '\0';
    if (percent != 0)
        format_string(text, size, "stolen %2u%%", percent);
}

/* Of several alarms each is seen for a second in its turn. */
static void format_alarm(char text[ALARM_WIDTH + 1], uint32_t waiting_ticks)
{
    char alarms[ALARMS][ALARM_WIDTH + 1];
    format_wait(alarms[0], sizeof(alarms[0]), waiting_ticks);
    format_starved(alarms[1], sizeof(alarms[1]));
    format_stolen(alarms[2], sizeof(alarms[2]));
    string_copy(alarms[3], screen_terminal.is_stopped ? "stopped ^Q" : "", sizeof(alarms[3]));
    unsigned turn = (unsigned)(clock_ticks() / TICK_HZ % ALARMS);
    for (unsigned i = 0; i < ALARMS && alarms[turn][0] == '\0'; i++)
        turn = (turn + 1) % ALARMS;
    string_copy(text, alarms[turn], sizeof(alarms[turn]));
}

static const char *preemption_text(void)
{
    if (!preemption_is_built_in())
        return "n/a";
    return preemption_is_on() ? "on" : "off";
}

static void write_text(char text[TEXT_SIZE], uint32_t waiting_ticks)
{
    char running[THREAD_NAME_SIZE] = "";
    struct short_number threads = shorten(thread_count());
    struct short_number switches = shorten(switches_per_second());
    char alarm[ALARM_WIDTH + 1];

    thread_get_name(thread_self(), running);
    format_alarm(alarm, waiting_ticks);
    format_string(text, TEXT_SIZE,
                  "preempt %-3s %4ums" SEPARATOR "thr %*u%s" SEPARATOR "run %-10.10s" SEPARATOR
                  "%*u%s sw/s" SEPARATOR "%-10.10s" SEPARATOR,
                  preemption_text(), quantum_get_ms(), threads.width, threads.value, threads.unit,
                  running, switches.width, switches.value, switches.unit, alarm);
}

/* The characters of `text` from column `first` to before `end`, in these colours. */
static void color(const char *text, unsigned first, unsigned end, enum vga_color foreground,
                  enum vga_color background)
{
    for (unsigned i = first; i < end; i++)
        cells[i] = vga_cell(text[i], foreground, background);
}

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

void status_bar_paint(void)
{
    char text[TEXT_SIZE];
    uint32_t waiting_ticks = shell_waiting_ticks();

    write_text(text, waiting_ticks);
    color(text, 0, PREEMPTION_WIDTH, VGA_WHITE, preemption_is_on() ? VGA_GREEN : VGA_BROWN);
    color(text, PREEMPTION_WIDTH, ALARM_COLUMN, VGA_LIGHT_GREY, BACKGROUND);
    color(text, ALARM_COLUMN, ALARM_COLUMN + ALARM_WIDTH, VGA_WHITE,
          waiting_ticks > WAIT_ALARM ? VGA_RED : BACKGROUND);
    color(text, ALARM_COLUMN + ALARM_WIDTH, CELLS_COLUMN, VGA_LIGHT_GREY, BACKGROUND);
    for (unsigned i = 0; i < ACTIVITY_CELLS; i++)
        cells[CELLS_COLUMN + i] = activity_cell(i);
    vga_write(ROW, 0, cells, VGA_COLUMNS);
}
