/* Build-time choices. The Makefile sets each of them; their meaning is told here, once. What a
 * kernel is for, CONFIG_SELF_TEST or CONFIG_BENCH, is told to kernel/start/ alone. */
#ifndef AETHEL_KERNEL_CONFIG_H
#define AETHEL_KERNEL_CONFIG_H

/* 0 builds a kernel without the preemptive path at all: the plan's safe rollback. */
#ifndef CONFIG_PREEMPT
#define CONFIG_PREEMPT 1
#endif

/* 1 checks invariants and lock discipline at run time, and panics where one is broken. */
#ifndef CONFIG_DEBUG
#define CONFIG_DEBUG 0
#endif

/* 1 switches threads wherever they may be switched, so that what relies on not being switched
 * breaks soon: a reschedule at the end of every critical section and of every interrupt, and a
 * quantum of one tick. */
#ifndef CONFIG_STRESS
#define CONFIG_STRESS 0
#endif

#define AETHEL_VERSION "0.1"

#endif
