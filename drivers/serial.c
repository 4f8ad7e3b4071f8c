/*
 * COM1 by interrupts.
 *
 * The interrupt handler serves the receiver or the transmitter, in turn, without asking the UART
 * which of them it was, and then turns the UART's interrupts off and on again: for whatever is
 * still to be done the line rises anew, and more urgent lines come before it. The 8259 sees edges
 * only, so without that a cause that arises while another is being served would be the last one
 * ever seen; with it no loop is needed.
 */
#include "drivers/serial.h"

#include <stddef.h>

#include "drivers/pic.h"
#include "drivers/uart.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/io.h"
#include "kernel/cpu/preempt.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/ring.h"

#define IRQ_LINE 4u

#define TRANSMIT_RING_SIZE 4096u
#define QUEUE_CHUNK        24u     /* bytes that are queued at a time: more than a FIFO takes */
#define TRANSMIT_TURNS     100000u /* of port_delay(): 0.1 s; 16 characters take 1.4 ms */
#define HELD_POLLS_MAX     (1000u / SERIAL_POLL_MS)

/* A line that raises no interrupts, or does not stop to, is known by this many of either. */
#define MISSED_INTERRUPTS_MAX 3u
#define IDLE_INTERRUPTS_MAX   1000u /* between two polls; a mouse on the same line makes 25 */

enum receive_state {
    RECEIVE_OPEN,
    RECEIVE_HELD,       /* on_receive had no room: nothing is read */
    RECEIVE_DISCARDING, /* nobody made room for a second: read, and dropped where it does not fit */
};

static const char *type;                         /* NULL: there is none */
static unsigned fifo_depth;                      /* bytes the transmitter takes when it is empty */
static const struct serial_callbacks *callbacks; /* NULL before serial_start() */
static uint8_t enabled_interrupts;
static unsigned missed_interrupts; /* found by polls, since the last one that came */
static unsigned idle_interrupts;   /* in a row, since the last poll, with nothing to do */
static bool is_masked;             /* there were too many of these */
static bool is_receivers_turn;

static enum receive_state receive_state = RECEIVE_HELD;
static unsigned held_polls;
static bool is_byte_kept; /* one was read and not delivered yet: it comes before the others */
static uint8_t kept_byte;
static bool is_next_byte_bad; /* the line status said so when it was read for something else */
static uint64_t overruns;
static uint64_t dropped;

static uint8_t transmit_bytes[TRANSMIT_RING_SIZE];
static struct ring transmit_ring;
static bool is_space_wanted;
static bool is_transmitter_stuck;
static bool is_output_held; /* what is queued waits */

/*
 * Whoever reads the line status clears what it says of the bytes that were received, be it for the
 * sender's sake: so that is noted here. Without a FIFO an overrun puts another byte in the place of
 * the one that was bad.
 */
static void note_errors(uint8_t status)
{
    if (status == STATUS_NO_DEVICE) /* it was in a docking station, and has been pulled out */
        return;
    if (status & STATUS_OVERRUN) {
        overruns++;
        is_next_byte_bad &= fifo_depth > 1;
    }
    if ((status & STATUS_RECEIVED) && (status & STATUS_BAD_BYTE))
        is_next_byte_bad = true;
}

static uint8_t read_status(void)
{
    uint8_t status = port_read8(LINE_STATUS);
    note_errors(status);
    return status;
}

/* The byte that waits. Returns false if nobody meant it. */
static bool read_byte(uint8_t *byte)
{
    bool is_bad = is_next_byte_bad;
    is_next_byte_bad = false;
    *byte = port_read8(DATA);
    return !is_bad;
}

/* Waits until `condition` shows in the line status. A transmitter that once did not come ready
 * in time is not waited for again, until it does. */
static bool wait_for_transmitter(uint8_t condition)
{
    uint8_t seen = 0;
    unsigned turns = is_transmitter_stuck ? 1 : TRANSMIT_TURNS;
    is_transmitter_stuck = !uart_wait_for(condition, turns, &seen);
    note_errors(seen);
    return !is_transmitter_stuck;
}

int serial_init(void)
{
    ring_init(&transmit_ring, transmit_bytes, sizeof(transmit_bytes));
    struct uart uart = uart_set_up(TRANSMIT_TURNS);
    is_transmitter_stuck = uart.is_stuck;
    is_byte_kept = uart.has_byte;
    kept_byte = uart.byte;
    type = uart.type;
    fifo_depth = uart.fifo_depth;
    return type != NULL ? 0 : -ERROR_NOT_SUPPORTED;
}

/* --- Receiving ------------------------------------------------------------------------------- */

/* Makes the UART raise its line for everything that is enabled and due. */
static void request_interrupts(void)
{
    port_write8(INTERRUPT_ENABLE, 0);
    port_write8(INTERRUPT_ENABLE, enabled_interrupts);
}

static void hold_receiver(void)
{
    receive_state = RECEIVE_HELD;
    held_polls = 0;
    enabled_interrupts &= (uint8_t)~INTERRUPT_RECEIVED;
    port_write8(MODEM_CONTROL, MODEM_DTR | MODEM_INTERRUPT);
}

/* Reads again, as `state` says. The caller requests the interrupts. */
static void release_receiver(enum receive_state state)
{
    receive_state = state;
    enabled_interrupts |= INTERRUPT_RECEIVED;
    port_write8(MODEM_CONTROL, MODEM_DTR | MODEM_RTS | MODEM_INTERRUPT);
}

/* Returns false if there is still no room for the byte that was kept. */
static bool deliver_kept_byte(void)
{
    if (is_byte_kept && !callbacks->on_receive(kept_byte))
        return false;
    is_byte_kept = false;
    return true;
}

/* While bytes are discarded, one that was kept comes before the others as soon as there is room. */
static void receive(uint8_t byte)
{
    deliver_kept_byte();
    if (callbacks->on_receive(byte))
        return;
    if (receive_state == RECEIVE_DISCARDING) {
        dropped++;
        return;
    }
    kept_byte = byte;
    is_byte_kept = true;
    hold_receiver();
}

/* Reads what the UART has, at most one FIFO full, so that the handler's time is bounded. Returns
 * whether it had anything. */
static bool serve_receiver(void)
{
    unsigned count;
    for (count = 0; count < FIFO_DEPTH && receive_state != RECEIVE_HELD; count++) {
        uint8_t status = read_status();
        uint8_t byte;
        if (status == STATUS_NO_DEVICE || !(status & STATUS_RECEIVED))
            break;
        if (read_byte(&byte))
            receive(byte);
    }
    return count > 0;
}

bool serial_has_byte(void)
{
    uint64_t flags = interrupts_save();
    uint8_t status = type != NULL ? read_status() : 0;
    interrupts_restore(flags);
    return status != STATUS_NO_DEVICE && (status & STATUS_RECEIVED);
}

void serial_resume_receive(void)
{
    if (!callbacks)
        return;
    preempt_disable(); /* on_receive may wake a thread, which has to wait for the end of this */
    uint64_t flags = interrupts_save();
    if (receive_state != RECEIVE_OPEN && deliver_kept_byte()) {
        release_receiver(RECEIVE_OPEN);
        request_interrupts();
    }
    interrupts_restore(flags);
    preempt_enable();
}

void serial_get_information(struct serial_information *information)
{
    *information = (struct serial_information){
        .type = type,
        .is_stuck = is_transmitter_stuck,
        .is_polled = serial_needs_polling(),
    };
}

uint64_t serial_overruns(void)
{
    return overruns;
}

uint64_t serial_dropped(void)
{
    return dropped;
}

/* --- Sending --------------------------------------------------------------------------------- */

static unsigned fill_transmitter(void)
{
    uint8_t bytes[FIFO_DEPTH];
    unsigned count = ring_read(&transmit_ring, bytes, fifo_depth);
    for (unsigned i = 0; i < count; i++)
        port_write8(DATA, bytes[i]);
    return count;
}

/* Fills the transmitter if it is empty. Its interrupt is wanted as long as more is waiting. Returns
 * whether it took anything. */
static bool serve_transmitter(void)
{
    unsigned count = 0;
    if (read_status() & STATUS_TRANSMIT_EMPTY) {
        is_transmitter_stuck = false;
        count = is_output_held ? 0 : fill_transmitter();
    }
    if (ring_count(&transmit_ring) && !is_output_held)
        enabled_interrupts |= INTERRUPT_TRANSMIT_EMPTY;
    else
        enabled_interrupts &= (uint8_t)~INTERRUPT_TRANSMIT_EMPTY;
    return count > 0;
}

/*
 * Queues `length` bytes, at most QUEUE_CHUNK, and sets the transmitter going. Returns how many fit.
 * That some did not is noted before the next interrupt can drain the ring: else nobody would be
 * told.
 */
static size_t queue_chunk(const uint8_t *bytes, uint32_t length)
{
    uint64_t flags = interrupts_save();
    uint32_t count = ring_write(&transmit_ring, bytes, length);
    if (count < length)
        is_space_wanted = true;
    if (!(enabled_interrupts & INTERRUPT_TRANSMIT_EMPTY)) {
        serve_transmitter();
        port_write8(INTERRUPT_ENABLE, enabled_interrupts);
    }
    interrupts_restore(flags);
    return count;
}

size_t serial_write(const void *bytes, size_t length)
{
    if (!type)
        return length;
    if (!callbacks) {
        serial_write_polled(bytes, length);
        return length;
    }

    const uint8_t *next = bytes;
    size_t done = 0;
    while (done < length) {
        uint32_t chunk = length - done < QUEUE_CHUNK ? (uint32_t)(length - done) : QUEUE_CHUNK;
        size_t queued = queue_chunk(next + done, chunk);
        done += queued;
        if (queued < chunk)
            break;
    }
    return is_transmitter_stuck ? length : done; /* nobody is to wait for what may never come */
}

void serial_hold_output(bool is_held)
{
    uint64_t flags = interrupts_save();
    is_output_held = is_held;
    if (callbacks) {
        serve_transmitter();
        request_interrupts();
    }
    interrupts_restore(flags);
}

static void drain_polled(void)
{
    is_output_held = false;
    while (ring_count(&transmit_ring) && wait_for_transmitter(STATUS_TRANSMIT_EMPTY))
        serve_transmitter();
}

void serial_write_polled(const char *text, size_t length)
{
    if (!type)
        return;
    drain_polled();
    while (length > 0 && ring_count(&transmit_ring) == 0 &&
           wait_for_transmitter(STATUS_TRANSMIT_EMPTY)) {
        for (unsigned i = 0; i < fifo_depth && length > 0; i++, length--)
            port_write8(DATA, (uint8_t)*text++);
    }
    /* An emulator on a busy host may stand still for longer than we wait: it goes on later. */
    for (; length > 0 && ring_put(&transmit_ring, (uint8_t)*text); length--)
        text++;
}

void serial_flush(void)
{
    if (!type)
        return;
    drain_polled();
    wait_for_transmitter(STATUS_ALL_SENT);
}

/* --- After a panic --------------------------------------------------------------------------- */

/* What was queued comes first. The place is taken when it is needed, and not before. */
void serial_take_over(void)
{
    static uint8_t bytes[SERIAL_PANIC_RING_SIZE];
    if (!type)
        return;
    struct ring ring;
    uint8_t byte;
    ring_init(&ring, bytes, sizeof(bytes));
    while (ring_get(&transmit_ring, &byte))
        ring_put(&ring, byte);
    transmit_ring = ring;
    callbacks = NULL;
    port_write8(INTERRUPT_ENABLE, 0);
    port_write8(MODEM_CONTROL, MODEM_DTR | MODEM_RTS | MODEM_INTERRUPT);
}

void serial_feed_polled(void)
{
    if (type)
        serve_transmitter();
}

bool serial_read_polled(uint8_t *byte)
{
    if (!type)
        return false;
    if (is_byte_kept) {
        is_byte_kept = false;
        *byte = kept_byte;
        return true;
    }
    uint8_t status = read_status();
    return status != STATUS_NO_DEVICE && (status & STATUS_RECEIVED) && read_byte(byte);
}

uint32_t serial_queued(void)
{
    return ring_count(&transmit_ring);
}

/* --- Interrupts ------------------------------------------------------------------------------ */

/* Returns whether there is room, and somebody has waited for it. */
static bool tell_of_space(void)
{
    if (!is_space_wanted || ring_space(&transmit_ring) < TRANSMIT_RING_SIZE / 2)
        return false;
    is_space_wanted = false;
    callbacks->on_transmit_space();
    return true;
}

/* `is_wanted`: the UART may have something to tell, or may tell more than before. */
static void serve_both(bool is_wanted)
{
    uint8_t enabled_before = enabled_interrupts;
    bool has_received = serve_receiver();
    bool has_sent = serve_transmitter();
    if (is_wanted || has_received || has_sent || enabled_interrupts != enabled_before)
        request_interrupts();
    tell_of_space();
}

/* While there is room to tell of, the transmitter has more interrupts to come. Returns whether
 * there was anything to do. */
static bool serve_one(void)
{
    is_receivers_turn = !is_receivers_turn;
    bool has_served = tell_of_space() || (is_receivers_turn && serve_receiver()) ||
                      serve_transmitter() || serve_receiver();
    request_interrupts();
    return has_served;
}

/* Where another device holds the line, and the line counts by level, there is no end to it. */
static void on_interrupt(void)
{
    missed_interrupts = 0;
    idle_interrupts = serve_one() ? 0 : idle_interrupts + 1;
    if (idle_interrupts < IDLE_INTERRUPTS_MAX)
        return;
    pic_mask(IRQ_LINE);
    is_masked = true;
}

/* What the UART wants told is told within microseconds, if its line leads anywhere. An interrupt
 * that is on its way counts, too, but sets the count back at once. Returns whether it wants any. */
static bool look_for_missed_interrupt(void)
{
    if (port_read8(INTERRUPT_CAUSE) & CAUSE_NONE)
        return false;
    if (missed_interrupts < MISSED_INTERRUPTS_MAX)
        missed_interrupts++;
    return true;
}

void serial_poll(bool is_reader_away)
{
    if (!callbacks)
        return;
    held_polls = is_reader_away ? held_polls + 1 : 0;
    bool is_to_be_released = receive_state == RECEIVE_HELD && held_polls > HELD_POLLS_MAX;
    if (is_to_be_released)
        release_receiver(RECEIVE_DISCARDING);
    idle_interrupts = 0;
    bool is_wanted = look_for_missed_interrupt();
    serve_both(is_wanted || is_to_be_released);
}

bool serial_needs_polling(void)
{
    return is_masked || missed_interrupts == MISSED_INTERRUPTS_MAX;
}

void serial_poll_quickly(void)
{
    if (callbacks)
        serve_both(true);
}

void serial_start(const struct serial_callbacks *new_callbacks)
{
    if (!type || irq_register(IRQ_LINE, on_interrupt, "serial"))
        return;
    callbacks = new_callbacks;
    pic_unmask(IRQ_LINE);
    serial_resume_receive();
}
