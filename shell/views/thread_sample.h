/* Samples of all threads: what each has done so far, and since the sample before. */
#ifndef AETHEL_SHELL_VIEWS_THREAD_SAMPLE_H
#define AETHEL_SHELL_VIEWS_THREAD_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "sched/thread.h"
#include "shell/views/thread_text.h"

enum thread_figure {
    FIGURE_ELAPSED, /* TSC cycles; the interval's is what shares are shares of */
    FIGURE_RUN,     /* TSC cycles */
    FIGURE_READY,   /* TSC cycles, waiting for the CPU */
    FIGURE_VOLUNTARY,
    FIGURE_INVOLUNTARY,
    THREAD_FIGURES,
};

struct sampled_thread {
    int tid;
    char name[THREAD_NAME_SIZE];
    uint8_t priority;
    uint8_t shown_state;               /* see shell/views/thread_text.h */
    int share_percent;                 /* of its fair share, or -1: see struct thread_information */
    uint64_t total[THREAD_FIGURES];    /* since it was created */
    uint64_t interval[THREAD_FIGURES]; /* since the sample before, or since it was created */
};

/* What comes first: small numbers or letters for the first three, large ones for the others.
 * Among equals the lower tid. */
enum thread_order {
    ORDER_TID,
    ORDER_NAME,
    ORDER_STATE,
    ORDER_PRIORITY,
    ORDER_RUN,
    ORDER_READY,
    ORDER_VOLUNTARY,
    ORDER_INVOLUNTARY,
    ORDER_TOTAL_RUN,
    ORDER_SHARE,
};

/* Which threads, and in which order. */
struct thread_listing {
    enum thread_order order;
    bool is_reversed;
    const char *filter; /* only those with it in their names */
};

struct thread_sample {
    struct sampled_thread idle; /* stands outside of the others */
    uint64_t switches;          /* since the boot */
    uint64_t interval_switches;
    unsigned in_state[SHOWN_STATES];
    unsigned count;
    struct thread_listing listing;
    unsigned listed;                 /* of the threads */
    unsigned unsorted;               /* of those: they stand first */
    struct sampled_thread **heap;    /* the list, its end first */
    struct sampled_thread threads[]; /* by tid */
};

/*
 * Takes a sample. `previous` is the one before, or NULL: then the interval began at the boot. Takes
 * time in proportion to the number of threads. Returns NULL when there is no memory; the sample is
 * given back by kfree(). Threads only; does not block.
 */
struct thread_sample *thread_sample_take(const struct thread_sample *previous);

/* Figure `figure` of the interval as a share of the time that passed, in thousandths. */
unsigned thread_share_permille(const struct sampled_thread *thread, enum thread_figure figure);

/* Lists the threads of a sample. Takes time in proportion to their number. `filter` must stay. */
void thread_sample_list(struct thread_sample *sample, const struct thread_listing *listing);

/* The thread at that place of the list, below `listed`. Each that has not been asked for, up to
 * that one, takes time in proportion to the logarithm of their number. */
const struct sampled_thread *thread_sample_at(struct thread_sample *sample, unsigned place);

#endif
