/* Switching off and starting again, by whichever means the machine has. */
#include "drivers/power.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/firmware/acpi.h"
#include "drivers/firmware/memory.h"
#include "drivers/serial.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/io.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"

/* The PM1 control register (ACPI specification 6.5, 4.8.3.2.1). */
#define PM1_SCI_ENABLE       0x0001 /* the machine is in ACPI mode */
#define PM1_SLEEP_TYPE       0x1C00
#define PM1_SLEEP_TYPE_SHIFT 10
#define PM1_SLEEP_ENABLE     0x2000 /* enters the state that the type names */

/* Bochs switches off when it sees this text on this port, one character after another. */
#define BOCHS_SHUTDOWN_PORT 0x8900
#define BOCHS_SHUTDOWN_TEXT "Shutdown"
#define BIOS_ROM            0xF0000u
#define BIOS_ROM_BYTES      0x10000u

/* The 8042 keyboard controller: command FEh pulses the processor's reset line. */
#define KEYBOARD_CONTROLLER   0x64
#define CONTROLLER_INPUT_FULL 0x02
#define CONTROLLER_RESET      0xFE

/* The chipset's reset register (Intel PIIX3 data sheet, "Reset Control Register"). */
#define RESET_CONTROL      0xCF9
#define RESET_CONTROL_HARD 0x02 /* what kind; the reset comes with bit 2 rising */
#define RESET_CONTROL_NOW  0x06

/* System control port A of the PS/2. Bit 0 rising resets the processor; bit 1 is the gate A20. */
#define SYSTEM_CONTROL            0x92
#define SYSTEM_CONTROL_FAST_RESET 0x01

#define NO_DEVICE 0xFF /* what a port reads where nobody answers */

/* Waits, in turns of port_delay(), about a microsecond each. */
#define ACPI_ENABLE_TURNS     3000000u /* firmware's SMI handler may take seconds */
#define OFF_TURNS             1000000u
#define CONTROLLER_FREE_TURNS 100000u
#define RESET_TURNS           100000u

static void wait_turns(unsigned turns)
{
    for (unsigned i = 0; i < turns; i++)
        port_delay();
}

static bool acpi_mode_is_on(const struct acpi_soft_off *soft_off)
{
    return port_read16(soft_off->pm1a_control) & PM1_SCI_ENABLE;
}

/* The PM1 registers obey only in ACPI mode; the firmware switches to it on request (4.8.2.5). */
static void enter_acpi_mode(const struct acpi_soft_off *soft_off)
{
    if (soft_off->smi_command == 0 || soft_off->acpi_enable == 0 || acpi_mode_is_on(soft_off))
        return;
    port_write8(soft_off->smi_command, soft_off->acpi_enable);
    for (unsigned i = 0; i < ACPI_ENABLE_TURNS && !acpi_mode_is_on(soft_off); i++)
        port_delay();
}

static void write_sleep_type(uint16_t port, uint8_t sleep_type)
{
    unsigned others = port_read16(port) & ~(unsigned)(PM1_SLEEP_TYPE | PM1_SLEEP_ENABLE);
    port_write16(
        port, (uint16_t)(others | (unsigned)sleep_type << PM1_SLEEP_TYPE_SHIFT | PM1_SLEEP_ENABLE));
}

static void acpi_off(void)
{
    struct acpi_soft_off soft_off;
    if (acpi_find_soft_off(firmware_memory_map, &soft_off))
        return;
    enter_acpi_mode(&soft_off);

    uint64_t flags = interrupts_save();
    write_sleep_type(soft_off.pm1a_control, soft_off.sleep_type_a);
    if (soft_off.pm1b_control)
        write_sleep_type(soft_off.pm1b_control, soft_off.sleep_type_b);
    wait_turns(OFF_TURNS);
    interrupts_restore(flags);
}

/* Bochs's BIOS names its maker. On a real machine the shutdown port could be anything. */
static bool is_bochs(void)
{
    static const char maker[] = "Bochs";
    const char *rom = firmware_memory_map(BIOS_ROM, BIOS_ROM_BYTES);
    for (size_t i = 0; i + sizeof(maker) <= BIOS_ROM_BYTES; i++) {
        if (memcmp(rom + i, maker, sizeof(maker) - 1) == 0)
            return true;
    }
    return false;
}

static void bochs_off(void)
{
    if (!is_bochs())
        return;
    for (const char *letter = BOCHS_SHUTDOWN_TEXT; *letter; letter++)
        port_write8(BOCHS_SHUTDOWN_PORT, (uint8_t)*letter);
}

int power_off(void)
{
    uint64_t flags = interrupts_save();
    serial_flush(); /* what was said last must be out before the UART loses its power */
    interrupts_restore(flags);
    acpi_off();
    bochs_off();
    return -ERROR_NOT_SUPPORTED;
}

static void reset_by_acpi(void)
{
    struct acpi_reset reset;
    if (acpi_find_reset(firmware_memory_map, &reset))
        return;
    port_write8(reset.port, reset.value);
    wait_turns(RESET_TURNS);
}

static void reset_by_chipset(void)
{
    port_write8(RESET_CONTROL, RESET_CONTROL_HARD);
    port_delay();
    port_write8(RESET_CONTROL, RESET_CONTROL_NOW);
    wait_turns(RESET_TURNS);
}

static void reset_by_keyboard_controller(void)
{
    uint8_t status = port_read8(KEYBOARD_CONTROLLER);
    if (status == NO_DEVICE)
        return;
    for (unsigned i = 0; i < CONTROLLER_FREE_TURNS && (status & CONTROLLER_INPUT_FULL); i++) {
        port_delay();
        status = port_read8(KEYBOARD_CONTROLLER);
    }
    port_write8(KEYBOARD_CONTROLLER, CONTROLLER_RESET);
    wait_turns(RESET_TURNS);
}

static void reset_by_system_control_port(void)
{
    uint8_t others = port_read8(SYSTEM_CONTROL);
    if (others == NO_DEVICE)
        return;
    others &= (uint8_t)~SYSTEM_CONTROL_FAST_RESET;
    port_write8(SYSTEM_CONTROL, others);
    port_delay();
    port_write8(SYSTEM_CONTROL, others | SYSTEM_CONTROL_FAST_RESET);
    wait_turns(RESET_TURNS);
}

/* Without an IDT a breakpoint cannot be delivered, nor can the faults that follow from that: the
 * processor shuts down, and the chipset resets it (Intel SDM vol. 3, 6.15, "Double Fault"). */
static void reset_by_triple_fault(void)
{
    static const struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) no_idt = {0, 0};
    __asm__ volatile("lidt %0; int3" : : "m"(no_idt));
}

/* The reset of the whole machine comes before that of the processor alone: after the latter the
 * firmware finds registers as it never left them, and Bochs's BIOS faults on one. */
static const struct {
    const char *name;
    void (*reset)(void);
} reset_methods[] = {
    {"acpi", reset_by_acpi},
    {"chipset", reset_by_chipset},
    {"keyboard", reset_by_keyboard_controller},
    {"port92", reset_by_system_control_port},
    {"fault", reset_by_triple_fault},
};

#define RESET_METHODS (sizeof(reset_methods) / sizeof(reset_methods[0]))

const char *power_reset_method(unsigned index)
{
    return index < RESET_METHODS ? reset_methods[index].name : NULL;
}

static void try_reset(unsigned index)
{
    uint64_t flags = interrupts_save();
    serial_flush();
    reset_methods[index].reset();
    interrupts_restore(flags);
}

int power_reset_by(const char *method)
{
    for (unsigned i = 0; i < RESET_METHODS; i++) {
        if (strcmp(reset_methods[i].name, method) == 0) {
            try_reset(i);
            return -ERROR_NOT_SUPPORTED;
        }
    }
    return -ERROR_NOT_FOUND;
}

_Noreturn void power_reboot(void)
{
    for (unsigned i = 0; i < RESET_METHODS; i++)
        try_reset(i);
    cpu_stop();
}
