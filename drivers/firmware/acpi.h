/*
 * What ACPI's tables say about switching the machine off, resetting it, and its clock. Reads memory
 * only: power.c does what is found here. Section numbers are those of the ACPI specification 6.5.
 */
#ifndef AETHEL_DRIVERS_FIRMWARE_ACPI_H
#define AETHEL_DRIVERS_FIRMWARE_ACPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Gives sight of `length` bytes of physical memory, or NULL where they cannot be seen. What it
 * returned stays valid.
 */
typedef const void *acpi_map_function(uint64_t physical, size_t length);

/* How to enter S5, "soft off" (16.1.6). */
struct acpi_soft_off {
    uint16_t pm1a_control; /* I/O port of the PM1a control register */
    uint16_t pm1b_control; /* the same of PM1b; 0: the machine has none */
    uint8_t sleep_type_a;  /* SLP_TYP for PM1a, 0-7 */
    uint8_t sleep_type_b;
    uint16_t smi_command; /* I/O port that turns ACPI on; 0: it is always on */
    uint8_t acpi_enable;  /* what to write there */
};

/* How to reset the machine (4.8.3.6). */
struct acpi_reset {
    uint16_t port;
    uint8_t value;
};

/*
 * Looks for the tables and fills `soft_off`. Returns 0, or -ERROR_NOT_FOUND where there is no
 * table, where one is damaged or out of sight, or where they do not describe S5.
 * Takes as long as a search through 128 KiB; any context.
 */
int acpi_find_soft_off(acpi_map_function *map, struct acpi_soft_off *soft_off);

/* The same for the reset register. -ERROR_NOT_FOUND also where it is not an I/O port. */
int acpi_find_reset(acpi_map_function *map, struct acpi_reset *reset);

/* The register of the real-time clock that holds the century (5.2.9, "CENTURY"); 0 where the tables
 * name none, or one that cannot be it. */
uint8_t acpi_find_century(acpi_map_function *map);

#endif
