/* The real-time clock's interrupts: at each second, and 1024 times a second. */
#ifndef AETHEL_DRIVERS_CLOCK_RTC_INTERRUPTS_H
#define AETHEL_DRIVERS_CLOCK_RTC_INTERRUPTS_H

#include <stdbool.h>

#define RTC_IRQ_LINE 8u

/*
 * Takes the interrupt line; it stays silent until one of the functions below is called. Boot only,
 * after pic_init(). Returns 0, -ERROR_NOT_SUPPORTED where there is no clock, or -ERROR_BUSY where
 * the line is taken.
 */
int rtc_interrupts_init(void);

/* From now on `on_second` is called, in interrupt context, whenever the clock has moved on to the
 * next second; NULL: nobody. Only if rtc_interrupts_init() returned 0. Any context. */
void rtc_watch_seconds(void (*on_second)(void));

/*
 * Has `on_tick` called `hz` (1 to 1024) times a second on average, in interrupt context: so many of
 * the 1024 interrupts a second are ticks, evenly spread. Likewise.
 */
void rtc_start_ticks(unsigned hz, void (*on_tick)(void));

/* Waits for one of those to be raised: a millisecond, or where none comes about a second. Returns
 * whether one was. Interrupts off. */
bool rtc_ticks_come(void);

#endif
