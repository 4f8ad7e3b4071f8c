/*
 * A software interrupt at a chosen instruction: from stepping_begin() on the processor traps behind
 * each instruction (Intel SDM vol. 3, 17.3.1.4), and behind the last one it finds itself in the
 * interrupt's stub, with the frame that a device's interrupt would have made there. So it is exact
 * on any machine, whatever its clock.
 *
 * Counted are only the places where an interrupt can come, since interrupts are on and STI is not
 * the instruction before, and where it can matter: not in kernel/lib/, which knows no threads. The
 * trap flag is the processor's, and goes from thread to thread as those give the CPU away. Where
 * interrupts are off nothing traps, if there is a local APIC that can interrupt behind that.
 */
#ifndef AETHEL_TESTS_KERNEL_STEPPING_H
#define AETHEL_TESTS_KERNEL_STEPPING_H

#include <stdbool.h>

/* Has the handler of OUTER_VECTOR (interrupt_actions.h) run at the place number `place`, from 1 on,
 * behind this call. */
void stepping_begin(unsigned place);

/* No more steps, if they have not ended. Returns whether the interrupt has come. */
bool stepping_end(void);

#endif
