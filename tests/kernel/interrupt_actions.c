/* The handlers of the software interrupts that tests raise. */
#include "tests/kernel/interrupt_actions.h"

#include "kernel/cpu/interrupts.h"
#include "kernel/lib/errors.h"
#include "tests/kernel/self_test.h"

static void (*outer_action)(void);
static void (*inner_action)(void);

static void run_outer_action(void)
{
    outer_action();
}

static void run_inner_action(void)
{
    inner_action();
}

void use_action(void (*action)(void))
{
    outer_action = action;
    int result = irq_register_software(OUTER_VECTOR, run_outer_action, "outer");
    EXPECT(result == 0 || result == -ERROR_BUSY);
}

void use_inner_action(void (*action)(void))
{
    inner_action = action;
    int result = irq_register_software(INNER_VECTOR, run_inner_action, "inner");
    EXPECT(result == 0 || result == -ERROR_BUSY);
}

void raise_inner_interrupt(void)
{
    order_append('(');
    SOFTWARE_INTERRUPT(INNER_VECTOR);
    order_append(')');
}
