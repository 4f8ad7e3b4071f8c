/* Mixes that show how the CPU is shared out among those that never have enough. */
#include "shell/mixes/mix.h"

#define QUANTUM_MS 10u

MIX(hogs, .summary = "four that compute", .quanta_ms = {QUANTUM_MS, 10 * QUANTUM_MS},
    .jobs = {{"hog1", MIX_PRIORITY},
             {"hog2", MIX_PRIORITY},
             {"hog3", MIX_PRIORITY},
             {"hog4", MIX_PRIORITY}});

MIX(weights, .summary = "three that compute, of unequal priority", .quanta_ms = {QUANTUM_MS},
    .jobs = {{"prio28", MIX_PRIORITY - 3}, {"prio31", MIX_PRIORITY}, {"prio34", MIX_PRIORITY + 3}});

MIX(office, .summary = "two that compute, four that answer", .quanta_ms = {QUANTUM_MS},
    .jobs = {{"batch1", MIX_PRIORITY},
             {"batch2", MIX_PRIORITY},
             {"editor", MIX_PRIORITY, .burst_ms = 1, .think_ms = 40},
             {"mail", MIX_PRIORITY, .burst_ms = 2, .think_ms = 70},
             {"web", MIX_PRIORITY, .burst_ms = 5, .think_ms = 100},
             {"player", MIX_PRIORITY + 1, .burst_ms = 2, .think_ms = 18}});
