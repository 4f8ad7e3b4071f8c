/* Scheduling policies as a person chooses between them: by name, while the machine runs. */
#ifndef AETHEL_SCHED_POLICY_H
#define AETHEL_SCHED_POLICY_H

struct policy_information {
    const char *name;
    const char *summary; /* a line, without a newline */
    const char *figures; /* what a thread's priority means to it: a line likewise */
};

/*
 * From now on the threads are scheduled by policy `name`. None is lost, whatever state it is in;
 * those that are ready queue anew, the oldest first. Threads of the highest priority stand above
 * every policy: they come first, and take turns with each other. Returns 0, or -ERROR_NOT_FOUND.
 * Threads only; does not block, and visits every thread, letting interrupts in between.
 */
int policy_choose(const char *name);

/* The name of the policy that is in force. Any context. */
const char *policy_name(void);

/* Policy number `index`, from 0, or NULL behind the last one. Any context. */
const struct policy_information *policy_at(unsigned index);

#endif
