/* How much of its stack a thread has used. */
#include <stdbool.h>
#include <stddef.h>

#include "kernel/cpu/cpu.h"
#include "kernel/lib/errors.h"
#include "kernel/mm/layout.h"
#include "kernel/mm/stacks.h"
#include "sched/sync/semaphore.h"
#include "sched/thread.h"
#include "tests/kernel/self_test.h"

#define EQUAL THREAD_PRIORITY_DEFAULT

/* What the kernel itself needs on top: an interrupt's frame, its handler, a switch. */
#define KERNELS_OWN 1000u

static struct semaphore semaphore;

static void wait_once(void *argument)
{
    (void)argument;
    semaphore_wait(&semaphore, WAIT_FOREVER);
}

/* Writes all the stack down to `lowest`, as a deep call would. With interrupts off nobody else
 * writes below the stack pointer. */
static __attribute__((noinline)) void use_stack(uint64_t lowest)
{
    uint64_t address;
    uint64_t flags = interrupts_save();
    __asm__ volatile("mov %%rsp, %0" : "=r"(address));
    while ((address -= sizeof(uint64_t)) >= lowest)
        *(volatile uint64_t *)address = 0;
    interrupts_restore(flags);
}

static void use_and_wait(void *argument)
{
    uint64_t top = ((uint64_t)__builtin_frame_address(0) | (PAGE_SIZE - 1)) + 1;
    use_stack(top - (uint64_t)argument);
    semaphore_wait(&semaphore, WAIT_FOREVER);
}

SELF_TEST(a_thread_that_uses_3000_bytes_of_its_stack_tells_so)
{
    semaphore_init(&semaphore, 0);
    int tid = start(use_and_wait, (void *)3000ul, EQUAL);
    wait_until(tid, THREAD_BLOCKED);
    int bytes = thread_stack_high_water(tid);
    EXPECT(bytes >= 3000);
    EXPECT(bytes <= 3600);
    stop(tid);
}

/* Whether what is told of a thread that has used `depth` bytes is that, rounded up: a mark is a
 * word, which the next 8 bytes write over. */
static bool is_told_rightly(uint64_t depth)
{
    int tid = start(use_and_wait, (void *)depth, EQUAL);
    thread_yield();
    uint64_t bytes = (uint64_t)thread_stack_high_water(tid);
    stop(tid);
    return bytes >= depth && bytes <= depth + STACK_MARK_DISTANCE + sizeof(uint64_t) &&
           bytes <= STACK_SIZE && bytes % STACK_MARK_DISTANCE == 0;
}

/* Rounding must not make it look like less. */
SELF_TEST(the_use_of_a_stack_is_rounded_up)
{
    unsigned wrong = 0;
    semaphore_init(&semaphore, 0);
    for (uint64_t depth = KERNELS_OWN; depth <= STACK_SIZE; depth += 24)
        wrong += !is_told_rightly(depth);
    EXPECT_EQUAL(wrong, 0);
}

/* Stacks are used again: what was left there by others is not this thread's. */
SELF_TEST(a_new_thread_has_used_little_of_its_stack)
{
    semaphore_init(&semaphore, 0);
    int greedy = start(use_and_wait, (void *)7000ul, EQUAL);
    thread_yield();
    stop(greedy);
    int tid = start_suspended(wait_once, NULL, EQUAL);
    int before = thread_stack_high_water(tid);
    EXPECT(before > 0 && before <= (int)STACK_MARK_DISTANCE);
    thread_resume(tid);
    wait_until(tid, THREAD_BLOCKED);
    EXPECT(thread_stack_high_water(tid) >= before);
    EXPECT(thread_stack_high_water(tid) <= (int)(KERNELS_OWN + STACK_MARK_DISTANCE));
    stop(tid);
}

SELF_TEST(the_use_of_a_stack_that_is_gone_is_not_told)
{
    int tid = start(append_letter, LETTER("a"), EQUAL);
    thread_yield();
    EXPECT_STATE(tid, THREAD_ENDED);
    EXPECT_EQUAL(thread_stack_high_water(tid), -ERROR_NOT_FOUND);
    finish(tid);
    EXPECT_EQUAL(thread_stack_high_water(tid), -ERROR_NOT_FOUND);
    EXPECT_EQUAL(thread_stack_high_water(0), -ERROR_NOT_FOUND);
    EXPECT_EQUAL(thread_stack_high_water(-1), -ERROR_NOT_FOUND);
}
