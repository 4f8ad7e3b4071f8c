/*
 * What the fuzz targets share. Each is a program of libFuzzer's (LLVM: "libFuzzer - a library for
 * coverage-guided fuzz testing"): it calls LLVMFuzzerTestOneInput() with ever other bytes, and
 * takes for a finding what ends the program. Nothing may be left over from one call for the next.
 */
#ifndef AETHEL_TESTS_FUZZ_FUZZ_H
#define AETHEL_TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

/* Ends the program, with the place, if `condition` does not hold. */
#define REQUIRE(condition)                                                                      \
    do {                                                                                        \
        if (!(condition)) {                                                                     \
            fprintf(stderr, "%s:%d: this does not hold: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                                            \
        }                                                                                       \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Bytes that are used up one by one; 0 when there are no more. */
struct fuzz_input {
    const uint8_t *next;
    const uint8_t *end;
};

static inline struct fuzz_input fuzz_input_of(const uint8_t *data, size_t size)
{
    return (struct fuzz_input){.next = data, .end = data + size};
}

static inline bool fuzz_has_more(const struct fuzz_input *input)
{
    return input->next < input->end;
}

static inline uint8_t fuzz_take(struct fuzz_input *input)
{
    return fuzz_has_more(input) ? *input->next++ : 0;
}

#endif
