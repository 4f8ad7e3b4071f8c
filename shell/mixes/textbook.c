/*
 * The example sets that scheduling is taught with. Their unit of time is 10 ms here, so that the
 * tick of 1 ms is fine against it: a quantum of 1 is 10 ms, one of 4 is 40 ms.
 */
#include "shell/mixes/mix.h"

#define UNIT 10u

/* First come, first served: the short ones wait for the long one. Average waiting time in units:
 * 17; with round robin and a quantum of 4: 5.67. */
MIX(convoy, .summary = "jobs of 24, 3 and 3 units, the long one first",
    .quanta_ms = {1 * UNIT, 4 * UNIT},
    .jobs = {{.name = "long", .priority = MIX_PRIORITY, .demand_ms = 24 * UNIT},
             {.name = "short1", .priority = MIX_PRIORITY, .demand_ms = 3 * UNIT},
             {.name = "short2", .priority = MIX_PRIORITY, .demand_ms = 3 * UNIT}});

/* The same, the short ones first: 3 units. */
MIX(shortest, .summary = "the same jobs, the short ones first", .quanta_ms = {1 * UNIT, 4 * UNIT},
    .jobs = {{.name = "short1", .priority = MIX_PRIORITY, .demand_ms = 3 * UNIT},
             {.name = "short2", .priority = MIX_PRIORITY, .demand_ms = 3 * UNIT},
             {.name = "long", .priority = MIX_PRIORITY, .demand_ms = 24 * UNIT}});

/* First come, first served: response 5 units, turnaround 10. Round robin with a quantum of 1:
 * response 1, turnaround 14. */
MIX(equal, .summary = "three jobs of 5 units", .quanta_ms = {1 * UNIT, 4 * UNIT},
    .jobs = {{.name = "job1", .priority = MIX_PRIORITY, .demand_ms = 5 * UNIT},
             {.name = "job2", .priority = MIX_PRIORITY, .demand_ms = 5 * UNIT},
             {.name = "job3", .priority = MIX_PRIORITY, .demand_ms = 5 * UNIT}});

/* A long job, and a short one that comes later: who looks at how long a job has run lets it pass.
 */
MIX(late, .summary = "a job of 20 units; one of 2 units comes later", .quanta_ms = {1 * UNIT},
    .jobs = {{.name = "long", .priority = MIX_PRIORITY, .demand_ms = 20 * UNIT},
             {.name = "late",
              .priority = MIX_PRIORITY,
              .arrival_ms = 10 * UNIT,
              .demand_ms = 2 * UNIT}});

/* Two that compute, and one that a person types into: it needs a tenth of a unit, and waits for the
 * next key. */
MIX(typing, .summary = "two that compute, one that is typed into", .quanta_ms = {1 * UNIT},
    .jobs = {
        {.name = "batch1", .priority = MIX_PRIORITY},
        {.name = "batch2", .priority = MIX_PRIORITY},
        {.name = "typed", .priority = MIX_PRIORITY, .burst_ms = UNIT / 10, .think_ms = 5 * UNIT}});
