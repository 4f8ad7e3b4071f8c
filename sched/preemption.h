/* Preemption as a person sees it: on or off, and how long a quantum is. */
#ifndef AETHEL_SCHED_PREEMPTION_H
#define AETHEL_SCHED_PREEMPTION_H

#include <stdbool.h>

#include "kernel/config.h"

#define QUANTUM_MS_MIN     1u
#define QUANTUM_MS_MAX     1000u
#define QUANTUM_MS_DEFAULT (CONFIG_STRESS ? 1u : 100u)

/* Whether this kernel was built with the preemptive path (PREEMPT=1). */
bool preemption_is_built_in(void);

/*
 * Switches preemption on or off. On: whoever should run by priority or quantum does so at the
 * next interrupt's exit. Off: a thread keeps the CPU until it yields, blocks, sleeps or ends.
 * Returns 0, or -ERROR_NOT_SUPPORTED where it is not built in. Any context.
 */
int preemption_set(bool on);

bool preemption_is_on(void);

/*
 * Sets the quantum for everybody, the running thread included. Returns 0, or -ERROR_INVALID
 * outside QUANTUM_MS_MIN..QUANTUM_MS_MAX. Any context.
 */
int quantum_set_ms(unsigned milliseconds);

unsigned quantum_get_ms(void);

#endif
