/* The 8254 interval timer, channel 0: the machine's tick. */
#ifndef AETHEL_DRIVERS_CLOCK_PIT_H
#define AETHEL_DRIVERS_CLOCK_PIT_H

#include <stdbool.h>
#include <stdint.h>

#define PIT_IRQ_LINE 0u
#define PIT_INPUT_HZ 1193182u /* 8254's input clock on every PC: 14.31818 MHz / 12 */

/* The most ticks that one interrupt can stand for: the counter has 16 bits. */
#define PIT_TICKS_MAX 54u

/* Has the counter run round freely, which takes 54 ms, until pit_init(): pit_clocks_since_tick()
 * tells what has passed. Boot only, interrupts off. */
void pit_count_freely(void);

/*
 * Ticks `hz` times a second (19 to 10000) on IRQ 0, which it unmasks, and calls `on_tick` for
 * each, in interrupt context. Boot only, after pic_init(). Returns 0, or -ERROR_INVALID where the
 * rate is out of range, -ERROR_BUSY where the line is taken, or -ERROR_IO where the counter does
 * not move.
 */
int pit_init(unsigned hz, void (*on_tick)(void));

/*
 * An interrupt comes only every `ticks` (1..PIT_TICKS_MAX) ticks, and stands for all of them: for
 * machines that are slow at it. Before pit_init().
 */
void pit_set_ticks_per_interrupt(uint32_t ticks);
uint32_t pit_ticks_per_interrupt(void);

/* Of pit.c, for pit_take_ticks() alone. */
struct pit_interrupt {
    uint32_t regular_ticks; /* what an interrupt stands for, unless it is special */
    uint8_t special;        /* why more has to be done at a tick than to count it; 0: nothing */
};
extern struct pit_interrupt pit_interrupt;
uint32_t pit_take_special_ticks(void);

/*
 * How many ticks the interrupt that is being served stands for: as many as each does, or what
 * pit_put_off_tick() said and those that got lost since because such interrupts were served late.
 * To be asked once by `on_tick`.
 */
static inline uint32_t pit_take_ticks(void)
{
    return __builtin_expect(pit_interrupt.special == 0, true) ? pit_interrupt.regular_ticks
                                                              : pit_take_special_ticks();
}

/* Input clocks from when the latest interrupt that was put off was raised to pit_take_ticks().
 * Where the TSC is not trusted, modulo the time that was put off. */
uint32_t pit_put_off_latency(void);

/* Those of them that the next interrupt stands for, since the counter goes on; the others have been
 * counted. */
uint32_t pit_latency_to_come(void);

/*
 * While the CPU idles nobody needs each tick: the next interrupt comes `ticks` (4..PIT_TICKS_MAX)
 * ticks after the last one and stands for all of them; or sooner, by up to half of that, where one
 * that was put off has come, and the counter goes on as it is. Until then, calling it again changes
 * nothing. Interrupts off.
 */
void pit_put_off_tick(uint32_t ticks);

/* How many ticks the next interrupt stands for, if it was put off and has not come; else 0. Any
 * context with interrupts off. */
uint32_t pit_ticks_put_off(void);

/*
 * Each tick is needed again. If an interrupt that was put off has only just come, and no other has
 * been put off since, the next one comes in a regular time from now on. Returns whether so; else
 * the other one has to be called. Interrupts off.
 */
bool pit_set_back(void);

/*
 * The same where it was longer ago, or has not come: returns how many whole ticks have passed since
 * the last interrupt; the next one comes when the tick that has begun is full. 0 where nothing was
 * put off, or where the interrupt is on its way already. Interrupts off.
 */
uint32_t pit_resume_ticks(void);

/* Input clocks since the last interrupt was raised: inside `on_tick`, its latency. Any context with
 * interrupts off. */
uint32_t pit_clocks_since_tick(void);

/*
 * Input clocks since pit_init(), if `ticks` have been counted so far: what has passed since then is
 * added, nine port accesses after which it is known. Interrupts off; in the handler of a tick only
 * after pit_serve_as_clock(), and if it is asked for behind each such handler, too (interrupts.c
 * does, for its accounts).
 */
uint64_t pit_clocks(uint64_t ticks);

/* pit_clocks() will be asked in the handlers of ticks, too. For good. Any context. */
void pit_serve_as_clock(void);

/* The real length of a tick in nanoseconds: the divisor is a whole number. 0 before pit_init(). */
uint32_t pit_tick_ns(void);

/* Waits until `clocks` of its input have passed. Returns how many have: as many, or a few more;
 * less if it stands still. After pit_init(). */
uint32_t pit_pass_clocks(uint32_t clocks);

/* Waits for an interrupt to be raised, for a second by the counter: an emulator on a busy host may
 * be that late. Returns whether one was. Interrupts off. */
bool pit_interrupts_come(void);

/*
 * From now on another device ticks `hz` times a second: each interrupt stands for one tick, none is
 * put off, and no counter tells the time in between. Any context.
 */
void pit_give_up(unsigned hz);
bool pit_has_counter(void);

#endif
