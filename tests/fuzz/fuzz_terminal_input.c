/*
 * What COM1 sends: UTF-8, and in it keys, mouse reports, answers and strings. Either any bytes at
 * all, or sequences and strings that are whole, of which nothing may be left over or typed.
 *
 * The first byte chooses: even, any bytes.
 */
#include "kernel/lib/ascii.h"
#include "shell/terminal/key_decoder.h"
#include "shell/terminal/utf8.h"
#include "tests/fuzz/fuzz.h"

#define SILENCE 0xF9 /* among any bytes: nothing comes for a while. No UTF-8 has it. */

static struct utf8_decoder utf8;
static struct key_decoder keys;
static unsigned key_count;
static int last_key;

static void feed(uint8_t byte)
{
    uint8_t character;
    if (!utf8_feed(&utf8, byte, &character))
        return;
    int key = key_decoder_feed(&keys, character);
    REQUIRE(key >= 0 && key <= TERMINAL_KEY_ALT(0xFF));
    REQUIRE(key <= TERMINAL_KEY_WHEEL_DOWN || key >= TERMINAL_KEY_ALT('\b'));
    REQUIRE(keys.parameter_index <= KEY_PARAMETERS);
    if (key == TERMINAL_KEY_NONE)
        return;
    REQUIRE(!key_decoder_is_waiting(&keys)); /* a key is complete, or none */
    key_count++;
    last_key = key;
}

static void feed_text(const char *text)
{
    for (; *text; text++)
        feed((uint8_t)*text);
}

static void be_silent(void)
{
    int key = key_decoder_give_up(&keys);
    REQUIRE(key == TERMINAL_KEY_NONE || key == CONTROL_ESCAPE);
    REQUIRE(!key_decoder_is_waiting(&keys));
}

/* From wherever the decoder is, this byte is a key, and the next stands for itself. */
static void require_key(uint8_t byte)
{
    key_count = 0;
    feed(byte);
    REQUIRE(key_count == 1 && last_key == byte);
    REQUIRE(!key_decoder_is_waiting(&keys));
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
    struct key_decoder before = keys;
    require_key(CONTROL('C'));
    keys = before;
    be_silent();
    require_key('\r');
}

/* --- What is whole ---------------------------------------------------------------------------- */

/* What may stand in a string without ending it. */
static bool is_inside(uint8_t byte)
{
    return byte != CONTROL('C') && byte != CONTROL('G') && byte != CONTROL('X') &&
           byte != CONTROL('Z') && byte != CONTROL_ESCAPE && byte < 0x80;
}

static void feed_string(struct fuzz_input *input)
{
    static const char *const beginnings[] = {"\033]", "\033P", "\033_",    "\033^",
                                             "\033X", "\x9d",  "\x90",     "\x9f",
                                             "\x9e",  "\x98",  "\xc2\x9d", "\xc2\x90"};
    static const char *const ends[] = {"\a", "\033\\", "\x9c", "\xc2\x9c", "\x18", "\x1a"};
    uint8_t choice = fuzz_take(input);
    feed_text(beginnings[(choice & 0x0F) % COUNT_OF(beginnings)]);
    for (unsigned length = fuzz_take(input) % 64; length > 0; length--) {
        uint8_t byte = fuzz_take(input);
        if (is_inside(byte))
            feed(byte);
        else
            feed_text("\xc3\xa4\xe2\x82\xac"); /* within Latin-1, and beyond */
    }
    REQUIRE(key_decoder_is_waiting(&keys));
    feed_text(ends[(choice >> 4) % COUNT_OF(ends)]);
    REQUIRE(key_count == 0);
}

/* A control sequence (ECMA-48, 5.4): parameters, intermediate characters, and one final one. */
static void feed_sequence(struct fuzz_input *input)
{
    feed_text(fuzz_take(input) & 1 ? "\x9b" : "\033[");
    bool is_begun = false;
    for (unsigned length = fuzz_take(input) % 16; length > 0; length--, is_begun = true)
        feed((uint8_t)('0' + fuzz_take(input) % 16));
    for (unsigned length = fuzz_take(input) % 4; length > 0; length--, is_begun = true)
        feed((uint8_t)(' ' + fuzz_take(input) % 16));
    uint8_t final = (uint8_t)('@' + fuzz_take(input) % 63);
    REQUIRE(key_count == 0);
    feed(final);
    if (!is_begun && final == 'M')
        feed_text("\x20\x7f~");
    else if (!is_begun && final == '[')
        feed('A');
    REQUIRE(key_count <= 1);
    if (key_count == 1)
        REQUIRE(last_key > TERMINAL_KEY_NONE);
}

static void feed_single_shift(struct fuzz_input *input)
{
    feed_text(fuzz_take(input) & 1 ? "\x8f" : "\033O");
    for (unsigned length = fuzz_take(input) % 4; length > 0; length--)
        feed((uint8_t)('0' + fuzz_take(input) % 12));
    feed((uint8_t)('@' + fuzz_take(input) % 63));
    REQUIRE(key_count <= 1);
    if (key_count == 1)
        REQUIRE(last_key > TERMINAL_KEY_NONE);
}

/* Digits of a number, as many as there may be of a mouse's place. */
static void feed_number(unsigned number)
{
    if (number >= 10)
        feed_number(number / 10);
    feed((uint8_t)('0' + number % 10));
}

/* What the mouse does in xterm's way 1006: only the wheel's steps are keys. */
static void feed_mouse_report(struct fuzz_input *input)
{
    uint8_t button = fuzz_take(input);
    bool is_release = fuzz_take(input) & 1;
    uint8_t wheel = button & 0xE3; /* without Shift, Alt and Ctrl */
    feed_text("\033[<");
    feed_number(button);
    for (unsigned i = 0; i < 2; i++) {
        feed(';');
        feed_number(fuzz_take(input) * 40u);
    }
    REQUIRE(key_count == 0);
    feed(is_release ? 'm' : 'M');
    REQUIRE(key_count == (!is_release && (wheel == 64 || wheel == 65)));
    if (key_count == 1)
        REQUIRE(last_key == (wheel == 64 ? TERMINAL_KEY_WHEEL_UP : TERMINAL_KEY_WHEEL_DOWN));
}

static void answer(struct fuzz_input *input)
{
    static void (*const kinds[])(struct fuzz_input * input) = {
        feed_string, feed_sequence, feed_single_shift, feed_mouse_report};
    while (fuzz_has_more(input)) {
        key_count = 0;
        kinds[fuzz_take(input) % COUNT_OF(kinds)](input);
        REQUIRE(!key_decoder_is_waiting(&keys));
        require_key('x');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = fuzz_input_of(data, size);
    utf8 = (struct utf8_decoder){0};
    key_decoder_init(&keys);
    if (fuzz_take(&input) & 1)
        answer(&input);
    else
        type_anything(&input);
    return 0;
}
