/*
 * The soak: for virtual hours a person who knows no mercy sits at both terminals, memory fails now
 * and then, and ticks come late. What it is made of; all of it is driven by a software timer, so
 * that it goes on whatever the threads do, and by one seed, so that it can be seen again.
 */
#ifndef AETHEL_TESTS_SOAK_SOAK_H
#define AETHEL_TESTS_SOAK_SOAK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SOAK_LINE_SIZE 200u
#define SOAK_TIDS_MAX  32u /* that lines are told of */

/* --- chance.c: any context, interrupts off --------------------------------------------------- */

void chance_init(uint64_t seed);

/* A number below `limit`, which is not 0. */
unsigned chance_below(unsigned limit);

/* True once in `times`. */
bool chance_of_one_in(unsigned times);

/* --- lines.c --------------------------------------------------------------------------------- */

/* Writes a line that somebody might type, right or wrong, without an end. Returns its length. */
size_t lines_write(char line[SOAK_LINE_SIZE]);

/* Threads that exist, for lines that name one: the checker tells. */
void lines_set_tids(const int *tids, unsigned count);

/* --- person.c: called by the timer ----------------------------------------------------------- */

/* Types what comes next on both terminals, if it is time. */
void persons_act(void);

/* They type this line on COM1 when they have done with theirs, and nothing from then on. */
void persons_end_with(const char *line);

/* Whether that line, and its end, have been typed. */
bool persons_have_ended(void);

/* They begin anew. */
void persons_begin(void);

/* --- misfortunes.c --------------------------------------------------------------------------- */

/* From now on memory fails now and then, and ticks come late; or nothing does. */
void misfortunes_set(bool on);

/* A late tick, if it is time for one. In the timer's callback. */
void misfortunes_act(void);

/* How many allocations have been refused, and ticks been late. */
uint64_t misfortunes_refused(void);
uint64_t misfortunes_late(void);

/* --- checker.c: a thread --------------------------------------------------------------------- */

/* What there is when nobody does anything. */
struct inventory {
    unsigned threads;
    size_t heap_blocks;
    size_t heap_bytes;
    size_t frames; /* free, or the heap's */
};

void inventory_take(struct inventory *inventory);

/* Whether both are the same; else says on COM1 what is not. */
bool inventory_is_same(const struct inventory *before, const struct inventory *now);

/* Whether everything is as it must be at any instant; else says on COM1 what is not. Threads only.
 */
bool everything_adds_up(void);

#endif
