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

/* Keys in set 1. */
#define LEFT_CTRL    0x1D
#define LEFT_SHIFT   0x2A
#define RIGHT_SHIFT  0x36
#define NUM_LOCK     0x45
#define KANA         0x70 /* the Japanese key whose release is PREFIX_RELEASE */
#define LAST_RELEASE 0xD8 /* set 1: of F12; a few rare keys are above */

/* How far into the sequence of the Pause key: E1 and the codes of left Ctrl and Num Lock, as if
 * they went down; and the same at once behind, as if they went up. */
enum pause {
    PAUSE_NONE,
    PAUSE_EXPECTS_CTRL,
    PAUSE_EXPECTS_NUM_LOCK,
};

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

/* Returns whether there was a prefix to forget. */
static bool forget_prefixes(struct scan_codes *codes)
{
    bool was_within = codes->is_extended || codes->is_release || codes->pause != PAUSE_NONE;
    codes->is_extended = false;
    codes->is_release = false;
    codes->pause = PAUSE_NONE;
    return was_within;
}

static struct scan_codes_result take_prefix(struct scan_codes *codes, uint8_t byte)
{
    bool is_lost = forget_prefixes(codes);
    codes->is_extended = byte == PREFIX_EXTENDED;
    codes->pause = byte == PREFIX_PAUSE ? PAUSE_EXPECTS_CTRL : PAUSE_NONE;
    return (struct scan_codes_result){.is_lost = is_lost};
}

/* Around some keys the keyboard makes up that a Shift key goes up or down, so that Num Lock and
 * Shift do not change what they mean. */
static bool is_made_up(uint8_t key, bool is_extended)
{
    return is_extended && (key == LEFT_SHIFT || key == RIGHT_SHIFT);
}

static struct scan_codes_result complete(struct scan_codes *codes, uint8_t key, bool is_released)
{
    struct scan_codes_result result = {.code = SCAN_CODE_NONE};
    if (!is_made_up(key, codes->is_extended))
        result.code = (uint16_t)(key | (codes->is_extended ? SCAN_CODE_EXTENDED : 0) |
                                 (is_released ? SCAN_CODE_RELEASED : 0));
    forget_prefixes(codes);
    codes->is_guess = false;
    return result;
}

/* Within the sequence of the Pause key. What does not belong there stands for itself; but Num Lock,
 * whose light would change, is taken for the rest of a damaged one. */
static struct scan_codes_result take_pause(struct scan_codes *codes, uint8_t key, bool is_released)
{
    if (codes->pause == PAUSE_EXPECTS_CTRL && key == LEFT_CTRL) {
        codes->pause = PAUSE_EXPECTS_NUM_LOCK;
        codes->is_release = false;
        return (struct scan_codes_result){.code = SCAN_CODE_NONE};
    }
    struct scan_codes_result result = {.is_lost = codes->pause != PAUSE_EXPECTS_NUM_LOCK};
    forget_prefixes(codes);
    if (key != NUM_LOCK) {
        result = complete(codes, key, is_released);
        result.is_lost = true;
    } else if (!result.is_lost) {
        result.code = (uint16_t)(SCAN_CODE_PAUSE | (is_released ? SCAN_CODE_RELEASED : 0));
    }
    return result;
}

static struct scan_codes_result take_key(struct scan_codes *codes, uint8_t key, bool is_released)
{
    if (codes->pause != PAUSE_NONE)
        return take_pause(codes, key, is_released);
    return complete(codes, key, is_released);
}

static struct scan_codes_result start(struct scan_codes *codes)
{
    scan_codes_init(codes, codes->set);
    return (struct scan_codes_result){.has_started = true};
}

static struct scan_codes_result lose(struct scan_codes *codes, uint8_t set)
{
    scan_codes_init(codes, set);
    return (struct scan_codes_result){.is_lost = true};
}

static struct scan_codes_result feed_set_1(struct scan_codes *codes, uint8_t byte)
{
    uint8_t key = byte & ~RELEASED;
    bool is_released = byte & RELEASED;
    if (byte == PREFIX_RELEASE && codes->previous != KANA) {
        bool is_extended = codes->is_extended;
        struct scan_codes_result result = lose(codes, 2);
        codes->is_extended = is_extended;
        codes->is_release = true;
        codes->is_guess = true;
        return result;
    }
    if (byte == STARTED && !codes->is_extended && !codes->left_shift_held)
        return start(codes);
    if (!codes->is_extended && key == LEFT_SHIFT)
        codes->left_shift_held = !is_released;
    return take_key(codes, key, is_released);
}

static struct scan_codes_result feed_set_2(struct scan_codes *codes, uint8_t byte)
{
    if (byte == PREFIX_RELEASE) {
        struct scan_codes_result result = {.is_lost = codes->is_release};
        codes->is_release = true;
        return result;
    }
    if (byte == STARTED)
        return start(codes);
    if ((byte & RELEASED) && byte != F7 && byte != PRINT_WITH_ALT)
        return lose(codes, byte <= LAST_RELEASE ? 1 : 2);
    return take_key(codes, set_1_codes[byte / ROW][byte % ROW], codes->is_release);
}

/* The set before a prefix that has turned out to be a stray one. */
static uint8_t set_without_guess(const struct scan_codes *codes)
{
    return codes->is_guess ? 1 : codes->set;
}

static struct scan_codes_result feed(struct scan_codes *codes, uint8_t byte)
{
    if (byte == OVERRUN_SET_2 || byte == OVERRUN_SET_1)
        return lose(codes, set_without_guess(codes));
    if (byte == PREFIX_EXTENDED || byte == PREFIX_PAUSE)
        return take_prefix(codes, byte);
    return codes->set == 1 ? feed_set_1(codes, byte) : feed_set_2(codes, byte);
}

struct scan_codes_result scan_codes_feed(struct scan_codes *codes, uint8_t byte)
{
    if (byte == ECHO || (byte >= RESPONSE_FIRST && byte != OVERRUN_SET_1))
        return (struct scan_codes_result){.code = SCAN_CODE_NONE};
    struct scan_codes_result result = feed(codes, byte);
    codes->previous = byte;
    return result;
}

bool scan_codes_give_up(struct scan_codes *codes)
{
    codes->set = set_without_guess(codes);
    codes->is_guess = false;
    return forget_prefixes(codes);
}
