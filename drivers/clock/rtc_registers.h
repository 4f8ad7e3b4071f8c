/*
 * The registers of the real-time clock, which is an MC146818 or behaves like one: an index goes to
 * port 70h, the data is at port 71h. For rtc*.c only.
 *
 * Bit 7 of the index port is not the clock's: it masks NMIs. The loader sets it,
 * interrupts_use_own_stacks() clears it, and here every index is written with it clear: so it stays
 * as it has to be, whoever is interrupted by whom.
 */
#ifndef AETHEL_DRIVERS_CLOCK_RTC_REGISTERS_H
#define AETHEL_DRIVERS_CLOCK_RTC_REGISTERS_H

#include <stdint.h>

#define RTC_REGISTERS 128u /* those that an index can name */

#define RTC_SECOND       0x00
#define RTC_MINUTE       0x02
#define RTC_HOUR         0x04
#define RTC_DAY_OF_MONTH 0x07
#define RTC_MONTH        0x08
#define RTC_YEAR         0x09
#define RTC_STATUS_A     0x0A
#define RTC_STATUS_B     0x0B
#define RTC_STATUS_C     0x0C /* reading it ends the interrupt */
#define RTC_STATUS_D     0x0D

#define RTC_A_UPDATE_IN_PROGRESS 0x80
#define RTC_A_DIVIDER            0x70
#define RTC_A_DIVIDER_RESET      0x60 /* or 0x70: the clock stands still */
#define RTC_A_DIVIDER_RUNS       0x20 /* on 32,768 Hz */
#define RTC_A_RATE               0x0F
#define RTC_A_RATE_1024_HZ       0x06

#define RTC_B_STOP         0x80 /* the time stands still, to be set */
#define RTC_B_PERIODIC     0x40 /* an interrupt at the rate that A tells */
#define RTC_B_UPDATE_ENDED 0x10 /* an interrupt at each second */
#define RTC_B_BINARY       0x04
#define RTC_B_24_HOURS     0x02

#define RTC_C_PERIODIC     0x40
#define RTC_C_UPDATE_ENDED 0x10

#define RTC_D_VALID 0x80 /* the battery has been good ever since the time was set */

/* Any context. */
uint8_t rtc_register_read(uint8_t index);
void rtc_register_write(uint8_t index, uint8_t value);

/* What a port reads where no device answers. */
#define RTC_NOTHING 0xFF

#endif
