/* Stack slots: the page tables exist from the boot on, the frames come and go. */
#include "kernel/mm/stacks.h"

#include "kernel/cpu/spinlock.h"
#include "kernel/cpu/tsc.h"
#include "kernel/lib/bitmap.h"
#include "kernel/mm/address_space.h"
#include "kernel/mm/frames.h"
#include "kernel/mm/layout.h"
#include "kernel/panic.h"

#define SLOT_PAGES (STACK_PAGES + 1) /* the guard page is the lowest */
#define SLOT_SIZE  (SLOT_PAGES * PAGE_SIZE)
#define SLOTS_MAX  65536ul

/* What a thread takes from memory in all: its stack, a share of a heap page for its control block
 * and its workload's, page table entries and a place in the list of free slots. */
#define BYTES_PER_THREAD (STACK_PAGES * PAGE_SIZE + 1280)

/* What each quadword of a stack says as long as nobody has written there. */
#define UNTOUCHED 0x5AFE57AC6B0770D5ul

/* The slots that were given back last keep their frames: threads that come and go need not map
 * anything, however many others there are. */
#define SPARES_MAX 8u

/*
 * Painting a stack costs about as much as all the rest of a thread's life, if that is short. So of
 * spare ones no more are painted than one in PAINT_INTERVAL, which is a hundredth of the
 * processor's time; after a pause, PAINTS_AT_ONCE of them at once. In TSC cycles.
 */
#define PAINT_INTERVAL (1ul << 17)
#define PAINTS_AT_ONCE 16u

static struct spinlock lock = SPINLOCK_IN_ORDER("stacks", SPINLOCK_STACKS);
static struct page_range region;

/* Slots that were used and given back, the last one first; past `slots_used` none was ever used. */
static uint32_t *free_slots;
static size_t free_count;
static unsigned spares; /* how many of them, the last ones, have frames */
static size_t slots_used;
static size_t slots_total;

static uint64_t paid_until; /* TSC: all intervals before it have had their painting */

/* A bit a slot. Who asks about a stack is told exactly, and so is who asks about the next one in
 * that slot. In the first ones there is a frame's old content. */
static uint64_t *must_paint;

static uint64_t top_of_slot(size_t slot)
{
    return STACK_REGION_BASE + (slot + 1) * SLOT_SIZE;
}

static bool map_slot(size_t slot)
{
    uint64_t frames[STACK_PAGES];
    if (!frames_allocate(frames, STACK_PAGES))
        return false;
    for (size_t page = 0; page < STACK_PAGES; page++)
        address_space_map(&region, top_of_slot(slot) - (page + 1) * PAGE_SIZE, frames[page]);
    return true;
}

static void unmap_slot(size_t slot)
{
    uint64_t frames[STACK_PAGES];
    for (size_t page = 0; page < STACK_PAGES; page++)
        frames[page] = address_space_unmap(&region, top_of_slot(slot) - (page + 1) * PAGE_SIZE);
    frames_free(frames, STACK_PAGES);
}

static void map_first_spares(void)
{
    for (; spares < SPARES_MAX && map_slot(slots_used); spares++) {
        bitmap_set(must_paint, slots_used);
        free_slots[free_count++] = (uint32_t)slots_used++;
    }
    if (spares < SPARES_MAX)
        panic("not enough memory for %u thread stacks", SPARES_MAX);
}

void stacks_init(void)
{
    size_t slots = frames_available() * PAGE_SIZE / BYTES_PER_THREAD;
    slots_total = slots < SLOTS_MAX ? slots : SLOTS_MAX;
    size_t marks_size = BITMAP_WORDS(slots_total) * sizeof(uint64_t);
    size_t list_size = slots_total * sizeof(uint32_t);
    uint64_t memory = frames_allocate_run((marks_size + list_size + PAGE_SIZE - 1) / PAGE_SIZE);
    if (memory == FRAME_NONE ||
        !address_space_reserve(&region, STACK_REGION_BASE, slots_total * SLOT_PAGES))
        panic("not enough memory to lay out %lu thread stacks", slots_total);
    must_paint = physical_to_virtual(memory);
    bitmap_clear_range(must_paint, 0, slots_total);
    free_slots = physical_to_virtual(memory + marks_size);
    map_first_spares();
}

static size_t slot_of(uint64_t top)
{
    return (top - STACK_REGION_BASE) / SLOT_SIZE - 1;
}

/* --- How much of a stack is used ------------------------------------------------------------- */

/* Any quadword may be the only one that a large frame, or a call below it, ever writes to. */
static void paint(uint64_t top)
{
    void *lowest = (void *)(top - STACK_SIZE);
    size_t quadwords = STACK_SIZE / sizeof(uint64_t);
    __asm__ volatile("rep stosq" : "+D"(lowest), "+c"(quadwords) : "a"(UNTOUCHED) : "memory");
}

/* Whether a painting can be afforded now: if so, it counts as done. */
static bool can_afford_painting(void)
{
    uint64_t now = tsc_read();
    uint64_t savings = now - paid_until; /* more than there is time where the TSC went back */
    if (savings > PAINTS_AT_ONCE * PAINT_INTERVAL)
        savings = PAINTS_AT_ONCE * PAINT_INTERVAL;
    if (savings < PAINT_INTERVAL)
        return false;
    paid_until = now - savings + PAINT_INTERVAL;
    return true;
}

size_t stack_high_water(uint64_t top)
{
    const volatile uint64_t *quadword = (const volatile uint64_t *)(top - STACK_SIZE);
    while ((uint64_t)quadword < top && *quadword == UNTOUCHED)
        quadword++;
    bitmap_set(must_paint, slot_of(top));
    return top - (uint64_t)quadword;
}

/* --- Giving and taking ----------------------------------------------------------------------- */

enum slot_kind { NO_SLOT, UNMAPPED_SLOT, UNPAINTED_SLOT, READY_SLOT };

/* Of a slot that has frames. The lock is held. */
static enum slot_kind look_at_spare(size_t slot)
{
    bool shall_paint = bitmap_test(must_paint, slot) || can_afford_painting();
    bitmap_clear(must_paint, slot);
    return shall_paint ? UNPAINTED_SLOT : READY_SLOT;
}

static enum slot_kind take_slot(size_t *slot)
{
    enum slot_kind kind = UNMAPPED_SLOT;
    spin_lock(&lock);
    if (free_count > 0) {
        *slot = free_slots[--free_count];
        if (spares > 0) {
            spares--;
            kind = look_at_spare(*slot);
        }
    } else if (slots_used < slots_total) {
        *slot = slots_used++;
    } else {
        kind = NO_SLOT;
    }
    spin_unlock(&lock);
    return kind;
}

/* There are slots with frames behind it, which are given out first: so it comes in front of them.
 */
static void give_back_unmapped(size_t slot)
{
    spin_lock(&lock);
    free_slots[free_count] = free_slots[free_count - spares];
    free_slots[free_count - spares] = (uint32_t)slot;
    free_count++;
    spin_unlock(&lock);
}

uint64_t stack_allocate(void)
{
    size_t slot;
    enum slot_kind kind = take_slot(&slot);
    if (kind == NO_SLOT)
        return 0;
    if (kind == UNMAPPED_SLOT && !map_slot(slot)) {
        give_back_unmapped(slot);
        return 0;
    }
    if (kind != READY_SLOT)
        paint(top_of_slot(slot));
    return top_of_slot(slot);
}

void stack_free(uint64_t top)
{
    spin_lock(&lock);
    free_slots[free_count++] = (uint32_t)slot_of(top);
    if (spares < SPARES_MAX)
        spares++;
    else
        unmap_slot(free_slots[free_count - 1 - SPARES_MAX]);
    spin_unlock(&lock);
}

uint64_t stack_of_guard_page(uint64_t address)
{
    if (address < STACK_REGION_BASE || address >= top_of_slot(slots_used))
        return 0;
    size_t slot = (address - STACK_REGION_BASE) / SLOT_SIZE;
    bool is_guard = (address - STACK_REGION_BASE) % SLOT_SIZE < PAGE_SIZE;
    return is_guard ? top_of_slot(slot) : 0;
}

size_t stacks_spare_frames(void)
{
    return spares * STACK_PAGES;
}

size_t stacks_available(void)
{
    return slots_total - slots_used + free_count;
}
