/* Which UART there is, and setting it up. */
#include "drivers/uart.h"

#include <stddef.h>

#include "kernel/cpu/io.h"

#define SCRATCH_PATTERN 0x5A

#define DIVISOR_115200 1u /* 1.8432 MHz / 16 / 115200 */

/* In loopback the four inputs read as the four outputs. */
#define MODEM_INPUTS    0xF0
#define MODEM_INPUT_CTS 0x10 /* from RTS */
#define MODEM_INPUT_DSR 0x20 /* from DTR */
#define MODEM_INPUT_RI  0x40 /* from OUT1 */
#define MODEM_INPUT_DCD 0x80 /* from OUT2 */

bool uart_wait_for(uint8_t condition, unsigned turns, uint8_t *seen)
{
    for (unsigned i = 0; i < turns; i++) {
        uint8_t status = port_read8(LINE_STATUS);
        *seen |= status;
        if (status & condition)
            return true;
        port_delay();
    }
    return false;
}

static bool outputs_come_back(uint8_t outputs, uint8_t inputs)
{
    port_write8(MODEM_CONTROL, MODEM_LOOPBACK | outputs);
    return (port_read8(MODEM_STATUS) & MODEM_INPUTS) == inputs;
}

/*
 * Only a UART connects its modem outputs to its inputs in loopback mode. No byte is sent for the
 * test, which would have to be received over the one that may be waiting. Stays in loopback.
 */
static bool detect(struct uart *uart, unsigned turns, uint8_t *seen)
{
    *seen = port_read8(LINE_STATUS);
    if (*seen == STATUS_NO_DEVICE)
        return false;
    port_write8(LINE_CONTROL, LINE_8N1); /* the data and interrupt registers are in sight */
    port_write8(INTERRUPT_ENABLE, 0);
    uart->is_stuck = !uart_wait_for(STATUS_ALL_SENT, turns, seen);
    return outputs_come_back(MODEM_RTS | MODEM_INTERRUPT, MODEM_INPUT_CTS | MODEM_INPUT_DCD) &&
           outputs_come_back(MODEM_DTR | MODEM_OUT1, MODEM_INPUT_DSR | MODEM_INPUT_RI);
}

static const char *type_without_fifo(void)
{
    port_write8(SCRATCH, SCRATCH_PATTERN);
    return port_read8(SCRATCH) == SCRATCH_PATTERN ? "16450" : "8250";
}

/*
 * Switching the FIFO on empties it, and without a FIFO the receiver holds one byte. So that byte
 * is taken first, and nothing is done between taking it and the switch. Where the FIFO is on
 * already, writing the same again empties nothing. `seen` is what the line status has said before.
 */
static void enable_fifo(struct uart *uart, uint8_t seen)
{
    uint8_t status = port_read8(LINE_STATUS);
    if (status & STATUS_RECEIVED)
        uart->byte = port_read8(DATA);
    uart->has_byte = (status & STATUS_RECEIVED) && !((status | seen) & STATUS_BAD_BYTE);
    port_write8(FIFO_CONTROL, FIFO_ON | FIFO_TRIGGER_8);

    uint8_t fifo = port_read8(INTERRUPT_CAUSE) & CAUSE_FIFO;
    uart->type = "16550A";
    uart->fifo_depth = FIFO_DEPTH;
    if (fifo == CAUSE_FIFO_WORKS)
        return;
    port_write8(FIFO_CONTROL, FIFO_OFF);
    uart->type = fifo == CAUSE_FIFO_BROKEN ? "16550" : type_without_fifo();
    uart->fifo_depth = 1;
}

struct uart uart_set_up(unsigned turns)
{
    struct uart uart = {.type = NULL};
    uint8_t seen;
    if (!detect(&uart, turns, &seen))
        return uart;
    enable_fifo(&uart, seen);

    port_write8(LINE_CONTROL, LINE_8N1 | LINE_DIVISOR);
    port_write8(DIVISOR_LOW, DIVISOR_115200);
    port_write8(DIVISOR_HIGH, DIVISOR_115200 >> 8);
    port_write8(LINE_CONTROL, LINE_8N1);
    port_write8(MODEM_CONTROL, MODEM_DTR | MODEM_INTERRUPT);
    return uart;
}
