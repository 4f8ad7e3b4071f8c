/* The kill ring's texts. */
#include "shell/editor/kill_ring.h"

#include <stddef.h>

#include "kernel/lib/string.h"

void kill_ring_add(struct kill_ring *ring, const char *text, unsigned length)
{
    if (ring->count == KILL_RING_TEXTS)
        memmove(ring->texts[0], ring->texts[1], sizeof(ring->texts) - LINE_TEXT_SIZE);
    else
        ring->count++;
    ring->current = ring->count - 1;
    string_copy(ring->texts[ring->current], text, length + 1);
}

void kill_ring_join(struct kill_ring *ring, const char *text, unsigned length, bool in_front)
{
    ring->current = ring->count - 1;
    char *newest = ring->texts[ring->current];
    unsigned before = (unsigned)strlen(newest);
    if (before + length >= LINE_TEXT_SIZE)
        return;
    if (in_front)
        memmove(newest + length, newest, before + 1);
    memcpy(newest + (in_front ? 0 : before), text, length);
    newest[before + length] = '\0';
}

const char *kill_ring_current(const struct kill_ring *ring)
{
    return ring->count > 0 ? ring->texts[ring->current] : NULL;
}

const char *kill_ring_rotate(struct kill_ring *ring)
{
    if (ring->count > 0)
        ring->current = (ring->current > 0 ? ring->current : ring->count) - 1;
    return kill_ring_current(ring);
}
