/* The switches that a person turns. */
#include "sched/preemption.h"

#include <stddef.h>

#include "kernel/config.h"
#include "kernel/lib/errors.h"
#include "sched/clock.h"
#include "sched/core/core.h"
#include "sched/harmony.h"
#include "sched/observe/trace_ring.h"
#include "sched/state/state.h"

_Static_assert(TICK_HZ == 1000, "a quantum is told in milliseconds and counted in ticks");

bool preemption_is_built_in(void)
{
    return CONFIG_PREEMPT;
}

int preemption_set(bool on)
{
    if (!preemption_is_built_in())
        return -ERROR_NOT_SUPPORTED;
    uint64_t flags = critical_enter();
    state_setting_changed();
    core_set_preemption(on);
    trace_setting(TRACE_PREEMPTION, on, NULL);
    critical_exit(flags);
    return 0;
}

bool preemption_is_on(void)
{
    return the_scheduler.is_preemptive;
}

int quantum_set_ms(unsigned milliseconds)
{
    if (milliseconds < QUANTUM_MS_MIN || milliseconds > QUANTUM_MS_MAX)
        return -ERROR_INVALID;
    uint64_t flags = critical_enter();
    harmony_set_auto_quantum(false);
    state_setting_changed();
    the_scheduler.quantum_ticks = milliseconds;
    trace_setting(TRACE_QUANTUM, milliseconds, NULL);
    critical_exit(flags);
    return 0;
}

unsigned quantum_get_ms(void)
{
    return the_scheduler.quantum_ticks;
}
