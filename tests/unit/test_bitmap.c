/* kernel/lib/bitmap, against a naive model: one bool for each bit. */
#include <stdlib.h>
#include <string.h>

#include "kernel/lib/bitmap.h"
#include "tests/unit/unit_test.h"

#define BITS 300u /* not a multiple of the word size */

struct pair {
    uint64_t words[BITMAP_WORDS(BITS)];
    bool model[BITS];
};

static void check_equal(const struct pair *pair)
{
    for (size_t i = 0; i < BITS; i++)
        assert_int_equal(bitmap_test(pair->words, i), pair->model[i]);
    /* The bits behind the last belong to nobody. */
    for (size_t i = BITS; i < BITMAP_WORDS(BITS) * BITMAP_WORD_BITS; i++)
        assert_false(bitmap_test(pair->words, i));
}

static size_t model_find_run(const struct pair *pair, size_t count, size_t from)
{
    size_t length = 0;

    for (size_t i = from; i < BITS; i++) {
        length = pair->model[i] ? 0 : length + 1;
        if (length == count)
            return i + 1 - count;
    }
    return BITMAP_NOT_FOUND;
}

static void sizes(void **state)
{
    (void)state;
    assert_int_equal(BITMAP_WORDS(0), 0);
    assert_int_equal(BITMAP_WORDS(1), 1);
    assert_int_equal(BITMAP_WORDS(64), 1);
    assert_int_equal(BITMAP_WORDS(65), 2);
}

static void single_bits(void **state)
{
    (void)state;
    struct pair pair = {0};

    for (size_t i = 0; i < BITS; i++) {
        bitmap_set(pair.words, i);
        pair.model[i] = true;
        check_equal(&pair);
        bitmap_clear(pair.words, i);
        pair.model[i] = false;
    }
    check_equal(&pair);
}

static void ranges_at_all_edges(void **state)
{
    (void)state;
    static const size_t edges[] = {0, 1, 62, 63, 64, 65, 127, 128, 129, 192, 299, 300};

    for (size_t a = 0; a < COUNT_OF(edges); a++) {
        for (size_t b = a; b < COUNT_OF(edges); b++) {
            struct pair pair = {0};
            size_t count = edges[b] - edges[a];

            bitmap_set_range(pair.words, edges[a], count);
            memset(pair.model + edges[a], true, count);
            check_equal(&pair);
            bitmap_clear_range(pair.words, edges[a], count);
            memset(pair.model, false, sizeof(pair.model));
            check_equal(&pair);
        }
    }
}

static void searches_in_full_and_empty_maps(void **state)
{
    (void)state;
    struct pair pair = {0};

    assert_int_equal(bitmap_find_clear_run(pair.words, BITS, 1, 0), 0);
    assert_int_equal(bitmap_find_clear_run(pair.words, BITS, 1, 299), 299);
    assert_int_equal(bitmap_find_clear_run(pair.words, BITS, 1, 300), BITMAP_NOT_FOUND);
    assert_int_equal(bitmap_find_clear_run(pair.words, BITS, 300, 0), 0);
    assert_int_equal(bitmap_find_clear_run(pair.words, BITS, 301, 0), BITMAP_NOT_FOUND);
    assert_int_equal(bitmap_find_clear_run(pair.words, BITS, SIZE_MAX, 1), BITMAP_NOT_FOUND);
    assert_int_equal(bitmap_find_clear_run(pair.words, 0, 1, 0), BITMAP_NOT_FOUND);

    bitmap_set_range(pair.words, 0, BITS); /* the clear bits behind the last must not be found */
    assert_int_equal(bitmap_find_clear_run(pair.words, BITS, 1, 0), BITMAP_NOT_FOUND);
    assert_int_equal(bitmap_find_clear_run(pair.words, BITS, 1, 0), BITMAP_NOT_FOUND);
}

/* A search ends at the last word, also when that is full: AddressSanitizer watches its end. */
static void searches_stay_within_the_words(void **state)
{
    (void)state;
    const size_t bits = 2 * BITMAP_WORD_BITS;
    uint64_t *words = malloc(BITMAP_WORDS(bits) * sizeof(*words));

    assert_non_null(words);
    memset(words, 0xFF, BITMAP_WORDS(bits) * sizeof(*words));
    assert_int_equal(bitmap_find_clear_run(words, bits, 1, 0), BITMAP_NOT_FOUND);
    assert_int_equal(bitmap_find_clear_run(words, bits, 1, bits), BITMAP_NOT_FOUND);
    bitmap_clear_range(words, 0, bits);
    assert_int_equal(bitmap_find_clear_run(words, bits, bits, 0), 0);
    assert_int_equal(bitmap_find_clear_run(words, bits, 1, bits), BITMAP_NOT_FOUND);
    free(words);
}

static void agrees_with_a_model(void **state)
{
    (void)state;
    struct pair pair = {0};
    uint64_t random = 4;

    for (unsigned round = 0; round < 5000; round++) {
        size_t first = random_below(&random, BITS);
        size_t count = random_below(&random, (unsigned)(BITS - first) / 2 + 2);
        bool value = random_below(&random, 2);

        count = count < BITS - first ? count : BITS - first;
        if (value)
            bitmap_set_range(pair.words, first, count);
        else
            bitmap_clear_range(pair.words, first, count);
        memset(pair.model + first, value, count);
        check_equal(&pair);

        size_t from = random_below(&random, BITS);
        size_t wanted = random_below(&random, 100) + 1;
        assert_int_equal(bitmap_find_clear_run(pair.words, BITS, 1, from),
                         model_find_run(&pair, 1, from));
        assert_int_equal(bitmap_find_clear_run(pair.words, BITS, wanted, from),
                         model_find_run(&pair, wanted, from));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes),
        cmocka_unit_test(single_bits),
        cmocka_unit_test(ranges_at_all_edges),
        cmocka_unit_test(searches_in_full_and_empty_maps),
        cmocka_unit_test(searches_stay_within_the_words),
        cmocka_unit_test(agrees_with_a_model),
    };
    return cmocka_run_group_tests_name("bitmap", tests, NULL, NULL);
}
