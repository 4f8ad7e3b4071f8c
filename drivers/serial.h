/*
 * COM1, a 16550A at 115200 8N1, driven by interrupts in both directions
 * (National Semiconductor PC16550D data sheet). Older UARTs without a FIFO work, too.
 */
#ifndef AETHEL_DRIVERS_SERIAL_H
#define AETHEL_DRIVERS_SERIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How often serial_poll() wants to be called. */
#define SERIAL_POLL_MS       200u
#define SERIAL_QUICK_POLL_MS 5u /* 3200 bytes a second with a FIFO, 200 without */

struct serial_callbacks {
    /*
     * One byte has arrived. Returns false when there is no room for it: the driver then keeps
     * it, tells the other side to wait (RTS), and reads no more until serial_resume_receive().
     * A byte that must be seen in any case has to be acted on before the room is looked at.
     * Interrupts are off, preemption is not possible; may be inside a handler or not.
     */
    bool (*on_receive)(uint8_t byte);
    /* The transmit ring has drained so far that a waiting writer may go on. Interrupt context. */
    void (*on_transmit_space)(void);
};

/*
 * Looks for the UART and sets line and FIFOs. A byte that is already waiting is not lost: it is
 * delivered as the first one. Output works from now on, by polling until serial_start().
 * Returns 0, or -ERROR_NOT_SUPPORTED where there is no UART: everything else then does nothing,
 * and what is written is taken and forgotten. Boot only, interrupts off.
 */
int serial_init(void);

/* Turns interrupts on and delivers what comes in. `callbacks` must live for ever. Boot only. */
void serial_start(const struct serial_callbacks *callbacks);

/*
 * Queues up to `length` bytes and returns how many there was room for. When it is fewer,
 * on_transmit_space will be called once half of the room has come back. While the transmitter is
 * stuck, what there is no room for is taken and forgotten. Never blocks. Any context.
 */
size_t serial_write(const void *bytes, size_t length);

/*
 * Keeps what is queued from going out, from the next byte for the UART's FIFO on, or lets it go on.
 * serial_write_polled() and serial_flush() let it go on, too. Any context.
 */
void serial_hold_output(bool is_held);

/*
 * Writes by polling, after what is queued already, with a bound on every wait: for the boot and
 * for panics. Interrupts off, unless serial_start() has not been called yet.
 */
void serial_write_polled(const char *text, size_t length);

/*
 * After a panic: the port is polled from now on, its callbacks are forgotten, and up to
 * SERIAL_PANIC_RING_SIZE bytes are queued, so that no reader is too slow for serial_write_polled().
 * Interrupts off, for good.
 */
#define SERIAL_PANIC_RING_SIZE 16384u
void serial_take_over(void);

/* Then: sends what the transmitter takes at once of what is queued. Never waits. */
void serial_feed_polled(void);

/* Then: takes a byte that has arrived. Returns whether there is one. Never waits. */
bool serial_read_polled(uint8_t *byte);

/* How many bytes are queued; 0 where there is no UART. Any context. */
uint32_t serial_queued(void);

/* Sends what is queued, by polling, and waits, not for ever, until the last bit is on the line:
 * for those who switch off. Interrupts off. */
void serial_flush(void);

/* There is room again: delivers what was kept back. Threads only. */
void serial_resume_receive(void);

/* Whether a byte that has come waits in the UART to be read. Any context. */
bool serial_has_byte(void);

/*
 * Looks after the line; called by the tick's handler every SERIAL_POLL_MS. A lost interrupt
 * costs no more than this time.
 *
 * `is_reader_away` says that whoever makes room for input does not get the CPU, or is busy with
 * something else. When that has held the receiver for a second, it goes on without room: each
 * byte is offered to on_receive and dropped if that has none, so that a rescuing key gets
 * through. A reader that is merely slow loses nothing: the other side waits.
 */
void serial_poll(bool is_reader_away);

/*
 * Whether the UART's interrupts do not come, because its line leads elsewhere or another device
 * holds it, or come without end: then, and as long as that is so, serial_poll_quickly() wants to be
 * called every SERIAL_QUICK_POLL_MS, by a handler. Any context.
 */
bool serial_needs_polling(void);
void serial_poll_quickly(void);

struct serial_information {
    const char *type; /* "8250", "16450", "16550" (FIFO not used), "16550A"; NULL: there is none */
    bool is_stuck;    /* it does not send */
    bool is_polled;   /* serial_needs_polling() */
};

/* Tells what is known of the UART. Any context. */
void serial_get_information(struct serial_information *information);

/* How often the UART lost bytes because it was not read in time. Any context. */
uint64_t serial_overruns(void);

/* How many bytes were dropped because the reader was away. Any context. */
uint64_t serial_dropped(void);

#endif
