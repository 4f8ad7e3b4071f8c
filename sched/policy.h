/* Scheduling policies as a person chooses between them: by name, while the machine runs. */
#ifndef AETHEL_SCHED_POLICY_H
#define AETHEL_SCHED_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#define POLICY_SEED_DEFAULT 1u
#define POLICY_TEXT_MAX     35u

struct policy_information {
    const char *name;
    const char *summary;    /* how the CPU is shared, in POLICY_TEXT_MAX characters at most */
    const char *priority;   /* what a thread's priority means, likewise */
    unsigned looks_back_ms; /* for so long it remembers what was before */
};

/*
 * From now on the threads are scheduled by policy `name`. None is lost, whatever state it is in;
 * those that are ready queue anew, the oldest first. Threads of the highest priority stand above
 * every policy: they come first, and take turns with each other. A policy that draws lots begins
 * with POLICY_SEED_DEFAULT, also if it was in force before. Returns 0, or -ERROR_NOT_FOUND.
 * Threads only; does not block, and visits every thread, letting interrupts in between.
 */
int policy_choose(const char *name);

/* The same for a policy that draws lots, which begins with `seed`: the same seed gives the same
 * lots. Returns -ERROR_NOT_SUPPORTED, and changes nothing, for one that draws none. */
int policy_choose_seeded(const char *name, uint64_t seed);

/* What the draws of the policy in force began with, if it draws lots. Any context. */
uint64_t policy_seed(void);

/* The name of the policy that is in force. Any context. */
const char *policy_name(void);

/* Policy number `index`, from 0, or NULL behind the last one. Any context. */
const struct policy_information *policy_at(unsigned index);

#endif
