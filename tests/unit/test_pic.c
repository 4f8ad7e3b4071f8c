/* The 8259 driver against two controllers made up here, which play by the data sheet's rules. */
#include <string.h>

#include "drivers/pic.c"
#include "tests/unit/fakes/processor.h"
#include "tests/unit/unit_test.h"

#define NO_LINE 99u

struct chip {
    unsigned init_step; /* of the initialisation; 0: none */
    uint8_t vector, wiring, mode, mask;
    uint8_t requests, in_service;
    bool shows_service;
    unsigned ends; /* commands to end an interrupt */
};

static struct chip first, second;
static const struct interrupt_controller *given;

void interrupts_set_controller(const struct interrupt_controller *new_controller)
{
    given = new_controller;
}

void port_delay(void)
{
}

static struct chip *chip_at(uint16_t port)
{
    return (port & 0x80) ? &second : &first;
}

static uint8_t highest(uint8_t lines)
{
    return (uint8_t)(lines & -lines);
}

static void command(struct chip *chip, uint8_t value)
{
    if (value & 0x10) {
        memset(chip, 0, sizeof(*chip)); /* ICW1 clears the masks, too */
        chip->init_step = 2;
    } else if (value & 0x08) {
        assert_int_equal(value & 0xFE, 0x0A);
        chip->shows_service = value & 0x01;
    } else {
        assert_int_equal(value, 0x20);
        chip->ends++;
        chip->in_service &= (uint8_t)~highest(chip->in_service);
    }
}

static void data(struct chip *chip, uint8_t value)
{
    switch (chip->init_step) {
    case 2:
        chip->vector = value;
        break;
    case 3:
        chip->wiring = value;
        break;
    case 4:
        chip->mode = value;
        break;
    default:
        chip->mask = value;
        return;
    }
    chip->init_step = chip->init_step == 4 ? 0 : chip->init_step + 1;
}

void port_write8(uint16_t port, uint8_t value)
{
    assert_int_equal(port & 0x7E, 0x20);
    if (port & 1)
        data(chip_at(port), value);
    else
        command(chip_at(port), value);
}

uint8_t port_read8(uint16_t port)
{
    assert_int_equal(port & 0x7F, 0x20);
    const struct chip *chip = chip_at(port);
    return chip->shows_service ? chip->in_service : chip->requests;
}

/* The processor acknowledges what the second chip, or the first alone, has raised; NO_LINE: the
 * line has dropped again. Returns the line that the vector names. */
static unsigned acknowledge(bool of_second, unsigned line)
{
    if (!of_second) {
        if (line == NO_LINE)
            return 7;
        first.in_service |= (uint8_t)(1u << line);
        return line;
    }
    first.in_service |= 1u << 2;
    if (line == NO_LINE)
        return 15;
    second.in_service |= (uint8_t)(1u << (line - 8));
    return line;
}

static int set_up(void **state)
{
    (void)state;
    /* As a BIOS may leave them: lines unmasked, requests pending. */
    first = (struct chip){.mask = 0xB8, .requests = 0x10};
    second = (struct chip){.mask = 0x8E};
    interrupts_are_on = false;
    pic_init();
    return 0;
}

static void moves_the_vectors_and_masks_every_line(void **state)
{
    (void)state;
    assert_int_equal(first.init_step, 0);
    assert_int_equal(second.init_step, 0);
    assert_int_equal(first.vector, 32);
    assert_int_equal(second.vector, 40);
    assert_int_equal(first.wiring, 1u << 2);
    assert_int_equal(second.wiring, 2);
    assert_int_equal(first.mode, 0x01);
    assert_int_equal(second.mode, 0x01);
    assert_int_equal(first.mask, 0xFF);
    assert_int_equal(second.mask, 0xFF);
    assert_ptr_equal(given, &controller);
}

static void lets_lines_through_one_by_one(void **state)
{
    (void)state;
    interrupts_are_on = true;
    pic_unmask(0);
    assert_int_equal(first.mask, 0xFE);
    assert_int_equal(second.mask, 0xFF);
    pic_unmask(8);
    assert_int_equal(first.mask, 0xFA); /* the cascade, too */
    assert_int_equal(second.mask, 0xFE);
    pic_mask(0);
    assert_int_equal(first.mask, 0xFB);
    assert_int_equal(second.mask, 0xFE);
    assert_true(interrupts_are_on);
}

static void shows_what_is_requested(void **state)
{
    (void)state;
    first.requests = 1u << 0;
    second.requests = 1u << 0;
    assert_true(pic_is_requested(0));
    assert_true(pic_is_requested(8));
    assert_false(pic_is_requested(1));
    assert_false(pic_is_requested(9));
    first.requests = 0;
    second.requests = 1u << 7;
    assert_false(pic_is_requested(0));
    assert_false(pic_is_requested(7));
    assert_true(pic_is_requested(15));
}

static void expect_real(bool of_second, unsigned line)
{
    assert_int_equal(acknowledge(of_second, line), line);
    assert_false(given->is_spurious(line));
    if (of_second)
        port_write8(given->second_end_port, given->end_command);
    port_write8(given->end_port, given->end_command);
    assert_int_equal(first.in_service, 0);
    assert_int_equal(second.in_service, 0);
    assert_int_equal(first.ends, 1);
    assert_int_equal(second.ends, of_second ? 1 : 0);
}

static void ends_real_interrupts(void **state)
{
    for (unsigned line = 0; line < 16; line++) {
        if (line == 2)
            continue;
        set_up(state);
        expect_real(line >= 8, line);
    }
}

static void does_not_end_a_spurious_interrupt_of_the_first(void **state)
{
    (void)state;
    first.in_service = 1u << 3; /* of a handler that was interrupted: it must stay in service */
    assert_true(given->is_spurious(acknowledge(false, NO_LINE)));
    assert_int_equal(first.in_service, 1u << 3);
    assert_int_equal(first.ends, 0);
    assert_int_equal(second.ends, 0);
}

static void ends_only_the_cascade_for_a_spurious_one_of_the_second(void **state)
{
    (void)state;
    assert_true(given->is_spurious(acknowledge(true, NO_LINE)));
    assert_int_equal(first.in_service, 0);
    assert_int_equal(first.ends, 1);
    assert_int_equal(second.ends, 0);
}

static void knows_spurious_ones_after_reading_requests(void **state)
{
    (void)state;
    first.requests = 1u << 7;
    assert_true(pic_is_requested(7));
    assert_true(given->is_spurious(acknowledge(false, NO_LINE)));
    second.requests = 1u << 7;
    assert_true(pic_is_requested(15));
    assert_true(given->is_spurious(acknowledge(true, NO_LINE)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(moves_the_vectors_and_masks_every_line, set_up),
        cmocka_unit_test_setup(lets_lines_through_one_by_one, set_up),
        cmocka_unit_test_setup(shows_what_is_requested, set_up),
        cmocka_unit_test_setup(ends_real_interrupts, set_up),
        cmocka_unit_test_setup(does_not_end_a_spurious_interrupt_of_the_first, set_up),
        cmocka_unit_test_setup(ends_only_the_cascade_for_a_spurious_one_of_the_second, set_up),
        cmocka_unit_test_setup(knows_spurious_ones_after_reading_requests, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
