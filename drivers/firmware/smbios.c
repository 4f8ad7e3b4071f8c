/*
 * The way through the SMBIOS tables: an entry point in the BIOS's memory, then one structure after
 * the other. The firmware wrote them, so every access stays inside of what was mapped.
 */
#include "drivers/firmware/smbios.h"

#include "kernel/lib/bytes.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"

/* Where the entry point is (5.2). */
#define SEARCH_START     0xF0000u
#define SEARCH_BYTES     0x10000u
#define SEARCH_ALIGNMENT 16u

/* The entry point of 32 bits (5.2.1), and of 64 bits (5.2.2). */
#define ANCHOR_32       "_SM_"
#define ENTRY_32_LENGTH 5u
#define ENTRY_32_TABLE  0x18u
#define ENTRY_32_SIZE   0x16u
#define ENTRY_32_MIN    0x1Eu /* 1Fh is right, but SMBIOS 2.1 said 1Eh */
#define ANCHOR_64       "_SM3_"
#define ENTRY_64_LENGTH 6u
#define ENTRY_64_TABLE  0x10u
#define ENTRY_64_SIZE   0x0Cu
#define ENTRY_64_MIN    0x18u
#define TABLE_SIZE_MAX  0x20000u /* more than any, less than a damaged size */

/* A structure's head (6.1.2); behind its formatted part come its strings. */
#define HEAD_TYPE   0u
#define HEAD_LENGTH 1u
#define HEAD_SIZE   4u

#define TYPE_BIOS   0u
#define TYPE_SYSTEM 1u
#define TYPE_END    127u

/* In the structures: at these offsets stands the number of a string, from 1. */
#define BIOS_VENDOR         4u
#define BIOS_VERSION        5u
#define BIOS_DATE           8u
#define SYSTEM_MANUFACTURER 4u
#define SYSTEM_PRODUCT      5u

struct table {
    const uint8_t *bytes;
    size_t size;
};

/* Whether an entry point begins with `anchor` at `entry`, behind which `left` bytes are in sight.
 */
static bool is_entry(const uint8_t *entry, size_t left, const char *anchor, size_t length_offset,
                     size_t length_min)
{
    if (memcmp(entry, anchor, strlen(anchor)) != 0)
        return false;
    size_t length = entry[length_offset];
    return length >= length_min && length <= left && is_sum_zero(entry, length);
}

static struct table map_table(acpi_map_function *map, uint64_t physical, uint64_t size)
{
    struct table table = {.size = size < TABLE_SIZE_MAX ? size : TABLE_SIZE_MAX};
    table.bytes = map(physical, table.size);
    return table;
}

/* The table of the entry point at `entry`; without bytes if there is none, or it is out of sight.
 */
static struct table table_of_entry(acpi_map_function *map, const uint8_t *entry, size_t left)
{
    if (is_entry(entry, left, ANCHOR_64, ENTRY_64_LENGTH, ENTRY_64_MIN))
        return map_table(map, read_little_endian(entry + ENTRY_64_TABLE, 8),
                         read_little_endian(entry + ENTRY_64_SIZE, 4));
    if (is_entry(entry, left, ANCHOR_32, ENTRY_32_LENGTH, ENTRY_32_MIN))
        return map_table(map, read_little_endian(entry + ENTRY_32_TABLE, 4),
                         read_little_endian(entry + ENTRY_32_SIZE, 2));
    return (struct table){0};
}

/* A machine may have an entry point of each kind, and one table above 4 GiB. */
static struct table find_table(acpi_map_function *map)
{
    const uint8_t *area = map(SEARCH_START, SEARCH_BYTES);
    struct table table = {0};
    for (size_t at = 0; area != NULL && table.bytes == NULL && at < SEARCH_BYTES;
         at += SEARCH_ALIGNMENT)
        table = table_of_entry(map, area + at, SEARCH_BYTES - at);
    return table;
}

static void copy_printable(char *to, const uint8_t *from, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length && count + 1 < SMBIOS_TEXT_SIZE; i++)
        if (from[i] >= ' ' && from[i] <= '~' && (from[i] != ' ' || count > 0))
            to[count++] = (char)from[i];
    while (count > 0 && to[count - 1] == ' ')
        count--;
    to[count] = '\0';
}

/* Where the string at `at` ends: at its terminator, or with the table. */
static size_t string_end(const struct table *table, size_t at)
{
    while (at < table->size && table->bytes[at] != '\0')
        at++;
    return at;
}

/* String `number` of the structure at `at`, whose strings begin at `strings`. */
static void take_string(const struct table *table, size_t at, size_t offset, char *text)
{
    size_t length = table->bytes[at + HEAD_LENGTH];
    unsigned number = offset < length ? table->bytes[at + offset] : 0;
    size_t start = at + length;
    for (unsigned i = 1; i < number && start < table->size && table->bytes[start] != '\0'; i++)
        start = string_end(table, start) + 1;
    if (number > 0 && start < table->size)
        copy_printable(text, table->bytes + start, string_end(table, start) - start);
}

static void take_structure(const struct table *table, size_t at, struct smbios_names *names)
{
    if (table->bytes[at + HEAD_TYPE] == TYPE_BIOS) {
        take_string(table, at, BIOS_VENDOR, names->bios_vendor);
        take_string(table, at, BIOS_VERSION, names->bios_version);
        take_string(table, at, BIOS_DATE, names->bios_date);
    } else if (table->bytes[at + HEAD_TYPE] == TYPE_SYSTEM) {
        take_string(table, at, SYSTEM_MANUFACTURER, names->manufacturer);
        take_string(table, at, SYSTEM_PRODUCT, names->product);
    }
}

/* Behind the strings of the structure at `at`: two terminators in a row end them. */
static size_t next_structure(const struct table *table, size_t at)
{
    at += table->bytes[at + HEAD_LENGTH];
    while (at + 1 < table->size && (table->bytes[at] != '\0' || table->bytes[at + 1] != '\0'))
        at++;
    return at + 2;
}

static bool has_structure(const struct table *table, size_t at)
{
    return at + HEAD_SIZE <= table->size && table->bytes[at + HEAD_TYPE] != TYPE_END &&
           table->bytes[at + HEAD_LENGTH] >= HEAD_SIZE &&
           at + table->bytes[at + HEAD_LENGTH] <= table->size;
}

int smbios_find(acpi_map_function *map, struct smbios_names *names)
{
    *names = (struct smbios_names){0};
    struct table table = find_table(map);
    if (table.bytes == NULL)
        return -ERROR_NOT_FOUND;
    for (size_t at = 0; has_structure(&table, at); at = next_structure(&table, at))
        take_structure(&table, at, names);
    return 0;
}
