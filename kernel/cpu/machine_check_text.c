/* Error codes of the architecture: Intel SDM vol. 3, tables 15-9 and 15-10. */
#include "kernel/cpu/machine_check_text.h"

#include "kernel/lib/format.h"

/* The first that fits counts. Bit 12 only says how corrected errors are counted. */
static const struct {
    uint16_t mask;
    uint16_t value;
    const char *text;
} kinds[] = {
    {0xFFFF, 0x0000, "no error named"},
    {0xFFFF, 0x0001, "unclassified"},
    {0xFFFF, 0x0002, "parity of the microcode"},
    {0xFFFF, 0x0003, "signalled from outside"},
    {0xFFFF, 0x0004, "redundancy check between processors"},
    {0xFFFF, 0x0005, "internal parity"},
    {0xFFFF, 0x0006, "code of the firmware's SMM outside of its memory"},
    {0xFFFF, 0x0400, "internal timer"},
    {0xFFFF, 0x0E0B, "input or output"},
    {0xFC00, 0x0400, "internal"},
    {0xEFFC, 0x000C, "cache"},
    {0xEFF0, 0x0010, "address translation (TLB)"},
    {0xEF80, 0x0080, "memory controller"},
    {0xEF00, 0x0100, "cache"},
    {0xE800, 0x0800, "bus or interconnect"},
    {0x0000, 0x0000, "unknown to this kernel"},
};

static const char *kind_of(uint16_t code)
{
    unsigned i = 0;
    while ((code & kinds[i].mask) != kinds[i].value)
        i++;
    return kinds[i].text;
}

void machine_check_describe(uint64_t status, char *buffer, size_t size)
{
    uint16_t code = (uint16_t)status;
    format_string(buffer, size, "%s (code %04x), %s%s%s", kind_of(code), code,
                  status & MACHINE_CHECK_UNCORRECTED ? "uncorrected" : "corrected",
                  status & MACHINE_CHECK_STATE_IS_LOST ? ", the processor's state is lost" : "",
                  status & MACHINE_CHECK_OVERFLOW ? ", one of several" : "");
}
