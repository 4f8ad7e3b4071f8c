/* What a thread did in a column of a chart: of the run chart, or of one drawn from events. */
#ifndef AETHEL_SCHED_RUN_CELL_H
#define AETHEL_SCHED_RUN_CELL_H

#include <stdbool.h>
#include <stdint.h>

/* How runs ended, to be added. */
#define RUN_WAITED    1u /* it slept, blocked or was suspended */
#define RUN_YIELDED   2u
#define RUN_PREEMPTED 4u  /* somebody more urgent came, or the policy thought better of it */
#define RUN_USED_UP   8u  /* its quantum was used up */
#define RUN_ENDED     16u /* the thread ended */
#define RUN_SEVERAL   32u /* several ended, or one for which there is none of the above */

#define RUN_WHOLE_COLUMN 255u

/* What a thread did in a column. */
struct run_cell {
    uint8_t run;     /* its share of it, of RUN_WHOLE_COLUMN; not 0 if it ran at all */
    uint8_t ready;   /* likewise: it waited for the CPU */
    uint8_t marks;   /* how its runs ended */
    bool is_unknown; /* it was not recorded */
};

/* `cycles` of a column that is `length` long, as such a share. */
static inline uint8_t run_share_of(uint64_t cycles, uint64_t length)
{
    uint64_t share = (cycles * RUN_WHOLE_COLUMN + length / 2) / length;
    if (share > RUN_WHOLE_COLUMN)
        share = RUN_WHOLE_COLUMN;
    return share == 0 && cycles != 0 ? 1 : (uint8_t)share;
}

/* The marks of two parts of a column, together. */
static inline uint8_t run_marks_joined(uint8_t first, uint8_t second)
{
    return (uint8_t)(first | second | (first != 0 && second != 0 ? RUN_SEVERAL : 0));
}

#endif
