/*
 * What the machine and its BIOS are called, as the SMBIOS tables tell it. Reads memory only.
 * Section numbers are those of the SMBIOS reference specification 3.7 (DMTF DSP0134).
 */
#ifndef AETHEL_DRIVERS_FIRMWARE_SMBIOS_H
#define AETHEL_DRIVERS_FIRMWARE_SMBIOS_H

#include "drivers/firmware/acpi.h"

#define SMBIOS_TEXT_SIZE 40u /* longer names are cut */

/* Printable ASCII; "" where the table does not say. */
struct smbios_names {
    char bios_vendor[SMBIOS_TEXT_SIZE];
    char bios_version[SMBIOS_TEXT_SIZE];
    char bios_date[SMBIOS_TEXT_SIZE];
    char manufacturer[SMBIOS_TEXT_SIZE];
    char product[SMBIOS_TEXT_SIZE];
};

/*
 * Looks for the tables and fills `names`. Returns 0, or -ERROR_NOT_FOUND where there are none, or
 * they are damaged or out of sight: then all names are "". Takes as long as a search through 64
 * KiB; any context.
 */
int smbios_find(acpi_map_function *map, struct smbios_names *names);

#endif
