/*
 * The room shell/mixes/ is the sets of threads that `compare` runs, and running them.
 *
 * Entered by: the command `compare`.
 * Invariant: a mix runs the same under each policy, and all that it started is gone when it has
 * run.
 *
 * Mixes: sets of jobs that `compare` runs under each policy. A file in shell/mixes/ says MIX(...),
 * and that is all it takes: the linker gathers them, sorted by name.
 */
#ifndef AETHEL_SHELL_MIXES_MIX_H
#define AETHEL_SHELL_MIXES_MIX_H

#include <stdint.h>

#define MIX_JOBS_MAX   8u
#define MIX_QUANTA_MAX 2u

#define MIX_PRIORITY 31u

/*
 * A job computes for `demand_ms` of CPU time and ends, or, without one, until time is up. It does
 * so in bursts: after each `burst_ms` of CPU time it thinks, which is to say sleeps, for
 * `think_ms`. Without bursts a finite job is one burst, and an endless one never thinks.
 */
struct mix_job {
    const char *name;    /* NULL: there are no more jobs */
    unsigned priority;   /* below 63 */
    uint32_t arrival_ms; /* since the start of the mix */
    uint32_t demand_ms;
    uint32_t burst_ms;
    uint32_t think_ms;
};

struct mix {
    const char *name;
    const char *summary;
    /* The first is everybody's, the others (0: none) are tried with round robin too. */
    uint32_t quanta_ms[MIX_QUANTA_MAX];
    struct mix_job jobs[MIX_JOBS_MAX + 1];
};

#define MIX(identifier, ...)                                                       \
    static const struct mix identifier##_mix = {.name = #identifier, __VA_ARGS__}; \
    extern const struct mix *const mix_registration_##identifier;                  \
    const struct mix *const mix_registration_##identifier                          \
        __attribute__((used, section(".mixes." #identifier))) = &identifier##_mix

extern const struct mix *const __mixes_start[], *const __mixes_end[];

#define MIX_FOR_EACH(entry) \
    for (const struct mix *const *entry = __mixes_start; entry < __mixes_end; entry++)

#endif
