/*
 * The frame allocator: one bit a frame, set while the frame is in use. Allocation goes on where
 * the last one ended, and a freed frame draws that place back, so that a search passes over
 * memory that is in use only once.
 */
#include "kernel/mm/frames.h"

#include "kernel/cpu/spinlock.h"
#include "kernel/lib/bitmap.h"
#include "kernel/mm/layout.h"
#include "kernel/panic.h"

#define EARLY_LIMIT 0x40000000ul /* stage 2 maps the first GiB: the bitmap must lie in it */

#define GIVEN_AT_ONCE 64u /* frames, with interrupts off */

static struct spinlock lock = SPINLOCK_IN_ORDER("frames", SPINLOCK_FRAMES);
static uint64_t *bitmap;
static uint64_t address_limit;
static size_t frame_limit; /* frames that the bitmap speaks of */
static size_t total;
static size_t available;
static size_t search_word; /* no word of the bitmap below this one has a free frame */

static uint64_t align_up(uint64_t address)
{
    return (address + FRAME_SIZE - 1) & ~(FRAME_SIZE - 1);
}

static uint64_t align_down(uint64_t address)
{
    return address & ~(FRAME_SIZE - 1);
}

static bool is_usable(const struct boot_memory_entry *entry)
{
    return entry->type == BOOT_MEMORY_USABLE;
}

/* Beyond the limit there is nothing to be had, nor to be kept away from. */
static bool is_within_limit(const struct boot_memory_entry *entry)
{
    return entry->base < address_limit;
}

/* Of an entry within the limit; firmware is known to tell lengths that wrap. */
static uint64_t entry_end(const struct boot_memory_entry *entry)
{
    uint64_t room = address_limit - entry->base;
    return entry->base + (entry->length < room ? entry->length : room);
}

static uint64_t top_of_usable_memory(const struct boot_info *boot_info)
{
    uint64_t top = 0;
    for (uint32_t i = 0; i < boot_info->memory_entries; i++) {
        const struct boot_memory_entry *entry = &boot_info->memory_map[i];
        if (is_usable(entry) && is_within_limit(entry) && entry_end(entry) > top)
            top = align_down(entry_end(entry));
    }
    return top;
}

/* If [start, start + size) meets an entry of another kind, returns where to look next, else 0. */
static uint64_t obstacle_end(const struct boot_info *boot_info, uint64_t start, uint64_t size)
{
    for (uint32_t i = 0; i < boot_info->memory_entries; i++) {
        const struct boot_memory_entry *entry = &boot_info->memory_map[i];
        if (!is_usable(entry) && is_within_limit(entry) && entry->base < start + size &&
            entry_end(entry) > start)
            return align_up(entry_end(entry));
    }
    return 0;
}

/* Finds room for the bitmap inside a usable entry, past `lowest`, clear of all that is reserved:
 * firmware is known to report entries that overlap. */
static uint64_t find_room(const struct boot_info *boot_info, uint64_t lowest, uint64_t size)
{
    for (uint32_t i = 0; i < boot_info->memory_entries; i++) {
        const struct boot_memory_entry *entry = &boot_info->memory_map[i];
        if (!is_usable(entry) || !is_within_limit(entry))
            continue;
        uint64_t start = align_up(entry->base > lowest ? entry->base : lowest);
        uint64_t next;
        while (start + size <= entry_end(entry) &&
               (next = obstacle_end(boot_info, start, size)) != 0)
            start = next;
        if (start + size <= entry_end(entry) && start + size <= EARLY_LIMIT)
            return start;
    }
    panic("no room for the frame bitmap: %lu bytes of usable memory below 1 GiB are needed", size);
}

/* Marks whole frames: usable ranges shrink to them, reserved ones grow. */
static void mark_entries(const struct boot_info *boot_info, bool usable)
{
    for (uint32_t i = 0; i < boot_info->memory_entries; i++) {
        const struct boot_memory_entry *entry = &boot_info->memory_map[i];
        if (is_usable(entry) != usable || !is_within_limit(entry))
            continue;
        uint64_t start = usable ? align_up(entry->base) : align_down(entry->base);
        uint64_t end = usable ? align_down(entry_end(entry)) : align_up(entry_end(entry));
        if (end > frame_limit * FRAME_SIZE)
            end = frame_limit * FRAME_SIZE;
        if (start >= end)
            continue;
        if (usable)
            bitmap_clear_range(bitmap, start / FRAME_SIZE, (end - start) / FRAME_SIZE);
        else
            bitmap_set_range(bitmap, start / FRAME_SIZE, (end - start) / FRAME_SIZE);
    }
}

uint64_t frames_init(const struct boot_info *boot_info, uint64_t kernel_end, uint64_t limit)
{
    address_limit = limit;
    uint64_t top = top_of_usable_memory(boot_info);
    if (top <= kernel_end)
        panic("no usable memory above the kernel: %u entries in the memory map",
              boot_info->memory_entries);
    frame_limit = top / FRAME_SIZE;
    size_t words = BITMAP_WORDS(frame_limit);
    uint64_t bitmap_at = find_room(boot_info, align_up(kernel_end), words * sizeof(uint64_t));
    bitmap = physical_to_virtual(bitmap_at);
    uint64_t bitmap_end = align_up(bitmap_at + words * sizeof(uint64_t));

    bitmap_set_range(bitmap, 0, words * BITMAP_WORD_BITS);
    mark_entries(boot_info, true);
    mark_entries(boot_info, false);
    bitmap_set_range(bitmap, 0, align_up(kernel_end) / FRAME_SIZE);
    bitmap_set_range(bitmap, bitmap_at / FRAME_SIZE, (bitmap_end - bitmap_at) / FRAME_SIZE);
    available = total = bitmap_count_clear(bitmap, words);
    search_word = 0;
    return top;
}

/* The lock is held. The caller knows that a frame is free. */
static uint64_t take_one(void)
{
    while (bitmap[search_word] == UINT64_MAX)
        search_word++;
    size_t bit = (size_t)__builtin_ctzl(~bitmap[search_word]);
    bitmap[search_word] |= 1ul << bit;
    available--;
    return (search_word * BITMAP_WORD_BITS + bit) * FRAME_SIZE;
}

/* The lock is held. */
static void give_one(uint64_t physical)
{
    size_t frame = physical / FRAME_SIZE;
    if (frame >= frame_limit || !bitmap_test(bitmap, frame))
        panic("frame %#lx freed, but it is not in use", physical);
    bitmap_clear(bitmap, frame);
    if (frame / BITMAP_WORD_BITS < search_word)
        search_word = frame / BITMAP_WORD_BITS;
    available++;
}

bool frames_allocate(uint64_t *physical, size_t count)
{
    spin_lock(&lock);
    bool is_enough = count <= available;
    for (size_t i = 0; is_enough && i < count; i++)
        physical[i] = take_one();
    spin_unlock(&lock);
    return is_enough;
}

uint64_t frame_allocate(void)
{
    uint64_t physical;
    return frames_allocate(&physical, 1) ? physical : FRAME_NONE;
}

uint64_t frames_allocate_run(size_t count)
{
    if (count == 1)
        return frame_allocate();
    uint64_t physical = FRAME_NONE;
    spin_lock(&lock);
    size_t first =
        bitmap_find_clear_run(bitmap, frame_limit, count, search_word * BITMAP_WORD_BITS);
    if (first != BITMAP_NOT_FOUND) {
        bitmap_set_range(bitmap, first, count);
        available -= count;
        physical = first * FRAME_SIZE;
    }
    spin_unlock(&lock);
    return physical;
}

void frames_free(const uint64_t *physical, size_t count)
{
    spin_lock(&lock);
    for (size_t i = 0; i < count; i++)
        give_one(physical[i]);
    spin_unlock(&lock);
}

void frames_free_run(uint64_t physical, size_t count)
{
    while (count != 0) {
        size_t now = count < GIVEN_AT_ONCE ? count : GIVEN_AT_ONCE;
        spin_lock(&lock);
        for (size_t i = 0; i < now; i++)
            give_one(physical + i * FRAME_SIZE);
        spin_unlock(&lock);
        physical += now * FRAME_SIZE;
        count -= now;
    }
}

size_t frames_total(void)
{
    return total;
}

size_t frames_available(void)
{
    return available;
}
