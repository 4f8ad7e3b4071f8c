/* Software interrupts: registering, counting, and where their handlers run. */
#include <stddef.h>

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"
#include "sched/clock.h"
#include "tests/kernel/interrupt_actions.h"
#include "tests/kernel/self_test.h"

#define NOBODYS_VECTOR 200

static void do_nothing(void)
{
}

static uint64_t count_of(unsigned vector)
{
    struct irq_information information;
    EXPECT(irq_get_software_information(vector, &information));
    return information.count;
}

SELF_TEST(a_software_interrupt_is_registered_and_counted)
{
    use_action(do_nothing);
    uint64_t before = count_of(OUTER_VECTOR);
    for (int i = 0; i < 5; i++)
        SOFTWARE_INTERRUPT(OUTER_VECTOR);
    EXPECT_EQUAL(count_of(OUTER_VECTOR), before + 5);
    struct irq_information information;
    EXPECT(irq_get_software_information(OUTER_VECTOR, &information));
    EXPECT_EQUAL(strcmp(information.name, "outer"), 0);
}

SELF_TEST(a_software_interrupt_nobody_registered_for_is_counted_and_ignored)
{
    uint64_t before = count_of(NOBODYS_VECTOR);
    SOFTWARE_INTERRUPT(NOBODYS_VECTOR);
    EXPECT_EQUAL(count_of(NOBODYS_VECTOR), before + 1);
    struct irq_information information;
    EXPECT(irq_get_software_information(NOBODYS_VECTOR, &information));
    EXPECT(information.name == NULL);
}

SELF_TEST(registering_a_software_interrupt_refuses_what_cannot_be)
{
    struct irq_information information;
    use_action(do_nothing);
    EXPECT_EQUAL(irq_register_software(OUTER_VECTOR, do_nothing, "again"), -ERROR_BUSY);
    EXPECT_EQUAL(irq_register_software(SOFTWARE_VECTOR_FIRST - 1, do_nothing, "low"),
                 -ERROR_INVALID);
    EXPECT_EQUAL(irq_register_software(SOFTWARE_VECTOR_LAST + 1, do_nothing, "high"),
                 -ERROR_INVALID);
    EXPECT_EQUAL(irq_register_software(NOBODYS_VECTOR, NULL, "handler"), -ERROR_INVALID);
    EXPECT_EQUAL(irq_register_software(NOBODYS_VECTOR, do_nothing, NULL), -ERROR_INVALID);
    EXPECT(!irq_get_software_information(SOFTWARE_VECTOR_FIRST - 1, &information));
    EXPECT(!irq_get_software_information(SOFTWARE_VECTOR_LAST + 1, &information));
    EXPECT_EQUAL(irq_register(IRQ_LINES, do_nothing, "line"), -ERROR_INVALID);
    EXPECT_EQUAL(irq_register(0, do_nothing, "timer"), -ERROR_BUSY);
}

/* Of the two lines that a controller names when a line has dropped before it could be served. No
 * line is in service here, so the controllers know nothing of the interrupt. */
#define SPURIOUS_LINE_1 7
#define SPURIOUS_LINE_2 15

static struct irq_information line_information(unsigned line)
{
    struct irq_information information;
    EXPECT(irq_get_information(line, &information));
    return information;
}

SELF_TEST(spurious_interrupts_are_counted_and_change_nothing)
{
    struct irq_information before[] = {line_information(SPURIOUS_LINE_1),
                                       line_information(SPURIOUS_LINE_2)};
    for (int i = 0; i < 3; i++) {
        SOFTWARE_INTERRUPT(IRQ_VECTOR_BASE + SPURIOUS_LINE_1);
        SOFTWARE_INTERRUPT(IRQ_VECTOR_BASE + SPURIOUS_LINE_2);
    }
    struct irq_information after[] = {line_information(SPURIOUS_LINE_1),
                                      line_information(SPURIOUS_LINE_2)};
    for (int i = 0; i < 2; i++) {
        EXPECT_EQUAL(after[i].spurious, before[i].spurious + 3);
        EXPECT_EQUAL(after[i].count, before[i].count);
    }
    uint64_t ticks = clock_ticks();
    thread_sleep_ms(3);
    EXPECT(clock_ticks() >= ticks + 3);
}

static volatile bool interrupts_were_on, was_in_handler;

static void note_context(void)
{
    interrupts_were_on = interrupts_are_enabled();
    was_in_handler = interrupts_in_handler();
}

SELF_TEST(a_software_handler_runs_with_interrupts_off_and_knows_where_it_is)
{
    use_action(note_context);
    interrupts_were_on = true;
    was_in_handler = false;
    SOFTWARE_INTERRUPT(OUTER_VECTOR);
    EXPECT(!interrupts_were_on);
    EXPECT(was_in_handler);
    EXPECT(interrupts_are_enabled());
    EXPECT(!interrupts_in_handler());
    uint64_t flags = interrupts_save();
    SOFTWARE_INTERRUPT(OUTER_VECTOR);
    EXPECT(!interrupts_are_enabled());
    EXPECT(!interrupts_in_handler());
    interrupts_restore(flags);
}

static void begin_outer(void)
{
    raise_inner_interrupt();
    was_in_handler = interrupts_in_handler();
}

static void append_in_inner(void)
{
    order_append('i');
}

SELF_TEST(software_interrupts_nest)
{
    use_action(begin_outer);
    use_inner_action(append_in_inner);
    was_in_handler = false;
    SOFTWARE_INTERRUPT(OUTER_VECTOR);
    EXPECT_ORDER("(i)");
    EXPECT(was_in_handler);
    EXPECT(!interrupts_in_handler());
}
