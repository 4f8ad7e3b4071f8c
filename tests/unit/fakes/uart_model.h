/*
 * A UART made up: registers, FIFOs, and an interrupt line of which, as behind an 8259, only the
 * rising edge is seen. It answers at COM1's ports, and fails the test where a driver does what a
 * real one would not bear.
 */
#ifndef AETHEL_TESTS_UNIT_FAKES_UART_MODEL_H
#define AETHEL_TESTS_UNIT_FAKES_UART_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#define UART_OUTPUT_SIZE 32768u

enum uart_kind {
    UART_NONE_FF, /* the bus floats */
    UART_NONE_00,
    UART_NONE_7F, /* something else answers */
    UART_8250,    /* no scratch register */
    UART_16450,   /* no FIFO */
    UART_16550,   /* one that loses bytes */
    UART_16550A,
};

struct uart_model {
    enum uart_kind kind;
    bool is_stuck; /* never sends anything */
    bool is_gone;  /* pulled out */
    uint8_t interrupt_enable, line_control, modem_control, fifo_control, scratch;
    uint8_t errors; /* line status bits that the next read shows */
    unsigned divisor;

    uint8_t received[16];
    unsigned received_count;
    unsigned in_transmitter;
    bool empty_interrupt; /* "transmitter empty" has not been answered yet */

    bool line, edge; /* the edge: it has risen since that was cleared */
    unsigned delays; /* how often the driver has waited */
    char output[UART_OUTPUT_SIZE];
    unsigned output_length;
    uint8_t transmitter[16];
};

extern struct uart_model uart;

/* The bits have gone out. */
void uart_send(void);

/* A byte arrives. Returns false where the peer should have waited: RTS is low. */
bool uart_arrive(uint8_t byte);

#endif
