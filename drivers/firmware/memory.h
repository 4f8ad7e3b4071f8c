/*
 * The room drivers/firmware/ is what the firmware left in memory: ACPI's and SMBIOS's tables.
 *
 * Entered by: drivers, and the command that shows the machine.
 * Invariant: it only reads, through a function that says what can be read, and believes no length,
 * checksum or address.
 *
 * The memory that the firmware keeps its tables in.
 */
#ifndef AETHEL_DRIVERS_FIRMWARE_MEMORY_H
#define AETHEL_DRIVERS_FIRMWARE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/*
 * Sight of `length` bytes of physical memory from `physical` on, or NULL where not all of them
 * lie below 4 GiB. Once memory has been started; any context.
 */
const void *firmware_memory_map(uint64_t physical, size_t length);

#endif
