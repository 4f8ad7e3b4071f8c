/*
 * Software interrupts whose handlers do what the test at hand says: vectors are registered for
 * good, so each of these is registered once.
 */
#ifndef AETHEL_TESTS_KERNEL_INTERRUPT_ACTIONS_H
#define AETHEL_TESTS_KERNEL_INTERRUPT_ACTIONS_H

#define OUTER_VECTOR 128
#define INNER_VECTOR 129

/* What the handler of OUTER_VECTOR, or of INNER_VECTOR, does from now on. */
void use_action(void (*action)(void));
void use_inner_action(void (*action)(void));

/* An action for the outer one: raises the inner one, between the letters ( and ). */
void raise_inner_interrupt(void);

#endif
