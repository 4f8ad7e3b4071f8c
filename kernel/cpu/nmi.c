/*
 * The chipset's two reasons for an NMI, and all others, which have none (Intel 82371SB PIIX3 data
 * sheet, "NMI Status and Control Register" and "NMI Enable Register").
 */
#include "kernel/cpu/nmi.h"

#include "kernel/cpu/io.h"
#include "kernel/lib/format.h"
#include "kernel/log.h"
#include "kernel/symbols.h"

/* Of each of the two reasons the control is set to quiet it and to keep it quiet. */
#define PORT_STATUS    0x61
#define STATUS_ERROR   0x80 /* SERR#; on older machines the parity of the memory */
#define STATUS_CHECK   0x40 /* IOCHK#: an expansion card */
#define STATUS_CONTROL 0x0F /* what can be written: the speaker's bits, and these */
#define CONTROL_ERROR  0x04
#define CONTROL_CHECK  0x08

/* Bit 7 of the clock's index port masks NMIs. An index has to be followed by an access to the data;
 * status register D may be read at any time (MC146818 data sheet). */
#define PORT_CLOCK_INDEX 0x70
#define PORT_CLOCK_DATA  0x71
#define CLOCK_STATUS_D   0x0D
#define NMI_MASKED       0x80

#define LOOKS_PER_LINE 10u /* nmi_look_after() does not fill the log: a second, about */

/* Written by the handler alone. */
static volatile uint32_t count;
static volatile uint8_t status; /* of the latest */
static volatile uint64_t interrupted;

static volatile bool is_check_quiet; /* by the handler, until it has been told */
static uint32_t told;
static unsigned looks_to_wait;

static void write_clock_index(uint8_t index)
{
    port_write8(PORT_CLOCK_INDEX, index);
    (void)port_read8(PORT_CLOCK_DATA);
}

void nmi_enable(void)
{
    write_clock_index(CLOCK_STATUS_D);
}

bool nmi_take(uint64_t address)
{
    uint8_t reason = port_read8(PORT_STATUS);
    uint8_t control = reason & STATUS_CONTROL;
    status = reason;
    interrupted = address;
    count = count + 1;
    if (reason & STATUS_ERROR) {
        port_write8(PORT_STATUS, control | CONTROL_ERROR);
        return false;
    }
    if (reason & STATUS_CHECK) {
        port_write8(PORT_STATUS, control | CONTROL_CHECK);
        is_check_quiet = true;
    }
    return true;
}

/* One that came meanwhile is only seen as an edge: masking them and letting them come again makes
 * one of what still holds the line. Nobody is between index and data: their users have interrupts
 * off. */
static void open_again(void)
{
    if (is_check_quiet) {
        is_check_quiet = false;
        uint8_t control = port_read8(PORT_STATUS) & STATUS_CONTROL;
        port_write8(PORT_STATUS, control & (uint8_t)~CONTROL_CHECK);
    }
    write_clock_index(NMI_MASKED | CLOCK_STATUS_D);
    write_clock_index(CLOCK_STATUS_D);
}

static void tell(uint32_t further)
{
    char reason[NMI_TEXT_SIZE];
    char name[SYMBOL_NAME_SIZE] = "unknown code";
    uint64_t offset = 0;
    nmi_describe(reason);
    symbol_lookup(interrupted, name, &offset);
    if (further == 0)
        log_warning("NMI: %s, in %s+%#lx", reason, name, offset);
    else
        log_warning("NMI: %s, in %s+%#lx; %u before", reason, name, offset, further);
}

void nmi_look_after(void)
{
    if (looks_to_wait > 0)
        looks_to_wait--;
    if (count == told || looks_to_wait > 0)
        return;
    uint32_t now = count;
    tell(now - told - 1);
    told = now;
    looks_to_wait = LOOKS_PER_LINE;
    open_again();
}

bool nmi_take_untold(void)
{
    uint32_t now = count;
    bool is_untold = now != told;
    told = now;
    return is_untold;
}

void nmi_describe(char text[NMI_TEXT_SIZE])
{
    const char *reason = status & STATUS_ERROR   ? "memory parity or system error"
                         : status & STATUS_CHECK ? "I/O channel check"
                                                 : "no reason given by the chipset";
    format_string(text, NMI_TEXT_SIZE, "%s (port 61h is %#x)", reason, status);
}
