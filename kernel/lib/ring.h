/*
 * A ring of bytes between one producer and one consumer, one of which may be an interrupt
 * handler: neither needs a lock against the other. Several producers (or consumers) need one
 * among themselves.
 */
#ifndef AETHEL_KERNEL_LIB_RING_H
#define AETHEL_KERNEL_LIB_RING_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The indices run freely and wrap at 2^32; the byte's place is the index modulo the size. So all
 * `size` bytes can be used, and full (put - get == size) differs from empty (put == get).
 */
struct ring {
    uint8_t *bytes;
    uint32_t size;
    uint32_t put_index; /* written by the producer only */
    uint32_t get_index; /* written by the consumer only */
};

/* Makes an empty ring of the `size` bytes at `bytes`; `size` is a power of two. */
void ring_init(struct ring *ring, uint8_t *bytes, uint32_t size);

/* Appends one byte. Returns false, and changes nothing, when the ring is full. Producer only. */
bool ring_put(struct ring *ring, uint8_t byte);

/* Appends as many of the `length` bytes as there is room for. Returns how many. Producer only. */
uint32_t ring_write(struct ring *ring, const uint8_t *bytes, uint32_t length);

/* Takes the oldest bytes, `length` at most, to `bytes`. Returns how many. Consumer only. */
uint32_t ring_read(struct ring *ring, uint8_t *bytes, uint32_t length);

/* Takes the oldest byte. Returns false when the ring is empty. Consumer only. */
bool ring_get(struct ring *ring, uint8_t *byte);

/* Reads the oldest byte and leaves it there. Returns false when the ring is empty. Consumer only.
 */
bool ring_peek(const struct ring *ring, uint8_t *byte);

/*
 * How many bytes wait to be taken. Either side: the consumer can take at least so many, and for
 * the producer there are at most so many.
 */
uint32_t ring_count(const struct ring *ring);

/* How many bytes can be put; for the producer, at least so many. Either side. */
uint32_t ring_space(const struct ring *ring);

/* Throws away what has been put so far. Consumer only. */
void ring_clear(struct ring *ring);

/* Whether `byte` is among those that wait to be taken. Consumer only. */
bool ring_has(const struct ring *ring, uint8_t byte);

/*
 * Throws away the last `byte` that has been put, and what was put before it. Returns false, and
 * changes nothing, when there is none. Consumer only.
 */
bool ring_clear_through(struct ring *ring, uint8_t byte);

#endif
