/* Switching off and starting again. */
#ifndef AETHEL_DRIVERS_POWER_H
#define AETHEL_DRIVERS_POWER_H

/*
 * Switches the machine off: by ACPI (the S5 state its tables describe), else by Bochs's shutdown
 * port. Returns -ERROR_NOT_SUPPORTED when the machine is still on afterwards, which takes up to
 * a few seconds to be sure of. Interrupts may be on or off; never blocks.
 */
int power_off(void);

/*
 * Resets the machine: by ACPI's reset register, else the chipset's (port CF9h), else the keyboard
 * controller, else a triple fault. Any context.
 */
_Noreturn void power_reboot(void);

#endif
