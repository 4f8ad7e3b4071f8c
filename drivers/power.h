/*
 * Switching off and starting again.
 *
 * APM, which older machines switch themselves off by, is a service of the BIOS (INT 15h AH=53h) for
 * 16 and 32 bits: in 64-bit mode there is no way to call it. So a machine without ACPI stays on.
 */
#ifndef AETHEL_DRIVERS_POWER_H
#define AETHEL_DRIVERS_POWER_H

/*
 * Switches the machine off: by ACPI (the S5 state its tables describe), else by Bochs's shutdown
 * port. Returns -ERROR_NOT_SUPPORTED when the machine is still on afterwards, which takes up to
 * a few seconds to be sure of. Interrupts may be on or off; never blocks.
 */
int power_off(void);

/*
 * Resets the machine: tries the ways below, one after another, until one works. Each is given a
 * tenth of a second; the last works on every machine. Any context.
 */
_Noreturn void power_reboot(void);

/* The name of way number `index`, from 0; NULL: there are no more. Any context. */
const char *power_reset_method(unsigned index);

/*
 * Resets the machine by the way of that name. Returns only if the machine goes on: -ERROR_NOT_FOUND
 * (there is no such way) or -ERROR_NOT_SUPPORTED (it is not this machine's way). Any context.
 */
int power_reset_by(const char *method);

#endif
