/* Compares what comes with what a report looks like. */
#include "shell/terminal/size_report.h"

#include "kernel/lib/ascii.h"
#include "kernel/lib/string.h"
#include "sched/clock.h"

#define FIRST_DIGIT 2u /* behind ESC [ */
#define DIGITS_MAX  4u

#define EXPECTED_MAX 200u

/* A report comes in one piece, over a network in pieces. So may a key; but ESC [ and a digit nobody
 * types, and they may be awaited for longer. */
#define SILENCE_TICKS        (TICK_HZ / 10)
#define REPORT_SILENCE_TICKS (2 * TICK_HZ)

#define ROWS_MIN 2u /* ESC [ 1 ; 2 R is Shift-F3 */

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

/* Stores the number at *next, moves *next behind it, and returns whether it is one that can be. */
static bool read_number(const struct size_report *report, unsigned *next, uint16_t *number)
{
    unsigned digits = 0;
    *number = 0;
    for (; *next < report->length && is_digit(report->bytes[*next]); (*next)++, digits++)
        *number = (uint16_t)(*number * 10u + (report->bytes[*next] - '0'));
    return digits > 0 && digits <= DIGITS_MAX;
}

/* Whether the bytes are the beginning of a report, or all of it: then *size is what it says. */
static bool is_report(const struct size_report *report, struct terminal_size *size)
{
    static const uint8_t head[FIRST_DIGIT] = {CONTROL_ESCAPE, '['};
    struct terminal_size read = {0};
    unsigned next = 0;
    for (; next < report->length && next < FIRST_DIGIT; next++)
        if (report->bytes[next] != head[next])
            return false;
    if (next == report->length)
        return true;
    if (!read_number(report, &next, &read.rows))
        return false;
    if (next == report->length)
        return true;
    if (report->bytes[next++] != ';')
        return false;
    if (next == report->length)
        return true;
    if (!read_number(report, &next, &read.columns))
        return false;
    if (next == report->length)
        return true;
    if (report->bytes[next] != 'R' || read.rows < ROWS_MIN || read.columns == 0)
        return false;
    *size = read;
    return true;
}

/* Hands on what has been kept back: a key, or its beginning. What has digits and did not go on was
 * no key. */
static unsigned give_up(struct size_report *report, uint8_t input[SIZE_REPORT_BYTES])
{
    unsigned count = report->length <= FIRST_DIGIT ? report->length : 0;
    memcpy(input, report->bytes, count);
    report->length = 0;
    return count;
}

void size_report_expect(struct size_report *report)
{
    if (report->expected < EXPECTED_MAX)
        report->expected++;
}

static unsigned keep_back(struct size_report *report, uint8_t byte, uint64_t now,
                          uint8_t input[SIZE_REPORT_BYTES], struct terminal_size *size)
{
    report->bytes[report->length++] = byte;
    report->since = now;
    if (!is_report(report, size)) {
        unsigned count = report->length;
        memcpy(input, report->bytes, count);
        report->length = 0;
        return count;
    }
    if (size->columns != 0) {
        report->length = 0;
        report->expected--;
    }
    return 0;
}

unsigned size_report_feed(struct size_report *report, uint8_t byte, uint64_t now,
                          uint8_t input[SIZE_REPORT_BYTES], struct terminal_size *size)
{
    unsigned count = 0;
    size->columns = 0;
    if (report->length > 0 && (byte < FIRST_PRINTABLE || byte >= CONTROL_DELETE))
        count = give_up(report, input);
    if (report->expected > 0 && (report->length > 0 || byte == CONTROL_ESCAPE))
        return count + keep_back(report, byte, now, input + count, size);
    input[count] = byte;
    return count + 1;
}

unsigned size_report_pass_time(struct size_report *report, uint64_t now,
                               uint8_t input[SIZE_REPORT_BYTES])
{
    uint64_t patience = report->length > FIRST_DIGIT ? REPORT_SILENCE_TICKS : SILENCE_TICKS;
    bool is_overdue = report->length > 0 && now - report->since > patience;
    return is_overdue ? give_up(report, input) : 0;
}
