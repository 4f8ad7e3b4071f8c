/* Stacks of other sizes than the usual one: what may be asked for, and that one has it, and no
 * more. */
#include <stdbool.h>
#include <stddef.h>

#include "kernel/cpu/cpu.h"
#include "kernel/lib/errors.h"
#include "kernel/mm/address_space.h"
#include "kernel/mm/layout.h"
#include "kernel/mm/stacks.h"
#include "sched/sync/semaphore.h"
#include "sched/thread.h"
#include "tests/kernel/self_test.h"

static struct semaphore semaphore = SEMAPHORE(0);

static uint64_t seen_top; /* of the thread's stack that ran last */

/* Writes to each quadword of its stack: then, and with interrupts off, nobody needs it. */
static void use_all(void *argument)
{
    uint64_t here = (uint64_t)__builtin_frame_address(0);
    seen_top = (here | (PAGE_SIZE - 1)) + 1;
    uint64_t flags = interrupts_save();
    uint64_t address;
    __asm__ volatile("mov %%rsp, %0" : "=r"(address));
    while ((address -= sizeof(uint64_t)) >= seen_top - (uint64_t)argument)
        *(volatile uint64_t *)address = 0;
    interrupts_restore(flags);
    semaphore_wait(&semaphore, WAIT_FOREVER);
}

static int create(size_t stack_size, size_t to_use)
{
    return thread_create(&(struct thread_attributes){.entry = use_all,
                                                     .argument = (void *)to_use,
                                                     .priority = THREAD_PRIORITY_DEFAULT,
                                                     .stack_size = stack_size});
}

SELF_TEST(stacks_of_other_sizes_than_4_to_64_kib_are_refused)
{
    static const size_t sizes[] = {1, 4095, 65537, 131072, SIZE_MAX};
    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        EXPECT_EQUAL(create(sizes[i], 0), -ERROR_INVALID);
}

/* Whether a thread that asks for `asked` bytes has `size`, and the guard page below. */
static bool has_stack(size_t asked, size_t size)
{
    int tid = create(asked, size);
    if (tid < 0)
        return false;
    wait_until(tid, THREAD_BLOCKED);
    bool has_all = thread_stack_high_water(tid) == (int)size;
    uint64_t lowest = seen_top - size;
    bool is_guarded = address_space_is_mapped(lowest) && !address_space_is_mapped(lowest - 1) &&
                      stack_of_guard_page(lowest - 1) == seen_top &&
                      stack_of_guard_page(lowest - PAGE_SIZE) == seen_top &&
                      stack_of_guard_page(lowest) == 0;
    stop(tid);
    return has_all && is_guarded;
}

SELF_TEST(a_thread_has_the_stack_that_it_asks_for_and_a_guard_page)
{
    for (size_t size = STACK_SIZE_MIN; size <= STACK_SIZE_MAX; size += PAGE_SIZE)
        EXPECT(has_stack(size, size));
}

SELF_TEST(stack_sizes_are_rounded_up_to_whole_pages)
{
    EXPECT(has_stack(0, STACK_SIZE));
    EXPECT(has_stack(4097, 8192));
    EXPECT(has_stack(61441, 65536));
}

/* Whoever has had a stack of another size before. */
SELF_TEST(stacks_of_many_sizes_come_and_go)
{
    enum { THREADS = 200 };
    static int tids[THREADS];
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < THREADS; i++) {
            size_t size = STACK_SIZE_MIN * (1 + (i * 7 + round) % 16);
            tids[i] = create(size, size);
            EXPECT(tids[i] > 0);
        }
        thread_yield();
        for (unsigned i = 0; i < THREADS; i++) {
            int size = (int)(STACK_SIZE_MIN * (1 + (i * 7 + round) % 16));
            EXPECT_EQUAL(thread_stack_high_water(tids[i]), size);
        }
        for (unsigned i = 0; i < THREADS; i++)
            stop(tids[(i * 37 + round) % THREADS]);
    }
}
