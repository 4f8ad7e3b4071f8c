/* What a bank of machine-check registers says, by the tables of the architecture. */
#include "kernel/cpu/machine_check_text.h"

#include "tests/unit/unit_test.h"

static void check(uint64_t status, const char *expected)
{
    char text[96];
    machine_check_describe(status, text, sizeof(text));
    assert_string_equal(text, expected);
}

static void names_the_kinds(void **state)
{
    (void)state;
    check(0, "no error named (code 0000), corrected");
    check(0x0005, "internal parity (code 0005), corrected");
    check(0x0400, "internal timer (code 0400), corrected");
    check(0x0405, "internal (code 0405), corrected");
    check(0x0014, "address translation (TLB) (code 0014), corrected");
    check(0x009F, "memory controller (code 009f), corrected");
    check(0x000E, "cache (code 000e), corrected");
    check(0x0135, "cache (code 0135), corrected");
    check(0x1135, "cache (code 1135), corrected"); /* bit 12 says nothing of the kind */
    check(0x0E0B, "input or output (code 0e0b), corrected");
    check(0x0E0F, "bus or interconnect (code 0e0f), corrected");
    check(0x8000, "unknown to this kernel (code 8000), corrected");
}

static void says_how_bad_it_is(void **state)
{
    (void)state;
    check(MACHINE_CHECK_VALID | MACHINE_CHECK_UNCORRECTED | 1,
          "unclassified (code 0001), uncorrected");
    check(0xB200000000000000,
          "no error named (code 0000), uncorrected, the processor's state is lost");
    check(MACHINE_CHECK_OVERFLOW | MACHINE_CHECK_UNCORRECTED | 2,
          "parity of the microcode (code 0002), uncorrected, one of several");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_the_kinds),
        cmocka_unit_test(says_how_bad_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
