/*
 * The real-time clock: date and time.
 *
 * Once a second the clock sets its registers, one by one, and for about two milliseconds they may
 * be read in between. It announces that 244 us before; but we may be interrupted for longer than
 * that. So the time counts only when two readings agree (MC146818A data sheet, "Update Cycle").
 */
#include "drivers/clock/rtc.h"

#include <stdbool.h>

#include "drivers/clock/rtc_registers.h"
#include "drivers/firmware/acpi.h"
#include "drivers/firmware/memory.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/io.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"

#define PORT_INDEX 0x70
#define PORT_DATA  0x71

/* An update takes 2.2 ms, and each turn two port accesses and a delay: some three microseconds.
 * QEMU ends an update when its host finds the time to, which may be a tenth of a second later. */
#define UPDATE_TURNS_MAX 200000u
#define READINGS_MAX     8u

#define HOUR_IS_PM 0x80 /* where hours go from 1 to 12 */

/* Without a register for it, or with one that holds something else. */
#define CENTURY_DEFAULT 20u
#define CENTURY_MIN     19u
#define CENTURY_MAX     21u

/* The registers as they are read. */
struct reading {
    uint8_t second, minute, hour, day, month, year, century;
};

static uint8_t century_register; /* 0: none */

static int boot_time_error = -ERROR_NOT_SUPPORTED;
static struct rtc_time boot_time;

uint8_t rtc_register_read(uint8_t index)
{
    uint64_t flags = interrupts_save();
    port_write8(PORT_INDEX, index);
    uint8_t value = port_read8(PORT_DATA);
    interrupts_restore(flags);
    return value;
}

void rtc_register_write(uint8_t index, uint8_t value)
{
    uint64_t flags = interrupts_save();
    port_write8(PORT_INDEX, index);
    port_write8(PORT_DATA, value);
    interrupts_restore(flags);
}

static bool wait_for_end_of_update(void)
{
    for (unsigned i = 0; i < UPDATE_TURNS_MAX; i++) {
        if (!(rtc_register_read(RTC_STATUS_A) & RTC_A_UPDATE_IN_PROGRESS))
            return true;
        port_delay();
    }
    return false;
}

static struct reading read_registers(void)
{
    return (struct reading){
        .second = rtc_register_read(RTC_SECOND),
        .minute = rtc_register_read(RTC_MINUTE),
        .hour = rtc_register_read(RTC_HOUR),
        .day = rtc_register_read(RTC_DAY_OF_MONTH),
        .month = rtc_register_read(RTC_MONTH),
        .year = rtc_register_read(RTC_YEAR),
        .century = century_register != 0 ? rtc_register_read(century_register) : 0,
    };
}

static bool read_at_rest(struct reading *reading)
{
    struct reading before;
    for (unsigned i = 0; i < READINGS_MAX && wait_for_end_of_update(); i++) {
        *reading = read_registers();
        if (i > 0 && memcmp(reading, &before, sizeof(before)) == 0)
            return true;
        before = *reading;
    }
    return false;
}

/* A number as the clock writes it. What is no number comes out larger than any that is right. */
static unsigned decode(uint8_t value, bool is_binary)
{
    if (is_binary)
        return value;
    bool has_digits = (value & 0x0F) <= 9 && value >> 4 <= 9;
    return has_digits ? (value >> 4) * 10u + (value & 0x0F) : UINT8_MAX;
}

static unsigned decode_hour(uint8_t value, bool is_binary, bool has_24_hours)
{
    if (has_24_hours)
        return decode(value, is_binary);
    unsigned hour = decode(value & (uint8_t)~HOUR_IS_PM, is_binary);
    if (hour == 0 || hour > 12)
        return UINT8_MAX;
    return hour % 12 + (value & HOUR_IS_PM ? 12 : 0); /* noon is 12 PM, midnight 12 AM */
}

static unsigned decode_century(uint8_t value, bool is_binary)
{
    unsigned century = decode(value, is_binary);
    return century >= CENTURY_MIN && century <= CENTURY_MAX ? century : CENTURY_DEFAULT;
}

static unsigned days_in_month(unsigned year, unsigned month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap_year = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && is_leap_year ? 1u : 0u);
}

static bool is_date(const struct rtc_time *time)
{
    return time->month >= 1 && time->month <= 12 && time->day >= 1 &&
           time->day <= days_in_month(time->year, time->month) && time->hour < 24 &&
           time->minute < 60 && time->second < 60;
}

static int decode_reading(const struct reading *reading, struct rtc_time *time)
{
    uint8_t mode = rtc_register_read(RTC_STATUS_B);
    bool is_binary = mode & RTC_B_BINARY;
    unsigned year = decode(reading->year, is_binary);
    *time = (struct rtc_time){
        .year = (uint16_t)(decode_century(reading->century, is_binary) * 100 + year),
        .month = (uint8_t)decode(reading->month, is_binary),
        .day = (uint8_t)decode(reading->day, is_binary),
        .hour = (uint8_t)decode_hour(reading->hour, is_binary, mode & RTC_B_24_HOURS),
        .minute = (uint8_t)decode(reading->minute, is_binary),
        .second = (uint8_t)decode(reading->second, is_binary),
    };
    return year < 100 && is_date(time) ? 0 : -ERROR_INVALID;
}

int rtc_read(struct rtc_time *time)
{
    struct reading reading;
    if (rtc_register_read(RTC_STATUS_A) == RTC_NOTHING)
        return -ERROR_NOT_SUPPORTED;
    if (!(rtc_register_read(RTC_STATUS_D) & RTC_D_VALID))
        return -ERROR_INVALID;
    if (!read_at_rest(&reading))
        return -ERROR_IO;
    return decode_reading(&reading, time);
}

unsigned rtc_second(void)
{
    bool is_binary = rtc_register_read(RTC_STATUS_B) & RTC_B_BINARY;
    return decode(rtc_register_read(RTC_SECOND), is_binary);
}

int rtc_init(void)
{
    century_register = acpi_find_century(firmware_memory_map);
    boot_time_error = rtc_read(&boot_time);
    return boot_time_error;
}

int rtc_boot_time(struct rtc_time *time)
{
    *time = boot_time;
    return boot_time_error;
}

void rtc_format(const struct rtc_time *time, char *buffer, size_t size)
{
    format_string(buffer, size, "%04u-%02u-%02uT%02u:%02u:%02u", time->year, time->month, time->day,
                  time->hour, time->minute, time->second);
}
