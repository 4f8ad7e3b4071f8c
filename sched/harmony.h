/*
 * Harmony: how well the CPU is shared, as a number from 0 to 1, told in thousandths.
 *
 * It looks at the last second, and compares with max-min fairness. Of that second,
 *
 *  - each thread *got* g, the time for which it ran;
 *  - its *demand* d is what it used in the stretches that it ended itself (it ran, and then slept,
 *    blocked or ended: it had all that it wanted); and, if it could run at the second's end, all
 *    the time for which it had been able to in that last stretch. Of that, though, only what its
 *    stretches in that second took on average, if it has ended any, and has had no more than that
 *    in the last: nobody can know what it wants, and a sleeper's turn that is yet to come wants no
 *    more than the ones before;
 *  - the *level* L is what everybody may have at most when all that was given is poured evenly over
 *    those who want it: sum of min(d, L) = sum of g; there is none where everybody had its demand;
 *  - its *fair share* f is min(d, L), and k = g / f says how many times its share it had.
 *
 *     harmony  = sum of f * min(k, 1 / k) / sum of f
 *     fairness = (sum of f * k)^2 / (sum of f * sum of f * k^2)        (Jain's index)
 *
 * Too much and too little are equally far from harmony, nothing at all is 0. Without any demand
 * both are 1.
 *
 * The second consists of HARMONY_WINDOW_TICKS / HARMONY_PERIOD_TICKS periods; all of it is computed
 * anew whenever one has ended. Time that the machine was away is not in it. A thread that has ended
 * after less than a 512th of a second counts together with others like it.
 */
#ifndef AETHEL_SCHED_HARMONY_H
#define AETHEL_SCHED_HARMONY_H

#include <stdbool.h>

#define HARMONY_WINDOW_TICKS 1000u
#define HARMONY_PERIOD_TICKS 100u
#define HARMONY_MAX          1000u /* of a score, in thousandths */

/* The harmony of the system in the last second, as of the last computation. Any context. */
unsigned harmony_permille(void);

/* Likewise fairness, and the threads that could run all the time and got nothing. Any context. */
unsigned harmony_fairness_permille(void);
unsigned harmony_starved_threads(void);

/* The average of all windows that began after harmony_reset_average(), or the last one if there is
 * none. Windows without demand are left out. Any context. */
unsigned harmony_average_permille(void);
void harmony_reset_average(void);

/*
 * `quantum auto`: the quantum follows harmony, 20 ms above 0.8, 5 ms below 0.5, else 10 ms; but a
 * longer one is only chosen if a round of all threads that can run fits into a second, and not
 * again under a load under which it had to be taken back. A quantum that is set ends it. Any
 * context.
 */
void harmony_set_auto_quantum(bool on);
bool harmony_has_auto_quantum(void);

#endif
