/* Ranges and searches in bitmaps. */
#include "kernel/lib/bitmap.h"

#define ALL_ONES UINT64_MAX

/* A word with `count` (1..64) ones from bit `first` on, as far as they lie in the word. */
static uint64_t mask(size_t first, size_t count)
{
    return ALL_ONES >> (BITMAP_WORD_BITS - count) << first;
}

/* How many of the `count` bits from `first` on lie in the word where `first` lies. */
static size_t bits_in_word(size_t first, size_t count)
{
    size_t left = BITMAP_WORD_BITS - first % BITMAP_WORD_BITS;
    return count < left ? count : left;
}

void bitmap_set_range(uint64_t *words, size_t first, size_t count)
{
    while (count) {
        size_t here = bits_in_word(first, count);
        words[first / BITMAP_WORD_BITS] |= mask(first % BITMAP_WORD_BITS, here);
        first += here;
        count -= here;
    }
}

void bitmap_clear_range(uint64_t *words, size_t first, size_t count)
{
    while (count) {
        size_t here = bits_in_word(first, count);
        words[first / BITMAP_WORD_BITS] &= ~mask(first % BITMAP_WORD_BITS, here);
        first += here;
        count -= here;
    }
}

/* Each pair of bits becomes their sum, each four those of two pairs, each byte those of two fours;
 * the product has the sum of all bytes in its highest (H. S. Warren, Hacker's Delight, 5-1). Not
 * every 64-bit processor has POPCNT. */
static unsigned count_set(uint64_t word)
{
    word -= word >> 1 & 0x5555555555555555ul;
    word = (word & 0x3333333333333333ul) + (word >> 2 & 0x3333333333333333ul);
    word = (word + (word >> 4)) & 0x0F0F0F0F0F0F0F0Ful;
    return (unsigned)(word * 0x0101010101010101ul >> 56);
}

size_t bitmap_count_clear(const uint64_t *words, size_t count)
{
    size_t clear = 0;
    for (size_t i = 0; i < count; i++)
        clear += count_set(~words[i]);
    return clear;
}

/* The first bit in [from, end) that is set once the words are XORed with `flip`, or `end`. */
static size_t find(const uint64_t *words, size_t from, size_t end, uint64_t flip)
{
    while (from < end) {
        size_t shift = from % BITMAP_WORD_BITS;
        uint64_t candidates = (words[from / BITMAP_WORD_BITS] ^ flip) >> shift;
        if (candidates) {
            from += (size_t)__builtin_ctzll(candidates);
            return from < end ? from : end;
        }
        from += BITMAP_WORD_BITS - shift;
    }
    return end;
}

size_t bitmap_find_clear_run(const uint64_t *words, size_t bits, size_t count, size_t from)
{
    size_t start = find(words, from, bits, ALL_ONES);

    while (start < bits && count <= bits - start) {
        size_t obstacle = find(words, start, start + count, 0);
        if (obstacle == start + count)
            return start;
        start = find(words, obstacle, bits, ALL_ONES);
    }
    return BITMAP_NOT_FOUND;
}
