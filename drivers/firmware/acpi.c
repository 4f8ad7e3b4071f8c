/*
 * The way through ACPI's tables: RSDP -> RSDT or XSDT -> FADT -> DSDT.
 *
 * The firmware wrote them, so nothing in them is believed: every table is checked by signature,
 * length and sum before it is used, and every access stays inside of it.
 */
#include "drivers/firmware/acpi.h"

#include "kernel/lib/bytes.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"

/* Where to look for the RSDP on a PC with a BIOS (5.2.5.1). */
#define EBDA_SEGMENT_POINTER 0x40Eu /* in the BIOS data area */
#define EBDA_SEARCH_BYTES    1024u
#define EBDA_LOWEST          0x80000u
#define EBDA_END             0xA0000u
#define BIOS_AREA            0xE0000u
#define BIOS_AREA_BYTES      0x20000u
#define RSDP_ALIGNMENT       16u

/* The RSDP (5.2.5.3). Revision 0 ends after the RSDT's address. */
#define RSDP_SIGNATURE "RSD PTR "
#define RSDP_REVISION  15u
#define RSDP_RSDT      16u
#define RSDP_SIZE_1    20u
#define RSDP_XSDT      24u
#define RSDP_SIZE_2    36u

/* The head of every other table (5.2.6). */
#define SIGNATURE_SIZE 4u
#define HEADER_LENGTH  4u
#define HEADER_SIZE    36u
#define TABLE_SIZE_MAX (4u << 20) /* more than any DSDT, less than a damaged length */

/* The FADT (5.2.9). */
#define FADT_DSDT              40u
#define FADT_SMI_COMMAND       48u
#define FADT_ACPI_ENABLE       52u
#define FADT_PM1A_CONTROL      64u
#define FADT_PM1B_CONTROL      68u
#define FADT_CENTURY           108u
#define FADT_FLAGS             112u
#define FADT_RESET_REGISTER    116u
#define FADT_RESET_VALUE       128u
#define FADT_X_DSDT            140u
#define FADT_X_PM1A_CONTROL    172u
#define FADT_X_PM1B_CONTROL    184u
#define FLAG_RESET_SUPPORTED   (1u << 10)
#define FLAG_REDUCED_HARDWARE  (1u << 20) /* there are no PM1 registers */
#define GENERIC_ADDRESS_OFFSET 4u         /* in a generic address structure (5.2.3.2) */
#define ADDRESS_SPACE_IO       1u

/* Registers of the real-time clock: the time, the alarm and the status come first. */
#define CENTURY_REGISTER_MIN 0x0Eu
#define CENTURY_REGISTER_MAX 0x7Fu

/* AML, the language of the DSDT (20.2). */
#define AML_ZERO         0x00
#define AML_ONE          0x01
#define AML_NAME         0x08
#define AML_BYTE_PREFIX  0x0A
#define AML_WORD_PREFIX  0x0B
#define AML_DWORD_PREFIX 0x0C
#define AML_PACKAGE      0x12
#define AML_ROOT         '\\'
#define SLEEP_TYPE_MAX   7u /* SLP_TYP has three bits (4.8.3.2.1) */

/* Bytes that may be read: a whole table, or what is left of one. */
struct bytes {
    const uint8_t *start;
    size_t length;
};

/* The little-endian number at `offset`, or 0 where `table` is too short to have it. */
static uint64_t field(struct bytes table, size_t offset, size_t size)
{
    if (table.length < size || offset > table.length - size)
        return 0;
    return read_little_endian(table.start + offset, size);
}

/* The table at `physical`, or one of length 0 if it is not a sound table of that signature. */
static struct bytes open_table(acpi_map_function *map, uint64_t physical, const char *signature)
{
    const struct bytes none = {NULL, 0};
    const uint8_t *header = physical ? map(physical, HEADER_SIZE) : NULL;
    if (!header || memcmp(header, signature, SIGNATURE_SIZE) != 0)
        return none;

    size_t length = (size_t)read_little_endian(header + HEADER_LENGTH, sizeof(uint32_t));
    if (length < HEADER_SIZE || length > TABLE_SIZE_MAX)
        return none;

    const uint8_t *table = map(physical, length);
    if (!table || !is_sum_zero(table, length))
        return none;
    return (struct bytes){table, length};
}

/* The RSDP in [base, base + length), or NULL. */
static const uint8_t *search_rsdp(acpi_map_function *map, uint64_t base, size_t length)
{
    const uint8_t *area = map(base, length);
    if (!area)
        return NULL;
    for (size_t offset = 0; offset + RSDP_SIZE_2 <= length; offset += RSDP_ALIGNMENT) {
        const uint8_t *candidate = area + offset;
        if (*candidate == RSDP_SIGNATURE[0] && /* ROMs are read slowly */
            memcmp(candidate, RSDP_SIGNATURE, sizeof(RSDP_SIGNATURE) - 1) == 0 &&
            is_sum_zero(candidate, RSDP_SIZE_1))
            return candidate;
    }
    return NULL;
}

static const uint8_t *find_rsdp(acpi_map_function *map)
{
    const uint8_t *pointer = map(EBDA_SEGMENT_POINTER, sizeof(uint16_t));
    uint64_t ebda = pointer ? read_little_endian(pointer, sizeof(uint16_t)) << 4 : 0;

    const uint8_t *rsdp = NULL;
    if (ebda >= EBDA_LOWEST && ebda <= EBDA_END - EBDA_SEARCH_BYTES)
        rsdp = search_rsdp(map, ebda, EBDA_SEARCH_BYTES);
    return rsdp ? rsdp : search_rsdp(map, BIOS_AREA, BIOS_AREA_BYTES);
}

/* Follows the entries, of `entry_size` bytes each, of the root table to the FADT. */
static struct bytes find_in_root(acpi_map_function *map, struct bytes root, size_t entry_size)
{
    for (size_t offset = HEADER_SIZE; offset + entry_size <= root.length; offset += entry_size) {
        struct bytes fadt = open_table(map, field(root, offset, entry_size), "FACP");
        if (fadt.length)
            return fadt;
    }
    return (struct bytes){NULL, 0};
}

/* The FADT by way of the XSDT, where there is a sound one, else of the RSDT. */
static struct bytes find_fadt(acpi_map_function *map)
{
    struct bytes fadt = {NULL, 0};
    const uint8_t *rsdp = find_rsdp(map);
    if (!rsdp)
        return fadt;

    if (rsdp[RSDP_REVISION] >= 2 && is_sum_zero(rsdp, RSDP_SIZE_2)) {
        uint64_t xsdt = read_little_endian(rsdp + RSDP_XSDT, sizeof(uint64_t));
        fadt = find_in_root(map, open_table(map, xsdt, "XSDT"), sizeof(uint64_t));
    }
    if (!fadt.length) {
        uint64_t rsdt = read_little_endian(rsdp + RSDP_RSDT, sizeof(uint32_t));
        fadt = find_in_root(map, open_table(map, rsdt, "RSDT"), sizeof(uint32_t));
    }
    return fadt;
}

static struct bytes find_dsdt(acpi_map_function *map, struct bytes fadt)
{
    struct bytes dsdt = open_table(map, field(fadt, FADT_X_DSDT, sizeof(uint64_t)), "DSDT");
    if (!dsdt.length)
        dsdt = open_table(map, field(fadt, FADT_DSDT, sizeof(uint32_t)), "DSDT");
    return dsdt;
}

/* The port that a generic address structure names, or 0 if it names no I/O port. */
static uint16_t generic_port(struct bytes fadt, size_t offset)
{
    if (field(fadt, offset, 1) != ADDRESS_SPACE_IO)
        return 0;
    uint64_t address = field(fadt, offset + GENERIC_ADDRESS_OFFSET, sizeof(uint64_t));
    return address <= UINT16_MAX ? (uint16_t)address : 0;
}

/* A register's port: from the old field, or where that is 0 from the one that extends it. */
static uint16_t register_port(struct bytes fadt, size_t offset, size_t extended_offset)
{
    uint64_t port = field(fadt, offset, sizeof(uint32_t));
    if (port == 0)
        return generic_port(fadt, extended_offset);
    return port <= UINT16_MAX ? (uint16_t)port : 0;
}

/* Takes `count` bytes off the front. Returns NULL when there are fewer. */
static const uint8_t *take(struct bytes *code, size_t count)
{
    if (code->length < count)
        return NULL;
    const uint8_t *taken = code->start;
    code->start += count;
    code->length -= count;
    return taken;
}

/* Takes a package length (20.2.4) and cuts `code` to what it covers. It counts itself, too. */
static bool take_package_length(struct bytes *code)
{
    size_t whole = code->length;
    const uint8_t *lead = take(code, 1);
    if (!lead)
        return false;
    size_t more = *lead >> 6;
    const uint8_t *rest = take(code, more);
    if (!rest)
        return false;

    size_t length = *lead & 0x3F;
    if (more)
        length = (*lead & 0x0F) | (size_t)read_little_endian(rest, more) << 4;
    if (length < 1 + more || length > whole)
        return false;
    code->length = length - 1 - more;
    return true;
}

/* How many bytes follow the opcode of a constant; -1 if it is none. */
static int constant_size(uint8_t opcode)
{
    switch (opcode) {
    case AML_ZERO:
    case AML_ONE:
        return 0;
    case AML_BYTE_PREFIX:
        return 1;
    case AML_WORD_PREFIX:
        return 2;
    case AML_DWORD_PREFIX:
        return 4;
    default:
        return -1;
    }
}

static bool take_sleep_type(struct bytes *code, uint8_t *sleep_type)
{
    const uint8_t *opcode = take(code, 1);
    int size = opcode ? constant_size(*opcode) : -1;
    const uint8_t *digits = size < 0 ? NULL : take(code, (size_t)size);
    if (!digits)
        return false;

    uint64_t value = size == 0 ? *opcode : read_little_endian(digits, (size_t)size);
    *sleep_type = (uint8_t)value;
    return value <= SLEEP_TYPE_MAX;
}

/* What stands behind the name: Package (count) {SLP_TYPa, SLP_TYPb, ...} (7.4.2.6). */
static bool parse_s5_package(struct bytes code, struct acpi_soft_off *soft_off)
{
    const uint8_t *opcode = take(&code, 1);
    return opcode && *opcode == AML_PACKAGE && take_package_length(&code) && take(&code, 1) &&
           take_sleep_type(&code, &soft_off->sleep_type_a) &&
           take_sleep_type(&code, &soft_off->sleep_type_b);
}

/*
 * Finds Name (_S5_, Package ...) or Name (\_S5_, Package ...) without interpreting AML: the name,
 * the opcode before it and the package behind it together do not come about by chance.
 */
static bool find_s5(struct bytes dsdt, struct acpi_soft_off *soft_off)
{
    static const char name[] = "_S5_";
    const size_t name_size = sizeof(name) - 1;

    for (size_t i = HEADER_SIZE + 2; i + name_size <= dsdt.length; i++) {
        const uint8_t *at = dsdt.start + i;
        if (memcmp(at, name, name_size) != 0)
            continue;
        bool is_named = at[-1] == AML_NAME || (at[-1] == AML_ROOT && at[-2] == AML_NAME);
        struct bytes behind = {at + name_size, dsdt.length - i - name_size};
        if (is_named && parse_s5_package(behind, soft_off))
            return true;
    }
    return false;
}

int acpi_find_soft_off(acpi_map_function *map, struct acpi_soft_off *soft_off)
{
    struct bytes fadt = find_fadt(map);
    if (field(fadt, FADT_FLAGS, sizeof(uint32_t)) & FLAG_REDUCED_HARDWARE)
        return -ERROR_NOT_FOUND;

    soft_off->pm1a_control = register_port(fadt, FADT_PM1A_CONTROL, FADT_X_PM1A_CONTROL);
    soft_off->pm1b_control = register_port(fadt, FADT_PM1B_CONTROL, FADT_X_PM1B_CONTROL);
    uint64_t smi_command = field(fadt, FADT_SMI_COMMAND, sizeof(uint32_t));
    soft_off->smi_command = smi_command <= UINT16_MAX ? (uint16_t)smi_command : 0;
    soft_off->acpi_enable = (uint8_t)field(fadt, FADT_ACPI_ENABLE, 1);
    if (soft_off->pm1a_control == 0 || !find_s5(find_dsdt(map, fadt), soft_off))
        return -ERROR_NOT_FOUND;
    return 0;
}

int acpi_find_reset(acpi_map_function *map, struct acpi_reset *reset)
{
    struct bytes fadt = find_fadt(map);
    if (!(field(fadt, FADT_FLAGS, sizeof(uint32_t)) & FLAG_RESET_SUPPORTED))
        return -ERROR_NOT_FOUND;

    reset->port = generic_port(fadt, FADT_RESET_REGISTER);
    reset->value = (uint8_t)field(fadt, FADT_RESET_VALUE, 1);
    return reset->port ? 0 : -ERROR_NOT_FOUND;
}

uint8_t acpi_find_century(acpi_map_function *map)
{
    uint64_t index = field(find_fadt(map), FADT_CENTURY, 1);
    bool is_possible = index >= CENTURY_REGISTER_MIN && index <= CENTURY_REGISTER_MAX;
    return is_possible ? (uint8_t)index : 0;
}
