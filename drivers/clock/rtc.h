/* The real-time clock, which goes on while the machine is switched off: date and time. */
#ifndef AETHEL_DRIVERS_CLOCK_RTC_H
#define AETHEL_DRIVERS_CLOCK_RTC_H

#include <stddef.h>
#include <stdint.h>

/* As the clock shows it. It does not know its time zone. */
struct rtc_time {
    uint16_t year;  /* 2026 */
    uint8_t month;  /* 1-12 */
    uint8_t day;    /* 1-31 */
    uint8_t hour;   /* 0-23 */
    uint8_t minute; /* 0-59 */
    uint8_t second; /* 0-59 */
};

/*
 * Asks ACPI's tables which register holds the century (most clocks have none: then the years are
 * 2000 to 2099), and reads the time of the boot. Boot only, after interrupts_use_own_stacks().
 * Returns what rtc_read() did.
 */
int rtc_init(void);

/*
 * Reads date and time. Takes some microseconds; while the clock is setting itself, once a second,
 * two milliseconds; and if it never ends, some thirty. Never blocks. Any context, but not one that
 * others wait for.
 *
 * Returns 0, or -ERROR_NOT_SUPPORTED (there is no clock), -ERROR_INVALID (its battery is empty, or
 * it shows what is no date), or -ERROR_IO (it does not come to rest).
 */
int rtc_read(struct rtc_time *time);

/* The second that it shows, right behind an interrupt that told of it: a second later it is another
 * one. No second of a minute where it shows nonsense. Any context. */
unsigned rtc_second(void);

/* The time of the boot, and what rtc_init() returned. Any context. */
int rtc_boot_time(struct rtc_time *time);

/* "2026-11-23T13:04:05", as ISO 8601 writes it. */
#define RTC_TEXT_SIZE 20u
void rtc_format(const struct rtc_time *time, char *buffer, size_t size);

/* The clock's interrupts are in drivers/clock/rtc_interrupts.h. */

#endif
