/*
 * Running what may fault, and going on behind it: for what is done after a panic, when nothing in
 * memory can be trusted any more, and for asking a processor what it may not have. Interrupts are
 * off; guards nest, and the innermost one catches.
 */
#ifndef AETHEL_KERNEL_CPU_GUARD_H
#define AETHEL_KERNEL_CPU_GUARD_H

#include <stdbool.h>
#include <stdint.h>

/* Calls `function` with `argument`. Returns whether it has come to its end: an exception, or
 * guard_leave(), ends it where it stands, and what it has taken is not given back. */
bool guard_run(void (*function)(void *argument), void *argument);

/* Ends what the innermost guard runs. There must be one. */
_Noreturn void guard_leave(void);

/* RSP in the innermost guard; 0: there is none. Written by guard.asm alone. */
extern uint64_t guard_stack;

static inline bool guard_is_set(void)
{
    return guard_stack != 0;
}

/* Calls `function` on the stack that ends at `top`. No guard is left from before, and no caller. */
_Noreturn void guard_start_anew(uint64_t top, void (*function)(void));

#endif
