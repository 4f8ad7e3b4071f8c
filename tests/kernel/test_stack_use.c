/* How much of its stack a thread has used. */
#include <stdbool.h>
#include <stddef.h>

#include "kernel/cpu/cpu.h"
#include "kernel/lib/errors.h"
#include "kernel/mm/layout.h"
#include "kernel/mm/stacks.h"
#include "sched/post_mortem.h"
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
    EXPECT(bytes < 3008);
    stop(tid);
}

/* Whether what is told of a thread that has used `depth` bytes is that, in whole quadwords. */
static bool is_told_rightly(uint64_t depth)
{
    int tid = start(use_and_wait, (void *)depth, EQUAL);
    thread_yield();
    uint64_t bytes = (uint64_t)thread_stack_high_water(tid);
    stop(tid);
    return bytes >= depth && bytes < depth + sizeof(uint64_t);
}

/* From the deepest on: each stack is used again, and what was left there is not the next thread's.
 */
SELF_TEST(the_use_of_a_stack_is_told_to_the_quadword)
{
    unsigned wrong = 0;
    semaphore_init(&semaphore, 0);
    for (uint64_t depth = STACK_SIZE; depth >= KERNELS_OWN; depth -= 24)
        wrong += !is_told_rightly(depth);
    EXPECT_EQUAL(wrong, 0);
}

/* --- Frames ---------------------------------------------------------------------------------- */

#define TOLERANCE 64 /* bytes */

struct frame_user {
    size_t size;
    bool is_written;
    bool waits_within; /* what waiting takes then comes on top of it */
    uint64_t top;
    int used; /* bytes, down to the return address of a call out of the frame */
};

static __attribute__((noinline)) void note_use(struct frame_user *user)
{
    uint64_t here;
    __asm__ volatile("mov %%rsp, %0" : "=r"(here));
    user->used = (int)(user->top - here);
}

/* With interrupts off: they would use the stack, too. */
static __attribute__((noinline)) void use_frame(struct frame_user *user)
{
    volatile char *frame = __builtin_alloca(user->size);
    for (size_t i = 0; user->is_written && i < user->size; i++)
        frame[i] = 0;
    note_use(user);
    if (user->waits_within)
        semaphore_wait(&semaphore, WAIT_FOREVER);
    __asm__ volatile("" : : "r"(frame) : "memory"); /* it is needed up to here */
}

static void use_frame_and_wait(void *argument)
{
    struct frame_user *user = argument;
    user->top = ((uint64_t)__builtin_frame_address(0) | (PAGE_SIZE - 1)) + 1;
    uint64_t flags = interrupts_save();
    use_frame(user);
    semaphore_wait(&semaphore, WAIT_FOREVER);
    interrupts_restore(flags);
}

/* What is told of a thread with such a frame. */
static int told_of(struct frame_user *user)
{
    int tid = start(use_frame_and_wait, user, EQUAL);
    thread_yield();
    int bytes = thread_stack_high_water(tid);
    stop(tid);
    return bytes;
}

/* By how much it is off, at most: `reference` is what was told too much of another frame. */
static bool is_frame_told(struct frame_user *user, int reference)
{
    int excess = told_of(user) - user->used - reference;
    return excess >= 0 && excess <= TOLERANCE;
}

static void expect_frames_are_told(bool are_written)
{
    struct frame_user none = {.size = 0, .waits_within = true};
    int waiting = told_of(&none) - none.used;
    unsigned wrong = 0;
    EXPECT(waiting > 0);
    for (size_t size = 6000; size >= 100; size -= 20) {
        struct frame_user user = {.size = size, .is_written = are_written, .waits_within = true};
        wrong += !is_frame_told(&user, waiting);
        user.waits_within = false;
        wrong += size >= KERNELS_OWN && !is_frame_told(&user, 0);
    }
    EXPECT_EQUAL(wrong, 0);
}

SELF_TEST(the_use_of_frames_that_are_written_is_told)
{
    semaphore_init(&semaphore, 0);
    expect_frames_are_told(true);
}

SELF_TEST(the_use_of_frames_that_are_not_written_is_told)
{
    semaphore_init(&semaphore, 0);
    expect_frames_are_told(false);
}

/* --- Stacks that are used again -------------------------------------------------------------- */

static void use_much(void *argument)
{
    (void)argument;
    struct frame_user user = {.size = 6000};
    use_frame(&user);
}

/* So many that stacks cannot all be painted. */
static void use_stacks_quickly(void)
{
    for (unsigned i = 0; i < 100; i++) {
        int tid = start(use_much, NULL, EQUAL);
        thread_yield();
        finish(tid);
    }
}

SELF_TEST(a_stack_is_never_told_to_be_used_less_than_it_is)
{
    unsigned wrong = 0;
    semaphore_init(&semaphore, 0);
    for (size_t size = 100; size <= 6000; size += 100) {
        struct frame_user user = {.size = size};
        use_stacks_quickly();
        wrong += told_of(&user) < user.used;
    }
    EXPECT_EQUAL(wrong, 0);
}

SELF_TEST(a_stack_is_told_exactly_once_threads_come_and_go_more_slowly)
{
    struct frame_user user = {.size = 2000};
    semaphore_init(&semaphore, 0);
    use_stacks_quickly();
    spin_ticks(20);
    EXPECT(is_frame_told(&user, 0));
}

SELF_TEST(a_new_thread_has_used_little_of_its_stack)
{
    semaphore_init(&semaphore, 0);
    int greedy = start(use_and_wait, (void *)7000ul, EQUAL);
    thread_yield();
    stop(greedy);
    spin_ticks(20);
    int tid = start_suspended(wait_once, NULL, EQUAL);
    int before = thread_stack_high_water(tid);
    EXPECT(before > 0 && before <= TOLERANCE);
    thread_resume(tid);
    wait_until(tid, THREAD_BLOCKED);
    EXPECT(thread_stack_high_water(tid) >= before);
    EXPECT(thread_stack_high_water(tid) <= (int)KERNELS_OWN);
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

/* One that has ended, and that nobody has joined yet, is not the one that overflows it. */
SELF_TEST(a_stack_belongs_to_whom_it_was_given_last)
{
    struct post_mortem_thread ended, present, found;
    int before = start(append_letter, LETTER("a"), EQUAL);
    EXPECT(post_mortem_find(before, &ended));
    thread_yield();
    EXPECT_STATE(before, THREAD_ENDED);
    semaphore_init(&semaphore, 0);
    int now = start(wait_once, NULL, EQUAL);
    wait_until(now, THREAD_BLOCKED);
    EXPECT(post_mortem_find(now, &present));
    EXPECT_EQUAL(present.stack_top, ended.stack_top);
    EXPECT(post_mortem_find_by_stack(present.stack_top, &found));
    EXPECT_EQUAL(found.tid, now);
    stop(now);
    finish(before);
}
