/*
 * Bytes of a PS/2 keyboard. Either any bytes at all, or those of a keyboard of which one byte gets
 * lost behind a prefix, or is one too many; what must come out is that no modifier stays held once
 * all keys have been let go.
 *
 * The first byte chooses the set (bit 0), the layout (bits 2 to 4), and which of the two (bit 1).
 */
#include <string.h>

#include "drivers/keyboard/decoder.h"
#include "drivers/keyboard/scan_codes.h"
#include "tests/fuzz/fuzz.h"

#define PREFIX_EXTENDED 0xE0
#define PREFIX_PAUSE    0xE1
#define PREFIX_RELEASE  0xF0

/* Among any bytes: nothing comes for a while. A keyboard that fails its test sends it. */
#define SILENCE 0xFD

static struct scan_codes codes;
static struct keyboard_decoder decoder;
static uint8_t last_modifiers;

static void check_events(const struct key_event *events, unsigned count)
{
    REQUIRE(count <= KEYBOARD_EVENTS_MAX);
    for (unsigned i = 0; i < count; i++) {
        REQUIRE(events[i].key > 0 && events[i].key <= KEY_F12);
        last_modifiers = events[i].modifiers;
    }
}

static void feed(uint8_t byte)
{
    struct key_event events[KEYBOARD_EVENTS_MAX];
    struct scan_codes_result result = scan_codes_feed(&codes, byte);
    REQUIRE(codes.set == 1 || codes.set == 2);
    REQUIRE(result.code < 2 * KEYBOARD_CODES);
    if (result.is_lost || result.has_started)
        keyboard_decoder_release_all(&decoder);
    if (result.code != SCAN_CODE_NONE)
        check_events(events, keyboard_decoder_feed(&decoder, result.code, events));
}

static void be_silent(void)
{
    if (scan_codes_give_up(&codes))
        keyboard_decoder_release_all(&decoder);
    REQUIRE(!scan_codes_give_up(&codes));
}

/* --- The keyboard ---------------------------------------------------------------------------- */

static const struct fake_key {
    uint8_t set_1;
    uint8_t set_2;
    bool is_extended;
    bool is_modifier;
} keys[] = {
    {0x1D, 0x14, false, true},  {0x1D, 0x14, true, true},   {0x2A, 0x12, false, true},
    {0x36, 0x59, false, true},  {0x38, 0x11, false, true},  {0x38, 0x11, true, true},
    {0x1E, 0x1C, false, false}, {0x14, 0x2C, false, false}, {0x12, 0x24, false, false},
    {0x48, 0x75, true, false},  {0x48, 0x75, false, false}, {0x45, 0x77, false, false},
    {0x30, 0x32, true, false},  {0x1C, 0x5A, false, false}, {0x58, 0x07, false, false},
    {0x46, 0x7E, true, false},
};

#define BYTES_MAX 4u

/* Stores the bytes of the key as it moves, and returns how many there are. */
static unsigned bytes_of(const struct fake_key *key, uint8_t set, bool is_pressed, uint8_t *bytes)
{
    unsigned count = 0;
    if (key->is_extended)
        bytes[count++] = PREFIX_EXTENDED;
    if (set == 2 && !is_pressed)
        bytes[count++] = PREFIX_RELEASE;
    if (set == 2)
        bytes[count++] = key->set_2;
    else
        bytes[count++] = (uint8_t)(key->set_1 | (is_pressed ? 0 : 0x80));
    return count;
}

static void let_go(const struct fake_key *key, uint8_t set)
{
    uint8_t bytes[BYTES_MAX];
    unsigned count = bytes_of(key, set, false, bytes);
    for (unsigned i = 0; i < count; i++)
        feed(bytes[i]);
}

/* A key that tells which modifiers count as held. */
static void require_no_modifier(uint8_t set)
{
    uint8_t bytes[BYTES_MAX];
    unsigned count = bytes_of(&keys[6], set, true, bytes);
    last_modifiers = 0xFF;
    for (unsigned i = 0; i < count; i++)
        feed(bytes[i]);
    REQUIRE(last_modifiers == 0 || last_modifiers == 0xFF); /* no layout has a character there */
}

static void type_anything(struct fuzz_input *input)
{
    while (fuzz_has_more(input)) {
        uint8_t byte = fuzz_take(input);
        if (byte == SILENCE)
            be_silent();
        else
            feed(byte);
    }
    be_silent();
    uint8_t set = codes.set;
    for (unsigned i = 0; i < COUNT_OF(keys); i++)
        if (keys[i].is_modifier)
            let_go(&keys[i], set);
    require_no_modifier(codes.set);
}

/* Bits of a byte that moves a key. */
#define MOVE_KEY     0x0F
#define MOVE_DAMAGE  0x10 /* of the first move that has it */
#define MOVE_SILENCE 0x80 /* comes behind it */

static bool is_shift(const struct fake_key *key)
{
    return key->set_1 == 0x2A || key->set_1 == 0x36;
}

/* The bytes of one move, of which one gets lost behind a prefix, the first prefix E0 itself, or one
 * prefix is too many. F0 itself is not lost: without it a release is a key that repeats. And E0 is
 * not put before a Shift key: the keyboard makes up just that. */
static unsigned damage(uint8_t how, const struct fake_key *key, uint8_t *bytes, unsigned count)
{
    static const uint8_t strays[] = {PREFIX_PAUSE, PREFIX_RELEASE, PREFIX_EXTENDED};
    unsigned stray_count = is_shift(key) ? COUNT_OF(strays) - 1 : COUNT_OF(strays);
    unsigned place = (how >> 5) % (count + 1);
    if (count > 1 && place < count && bytes[place] != PREFIX_RELEASE) {
        memmove(bytes + place, bytes + place + 1, count - place - 1);
        return count - 1;
    }
    memmove(bytes + 1, bytes, count);
    bytes[0] = strays[(how >> 5) % stray_count];
    return count + 1;
}

/* Whether the bytes of `key`, coming at once, would be taken for the rest of the damaged key's, and
 * nobody could tell: the other one of a pair, or a Shift key that the keyboard makes up. */
static bool completes_another(const struct fake_key *damaged, const struct fake_key *key)
{
    return damaged && (damaged->set_1 == key->set_1 || (codes.is_extended && is_shift(key)));
}

static void type_with_damage(struct fuzz_input *input, uint8_t set)
{
    bool is_down[COUNT_OF(keys)] = {false};
    const struct fake_key *damaged = NULL;
    while (fuzz_has_more(input)) {
        uint8_t move = fuzz_take(input);
        unsigned index = (move & MOVE_KEY) % COUNT_OF(keys);
        uint8_t bytes[BYTES_MAX];
        is_down[index] = !is_down[index];
        unsigned count = bytes_of(&keys[index], set, is_down[index], bytes);
        if (completes_another(damaged, &keys[index]))
            be_silent();
        if ((move & MOVE_DAMAGE) && !damaged) {
            damaged = &keys[index];
            count = damage(fuzz_take(input), &keys[index], bytes, count);
        }
        for (unsigned i = 0; i < count; i++)
            feed(bytes[i]);
        if (move & MOVE_SILENCE)
            be_silent();
    }
    be_silent();
    for (unsigned i = 0; i < COUNT_OF(keys); i++)
        if (is_down[i])
            let_go(&keys[i], set);
    require_no_modifier(set);
}

extern const struct keymap *__keymaps_start[], *__keymaps_end[];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = fuzz_input_of(data, size);
    uint8_t choice = fuzz_take(&input);
    uint8_t set = choice & 1 ? 2 : 1;
    size_t layouts = (size_t)(__keymaps_end - __keymaps_start);
    scan_codes_init(&codes, set);
    keyboard_decoder_init(&decoder, __keymaps_start[(choice >> 2) % layouts]);
    if (choice & 2)
        type_with_damage(&input, set);
    else
        type_anything(&input);
    return 0;
}
