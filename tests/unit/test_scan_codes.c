/* drivers/keyboard/scan_codes: every key of a 105-key keyboard in both scan code sets. */
#include "drivers/keyboard/scan_codes.h"

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

static void check(uint8_t byte, enum scan_codes_event event, uint8_t expected)
{
    enum scan_codes_event got = scan_codes_feed(&codes, &byte);
    assert_int_equal(got, event);
    if (event == SCAN_CODES_BYTE)
        assert_int_equal(byte, expected);
}

static void set_1_passes(void **state)
{
    (void)state;
    scan_codes_init(&codes, 1);
    for (unsigned i = 0; i < sizeof(set_1) - 1; i++) {
        check((uint8_t)set_1[i], SCAN_CODES_BYTE, (uint8_t)set_1[i]);
        check((uint8_t)set_1[i] | 0x80, SCAN_CODES_BYTE, (uint8_t)set_1[i] | 0x80);
    }
    assert_int_equal(codes.set, 1);
}

static void set_2_becomes_set_1(void **state)
{
    (void)state;
    _Static_assert(sizeof(set_1) == sizeof(set_2), "a key is missing");
    scan_codes_init(&codes, 2);
    for (unsigned i = 0; i < sizeof(set_2) - 1; i++) {
        check((uint8_t)set_2[i], SCAN_CODES_BYTE, (uint8_t)set_1[i]);
        check(0xF0, SCAN_CODES_NOTHING, 0);
        check((uint8_t)set_2[i], SCAN_CODES_BYTE, (uint8_t)set_1[i] | 0x80);
    }
    assert_int_equal(codes.set, 2);
}

static void set_2_has_prefixes(void **state)
{
    (void)state;
    _Static_assert(sizeof(extended_set_1) == sizeof(extended_set_2), "a key is missing");
    scan_codes_init(&codes, 2);
    for (unsigned i = 0; i < sizeof(extended_set_2) - 1; i++) {
        check(0xE0, SCAN_CODES_BYTE, 0xE0);
        check((uint8_t)extended_set_2[i], SCAN_CODES_BYTE, (uint8_t)extended_set_1[i]);
        check(0xE0, SCAN_CODES_BYTE, 0xE0);
        check(0xF0, SCAN_CODES_NOTHING, 0);
        check((uint8_t)extended_set_2[i], SCAN_CODES_BYTE, (uint8_t)extended_set_1[i] | 0x80);
    }
}

static void the_pause_key(void **state)
{
    (void)state;
    static const uint8_t sent[] = {0xE1, 0x14, 0x77, 0xE1, 0xF0, 0x14, 0xF0, 0x77};
    static const uint8_t expected[] = {0xE1, 0x1D, 0x45, 0xE1, 0x9D, 0xC5};
    unsigned count = 0;
    scan_codes_init(&codes, 2);
    for (unsigned i = 0; i < sizeof(sent); i++) {
        uint8_t byte = sent[i];
        if (scan_codes_feed(&codes, &byte) == SCAN_CODES_BYTE)
            assert_int_equal(byte, expected[count++]);
    }
    assert_int_equal(count, sizeof(expected));
}

/* Every key that there is gives away which set it is, when it is let go. */
static void a_released_key_tells_the_set(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof(set_1) - 1; i++) {
        if ((uint8_t)set_1[i] == 0x2A)
            continue; /* the left Shift key's looks like a keyboard that starts */
        scan_codes_init(&codes, 2);
        uint8_t byte = (uint8_t)set_1[i];
        scan_codes_feed(&codes, &byte);
        uint8_t release = (uint8_t)set_1[i] | 0x80;
        bool is_clear = release != 0x83 && release != 0x84; /* as set 2 has F7 and Print */
        check(release, is_clear ? SCAN_CODES_LOST : SCAN_CODES_BYTE, release == 0x83 ? 0x41 : 0x54);
        assert_int_equal(codes.set, is_clear ? 1 : 2);
    }
    for (unsigned i = 0; i < sizeof(set_2) - 1; i++) {
        if (set_2[i] == 0x70)
            continue; /* followed by F0 it is a Japanese key of set 1 */
        scan_codes_init(&codes, 1);
        uint8_t byte = (uint8_t)set_2[i];
        scan_codes_feed(&codes, &byte);
        check(0xF0, SCAN_CODES_LOST, 0);
        assert_int_equal(codes.set, 2);
        check((uint8_t)set_2[i], SCAN_CODES_BYTE, (uint8_t)set_1[i] | 0x80);
    }
}

static void the_japanese_key_is_no_prefix(void **state)
{
    (void)state;
    scan_codes_init(&codes, 1);
    check(0x70, SCAN_CODES_BYTE, 0x70);
    check(0xF0, SCAN_CODES_BYTE, 0xF0);
    assert_int_equal(codes.set, 1);
}

static void keyboards_start(void **state)
{
    (void)state;
    for (uint8_t set = 1; set <= 2; set++) {
        scan_codes_init(&codes, set);
        check(0xAA, SCAN_CODES_STARTED, 0);
        assert_int_equal(codes.set, set);
    }
    scan_codes_init(&codes, 1);
    check(0x2A, SCAN_CODES_BYTE, 0x2A);
    check(0xAA, SCAN_CODES_BYTE, 0xAA); /* the left Shift key */
    check(0xAA, SCAN_CODES_STARTED, 0);
    check(0xE0, SCAN_CODES_BYTE, 0xE0);
    check(0xAA, SCAN_CODES_BYTE, 0xAA); /* made up by the keyboard, around a cursor key */
}

static void bytes_get_lost(void **state)
{
    (void)state;
    scan_codes_init(&codes, 2);
    check(0xF0, SCAN_CODES_NOTHING, 0);
    check(0x00, SCAN_CODES_LOST, 0);
    check(0x1C, SCAN_CODES_BYTE, 0x1E); /* goes down, not up */
    scan_codes_init(&codes, 1);
    check(0x2A, SCAN_CODES_BYTE, 0x2A);
    check(0xFF, SCAN_CODES_LOST, 0);
    check(0xAA, SCAN_CODES_STARTED, 0);
}

static void survives_junk(void **state)
{
    (void)state;
    uint64_t random = 5;
    scan_codes_init(&codes, 1);
    for (unsigned round = 0; round < 100000; round++) {
        uint8_t byte = (uint8_t)random_below(&random, 256);
        scan_codes_feed(&codes, &byte);
        assert_true(codes.set == 1 || codes.set == 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(set_1_passes),
        cmocka_unit_test(set_2_becomes_set_1),
        cmocka_unit_test(set_2_has_prefixes),
        cmocka_unit_test(the_pause_key),
        cmocka_unit_test(a_released_key_tells_the_set),
        cmocka_unit_test(the_japanese_key_is_no_prefix),
        cmocka_unit_test(keyboards_start),
        cmocka_unit_test(bytes_get_lost),
        cmocka_unit_test(survives_junk),
    };
    return cmocka_run_group_tests_name("scan_codes", tests, NULL, NULL);
}
