/*
 * The two cascaded 8259 interrupt controllers: vectors, masks, end of interrupt.
 * Command words and their order: Intel 8259A data sheet, "Initialization Command Words".
 */
#include "drivers/pic.h"

#include <stdbool.h>
#include <stdint.h>

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/io.h"

/* The first controller serves lines 0-7 and, through its line 2, the second one with 8-15. */
#define FIRST_COMMAND  0x20
#define FIRST_DATA     0x21
#define SECOND_COMMAND 0xA0
#define SECOND_DATA    0xA1

#define LINES_PER_CONTROLLER 8u
#define CASCADE_LINE         2u

#define ICW1_INITIALISE   0x11 /* edge triggered, cascaded, ICW4 follows */
#define ICW4_8086_MODE    0x01 /* normal end of interrupt, not buffered */
#define OCW2_END          0x20 /* non-specific: ends the highest line in service */
#define OCW3_READ_REQUEST 0x0A /* the next read of the command port gives the IRR */
#define OCW3_READ_SERVICE 0x0B /* the next read of the command port gives the ISR */

static uint16_t masked_lines = 0xFFFF;

static void write_masks(void)
{
    port_write8(FIRST_DATA, (uint8_t)masked_lines);
    port_write8(SECOND_DATA, (uint8_t)(masked_lines >> LINES_PER_CONTROLLER));
}

/* The bit of `line` in the register that `command` chooses. */
static bool read_bit(unsigned line, uint8_t command)
{
    uint16_t command_port = line < LINES_PER_CONTROLLER ? FIRST_COMMAND : SECOND_COMMAND;
    port_write8(command_port, command);
    return port_read8(command_port) & 1u << line % LINES_PER_CONTROLLER;
}

bool pic_is_requested(unsigned line)
{
    return read_bit(line, OCW3_READ_REQUEST);
}

bool pic_is_in_service(unsigned line)
{
    return read_bit(line, OCW3_READ_SERVICE);
}

/*
 * A line that drops again before the processor answers makes the controller report its line 7
 * without marking it in service (8259A data sheet, "Edge and Level Triggered Modes"). Ending
 * such an interrupt would end another one. When it was the second controller's, the first one
 * did see a real interrupt on the cascade, and that has to be ended.
 */
static bool is_spurious(unsigned line)
{
    if (line == LINES_PER_CONTROLLER - 1)
        return !pic_is_in_service(line);
    if (line == IRQ_LINES - 1 && !pic_is_in_service(line)) {
        port_write8(FIRST_COMMAND, OCW2_END);
        return true;
    }
    return false;
}

/* Handlers do not nest, so the non-specific form ends the one that has run. */
static const struct interrupt_controller controller = {
    .end_port = FIRST_COMMAND,
    .second_end_port = SECOND_COMMAND,
    .end_command = OCW2_END,
    .is_spurious = is_spurious,
};

/* The oldest chips need a pause between command words. */
static void write_slowly(uint16_t port, uint8_t value)
{
    port_write8(port, value);
    port_delay();
}

void pic_init(void)
{
    masked_lines = 0xFFFF;
    write_masks();

    write_slowly(FIRST_COMMAND, ICW1_INITIALISE);
    write_slowly(SECOND_COMMAND, ICW1_INITIALISE);
    write_slowly(FIRST_DATA, IRQ_VECTOR_BASE);                         /* ICW2: first vector */
    write_slowly(SECOND_DATA, IRQ_VECTOR_BASE + LINES_PER_CONTROLLER); /* ICW2 */
    write_slowly(FIRST_DATA, 1u << CASCADE_LINE); /* ICW3: lines with a controller behind */
    write_slowly(SECOND_DATA, CASCADE_LINE);      /* ICW3: the line this one is behind */
    write_slowly(FIRST_DATA, ICW4_8086_MODE);
    write_slowly(SECOND_DATA, ICW4_8086_MODE);

    /* ICW1 has cleared the masks. */
    write_masks();
    interrupts_set_controller(&controller);
}

void pic_unmask(unsigned line)
{
    uint64_t flags = interrupts_save();
    masked_lines &= (uint16_t) ~(1u << line);
    if (line >= LINES_PER_CONTROLLER)
        masked_lines &= (uint16_t) ~(1u << CASCADE_LINE);
    write_masks();
    interrupts_restore(flags);
}

void pic_mask(unsigned line)
{
    uint64_t flags = interrupts_save();
    masked_lines |= (uint16_t)(1u << line);
    write_masks();
    interrupts_restore(flags);
}
