/*
 * Harmony: how well the CPU is shared, as a number from 0 to 1, told in thousandths.
 *
 * It looks at the last second, a sliding window of HARMONY_WINDOW_TICKS ticks. Of the ticks in it
 * that were not idle (B), each runnable thread's fair share is B / R, where R is the average number
 * of threads that were runnable in these ticks. A thread that had k times its fair share scores
 * 1/k, and 1 if it had no more than its share. With n = those that ran at a tick, and those that
 * have been waiting for the CPU through the whole window,
 *
 *     harmony = 0.7 * (average score of the n) + 0.3 * (those of the n that ran) / n
 *
 * and 1 in a window where nobody ran. It takes constant time per tick; every HARMONY_PERIOD_TICKS
 * ticks it is computed anew, from the threads that ran in the window.
 */
#ifndef AETHEL_SCHED_HARMONY_H
#define AETHEL_SCHED_HARMONY_H

#include <stdbool.h>

#define HARMONY_WINDOW_TICKS 1000u
#define HARMONY_PERIOD_TICKS 100u
#define HARMONY_MAX          1000u /* of a score, in thousandths */

/* The harmony of the system in the last window, as of the last computation. Any context. */
unsigned harmony_permille(void);

/* The average of all windows that began after harmony_reset_average(), or the last one if there is
 * none. Any context. */
unsigned harmony_average_permille(void);
void harmony_reset_average(void);

/* `quantum auto`: the quantum follows harmony, 20 ms above 0.8, 5 ms below 0.5, else 10 ms. A
 * quantum that is set ends it. Any context. */
void harmony_set_auto_quantum(bool on);
bool harmony_has_auto_quantum(void);

#endif
