/* Memory, from what the firmware calls usable to stacks and a heap. */
#include <stddef.h>

#include "kernel/boot_info.h"
#include "kernel/cpu/gdt.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/machine_check.h"
#include "kernel/cpu/nmi.h"
#include "kernel/locks.h"
#include "kernel/log.h"
#include "kernel/mm/address_space.h"
#include "kernel/mm/frames.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/layout.h"
#include "kernel/mm/stacks.h"
#include "kernel/panic.h"
#include "kernel/sections.h"
#include "kernel/start/start.h"

static void *allocate_heap_pages(size_t pages)
{
    uint64_t physical = frames_allocate_run(pages);
    return physical != FRAME_NONE ? physical_to_virtual(physical) : NULL;
}

static void free_heap_pages(void *first_page, size_t pages)
{
    frames_free_run(virtual_to_physical(first_page), pages);
}

static const struct heap_page_source heap_pages = {allocate_heap_pages, free_heap_pages};

static void give_stack(enum interrupt_stack stack)
{
    uint64_t top = stack_allocate(STACK_SIZE);
    if (top == 0)
        panic("not enough memory for the interrupt stacks");
    gdt_set_interrupt_stack(stack, top);
}

static void give_interrupt_stacks(void)
{
    give_stack(INTERRUPT_STACK_FATAL);
    give_stack(INTERRUPT_STACK_NMI);
    interrupts_use_own_stacks();
    nmi_enable();
    machine_check_init();
}

void start_memory(void)
{
    uint64_t kernel_end = (uint64_t)__kernel_end - KERNEL_BASE;
    uint64_t memory_top = frames_init(boot_info_get(), kernel_end, address_space_physical_limit());
    address_space_init(memory_top);
    locks_set_memory_check(address_space_is_mapped);
    stacks_init();
    heap_init(&heap_pages);
    log_info("memory: %lu KiB usable, %lu free", frames_total() * FRAME_SIZE / 1024,
             frames_available() * FRAME_SIZE / 1024);
    give_interrupt_stacks();
}
