/* Four-level paging (Intel SDM vol. 3, 4.5). */
#include "kernel/mm/address_space.h"

#include <stddef.h>

#include "kernel/cpu/cpu.h"
#include "kernel/lib/string.h"
#include "kernel/log.h"
#include "kernel/mm/frames.h"
#include "kernel/mm/layout.h"
#include "kernel/panic.h"
#include "kernel/sections.h"

#define ENTRY_PRESENT    (1ul << 0)
#define ENTRY_WRITE      (1ul << 1)
#define ENTRY_LARGE      (1ul << 7) /* in a page directory: maps 2 MiB at once */
#define ENTRY_GLOBAL     (1ul << 8)
#define ENTRY_NO_EXECUTE (1ul << 63)
#define ENTRY_ADDRESS    0x000FFFFFFFFFF000ul

#define MSR_EFER        0xC0000080u
#define EFER_NO_EXECUTE (1ul << 11) /* set by stage 2 where the processor has it */

#define RIGHTS_TEXT   (ENTRY_PRESENT)
#define RIGHTS_RODATA (ENTRY_PRESENT | ENTRY_NO_EXECUTE)
#define RIGHTS_DATA   (ENTRY_PRESENT | ENTRY_WRITE | ENTRY_NO_EXECUTE)

#define LARGE_PAGE_SIZE PAGE_RANGE_TABLE_SIZE
#define TABLE_ENTRIES   512u
#define TABLE_SHIFT     9
#define PAGE_SHIFT      12

/* Level of a table: 1 for page tables up to 4 for the root. */
#define LEVEL_PAGE      1
#define LEVEL_DIRECTORY 2
#define LEVEL_ROOT      4

/* Device registers and ACPI tables lie below 4 GiB, whatever the amount of memory. */
#define DIRECT_MAP_MINIMUM 0x100000000ul

/* Of a physical address (Intel SDM vol. 3, 4.1.4). */
#define LEAF_ADDRESSES     0x80000008u
#define ADDRESS_BITS       0xFFu /* in EAX */
#define ADDRESS_BITS_LEAST 36u   /* where the leaf is missing */
#define ADDRESS_BITS_MOST  46u   /* half of the upper half of the address space */

static uint64_t *root;
static uint64_t known_bits = ~0ul; /* all of an entry that this processor does not fault on */

static unsigned index_in(uint64_t address, int level)
{
    return address >> (PAGE_SHIFT + (level - 1) * TABLE_SHIFT) & (TABLE_ENTRIES - 1);
}

static uint64_t *table_of(uint64_t entry)
{
    return physical_to_virtual(entry & ENTRY_ADDRESS);
}

static uint64_t *new_table(void)
{
    uint64_t frame = frame_allocate();
    if (frame == FRAME_NONE)
        return NULL;
    return memset(physical_to_virtual(frame), 0, PAGE_SIZE);
}

/*
 * The entry for `address` in its table of level `level`, all tables above it made where they are
 * missing. NULL when memory ran out. Rights are decided in the last entry: those above allow all.
 */
static uint64_t *make_entry(uint64_t address, int level)
{
    uint64_t *table = root;
    for (int at = LEVEL_ROOT; at > level; at--) {
        uint64_t *entry = &table[index_in(address, at)];
        if (!(*entry & ENTRY_PRESENT)) {
            uint64_t *lower = new_table();
            if (lower == NULL)
                return NULL;
            *entry = virtual_to_physical(lower) | ENTRY_PRESENT | ENTRY_WRITE;
        }
        table = table_of(*entry);
    }
    return &table[index_in(address, level)];
}

/* The entry that decides about `address` (it may be absent), in whichever level it is. */
static uint64_t *find_entry(uint64_t address)
{
    uint64_t *table = root;
    for (int level = LEVEL_ROOT;; level--) {
        uint64_t *entry = &table[index_in(address, level)];
        if (level == LEVEL_PAGE || !(*entry & ENTRY_PRESENT) || *entry & ENTRY_LARGE)
            return entry;
        table = table_of(*entry);
    }
}

static uint64_t *make_entry_or_panic(uint64_t address, int level)
{
    uint64_t *entry = make_entry(address, level);
    if (entry == NULL)
        panic("not enough memory for the page tables: %lu KiB free",
              frames_available() * FRAME_SIZE / 1024);
    return entry;
}

/* Without EFER.NXE, the bit is reserved, and an entry that has it faults when it is used (Intel SDM
 * vol. 3, 4.5.4). */
static void find_out_about_no_execute(void)
{
    if (cpu_read_msr(MSR_EFER) & EFER_NO_EXECUTE)
        return;
    known_bits = ~ENTRY_NO_EXECUTE;
    log_warning("no-execute protection is not available: data could be executed");
}

static void map_directly(uint64_t memory_top)
{
    uint64_t end = memory_top > DIRECT_MAP_MINIMUM ? memory_top : DIRECT_MAP_MINIMUM;
    uint64_t *entry = NULL;
    for (uint64_t physical = 0; physical < end; physical += LARGE_PAGE_SIZE) {
        uint64_t address = physical + DIRECT_MAP_BASE;
        if (index_in(address, LEVEL_DIRECTORY) == 0)
            entry = make_entry_or_panic(address, LEVEL_DIRECTORY);
        *entry++ = (physical | RIGHTS_DATA | ENTRY_LARGE | ENTRY_GLOBAL) & known_bits;
    }
}

static void map_image_part(const char *start, const char *end, uint64_t rights)
{
    uint64_t first = (uint64_t)start & ~(PAGE_SIZE - 1);
    for (uint64_t address = first; address < (uint64_t)end; address += PAGE_SIZE)
        *make_entry_or_panic(address, LEVEL_PAGE) =
            ((address - KERNEL_BASE) | rights | ENTRY_GLOBAL) & known_bits;
}

uint64_t address_space_physical_limit(void)
{
    uint32_t a, b, c, d;
    unsigned bits = ADDRESS_BITS_LEAST;
    if (cpu_id_if_known(LEAF_ADDRESSES, &a, &b, &c, &d))
        bits = a & ADDRESS_BITS;
    return 1ul << (bits < ADDRESS_BITS_MOST ? bits : ADDRESS_BITS_MOST);
}

void address_space_init(uint64_t memory_top)
{
    find_out_about_no_execute();
    root = new_table();
    if (root == NULL)
        panic("not a single free page of memory");
    map_directly(memory_top);
    map_image_part(__text_start, __text_end, RIGHTS_TEXT);
    map_image_part(__rodata_start, __data_start, RIGHTS_RODATA);
    map_image_part(__data_start, __kernel_end, RIGHTS_DATA);
    *find_entry((uint64_t)__boot_stack_guard) = 0;
    *find_entry((uint64_t)__panic_stack_guard) = 0;
    cpu_write_cr3(virtual_to_physical(root));
}

bool address_space_reserve(struct page_range *range, uint64_t base, uint64_t pages)
{
    uint64_t table_count = (pages + TABLE_ENTRIES - 1) / TABLE_ENTRIES;
    uint64_t tables = frames_allocate_run(table_count);
    if (tables == FRAME_NONE)
        return false;
    range->base = base;
    range->entries = memset(physical_to_virtual(tables), 0, table_count * PAGE_SIZE);
    for (uint64_t i = 0; i < table_count; i++) {
        uint64_t *entry = make_entry(base + i * LARGE_PAGE_SIZE, LEVEL_DIRECTORY);
        if (entry == NULL)
            return false;
        *entry = (tables + i * PAGE_SIZE) | ENTRY_PRESENT | ENTRY_WRITE;
    }
    return true;
}

/* The directories above stay when the table goes: there is one for each GiB of addresses. */
bool address_space_add_table(struct page_range *range, uint64_t base)
{
    uint64_t *entry = make_entry(base, LEVEL_DIRECTORY);
    uint64_t *table = entry != NULL ? new_table() : NULL;
    if (table == NULL)
        return false;
    *entry = virtual_to_physical(table) | ENTRY_PRESENT | ENTRY_WRITE;
    *range = (struct page_range){.base = base, .entries = table};
    return true;
}

/* The processor may remember the directory's entry: to invalidate any address makes it forget all
 * of those (Intel SDM vol. 3, 4.10.4.1). */
void address_space_remove_table(struct page_range *range)
{
    uint64_t frame = virtual_to_physical(range->entries);
    *make_entry(range->base, LEVEL_DIRECTORY) = 0;
    cpu_invalidate_page(range->base);
    frames_free_run(frame, 1);
    range->entries = NULL;
}

static uint64_t *entry_in_range(const struct page_range *range, uint64_t address)
{
    return &range->entries[(address - range->base) / PAGE_SIZE];
}

void address_space_map(const struct page_range *range, uint64_t address, uint64_t physical)
{
    uint64_t *entry = entry_in_range(range, address);
    ASSERT(!(*entry & ENTRY_PRESENT));
    *entry = (physical | RIGHTS_DATA) & known_bits;
}

uint64_t address_space_unmap(const struct page_range *range, uint64_t address)
{
    uint64_t *entry = entry_in_range(range, address);
    ASSERT(*entry & ENTRY_PRESENT);
    uint64_t physical = *entry & ENTRY_ADDRESS;
    *entry = 0;
    cpu_invalidate_page(address);
    return physical;
}

bool address_space_is_mapped(uint64_t address)
{
    return root != NULL && address_is_canonical(address) && *find_entry(address) & ENTRY_PRESENT;
}
