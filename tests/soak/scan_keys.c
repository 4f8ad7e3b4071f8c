/* Which keys make a character, on an American keyboard in scan code set 1. */
#include "tests/soak/scan_keys.h"

#include "kernel/lib/ascii.h"
#include "kernel/lib/string.h"

#define CODE_CONTROL 0x1D
#define CODE_SHIFT   0x2A
#define CODE_F12     0x58
#define CODE_ENTER   0x1C
#define RELEASED     0x80

/* By scan code: what the key makes alone, and with Shift. */
static const char plain[] =
    "\0\0331234567890-=\177\tqwertyuiop[]\0\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
static const char shifted[] =
    "\0\0!@#$%^&*()_+\0\0QWERTYUIOP{}\0\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0\0\0\0";

/* The scan code of the key in `row` that makes `character`, or 0. */
static uint8_t find(const char *row, size_t size, char character)
{
    for (size_t code = 1; code < size; code++) {
        if (row[code] == character)
            return (uint8_t)code;
    }
    return 0;
}

/* Presses `code` while the key `held` is down; 0: alone. */
static unsigned press(uint8_t codes[SCAN_KEYS_MAX], uint8_t held, uint8_t code)
{
    unsigned count = 0;
    if (held != 0)
        codes[count++] = held;
    codes[count++] = code;
    codes[count++] = code | RELEASED;
    if (held != 0)
        codes[count++] = held | RELEASED;
    return count;
}

unsigned scan_keys_of(char character, uint8_t codes[SCAN_KEYS_MAX])
{
    if (character == CONTROL_BACKSLASH) /* calls for rescue on COM1, as F12 does here */
        return press(codes, 0, CODE_F12);
    if (character == '\r')
        return press(codes, 0, CODE_ENTER);
    uint8_t code = character != '\0' ? find(plain, sizeof(plain), character) : 0;
    if (code != 0)
        return press(codes, 0, code);
    code = character != '\0' ? find(shifted, sizeof(shifted), character) : 0;
    if (code != 0)
        return press(codes, CODE_SHIFT, code);
    if (character > 0 && character < FIRST_PRINTABLE)
        return press(codes, CODE_CONTROL, find(plain, sizeof(plain), (char)(character + 'a' - 1)));
    return 0;
}
