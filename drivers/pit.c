/*
 * The 8254 interval timer, channel 0: the machine's tick.
 * Control words and modes: Intel 8254 data sheet, "Programming the 8254".
 */
#include "drivers/pit.h"

#include "drivers/pic.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/io.h"
#include "kernel/lib/errors.h"

#define CHANNEL_0 0x40
#define CONTROL   0x43

#define IRQ_LINE 0u

/* Channel 0, low byte then high byte, mode 2 (rate generator), binary. */
#define CONTROL_RATE_GENERATOR 0x34
/* Channel 0: freezes a copy of the counter for the next two reads. */
#define CONTROL_LATCH 0x00

#define HZ_MIN 19u /* below it the divisor does not fit into 16 bits */
#define HZ_MAX 10000u

#define NS_PER_SECOND 1000000000ull

static uint32_t divisor; /* input clocks per tick; 0 before pit_init() */

int pit_init(unsigned hz, void (*on_tick)(void))
{
    if (hz < HZ_MIN || hz > HZ_MAX)
        return -ERROR_INVALID;

    int error = irq_register(IRQ_LINE, on_tick, "timer");
    if (error)
        return error;

    divisor = (PIT_INPUT_HZ + hz / 2) / hz;
    port_write8(CONTROL, CONTROL_RATE_GENERATOR);
    port_write8(CHANNEL_0, (uint8_t)divisor);
    port_write8(CHANNEL_0, (uint8_t)(divisor >> 8));
    pic_unmask(IRQ_LINE);
    return 0;
}

/*
 * In mode 2 the line rises at the moment when the counter is loaded anew, and from then on the
 * counter falls by one with every clock: what it has fallen is the time since the tick.
 */
uint32_t pit_clocks_since_tick(void)
{
    port_write8(CONTROL, CONTROL_LATCH);
    uint32_t low = port_read8(CHANNEL_0);
    uint32_t high = port_read8(CHANNEL_0);
    return divisor - (high << 8 | low);
}

uint32_t pit_tick_ns(void)
{
    return (uint32_t)((divisor * NS_PER_SECOND + PIT_INPUT_HZ / 2) / PIT_INPUT_HZ);
}
