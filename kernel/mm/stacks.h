/*
 * Kernel stacks: of whole pages, in a region of their own, each with a guard page below it that is
 * never mapped, so that an overflow faults instead of writing over somebody else.
 */
#ifndef AETHEL_KERNEL_MM_STACKS_H
#define AETHEL_KERNEL_MM_STACKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of a stack, in bytes. */
#define STACK_SIZE_MIN 4096ul
#define STACK_SIZE     8192ul /* where nobody asks for another one */
#define STACK_SIZE_MAX 65536ul

/* Makes room for the books about as many stacks as memory can hold. Boot only. */
void stacks_init(void);

/*
 * Returns the top of a new stack of `size` bytes, which is one of the above or a multiple of a page
 * in between. The top is aligned to a page; stacks grow down from it. Returns 0 when memory or
 * addresses ran out. It is painted. Any context; never blocks.
 */
uint64_t stack_allocate(size_t size);

/* Fills the stack, which nobody stands on, with a pattern. Any context. */
void stack_paint(uint64_t top, size_t size);

/*
 * The most bytes that have been in use of the stack since it was painted, down to the lowest
 * quadword that somebody wrote to: each of them holds a pattern of its own. So a frame that is not
 * written counts as soon as something below it is, be it the return address of one call, or an
 * interrupt. The stack must exist. Any context.
 */
size_t stack_high_water(uint64_t top, size_t size);

/* How many bytes of memory would come back if the `count` stacks with these tops were given back:
 * their pages, and what stands for them alone. Any context. */
size_t stacks_memory(const uint64_t *tops, size_t count);

/* Gives back the stack whose top is `top`. Not for the stack that is in use. Any context. */
void stack_free(uint64_t top);

/*
 * The top of the stack whose guard page `address` lies in, or 0 where it lies in none. The stack
 * need not exist any more. Any context.
 */
uint64_t stack_of_guard_page(uint64_t address);

/* What a stack takes from memory beside its own pages: a share of a page table. */
#define STACK_OVERHEAD 32ul

#endif
