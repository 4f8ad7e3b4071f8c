/* Numbers as people type them. */
#include "kernel/lib/number.h"

#include <stdbool.h>
#include <stddef.h>

#include "kernel/lib/errors.h"

#define NOT_A_DIGIT 255u

#define DECIMAL     10u
#define HEXADECIMAL 16u

static unsigned digit_value(char character)
{
    if (character >= '0' && character <= '9')
        return (unsigned)(character - '0');
    if (character >= 'a' && character <= 'f')
        return (unsigned)(character - 'a') + 10;
    if (character >= 'A' && character <= 'F')
        return (unsigned)(character - 'A') + 10;
    return NOT_A_DIGIT;
}

/* Appends a digit to `value`. Returns false for no digit, or when the result is above `max`. */
static bool append_digit(uint64_t *value, char character, unsigned base, uint64_t max)
{
    unsigned digit = digit_value(character);

    if (digit >= base || digit > max || *value > (max - digit) / base)
        return false;
    *value = *value * base + digit;
    return true;
}

int parse_unsigned(const char *text, uint64_t max, uint64_t *value)
{
    unsigned base = DECIMAL;
    uint64_t result = 0;

    if (text[0] == '0' && text[1] == 'x') {
        base = HEXADECIMAL;
        text += 2;
    }
    do {
        if (!append_digit(&result, *text, base, max))
            return -ERROR_INVALID;
    } while (*++text);
    *value = result;
    return 0;
}

/* Reads decimal digits up to the first other character. Returns behind them, or NULL. */
static const char *read_digits(const char *text, uint64_t max, uint64_t *value)
{
    *value = 0;
    do {
        if (!append_digit(value, *text, DECIMAL, max))
            return NULL;
    } while (digit_value(*++text) < DECIMAL);
    return text;
}

int parse_range(const char *text, uint64_t max, uint64_t *first, uint64_t *last)
{
    text = read_digits(text, max, first);
    if (text == NULL)
        return -ERROR_INVALID;
    *last = *first;
    if (*text == '-')
        text = read_digits(text + 1, max, last);
    else if (text[0] == '.' && text[1] == '.')
        text = read_digits(text + 2, max, last);
    return text != NULL && *text == '\0' ? 0 : -ERROR_INVALID;
}

int parse_milliseconds(const char *text, uint64_t max, uint64_t *milliseconds)
{
    const unsigned decimals = 3; /* of a second in a millisecond */
    uint64_t result = 0;

    do {
        if (!append_digit(&result, *text, DECIMAL, max))
            return -ERROR_INVALID;
    } while (*++text && *text != '.');

    bool has_fraction = *text == '.';
    if (has_fraction && !*++text)
        return -ERROR_INVALID;
    for (unsigned i = 0; i < decimals; i++) {
        if (!append_digit(&result, *text ? *text : '0', DECIMAL, max))
            return -ERROR_INVALID;
        if (*text)
            text++;
    }
    if (*text)
        return -ERROR_INVALID;
    *milliseconds = result;
    return 0;
}
