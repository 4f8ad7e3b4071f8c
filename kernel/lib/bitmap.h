/*
 * Bits 0, 1, 2, ... in 64-bit words that the caller supplies; the bit of lowest value in the
 * first word is bit 0. The caller knows how many there are: no function checks the range of
 * what it sets. Any context; the caller excludes others.
 */
#ifndef AETHEL_KERNEL_LIB_BITMAP_H
#define AETHEL_KERNEL_LIB_BITMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BITMAP_WORD_BITS   64u
#define BITMAP_WORDS(bits) (((bits) + BITMAP_WORD_BITS - 1) / BITMAP_WORD_BITS)

#define BITMAP_NOT_FOUND SIZE_MAX

static inline void bitmap_set(uint64_t *words, size_t bit)
{
    words[bit / BITMAP_WORD_BITS] |= 1ull << bit % BITMAP_WORD_BITS;
}

static inline void bitmap_clear(uint64_t *words, size_t bit)
{
    words[bit / BITMAP_WORD_BITS] &= ~(1ull << bit % BITMAP_WORD_BITS);
}

static inline bool bitmap_test(const uint64_t *words, size_t bit)
{
    return words[bit / BITMAP_WORD_BITS] >> bit % BITMAP_WORD_BITS & 1;
}

/* Sets, or clears, the `count` bits from `first` on, a word at a time. */
void bitmap_set_range(uint64_t *words, size_t first, size_t count);
void bitmap_clear_range(uint64_t *words, size_t first, size_t count);

/* How many bits of the first `count` words are clear. */
size_t bitmap_count_clear(const uint64_t *words, size_t count);

/*
 * The lowest bit at `from` or above where `count` clear bits follow each other (`count` at least
 * 1), or BITMAP_NOT_FOUND. Takes time in proportion to the words it passes over and the runs in
 * them.
 */
size_t bitmap_find_clear_run(const uint64_t *words, size_t bits, size_t count, size_t from);

#endif
