/*
 * The status bar: the screen's last row, painted from interrupt context, so that it lives when
 * every shell starves.
 *
 *   preempt off 100ms|thr    5|run hog1      |   0 sw/s|wait  3.2sF1/-\
 *
 * From the left: preemption and the quantum; how many threads exist; which one runs; switches in
 * the last second; for how long a shell has been waiting for the CPU (the longest of them; empty
 * below 0.1 s, red above 0.5 s), or what else is not as it should be: threads that starve, time
 * that was stolen, output that Ctrl-S has stopped, rows that the console is scrolled back; which
 * console is shown, by the key that shows it with Alt, and in another colour while it is scrolled
 * back; and a cell for each of the first 16 hogs, bright and turning while that hog gets the CPU.
 */
#ifndef AETHEL_SHELL_VIEWS_STATUS_BAR_H
#define AETHEL_SHELL_VIEWS_STATUS_BAR_H

#include "sched/clock.h"

/* How often it wants to be painted; its switch rate counts on that. */
#define STATUS_BAR_PERIOD_TICKS (TICK_HZ / 10)

#define STATUS_BAR_PARTS 5u

/* Paints of part `part` what has changed: one after the other, and all of them in each period.
 * Interrupt context; constant time. */
void status_bar_paint(unsigned part);

#endif
