/*
 * Signs of life: a few counters that threads advance as they work, and the status bar watches
 * from interrupt context. They live here and not with the threads, so that watching is safe at
 * any time, whether the thread still exists or not.
 */
#ifndef AETHEL_SHELL_WORKLOADS_ACTIVITY_H
#define AETHEL_SHELL_WORKLOADS_ACTIVITY_H

#include <stdbool.h>
#include <stdint.h>

#define ACTIVITY_CELLS 16u

struct activity {
    volatile bool is_used;
    volatile uint32_t beats; /* advanced by the thread that has claimed the cell */
};

/* Takes the first free cell, with no beats yet. Returns NULL when all are taken. Any context. */
struct activity *activity_claim(void);

/* Gives a cell back; NULL is ignored. Any context. */
void activity_release(struct activity *activity);

/* How many cells have been used so far: those from there on never were. Any context. */
unsigned activity_cells_used(void);

/* Cell number `index`, from 0, below ACTIVITY_CELLS. Any context. */
const struct activity *activity_get(unsigned index);

#endif
