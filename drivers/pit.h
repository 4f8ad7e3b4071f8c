/* The 8254 interval timer, channel 0: the machine's tick. */
#ifndef AETHEL_DRIVERS_PIT_H
#define AETHEL_DRIVERS_PIT_H

#include <stdint.h>

#define PIT_INPUT_HZ 1193182u /* 8254's input clock on every PC: 14.31818 MHz / 12 */

/*
 * Ticks `hz` times a second (19 to 10000) on IRQ 0, which it unmasks, and calls `on_tick` for
 * each, in interrupt context. Boot only, after pic_init(). Returns 0, or -ERROR_INVALID where the
 * rate is out of range, or -ERROR_BUSY where the line is taken.
 */
int pit_init(unsigned hz, void (*on_tick)(void));

/* Input clocks since the last tick was raised: inside `on_tick`, the interrupt's latency. Any
 * context with interrupts off. */
uint32_t pit_clocks_since_tick(void);

/* The real length of a tick in nanoseconds: the divisor is a whole number. 0 before pit_init(). */
uint32_t pit_tick_ns(void);

#endif
