/* drivers/keyboard/scan_codes: every key of a 105-key keyboard in both scan code sets. */
#include "drivers/keyboard/scan_codes.h"

#include <string.h>

#include "tests/unit/unit_test.h"

static struct scan_codes codes;

/* One row for each row of the keyboard, then the keypad: the codes of set 1 and of set 2. */
static const char set_1[] = "\x01\x3B\x3C\x3D\x3E\x3F\x40\x41\x42\x43\x44\x57\x58\x46"
                            "\x29\x02\x03\x04\x05\x06\x07\x08\x09\x0A\x0B\x0C\x0D\x0E"
                            "\x0F\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1A\x1B\x1C"
                            "\x3A\x1E\x1F\x20\x21\x22\x23\x24\x25\x26\x27\x28\x2B"
                            "\x2A\x56\x2C\x2D\x2E\x2F\x30\x31\x32\x33\x34\x35\x36"
                            "\x1D\x38\x39"
                            "\x45\x37\x4A\x47\x48\x49\x4E\x4B\x4C\x4D\x4F\x50\x51\x52\x53\x54";
static const char set_2[] = "\x76\x05\x06\x04\x0C\x03\x0B\x83\x0A\x01\x09\x78\x07\x7E"
                            "\x0E\x16\x1E\x26\x25\x2E\x36\x3D\x3E\x46\x45\x4E\x55\x66"
                            "\x0D\x15\x1D\x24\x2D\x2C\x35\x3C\x43\x44\x4D\x54\x5B\x5A"
                            "\x58\x1C\x1B\x23\x2B\x34\x33\x3B\x42\x4B\x4C\x52\x5D"
                            "\x12\x61\x1A\x22\x21\x2A\x32\x31\x3A\x41\x49\x4A\x59"
                            "\x14\x11\x29"
                            "\x77\x7C\x7B\x6C\x75\x7D\x79\x6B\x73\x74\x69\x72\x7A\x70\x71\x84";

/* Those behind the prefix E0. */
static const char extended_set_1[] = "\x1C\x1D\x35\x37\x38\x47\x48\x49\x4B\x4D\x4F\x50\x51\x52"
                                     "\x53\x5B\x5C\x5D";
static const char extended_set_2[] = "\x5A\x14\x4A\x7C\x11\x6C\x75\x7D\x6B\x74\x69\x72\x7A\x70"
                                     "\x71\x1F\x27\x2F";

/* The byte completes a key, which is `expected`. */
static void check(uint8_t byte, unsigned expected)
{
    struct scan_codes_result got = scan_codes_feed(&codes, byte);
    assert_false(got.is_lost || got.has_started);
    assert_int_equal(got.code, expected);
}

/* Bytes before this one were lost. */
static void check_lost(uint8_t byte, unsigned expected)
{
    struct scan_codes_result got = scan_codes_feed(&codes, byte);
    assert_true(got.is_lost);
    assert_false(got.has_started);
    assert_int_equal(got.code, expected);
}

static void check_started(uint8_t byte)
{
    struct scan_codes_result got = scan_codes_feed(&codes, byte);
    assert_true(got.has_started);
    assert_false(got.is_lost);
    assert_int_equal(got.code, SCAN_CODE_NONE);
}

static void check_nothing(uint8_t byte)
{
    check(byte, SCAN_CODE_NONE);
}

static void set_1_passes(void **state)
{
    (void)state;
    scan_codes_init(&codes, 1);
    for (unsigned i = 0; i < sizeof(set_1) - 1; i++) {
        check((uint8_t)set_1[i], (uint8_t)set_1[i]);
        check((uint8_t)set_1[i] | 0x80, (uint8_t)set_1[i] | SCAN_CODE_RELEASED);
    }
    assert_int_equal(codes.set, 1);
}

static void set_1_has_prefixes(void **state)
{
    (void)state;
    scan_codes_init(&codes, 1);
    for (unsigned i = 0; i < sizeof(extended_set_1) - 1; i++) {
        unsigned code = (uint8_t)extended_set_1[i] | SCAN_CODE_EXTENDED;
        check_nothing(0xE0);
        check((uint8_t)extended_set_1[i], code);
        check_nothing(0xE0);
        check((uint8_t)extended_set_1[i] | 0x80, code | SCAN_CODE_RELEASED);
    }
}

static void set_2_becomes_set_1(void **state)
{
    (void)state;
    _Static_assert(sizeof(set_1) == sizeof(set_2), "a key is missing");
    scan_codes_init(&codes, 2);
    for (unsigned i = 0; i < sizeof(set_2) - 1; i++) {
        check((uint8_t)set_2[i], (uint8_t)set_1[i]);
        check_nothing(0xF0);
        check((uint8_t)set_2[i], (uint8_t)set_1[i] | SCAN_CODE_RELEASED);
    }
    assert_int_equal(codes.set, 2);
}

static void set_2_has_prefixes(void **state)
{
    (void)state;
    _Static_assert(sizeof(extended_set_1) == sizeof(extended_set_2), "a key is missing");
    scan_codes_init(&codes, 2);
    for (unsigned i = 0; i < sizeof(extended_set_2) - 1; i++) {
        unsigned code = (uint8_t)extended_set_1[i] | SCAN_CODE_EXTENDED;
        check_nothing(0xE0);
        check((uint8_t)extended_set_2[i], code);
        check_nothing(0xE0);
        check_nothing(0xF0);
        check((uint8_t)extended_set_2[i], code | SCAN_CODE_RELEASED);
    }
}

static void made_up_shifts_are_no_keys(void **state)
{
    static const uint8_t in_set_1[] = {0x2A, 0x36, 0xAA, 0xB6};
    (void)state;
    scan_codes_init(&codes, 1);
    for (unsigned i = 0; i < sizeof(in_set_1); i++) {
        check_nothing(0xE0);
        check_nothing(in_set_1[i]);
    }
    scan_codes_init(&codes, 2);
    for (const char *byte = "\xE0\x12\xE0\xF0\x12\xE0\x59\xE0\xF0\x59"; *byte; byte++)
        check_nothing((uint8_t)*byte);
    check(0x1C, 0x1E);
}

static void the_pause_key(void **state)
{
    static const char *const sent[] = {"\xE1\x1D\x45\xE1\x9D\xC5",
                                       "\xE1\x14\x77\xE1\xF0\x14\xF0\x77"};
    (void)state;
    for (uint8_t set = 1; set <= 2; set++) {
        unsigned keys[2] = {0};
        unsigned count = 0;
        scan_codes_init(&codes, set);
        for (const char *byte = sent[set - 1]; *byte; byte++) {
            struct scan_codes_result result = scan_codes_feed(&codes, (uint8_t)*byte);
            assert_false(result.is_lost);
            if (result.code != SCAN_CODE_NONE)
                keys[count++] = result.code;
        }
        assert_int_equal(count, 2);
        assert_int_equal(keys[0], SCAN_CODE_PAUSE);
        assert_int_equal(keys[1], SCAN_CODE_PAUSE | SCAN_CODE_RELEASED);
    }
}

/* Every key that there is gives away which set it is, when it is let go. */
static void a_released_key_tells_the_set(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof(set_1) - 1; i++) {
        if ((uint8_t)set_1[i] == 0x2A)
            continue; /* the left Shift key's looks like a keyboard that starts */
        scan_codes_init(&codes, 2);
        scan_codes_feed(&codes, (uint8_t)set_1[i]);
        uint8_t release = (uint8_t)set_1[i] | 0x80;
        bool is_clear = release != 0x83 && release != 0x84; /* as set 2 has F7 and Print */
        if (is_clear)
            check_lost(release, SCAN_CODE_NONE);
        else
            check(release, release == 0x83 ? 0x41 : 0x54);
        assert_int_equal(codes.set, is_clear ? 1 : 2);
    }
    for (unsigned i = 0; i < sizeof(set_2) - 1; i++) {
        if (set_2[i] == 0x70)
            continue; /* followed by F0 it is a Japanese key of set 1 */
        scan_codes_init(&codes, 1);
        scan_codes_feed(&codes, (uint8_t)set_2[i]);
        check_lost(0xF0, SCAN_CODE_NONE);
        assert_int_equal(codes.set, 2);
        check((uint8_t)set_2[i], (uint8_t)set_1[i] | SCAN_CODE_RELEASED);
    }
}

/* The prefix E0 of a key whose release tells that it is set 2 is not forgotten over that. */
static void the_set_is_told_behind_a_prefix(void **state)
{
    (void)state;
    scan_codes_init(&codes, 1);
    check_nothing(0xE0);
    check_lost(0xF0, SCAN_CODE_NONE);
    check(0x14, 0x1D | SCAN_CODE_EXTENDED | SCAN_CODE_RELEASED);
}

static void the_japanese_key_is_no_prefix(void **state)
{
    (void)state;
    scan_codes_init(&codes, 1);
    check(0x70, 0x70);
    check(0xF0, 0x70 | SCAN_CODE_RELEASED);
    assert_int_equal(codes.set, 1);
}

static void keyboards_start(void **state)
{
    (void)state;
    for (uint8_t set = 1; set <= 2; set++) {
        scan_codes_init(&codes, set);
        check_started(0xAA);
        assert_int_equal(codes.set, set);
    }
    scan_codes_init(&codes, 1);
    check(0x2A, 0x2A);
    check(0xAA, 0x2A | SCAN_CODE_RELEASED); /* the left Shift key */
    check_started(0xAA);
    check_nothing(0xE0);
    check_nothing(0xAA); /* made up by the keyboard, around a cursor key */
}

static void bytes_get_lost(void **state)
{
    (void)state;
    scan_codes_init(&codes, 2);
    check_nothing(0xF0);
    check_lost(0x00, SCAN_CODE_NONE);
    check(0x1C, 0x1E); /* goes down, not up */
    scan_codes_init(&codes, 1);
    check(0x2A, 0x2A);
    check_lost(0xFF, SCAN_CODE_NONE);
    check_started(0xAA);
}

/* What comes behind a sequence that was cut is taken for what it is. */
static void sequences_are_cut(void **state)
{
    static const struct {
        uint8_t set;
        const char *cut; /* its last byte shows that something is missing */
        unsigned code;   /* that the last byte completes */
    } cases[] = {
        {1, "\xE0\xE0", SCAN_CODE_NONE},
        {1, "\xE0\xE1", SCAN_CODE_NONE},
        {1, "\xE1\xE0", SCAN_CODE_NONE},
        {1, "\xE1\x1D\xE1", SCAN_CODE_NONE},
        {1, "\xE1\x1E", 0x1E},
        {1, "\xE1\x1D\x1E", 0x1E},
        {1, "\xE1\x1D\x9E", 0x1E | SCAN_CODE_RELEASED},
        {1, "\xE1\x45", SCAN_CODE_NONE}, /* Num Lock stays as it is */
        {2, "\xF0\xF0", SCAN_CODE_NONE},
        {2, "\xF0\xE0", SCAN_CODE_NONE},
        {2, "\xE0\xF0\xE1", SCAN_CODE_NONE},
        {2, "\xE1\x14\x1C", 0x1E},
        {2, "\xE1\xF0\x1C", 0x1E | SCAN_CODE_RELEASED},
    };
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(cases); i++) {
        const char *byte = cases[i].cut;
        scan_codes_init(&codes, cases[i].set);
        for (; byte[1]; byte++)
            check_nothing((uint8_t)*byte);
        check_lost((uint8_t)*byte, cases[i].code);
        assert_int_equal(codes.set, cases[i].set);
    }
    scan_codes_init(&codes, 1);
    check_nothing(0xE0);
    check_lost(0xE0, SCAN_CODE_NONE);
    check(0x1D, 0x1D | SCAN_CODE_EXTENDED);
}

static void silence_ends_a_sequence(void **state)
{
    static const char *const cut[] = {"\xE0", "\xE1", "\xE1\x1D", "\xF0", "\xE0\xF0"};
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(cut); i++) {
        uint8_t set = strchr(cut[i], 0xF0) ? 2 : 1;
        scan_codes_init(&codes, set);
        assert_false(scan_codes_give_up(&codes));
        for (const char *byte = cut[i]; *byte; byte++)
            check_nothing((uint8_t)*byte);
        assert_true(scan_codes_give_up(&codes));
        assert_false(scan_codes_give_up(&codes));
        check(set == 1 ? 0x1D : 0x14, 0x1D);
    }
}

/* In set 1 a stray F0 looks like a release in set 2, until nothing comes behind it. */
static void silence_takes_back_that_it_is_set_2(void **state)
{
    static const char *const strays[] = {"\xF0", "\xE0\xF0", "\xF0\xFF\xFA\xEE", "\xF0\xF0"};
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(strays); i++) {
        scan_codes_init(&codes, 1);
        for (const char *byte = strays[i]; *byte; byte++)
            scan_codes_feed(&codes, (uint8_t)*byte);
        scan_codes_give_up(&codes);
        check(0x12, 0x12);
        check(0x92, 0x12 | SCAN_CODE_RELEASED);
    }
}

static void answers_are_not_part_of_a_sequence(void **state)
{
    (void)state;
    scan_codes_init(&codes, 1);
    check_nothing(0xE0);
    check_nothing(0xFA);
    check_nothing(0xEE);
    check(0x1D, 0x1D | SCAN_CODE_EXTENDED);
}

static void survives_junk(void **state)
{
    (void)state;
    uint64_t random = 5;
    scan_codes_init(&codes, 1);
    for (unsigned round = 0; round < 100000; round++) {
        scan_codes_feed(&codes, (uint8_t)random_below(&random, 256));
        assert_true(codes.set == 1 || codes.set == 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(set_1_passes),
        cmocka_unit_test(set_1_has_prefixes),
        cmocka_unit_test(set_2_becomes_set_1),
        cmocka_unit_test(set_2_has_prefixes),
        cmocka_unit_test(made_up_shifts_are_no_keys),
        cmocka_unit_test(the_pause_key),
        cmocka_unit_test(a_released_key_tells_the_set),
        cmocka_unit_test(the_set_is_told_behind_a_prefix),
        cmocka_unit_test(the_japanese_key_is_no_prefix),
        cmocka_unit_test(keyboards_start),
        cmocka_unit_test(bytes_get_lost),
        cmocka_unit_test(sequences_are_cut),
        cmocka_unit_test(silence_ends_a_sequence),
        cmocka_unit_test(silence_takes_back_that_it_is_set_2),
        cmocka_unit_test(answers_are_not_part_of_a_sequence),
        cmocka_unit_test(survives_junk),
    };
    return cmocka_run_group_tests_name("scan_codes", tests, NULL, NULL);
}
