/* hwinfo: the page that a report about a machine needs. */
#include "drivers/clock/timer.h"
#include "drivers/firmware/memory.h"
#include "drivers/firmware/smbios.h"
#include "drivers/keyboard/keyboard.h"
#include "drivers/serial.h"
#include "kernel/boot_info.h"
#include "kernel/config.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/cpu_identity.h"
#include "kernel/cpu/tsc.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "kernel/mm/frames.h"
#include "kernel/options.h"
#include "shell/command.h"

#define LINE_SIZE    80u /* with a terminator: what fits on the screen */
#define NS_PER_US    1000u
#define BIOS_TICK_MS 55u

/* The BIOS data area (IBM PS/2 and PC BIOS Interface Technical Reference). */
#define BIOS_DATA_AREA      0x400u
#define BIOS_DATA_SIZE      0x100u
#define BIOS_SERIAL_PORTS   0x00u /* four I/O addresses of 16 bits; 0: there is none */
#define BIOS_VIDEO_MODE     0x49u
#define BIOS_SERIAL_PORTS_N 4u

/* --- The machine ------------------------------------------------------------------------------ */

static void print_build(struct terminal *terminal)
{
    terminal_printf(terminal, "kernel: Aethel " AETHEL_VERSION ", %s%s%s, %s\n",
                    CONFIG_PREEMPT ? "preemptive" : "PREEMPT=0", CONFIG_DEBUG ? ", DEBUG=1" : "",
                    CONFIG_STRESS ? ", STRESS=1" : "",
#ifdef __clang__
                    "clang " __clang_version__
#else
                    "gcc " __VERSION__
#endif
    );
}

/* A line of the words that are not empty, or "unknown", cut to the width of the screen. */
static void print_words(struct terminal *terminal, const char *key, const char *const *words,
                        unsigned count)
{
    char line[LINE_SIZE];
    size_t length = format_string(line, sizeof(line), "%s:", key);
    size_t key_length = length;
    for (unsigned i = 0; i < count && length < sizeof(line); i++)
        if (words[i][0] != '\0')
            length += format_string(line + length, sizeof(line) - length, " %s", words[i]);
    terminal_printf(terminal, "%s%s\n", line, length == key_length ? " unknown" : "");
}

static void print_machine(struct terminal *terminal)
{
    struct smbios_names names;
    smbios_find(firmware_memory_map, &names);
    const char *machine[] = {names.manufacturer, names.product};
    const char *bios[] = {names.bios_vendor, names.bios_version, names.bios_date};
    print_words(terminal, "machine", machine, 2);
    print_words(terminal, "bios", bios, 3);
}

static void read_cpu_id(uint32_t leaf, uint32_t registers[4])
{
    cpu_id(leaf, &registers[0], &registers[1], &registers[2], &registers[3]);
}

static void print_cpu(struct terminal *terminal)
{
    struct cpu_identity cpu;
    cpu_identify(read_cpu_id, &cpu);
    terminal_printf(terminal, "cpu: %s\n", cpu.brand[0] != '\0' ? cpu.brand : "unknown");
    terminal_printf(terminal, "cpu_id: %s, family %u, model %u, stepping %u\n", cpu.vendor,
                    cpu.family, cpu.model, cpu.stepping);
    const char *features[] = {
        cpu.has_no_execute ? "no_execute" : "",        cpu.has_invariant_tsc ? "invariant_tsc" : "",
        cpu.has_large_pages ? "gib_pages" : "",        cpu.has_local_apic ? "apic" : "",
        cpu.hypervisor[0] != '\0' ? "hypervisor" : "", cpu.hypervisor,
    };
    print_words(terminal, "cpu_features", features, sizeof(features) / sizeof(features[0]));
}

/* --- Memory ----------------------------------------------------------------------------------- */

static const char *source_name(uint32_t source)
{
    static const char *const names[] = {
        [BOOT_MEMORY_FROM_E820] = "E820h",
        [BOOT_MEMORY_FROM_E801] = "E801h",
        [BOOT_MEMORY_FROM_88] = "88h",
    };
    return source >= BOOT_MEMORY_FROM_E820 && source <= BOOT_MEMORY_FROM_88 ? names[source] : "?";
}

static void print_memory(struct terminal *terminal, const struct boot_info *boot_info)
{
    terminal_printf(terminal, "memory_kib: %zu\n", frames_total() * FRAME_SIZE / 1024);
    terminal_printf(terminal, "memory_low_kib: %u\n", boot_info->low_memory_kib);
    terminal_printf(terminal, "memory_map: %s, %u entries ('hwinfo memory' lists them)\n",
                    source_name(boot_info->memory_source), boot_info->memory_entries);
}

static const char *type_name(uint32_t type)
{
    static const char *const names[] = {
        [BOOT_MEMORY_USABLE] = "usable",
        [BOOT_MEMORY_RESERVED] = "reserved",
        [BOOT_MEMORY_ACPI_RECLAIMABLE] = "ACPI tables",
        [BOOT_MEMORY_ACPI_NVS] = "ACPI NVS",
        [BOOT_MEMORY_BAD] = "bad",
    };
    return type >= BOOT_MEMORY_USABLE && type <= BOOT_MEMORY_BAD ? names[type] : "unknown";
}

static int print_memory_map(struct terminal *terminal, const struct boot_info *boot_info)
{
    terminal_printf(terminal, "%-16s %-16s %12s  %s\n", "FROM", "TO", "KIB", "TYPE");
    for (uint32_t i = 0; i < boot_info->memory_entries; i++) {
        const struct boot_memory_entry *entry = &boot_info->memory_map[i];
        terminal_printf(terminal, "%016lx %016lx %12lu  %u %s\n", entry->base,
                        entry->base + entry->length - 1, entry->length / 1024, entry->type,
                        type_name(entry->type));
    }
    return COMMAND_OK;
}

/* --- The boot --------------------------------------------------------------------------------- */

/* What the firmware told as `size` characters, without blanks at its end. */
static const char *firmware_text(char *text, const char *told, size_t size)
{
    size_t length = 0;
    for (size_t i = 0; i < size; i++) {
        text[i] = told[i] >= ' ' && told[i] <= '~' ? told[i] : ' ';
        if (text[i] != ' ')
            length = i + 1;
    }
    text[length] = '\0';
    return length > 0 ? text : "unknown";
}

static void print_access(struct terminal *terminal, const struct boot_info *boot_info)
{
    if (boot_info->uses_edd)
        terminal_printf(terminal, "boot_access: sector numbers");
    else
        terminal_printf(terminal, "boot_access: %u sectors a track, %u heads",
                        boot_info->sectors_per_track, boot_info->heads);
    terminal_printf(terminal, ", %u added, %u tried again\n", boot_info->lba_translation,
                    boot_info->read_retries);
}

static void print_drive(struct terminal *terminal, const struct boot_info *boot_info)
{
    char bus[sizeof(boot_info->edd_host_bus) + 1];
    char interface[sizeof(boot_info->edd_interface) + 1];
    terminal_printf(terminal,
                    "boot_drive: %02Xh (the BIOS said %02Xh; hard disks known to it: %u)\n",
                    boot_info->boot_drive, boot_info->firmware_drive, boot_info->hard_disks);
    print_access(terminal, boot_info);
    if (boot_info->edd_version == 0) {
        terminal_printf(terminal, "boot_edd: none\n");
        return;
    }
    terminal_printf(terminal, "boot_edd: version %02Xh, features %02Xh\n", boot_info->edd_version,
                    boot_info->edd_features);
    terminal_printf(
        terminal, "boot_disk: bus %s, interface %s, %lu sectors of %u bytes\n",
        firmware_text(bus, boot_info->edd_host_bus, sizeof(boot_info->edd_host_bus)),
        firmware_text(interface, boot_info->edd_interface, sizeof(boot_info->edd_interface)),
        boot_info->drive_sectors, boot_info->drive_sector_bytes);
}

static const char *a20_name(uint32_t method)
{
    static const char *const names[] = {
        [BOOT_A20_WAS_ON] = "was on",
        [BOOT_A20_BY_BIOS] = "by the BIOS",
        [BOOT_A20_BY_KEYBOARD_CONTROLLER] = "by the keyboard controller",
        [BOOT_A20_BY_PORT_92] = "by port 92h",
    };
    return method >= BOOT_A20_WAS_ON && method <= BOOT_A20_BY_PORT_92 ? names[method] : "unknown";
}

static void print_boot(struct terminal *terminal, const struct boot_info *boot_info)
{
    uint64_t us = tsc_to_ns(boot_info->handover_tsc - boot_info->start_tsc) / NS_PER_US;
    print_drive(terminal, boot_info);
    terminal_printf(terminal, "boot_load: %lu bytes in %lu.%03lu ms (%u ms by the BIOS's clock)\n",
                    boot_info->kernel_bytes, us / 1000, us % 1000,
                    boot_info->load_ticks * BIOS_TICK_MS);
    terminal_printf(terminal, "boot_a20: %s\n", a20_name(boot_info->a20_method));
    terminal_printf(terminal, "boot_menu: %s\n", boot_info->menu_was_shown ? "shown" : "not shown");
    const char *command_line = boot_info->command_line;
    terminal_printf(terminal, "command_line: %s\n",
                    options_are_text(command_line) ? command_line : "damaged");
}

/* --- Devices ---------------------------------------------------------------------------------- */

static void print_keyboard(struct terminal *terminal)
{
    struct keyboard_information keyboard;
    keyboard_get_information(&keyboard);
    if (!keyboard.has_controller) {
        terminal_printf(terminal, "keyboard: no controller\n");
        return;
    }
    terminal_printf(terminal, "keyboard: %s, controller %s, set %u%s, layout %s\n",
                    keyboard.keyboard_answers ? "answers" : "silent",
                    keyboard.is_stuck             ? "stuck"
                    : keyboard.controller_answers ? "answers"
                                                  : "silent",
                    keyboard.scan_code_set, keyboard.is_translated ? " (translated)" : "",
                    keyboard.keymap);
    terminal_printf(terminal, "keyboard_bytes: %u, %u by polling, %u lost, %u resent, %u plugged\n",
                    keyboard.bytes, keyboard.polled, keyboard.lost, keyboard.resends,
                    keyboard.starts);
}

static void print_timers(struct terminal *terminal)
{
    static const char *const sources[] = {
        [TIMER_NONE] = "none",
        [TIMER_PIT] = "8254",
        [TIMER_RTC] = "real-time clock",
    };
    struct timer_information timer;
    timer_get_information(&timer);
    terminal_printf(terminal, "timer: %s; clock %s; ", sources[timer.source],
                    timer.clock_error == 0 ? "works" : "shows no date");
    if (timer.pit_hz == 0) /* before some seconds have passed */
        terminal_printf(terminal, "8254 not measured yet\n");
    else
        terminal_printf(terminal, "8254 at %u Hz, should be %u\n", timer.pit_hz,
                        timer.pit_nominal_hz);
    uint64_t khz = timer.tsc_hz / 1000;
    const char *trust = timer.tsc_is_settled ? "trusted" : "being measured";
    terminal_printf(terminal, "tsc_mhz: %lu.%03lu (%s)\n", khz / 1000, khz % 1000,
                    timer.tsc_is_trusted ? trust : "not trusted: the timer stands in for it");
}

static void print_serial(struct terminal *terminal, const uint8_t *bios_data)
{
    struct serial_information serial;
    serial_get_information(&serial);
    terminal_printf(terminal,
                    "com1: %s%s%s; BIOS:", serial.type ? serial.type : "none, or not used",
                    serial.is_polled ? ", polled" : "", serial.is_stuck ? ", stuck" : "");
    for (unsigned i = 0; i < BIOS_SERIAL_PORTS_N; i++) {
        const uint8_t *port = bios_data + BIOS_SERIAL_PORTS + 2 * i;
        if (port[0] != 0 || port[1] != 0)
            terminal_printf(terminal, " COM%u %X%02Xh", i + 1, port[1], port[0]);
    }
    terminal_printf(terminal, "\nvideo_mode: %02Xh\n", bios_data[BIOS_VIDEO_MODE]);
}

/* --- The command ------------------------------------------------------------------------------ */

static int run_hwinfo(struct shell *shell, int count, char **words)
{
    struct terminal *terminal = shell->terminal;
    const struct boot_info *boot_info = boot_info_get();
    if (count == 2 && strcmp(words[1], "memory") != 0)
        return command_error(shell, "'%s' is not memory", words[1]);
    if (count == 2)
        return print_memory_map(terminal, boot_info);
    print_build(terminal);
    print_machine(terminal);
    print_cpu(terminal);
    print_memory(terminal, boot_info);
    print_boot(terminal, boot_info);
    print_keyboard(terminal);
    print_timers(terminal);
    print_serial(terminal, firmware_memory_map(BIOS_DATA_AREA, BIOS_DATA_SIZE));
    return COMMAND_OK;
}

static const struct command_word hwinfo_words[] = {{"memory", "the BIOS's map"}, {0}};

COMMAND(hwinfo, .usage = "hwinfo [memory]", .summary = "this machine, for reports",
        .help = "One page that tells what the machine is, how it was booted, and what has been\n"
                "found: a report about a machine should have it (docs/hardware.md). From COM1 it\n"
                "can be captured. With 'memory', the memory map as the BIOS told it.\n",
        .group = COMMAND_GROUP_MACHINE, .arguments_max = 1, .run = run_hwinfo,
        .words = hwinfo_words);
