/* The registers of a UART, by the PC16550D data sheet. */
#include "tests/unit/fakes/uart_model.h"

#include <string.h>

#include "kernel/cpu/io.h"
#include "tests/unit/unit_test.h"

struct uart_model uart;

static bool uart_has_fifo_on(void)
{
    return uart.kind >= UART_16550 && (uart.fifo_control & 1);
}

static unsigned uart_depth(void)
{
    return uart_has_fifo_on() ? 16 : 1;
}

static bool uart_has_received(void)
{
    return (uart.interrupt_enable & 1) && uart.received_count;
}

static bool uart_has_emptied(void)
{
    return (uart.interrupt_enable & 2) && uart.empty_interrupt;
}

static void uart_update_line(void)
{
    bool line = uart_has_received() || uart_has_emptied();
    if (line && !uart.line)
        uart.edge = true;
    uart.line = line;
}

void uart_send(void)
{
    memcpy(uart.output + uart.output_length, uart.transmitter, uart.in_transmitter);
    uart.output_length += uart.in_transmitter;
    if (uart.in_transmitter)
        uart.empty_interrupt = true;
    uart.in_transmitter = 0;
    uart_update_line();
}

bool uart_arrive(uint8_t byte)
{
    if (uart.received_count < uart_depth())
        uart.received[uart.received_count++] = byte;
    else
        uart.errors |= 0x02;
    if (uart_depth() == 1) /* without a FIFO the new one takes the place of the old */
        uart.received[0] = byte;
    uart_update_line();
    return uart.modem_control & 2;
}

static uint8_t uart_read_data(void)
{
    uint8_t byte = uart.received_count ? uart.received[0] : 0;
    if (uart.received_count)
        memmove(uart.received, uart.received + 1, --uart.received_count);
    return byte;
}

static uint8_t uart_line_status(void)
{
    uint8_t status = uart.errors;
    uart.errors = 0;
    if (uart.received_count)
        status |= 0x01;
    if (!uart.in_transmitter && !uart.is_stuck)
        status |= 0x60;
    return status;
}

static uint8_t uart_modem_status(void)
{
    uint8_t outputs = uart.modem_control;
    if (!(outputs & 0x10))
        return 0;
    return (uint8_t)((outputs & 0x0C) << 4 | (outputs & 0x02) << 3 | (outputs & 0x01) << 5);
}

/* Telling that the transmitter is empty counts as having told it. */
static uint8_t uart_cause(void)
{
    uint8_t fifo = !uart_has_fifo_on() ? 0x00 : uart.kind == UART_16550 ? 0x80 : 0xC0;
    if (uart_has_received())
        return fifo | 0x04;
    if (!uart_has_emptied())
        return fifo | 0x01;
    uart.empty_interrupt = false;
    return fifo | 0x02;
}

static uint8_t uart_scratch(void)
{
    return uart.kind == UART_8250 ? 0xFF : uart.scratch;
}

uint8_t port_read8(uint16_t port)
{
    static const uint8_t read_without_uart[] = {0xFF, 0x00, 0x7F};
    if (uart.kind < UART_8250)
        return read_without_uart[uart.kind];
    if (uart.is_gone)
        return 0xFF;
    uint8_t value = 0;
    switch (port - 0x3F8) {
    case 0:
        value = uart_read_data();
        break;
    case 2:
        value = uart_cause();
        break;
    case 5:
        value = uart_line_status();
        break;
    case 6:
        value = uart_modem_status();
        break;
    case 7:
        value = uart_scratch();
        break;
    default:
        fail_msg("port %x is not read by anybody", port);
    }
    uart_update_line();
    return value;
}

static void uart_write_data(uint8_t value)
{
    if (uart.modem_control & 0x10)
        fail_msg("a byte sent in loopback would destroy one that waits");
    if (uart.in_transmitter == uart_depth())
        fail_msg("the transmitter is full");
    uart.transmitter[uart.in_transmitter++] = value;
    uart.empty_interrupt = false;
}

static void uart_write_interrupt_enable(uint8_t value)
{
    if ((value & 2) && !(uart.interrupt_enable & 2) && !uart.in_transmitter)
        uart.empty_interrupt = true;
    uart.interrupt_enable = value;
}

static void uart_write_fifo_control(uint8_t value)
{
    if ((value ^ uart.fifo_control) & 1)
        uart.received_count = uart.in_transmitter = 0;
    if (value & 6)
        fail_msg("clearing the FIFOs loses what they hold");
    uart.fifo_control = value;
}

void port_write8(uint16_t port, uint8_t value)
{
    if (uart.kind < UART_8250 || uart.is_gone)
        return;
    bool divisor_is_visible = uart.line_control & 0x80;
    switch (port - 0x3F8) {
    case 0:
        if (divisor_is_visible)
            uart.divisor = (uart.divisor & 0xFF00) | value;
        else
            uart_write_data(value);
        break;
    case 1:
        if (divisor_is_visible)
            uart.divisor = (uart.divisor & 0xFF) | (unsigned)value << 8;
        else
            uart_write_interrupt_enable(value);
        break;
    case 2:
        if (uart.kind >= UART_16550)
            uart_write_fifo_control(value);
        break;
    case 3:
        uart.line_control = value;
        break;
    case 4:
        uart.modem_control = value;
        break;
    case 7:
        uart.scratch = value;
        break;
    default:
        fail_msg("port %x is not written by anybody", port);
    }
    uart_update_line();
}

/* Time passes: polling drivers see their bytes go. */
void port_delay(void)
{
    uart.delays++;
    if (!uart.is_stuck)
        uart_send();
}
