/* What every unit test needs: cmocka with the headers it asks for, and repeatable randomness. */
#ifndef AETHEL_TESTS_UNIT_UNIT_TEST_H
#define AETHEL_TESTS_UNIT_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* cmocka 2 warns of what 1.1 calls it. */
#ifndef assert_uint_in_range
#define assert_uint_in_range assert_in_range
#endif

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

/* The next number below `bound` of a sequence that `state` (seed it with anything but 0) goes
 * through: xorshift64, so that a failure repeats on every machine. */
static inline unsigned random_below(uint64_t *state, unsigned bound)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (unsigned)(*state >> 32) % bound;
}

#endif
