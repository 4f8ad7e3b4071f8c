/*
 * The UART at COM1: its registers, and which kind it is. Registers and bits: National Semiconductor
 * PC16550D data sheet, section 8. For serial.c only, which drives it.
 */
#ifndef AETHEL_DRIVERS_UART_H
#define AETHEL_DRIVERS_UART_H

#include <stdbool.h>
#include <stdint.h>

#define COM1             0x3F8
#define DATA             (COM1 + 0) /* receive buffer, transmit holding register */
#define DIVISOR_LOW      (COM1 + 0) /* while LINE_DIVISOR is set */
#define INTERRUPT_ENABLE (COM1 + 1)
#define DIVISOR_HIGH     (COM1 + 1)
#define INTERRUPT_CAUSE  (COM1 + 2) /* read */
#define FIFO_CONTROL     (COM1 + 2) /* write */
#define LINE_CONTROL     (COM1 + 3)
#define MODEM_CONTROL    (COM1 + 4)
#define LINE_STATUS      (COM1 + 5)
#define MODEM_STATUS     (COM1 + 6)
#define SCRATCH          (COM1 + 7) /* no effect; the 8250 has none */

#define INTERRUPT_RECEIVED       0x01
#define INTERRUPT_TRANSMIT_EMPTY 0x02

#define CAUSE_NONE        0x01
#define CAUSE_FIFO        0xC0
#define CAUSE_FIFO_WORKS  0xC0
#define CAUSE_FIFO_BROKEN 0x80 /* the 16550 before the A: it loses bytes */

#define FIFO_OFF       0x00
#define FIFO_ON        0x01
#define FIFO_TRIGGER_8 0x80 /* interrupt at 8 bytes: leaves 0.7 ms to read before the 17th */

#define LINE_8N1     0x03
#define LINE_DIVISOR 0x80

#define MODEM_DTR       0x01
#define MODEM_RTS       0x02
#define MODEM_OUT1      0x04
#define MODEM_INTERRUPT 0x08 /* OUT2: on a PC it connects the UART to its interrupt line */
#define MODEM_LOOPBACK  0x10

#define STATUS_RECEIVED       0x01
#define STATUS_OVERRUN        0x02
#define STATUS_FRAMING        0x08
#define STATUS_BREAK          0x10
#define STATUS_TRANSMIT_EMPTY 0x20 /* the FIFO, or the holding register, can be filled */
#define STATUS_ALL_SENT       0x40
#define STATUS_NO_DEVICE      0xFF

#define STATUS_BAD_BYTE (STATUS_FRAMING | STATUS_BREAK) /* the next one: nobody meant it */

#define FIFO_DEPTH 16u

struct uart {
    const char *type;    /* "16550A" and the like; NULL: there is none */
    unsigned fifo_depth; /* bytes that the transmitter takes when it is empty */
    bool is_stuck;       /* it still had something to send, and did not get rid of it */
    bool has_byte;       /* one that had been received, and had to be read first */
    uint8_t byte;
};

/*
 * Waits until `condition` shows in the line status, for so many turns of port_delay() at most.
 * Returns whether it does. Reading that register clears what it says of received bytes (8.4): all
 * that it has said is added to `*seen`.
 */
bool uart_wait_for(uint8_t condition, unsigned turns, uint8_t *seen);

/* Finds out what there is, and sets it up: 115200 8N1, its FIFO on if that works, interrupts off,
 * and RTS off until bytes are read. */
struct uart uart_set_up(unsigned turns);

#endif
