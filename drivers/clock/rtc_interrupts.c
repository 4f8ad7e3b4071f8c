/* The real-time clock's interrupts. Registers: MC146818A data sheet. */
#include "drivers/clock/rtc_interrupts.h"

#include <stddef.h>
#include <stdint.h>

#include "drivers/clock/rtc_registers.h"
#include "drivers/pic.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/lib/errors.h"

#define PERIODIC_HZ 1024u

/* Two port accesses of about a microsecond each. */
#define WAIT_TURNS 500000u

static void (*second_function)(void); /* NULL: nobody wants to know */
static void (*tick_function)(void);
static unsigned tick_hz;
static unsigned tick_fraction; /* of a tick that is due, in 1/PERIODIC_HZ */

static void on_periodic(void)
{
    tick_fraction += tick_hz;
    if (tick_fraction < PERIODIC_HZ)
        return;
    tick_fraction -= PERIODIC_HZ;
    tick_function();
}

/* The clock notes what has happened even where that is not to interrupt. */
static void on_interrupt(void)
{
    uint8_t causes = rtc_register_read(RTC_STATUS_C);
    if ((causes & RTC_C_UPDATE_ENDED) && second_function != NULL)
        second_function();
    if ((causes & RTC_C_PERIODIC) && tick_function != NULL)
        on_periodic();
}

/* What interrupts, and what does not. A clock that the firmware stopped for setting it goes on. */
static void choose_interrupts(void)
{
    uint64_t flags = interrupts_save();
    unsigned control = rtc_register_read(RTC_STATUS_B);
    control &= ~(unsigned)(RTC_B_STOP | RTC_B_PERIODIC | RTC_B_UPDATE_ENDED);
    if (second_function != NULL)
        control |= RTC_B_UPDATE_ENDED;
    if (tick_function != NULL)
        control |= RTC_B_PERIODIC;
    rtc_register_write(RTC_STATUS_B, (uint8_t)control);
    interrupts_restore(flags);
}

/* Setup programs stop the clock like this, too, to set it. */
static void start_divider(uint8_t status)
{
    if ((status & RTC_A_DIVIDER) < RTC_A_DIVIDER_RESET)
        return;
    status &= (uint8_t) ~(RTC_A_UPDATE_IN_PROGRESS | RTC_A_DIVIDER);
    rtc_register_write(RTC_STATUS_A, status | RTC_A_DIVIDER_RUNS);
}

int rtc_interrupts_init(void)
{
    uint8_t status = rtc_register_read(RTC_STATUS_A);
    if (status == RTC_NOTHING)
        return -ERROR_NOT_SUPPORTED;
    start_divider(status);
    int error = irq_register(RTC_IRQ_LINE, on_interrupt, "rtc");
    if (error != 0)
        return error;
    choose_interrupts();
    (void)rtc_register_read(RTC_STATUS_C); /* one that is on its way would keep the line high */
    pic_unmask(RTC_IRQ_LINE);
    return 0;
}

void rtc_watch_seconds(void (*on_second)(void))
{
    second_function = on_second;
    choose_interrupts();
}

void rtc_start_ticks(unsigned hz, void (*on_tick)(void))
{
    uint64_t flags = interrupts_save();
    uint8_t others = rtc_register_read(RTC_STATUS_A);
    others &= (uint8_t) ~(RTC_A_UPDATE_IN_PROGRESS | RTC_A_RATE);
    rtc_register_write(RTC_STATUS_A, others | RTC_A_RATE_1024_HZ);
    tick_hz = hz;
    tick_function = on_tick;
    choose_interrupts();
    interrupts_restore(flags);
}

bool rtc_ticks_come(void)
{
    for (unsigned i = 0; i < WAIT_TURNS; i++) {
        if (pic_is_requested(RTC_IRQ_LINE))
            return true;
    }
    return false;
}
