/* Mixes that show how the CPU is shared out among those that never have enough. */
#include "shell/mixes/mix.h"

#define QUANTUM_MS 10u

MIX(hogs, .summary = "four that compute", .quanta_ms = {QUANTUM_MS, 10 * QUANTUM_MS},
    .jobs = {{.name = "hog1", .priority = MIX_PRIORITY},
             {.name = "hog2", .priority = MIX_PRIORITY},
             {.name = "hog3", .priority = MIX_PRIORITY},
             {.name = "hog4", .priority = MIX_PRIORITY}});

MIX(weights, .summary = "three that compute, of unequal priority", .quanta_ms = {QUANTUM_MS},
    .jobs = {{.name = "prio28", .priority = MIX_PRIORITY - 3},
             {.name = "prio31", .priority = MIX_PRIORITY},
             {.name = "prio34", .priority = MIX_PRIORITY + 3}});

MIX(office, .summary = "two that compute, four that answer", .quanta_ms = {QUANTUM_MS},
    .jobs = {{.name = "batch1", .priority = MIX_PRIORITY},
             {.name = "batch2", .priority = MIX_PRIORITY},
             {.name = "editor", .priority = MIX_PRIORITY, .burst_ms = 1, .think_ms = 40},
             {.name = "mail", .priority = MIX_PRIORITY, .burst_ms = 2, .think_ms = 70},
             {.name = "web", .priority = MIX_PRIORITY, .burst_ms = 5, .think_ms = 100},
             {.name = "player", .priority = MIX_PRIORITY + 1, .burst_ms = 2, .think_ms = 18}});
