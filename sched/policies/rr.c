/* Round robin: all threads take turns, whatever their priorities. */
#include "sched/policies/policy.h"

static unsigned level_of(const struct thread *thread)
{
    (void)thread;
    return POLICY_LEVEL;
}

POLICY(rr, .information.summary = "round robin: all take turns",
       .information.figures = "priority: means nothing below 63", .level_of = level_of);
