/* The ring of bytes. */
#include "kernel/lib/ring.h"

/*
 * Each side publishes its index with release and reads the other's with acquire: a byte is in
 * place before the producer says so, and read before the consumer gives its place away. On x86
 * these are plain moves; they keep the compiler from reordering.
 */
static uint32_t load(const uint32_t *index)
{
    return __atomic_load_n(index, __ATOMIC_ACQUIRE);
}

static void publish(uint32_t *index, uint32_t value)
{
    __atomic_store_n(index, value, __ATOMIC_RELEASE);
}

static uint8_t *place(const struct ring *ring, uint32_t index)
{
    return &ring->bytes[index & (ring->size - 1)];
}

void ring_init(struct ring *ring, uint8_t *bytes, uint32_t size)
{
    *ring = (struct ring){.bytes = bytes, .size = size};
}

bool ring_put(struct ring *ring, uint8_t byte)
{
    if (!ring_space(ring))
        return false;
    *place(ring, ring->put_index) = byte;
    publish(&ring->put_index, ring->put_index + 1);
    return true;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

uint32_t ring_write(struct ring *ring, const uint8_t *bytes, uint32_t length)
{
    uint32_t count = smaller(length, ring_space(ring));
    for (uint32_t i = 0; i < count; i++)
        *place(ring, ring->put_index + i) = bytes[i];
    publish(&ring->put_index, ring->put_index + count);
    return count;
}

uint32_t ring_read(struct ring *ring, uint8_t *bytes, uint32_t length)
{
    uint32_t count = smaller(length, ring_count(ring));
    for (uint32_t i = 0; i < count; i++)
        bytes[i] = *place(ring, ring->get_index + i);
    publish(&ring->get_index, ring->get_index + count);
    return count;
}

bool ring_get(struct ring *ring, uint8_t *byte)
{
    if (!ring_peek(ring, byte))
        return false;
    publish(&ring->get_index, ring->get_index + 1);
    return true;
}

bool ring_peek(const struct ring *ring, uint8_t *byte)
{
    if (!ring_count(ring))
        return false;
    *byte = *place(ring, ring->get_index);
    return true;
}

uint32_t ring_count(const struct ring *ring)
{
    /* The older index first: what the other side does in between only makes the answer larger for
     * the consumer (more to take), and at most `size` for the producer. */
    uint32_t taken = load(&ring->get_index);
    return load(&ring->put_index) - taken;
}

uint32_t ring_space(const struct ring *ring)
{
    return ring->size - ring_count(ring);
}

void ring_clear(struct ring *ring)
{
    publish(&ring->get_index, load(&ring->put_index));
}

/* The index behind the last `byte` that waits, or get_index when there is none. */
static uint32_t behind_last(const struct ring *ring, uint8_t byte)
{
    uint32_t i = load(&ring->put_index);
    while (i != ring->get_index && *place(ring, i - 1) != byte)
        i--;
    return i;
}

bool ring_has(const struct ring *ring, uint8_t byte)
{
    return behind_last(ring, byte) != ring->get_index;
}

bool ring_clear_through(struct ring *ring, uint8_t byte)
{
    uint32_t end = behind_last(ring, byte);
    if (end == ring->get_index)
        return false;
    publish(&ring->get_index, end);
    return true;
}
