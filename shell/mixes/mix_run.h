/* One run of a mix, under the policy that is in force. */
#ifndef AETHEL_SHELL_MIXES_MIX_RUN_H
#define AETHEL_SHELL_MIXES_MIX_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "shell/mixes/mix.h"
#include "shell/terminal.h"

#define MIX_SAMPLES_MAX 1000u /* response times, of all jobs together; later ones are left out */

/* Times are in nanoseconds, taken from the kernel's accounting: they are exact. */
struct job_result {
    bool has_ended;    /* its demand is met */
    bool was_killed;   /* by somebody else: only its response and its bursts are known */
    uint64_t response; /* from its arrival to its first run */
    uint64_t run;      /* on the CPU, interrupts that came meanwhile included */
    uint64_t waiting;  /* for the CPU */
    uint64_t thinking;
    uint64_t bursts; /* that it has completed */
};

struct mix_result {
    struct job_result jobs[MIX_JOBS_MAX];
    uint64_t elapsed;        /* up to the end of the last job */
    uint64_t switches;       /* likewise */
    uint64_t overhead;       /* switching, and the timer's handler */
    uint64_t others;         /* what others had, handlers included; 0: nothing worth mentioning */
    uint64_t stolen;         /* for so long the machine was away; likewise */
    const char *disturbance; /* what has been done to the jobs meanwhile; NULL: nothing */
    unsigned sample_count;
    uint32_t
        responses_us[MIX_SAMPLES_MAX]; /* from arrival, or from the end of thinking, to running */
};

/* How many jobs `mix` has. */
unsigned mix_job_count(const struct mix *mix);

/*
 * Runs `mix`: for `milliseconds` if any of its jobs is endless, else until the last one has ended.
 * Jobs that are suspended by then, or that others have kept the CPU from for seconds, are ended.
 * Returns 0, -ERROR_NO_MEMORY, or -ERROR_KILLED after Ctrl-C at `terminal`; no job is left in any
 * case. In cooperative mode it returns when nobody else wants the CPU. For a shell's thread.
 * Blocks.
 */
int mix_run(const struct mix *mix, uint32_t milliseconds, struct terminal *terminal,
            struct mix_result *result);

#endif
