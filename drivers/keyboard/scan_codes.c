/* Bytes of scan code sets 1 and 2 (IBM PS/2 Hardware Interface Technical Reference, "Keyboard"). */
#include "drivers/keyboard/scan_codes.h"

#define PREFIX_EXTENDED 0xE0
#define PREFIX_PAUSE    0xE1
#define PREFIX_RELEASE  0xF0 /* set 2 */
#define RELEASED        0x80 /* set 1: this bit of a code */

/* What is no scan code in either set. */
#define OVERRUN_SET_2  0x00 /* more keys than the keyboard could store; or it lost count */
#define OVERRUN_SET_1  0xFF
#define STARTED        0xAA /* in set 1 the release of the left Shift key, too */
#define ECHO           0xEE
#define RESPONSE_FIRST 0xFA /* from here on: answers to commands, and failed self-tests */

#define LEFT_SHIFT   0x2A /* set 1 */
#define KANA         0x70 /* set 1: the Japanese key whose release is PREFIX_RELEASE */
#define LAST_RELEASE 0xD8 /* set 1: of F12; a few rare keys are above */

/* Set 2 has codes of seven bits, and these two. */
#define F7             0x83
#define PRINT_WITH_ALT 0x84

/* The code of set 1 for each of set 2, eight in a row: what the 8042 makes of it. */
#define ROW 8
static const uint8_t set_1_codes[][ROW] = {
    {0xFF, 0x43, 0x41, 0x3F, 0x3D, 0x3B, 0x3C, 0x58},
    {0x64, 0x44, 0x42, 0x40, 0x3E, 0x0F, 0x29, 0x59},
    {0x65, 0x38, 0x2A, 0x70, 0x1D, 0x10, 0x02, 0x5A},
    {0x66, 0x71, 0x2C, 0x1F, 0x1E, 0x11, 0x03, 0x5B},
    {0x67, 0x2E, 0x2D, 0x20, 0x12, 0x05, 0x04, 0x5C},
    {0x68, 0x39, 0x2F, 0x21, 0x14, 0x13, 0x06, 0x5D},
    {0x69, 0x31, 0x30, 0x23, 0x22, 0x15, 0x07, 0x5E},
    {0x6A, 0x72, 0x32, 0x24, 0x16, 0x08, 0x09, 0x5F},
    {0x6B, 0x33, 0x25, 0x17, 0x18, 0x0B, 0x0A, 0x60},
    {0x6C, 0x34, 0x35, 0x26, 0x27, 0x19, 0x0C, 0x61},
    {0x6D, 0x73, 0x28, 0x74, 0x1A, 0x0D, 0x62, 0x6E},
    {0x3A, 0x36, 0x1C, 0x1B, 0x75, 0x2B, 0x63, 0x76},
    {0x55, 0x56, 0x77, 0x78, 0x79, 0x7A, 0x0E, 0x7B},
    {0x7C, 0x4F, 0x7D, 0x4B, 0x47, 0x7E, 0x7F, 0x6F},
    {0x52, 0x53, 0x50, 0x4C, 0x4D, 0x48, 0x01, 0x45},
    {0x57, 0x4E, 0x51, 0x4A, 0x37, 0x49, 0x46, 0x54},
    {0, 0, 0, 0x41, 0x54},
};

void scan_codes_init(struct scan_codes *codes, uint8_t set)
{
    *codes = (struct scan_codes){.set = set};
}

static enum scan_codes_event feed_set_1(struct scan_codes *codes, uint8_t byte)
{
    bool is_extended = codes->previous == PREFIX_EXTENDED;
    if (byte == PREFIX_RELEASE && codes->previous != KANA) {
        scan_codes_init(codes, 2);
        codes->is_release = true;
        return SCAN_CODES_LOST;
    }
    if (byte == STARTED && !is_extended && !codes->left_shift_held)
        return SCAN_CODES_STARTED;
    if (!is_extended && (byte & ~RELEASED) == LEFT_SHIFT)
        codes->left_shift_held = !(byte & RELEASED);
    return SCAN_CODES_BYTE;
}

static enum scan_codes_event feed_set_2(struct scan_codes *codes, uint8_t *byte)
{
    if (*byte == PREFIX_EXTENDED || *byte == PREFIX_PAUSE)
        return SCAN_CODES_BYTE;
    if (*byte == PREFIX_RELEASE) {
        codes->is_release = true;
        return SCAN_CODES_NOTHING;
    }
    if (*byte == STARTED)
        return SCAN_CODES_STARTED;
    if ((*byte & RELEASED) && *byte != F7 && *byte != PRINT_WITH_ALT) {
        if (*byte <= LAST_RELEASE)
            scan_codes_init(codes, 1);
        return SCAN_CODES_LOST;
    }
    *byte = set_1_codes[*byte / ROW][*byte % ROW] | (codes->is_release ? RELEASED : 0);
    codes->is_release = false;
    return SCAN_CODES_BYTE;
}

static enum scan_codes_event feed(struct scan_codes *codes, uint8_t *byte)
{
    if (*byte == ECHO || (*byte >= RESPONSE_FIRST && *byte != OVERRUN_SET_1))
        return SCAN_CODES_NOTHING;
    if (*byte == OVERRUN_SET_2 || *byte == OVERRUN_SET_1)
        return SCAN_CODES_LOST;
    return codes->set == 1 ? feed_set_1(codes, *byte) : feed_set_2(codes, byte);
}

enum scan_codes_event scan_codes_feed(struct scan_codes *codes, uint8_t *byte)
{
    uint8_t raw = *byte;
    enum scan_codes_event event = feed(codes, byte);
    codes->previous = raw;
    if (event == SCAN_CODES_STARTED || raw == OVERRUN_SET_1 || raw == OVERRUN_SET_2)
        scan_codes_init(codes, codes->set);
    return event;
}
