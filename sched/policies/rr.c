/* Round robin: all threads take turns, whatever their priorities. */
#include "sched/policies/policy.h"

POLICY(rr, .information.summary = "all in turn", .information.priority = "means nothing below 63",
       .level_of = policy_single_level);
