/* The banks of machine-check registers (Intel SDM vol. 3, 15.3 and 15.8). */
#include "kernel/cpu/machine_check.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/guard.h"
#include "kernel/cpu/machine_check_text.h"
#include "kernel/log.h"

#define LEAF_FEATURES     1u
#define FEATURE_EXCEPTION (1u << 7) /* EDX: it can raise exception 18 */
#define FEATURE_BANKS     (1u << 14)

#define FAMILY_MASK 0x0FF00F00u /* in EAX */
#define FAMILY_6    0x00000600u
#define MODEL(eax)  (((eax) >> 4 & 0xF) | ((eax) >> 12 & 0xF0))

/* Before this model, bank 0 of family 6 is the firmware's to enable (15.3.2.1). */
#define MODEL_OWN_0 0x1Au

#define MSR_PENTIUM_ADDRESS 0x00u /* of a processor without banks */
#define MSR_PENTIUM_TYPE    0x01u

#define MSR_CAPABILITIES     0x179u
#define CAPABILITIES_BANKS   0xFFu
#define CAPABILITIES_CONTROL (1u << 8)
#define MSR_STATUS           0x17Au
#define MSR_CONTROL          0x17Bu

/* Of bank `number`. */
#define MSR_BANK_CONTROL(number) (0x400u + 4 * (number))
#define MSR_BANK_STATUS(number)  (0x401u + 4 * (number))
#define MSR_BANK_ADDRESS(number) (0x402u + 4 * (number))
#define MSR_BANK_MISC(number)    (0x403u + 4 * (number))

#define EVERYTHING (~0ul)
#define WORDS_SIZE 96u

static uint32_t features; /* EDX, as above */
static bool is_bank_0_firmwares;

static void find_out(void)
{
    uint32_t a, b, c;
    cpu_id(LEAF_FEATURES, &a, &b, &c, &features);
    is_bank_0_firmwares = (a & FAMILY_MASK) == FAMILY_6 && MODEL(a) < MODEL_OWN_0;
}

static unsigned bank_count(void)
{
    return cpu_read_msr(MSR_CAPABILITIES) & CAPABILITIES_BANKS;
}

static void log_and_forget(unsigned bank)
{
    uint64_t status = cpu_read_msr(MSR_BANK_STATUS(bank));
    if (status & MACHINE_CHECK_VALID) {
        char words[WORDS_SIZE];
        machine_check_describe(status, words, sizeof(words));
        log_warning("machine check before the start: bank %u, %s", bank, words);
    }
    cpu_write_msr(MSR_BANK_STATUS(bank), 0);
}

static void enable_banks(void *unused)
{
    (void)unused;
    if (cpu_read_msr(MSR_CAPABILITIES) & CAPABILITIES_CONTROL)
        cpu_write_msr(MSR_CONTROL, EVERYTHING);
    for (unsigned bank = 0; bank < bank_count(); bank++) {
        log_and_forget(bank);
        if (bank != 0 || !is_bank_0_firmwares)
            cpu_write_msr(MSR_BANK_CONTROL(bank), EVERYTHING);
    }
}

/* An emulator may claim banks, and fault where one is looked at. */
void machine_check_init(void)
{
    find_out();
    if (!(features & FEATURE_EXCEPTION))
        return;
    if ((features & FEATURE_BANKS) && !guard_run(enable_banks, NULL)) {
        features &= ~FEATURE_BANKS;
        log_info("machine check: the processor has no banks, though it says so");
    }
    cpu_write_cr4(cpu_read_cr4() | CR4_MACHINE_CHECK);
}

static void print_bank(unsigned bank, void (*print)(const char *format, ...))
{
    char words[WORDS_SIZE];
    uint64_t status = cpu_read_msr(MSR_BANK_STATUS(bank));
    if (!(status & MACHINE_CHECK_VALID))
        return;
    machine_check_describe(status, words, sizeof(words));
    print("Bank %u: %s\n", bank, words);
    print("  status %016lx", status);
    if (status & MACHINE_CHECK_HAS_ADDRESS)
        print("  address %016lx", cpu_read_msr(MSR_BANK_ADDRESS(bank)));
    if (status & MACHINE_CHECK_HAS_MISC)
        print("  more %016lx", cpu_read_msr(MSR_BANK_MISC(bank)));
    print("\n");
}

void machine_check_print(void (*print)(const char *format, ...))
{
    if (features & FEATURE_BANKS) {
        for (unsigned bank = 0; bank < bank_count(); bank++)
            print_bank(bank, print);
        cpu_write_msr(MSR_STATUS, 0);
    } else if (features & FEATURE_EXCEPTION) {
        print("Address %016lx, type %#lx\n", cpu_read_msr(MSR_PENTIUM_ADDRESS),
              cpu_read_msr(MSR_PENTIUM_TYPE));
    }
}
