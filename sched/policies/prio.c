/* The default: a more urgent thread runs before a less urgent one; equals take turns. */
#include "sched/policies/policy.h"

static unsigned level_of(const struct thread *thread)
{
    return thread->priority;
}

POLICY(prio, .information.summary = "most urgent first, equals in turn",
       .information.priority = "0 to 63, larger is more urgent", .level_of = level_of);
