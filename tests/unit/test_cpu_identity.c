/* kernel/cpu/cpu_identity, with the answers of real and emulated processors. */
#include <string.h>

#include "kernel/cpu/cpu_identity.h"
#include "tests/unit/unit_test.h"

struct answer {
    uint32_t leaf;
    uint32_t registers[4];
};

static const struct answer *answers;

/* A leaf that is not in the table is garbage: nobody may look at it. */
static void read_leaf(uint32_t leaf, uint32_t registers[4])
{
    for (const struct answer *answer = answers; answer->leaf != UINT32_MAX; answer++)
        if (answer->leaf == leaf) {
            memcpy(registers, answer->registers, sizeof(answer->registers));
            return;
        }
    fail_msg("leaf %08x was asked for", leaf);
}

static struct cpu_identity identify(const struct answer *table)
{
    struct cpu_identity identity;
    answers = table;
    cpu_identify(read_leaf, &identity);
    return identity;
}

#define END         \
    {               \
        UINT32_MAX, \
        {           \
            0       \
        }           \
    }
#define INTEL 0x756e6547, 0x6c65746e, 0x49656e69 /* EBX, ECX, EDX */

static void test_a_pentium_4_without_no_execute(void **state)
{
    static const struct answer nocona[] = {
        {0, {5, INTEL}},
        {1, {0x00000F34, 0, 0, 0xBFEBFBFF}},
        {0x80000000, {0x80000001, 0, 0, 0}},
        {0x80000001, {0, 0, 0, 0x20000000}},
        END,
    };
    (void)state;
    struct cpu_identity cpu = identify(nocona);
    assert_string_equal(cpu.vendor, "GenuineIntel");
    assert_string_equal(cpu.brand, "");
    assert_string_equal(cpu.hypervisor, "");
    assert_int_equal(cpu.family, 15);
    assert_int_equal(cpu.model, 3);
    assert_int_equal(cpu.stepping, 4);
    assert_false(cpu.has_no_execute || cpu.has_invariant_tsc || cpu.has_large_pages);
    assert_true(cpu.has_local_apic);
}

static void test_a_sandy_bridge(void **state)
{
    static const struct answer sandy_bridge[] = {
        {0, {13, INTEL}},
        {1, {0x000206A7, 0, 0x1FBAE3FF, 0xBFEBFBFF}},
        {0x80000000, {0x80000008, 0, 0, 0}},
        {0x80000001, {0, 0, 1, 0x28100000}},
        {0x80000002, {0x20202020, 0x49202020, 0x6C65746E, 0x20295228}}, /* "       Intel(R) " */
        {0x80000003, {0x65726F43, 0x294D5428, 0x2D376920, 0x30303632}}, /* "Core(TM) i7-2600" */
        {0x80000004, {0x2020204B, 0x20202020, 0x20202020, 0x20202020}}, /* "K               " */
        {0x80000007, {0, 0, 0, 0x100}},
        END,
    };
    (void)state;
    struct cpu_identity cpu = identify(sandy_bridge);
    assert_string_equal(cpu.brand, "Intel(R) Core(TM) i7-2600K");
    assert_int_equal(cpu.family, 6);
    assert_int_equal(cpu.model, 42);
    assert_int_equal(cpu.stepping, 7);
    assert_true(cpu.has_no_execute && cpu.has_invariant_tsc);
    assert_false(cpu.has_large_pages);
}

static void test_a_guest_on_amd(void **state)
{
    static const struct answer guest[] = {
        {0, {13, 0x68747541, 0x444D4163, 0x69746E65}},
        {1, {0x00800F12, 0, 0x80000000, 0}},
        {0x40000000, {0, 0x4B4D564B, 0x564B4D56, 0x0000004D}},
        {0x80000000, {0x80000001, 0, 0, 0}},
        {0x80000001, {0, 0, 0, 0x04100000}},
        END,
    };
    (void)state;
    struct cpu_identity cpu = identify(guest);
    assert_string_equal(cpu.vendor, "AuthenticAMD");
    assert_string_equal(cpu.hypervisor, "KVMKVMKVM");
    assert_int_equal(cpu.family, 23);
    assert_int_equal(cpu.model, 1);
    assert_int_equal(cpu.stepping, 2);
    assert_true(cpu.has_no_execute && cpu.has_large_pages);
    assert_false(cpu.has_local_apic);
}

/* The extended model counts for families 6 and 15 only. */
static void test_an_old_family(void **state)
{
    static const struct answer old[] = {
        {0, {1, INTEL}},
        {1, {0x000F0543, 0, 0, 0}},
        {0x80000000, {0, 0, 0, 0}},
        END,
    };
    (void)state;
    struct cpu_identity cpu = identify(old);
    assert_int_equal(cpu.family, 5);
    assert_int_equal(cpu.model, 4);
    assert_int_equal(cpu.stepping, 3);
    assert_false(cpu.has_no_execute);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_pentium_4_without_no_execute),
        cmocka_unit_test(test_a_sandy_bridge),
        cmocka_unit_test(test_a_guest_on_amd),
        cmocka_unit_test(test_an_old_family),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
