/* Formatted text: one pass over the format, nothing stored but the digits of one number. */
#include "kernel/lib/format.h"

#include <stdbool.h>
#include <stdint.h>

#include "kernel/lib/string.h"

/* An unsigned 64-bit number has at most 20 decimal digits. */
#define MAX_DIGITS 20

#define NO_PRECISION (-1)

struct formatter {
    format_sink *sink;
    void *context;
    size_t length; /* of what has gone to the sink */
    va_list arguments;
};

struct conversion {
    bool left;
    bool zero;
    bool plus;
    bool space;
    bool alternate;
    int width;
    int precision;
    unsigned size; /* of the integer argument, in bytes */
    char letter;
};

static void emit(struct formatter *formatter, const char *text, size_t length)
{
    if (length)
        formatter->sink(formatter->context, text, length);
    formatter->length += length;
}

static void emit_repeated(struct formatter *formatter, char character, int count)
{
    char chunk[16];

    memset(chunk, character, sizeof(chunk));
    for (; count > (int)sizeof(chunk); count -= (int)sizeof(chunk))
        emit(formatter, chunk, sizeof(chunk));
    if (count > 0)
        emit(formatter, chunk, (size_t)count);
}

/* Prefix (sign or 0x), zeros and digits, in a field of the conversion's width. */
static void emit_field(struct formatter *formatter, const struct conversion *conversion,
                       const char *prefix, int zeros, const char *text, int length)
{
    int prefix_length = (int)strlen(prefix);
    int padding = conversion->width - prefix_length - zeros - length;

    if (!conversion->left)
        emit_repeated(formatter, ' ', padding);
    emit(formatter, prefix, (size_t)prefix_length);
    emit_repeated(formatter, '0', zeros);
    emit(formatter, text, (size_t)length);
    if (conversion->left)
        emit_repeated(formatter, ' ', padding);
}

/* Writes the digits of `value` so that they end before `end`. Returns where they begin. */
static char *write_digits(char *end, uint64_t value, char letter)
{
    const char *digits = letter == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    unsigned base = letter == 'd' || letter == 'u' ? 10 : 16;

    for (; value; value /= base)
        *--end = digits[value % base];
    return end;
}

static void convert_number(struct formatter *formatter, const struct conversion *conversion,
                           uint64_t value, const char *prefix)
{
    char digits[MAX_DIGITS];
    char *end = digits + sizeof(digits);
    char *begin = write_digits(end, value, conversion->letter);
    int length = (int)(end - begin);

    int room = conversion->width - (int)strlen(prefix);
    int wanted = 1; /* digits: so that zero is seen */
    if (conversion->precision != NO_PRECISION)
        wanted = conversion->precision;
    else if (conversion->zero && !conversion->left && room > 1)
        wanted = room;
    emit_field(formatter, conversion, prefix, wanted > length ? wanted - length : 0, begin, length);
}

static uint64_t next_unsigned(struct formatter *formatter, unsigned size)
{
    if (size == sizeof(uint64_t))
        return va_arg(formatter->arguments, uint64_t);

    uint64_t value = va_arg(formatter->arguments, unsigned);
    return size == sizeof(uint32_t) ? value : value & ((1ull << 8 * size) - 1);
}

static void convert_signed(struct formatter *formatter, const struct conversion *conversion)
{
    unsigned unused_bits = 64 - 8 * conversion->size;
    int64_t value =
        (int64_t)(next_unsigned(formatter, conversion->size) << unused_bits) >> unused_bits;
    const char *sign = conversion->plus ? "+" : conversion->space ? " " : "";

    /* Negated as unsigned: INT64_MIN has no positive counterpart. */
    if (value < 0)
        convert_number(formatter, conversion, 0 - (uint64_t)value, "-");
    else
        convert_number(formatter, conversion, (uint64_t)value, sign);
}

static void convert_unsigned(struct formatter *formatter, const struct conversion *conversion)
{
    uint64_t value = next_unsigned(formatter, conversion->size);
    const char *prefix = "";

    if (conversion->letter == 'p')
        prefix = "0x";
    else if (conversion->alternate && value && conversion->letter != 'u')
        prefix = conversion->letter == 'X' ? "0X" : "0x";
    convert_number(formatter, conversion, value, prefix);
}

static void convert_string(struct formatter *formatter, const struct conversion *conversion)
{
    const char *text = va_arg(formatter->arguments, const char *);
    int length = 0;

    if (!text)
        text = "(null)";
    /* With a precision the text need not be terminated: no byte past it is looked at. */
    while (length != conversion->precision && text[length])
        length++;
    emit_field(formatter, conversion, "", 0, text, length);
}

static void convert_character(struct formatter *formatter, const struct conversion *conversion)
{
    char character = (char)va_arg(formatter->arguments, int);

    emit_field(formatter, conversion, "", 0, &character, 1);
}

/* Returns false when there is no such conversion. */
static bool convert(struct formatter *formatter, struct conversion *conversion)
{
    switch (conversion->letter) {
    case 'i':
        conversion->letter = 'd';
        convert_signed(formatter, conversion);
        return true;
    case 'd':
        convert_signed(formatter, conversion);
        return true;
    case 'p':
        conversion->size = sizeof(void *);
        convert_unsigned(formatter, conversion);
        return true;
    case 'u':
    case 'x':
    case 'X':
        convert_unsigned(formatter, conversion);
        return true;
    case 's':
        convert_string(formatter, conversion);
        return true;
    case 'c':
        convert_character(formatter, conversion);
        return true;
    case '%':
        emit(formatter, "%", 1);
        return true;
    default:
        return false;
    }
}

static const char *parse_flags(const char *format, struct conversion *conversion)
{
    for (;; format++) {
        switch (*format) {
        case '-':
            conversion->left = true;
            break;
        case '0':
            conversion->zero = true;
            break;
        case '+':
            conversion->plus = true;
            break;
        case ' ':
            conversion->space = true;
            break;
        case '#':
            conversion->alternate = true;
            break;
        default:
            return format;
        }
    }
}

/* A width or a precision: digits, or * for an argument. */
static const char *parse_count(struct formatter *formatter, const char *format, int *count)
{
    if (*format == '*') {
        *count = va_arg(formatter->arguments, int);
        return format + 1;
    }
    for (*count = 0; *format >= '0' && *format <= '9'; format++)
        *count = *count * 10 + (*format - '0');
    return format;
}

static const char *parse_size(const char *format, struct conversion *conversion)
{
    conversion->size = sizeof(int);
    if (*format == 'l' || *format == 'z') {
        conversion->size = sizeof(uint64_t); /* long, long long and size_t alike */
        format += *format == 'l' && format[1] == 'l' ? 2 : 1;
    } else if (*format == 'h') {
        conversion->size = format[1] == 'h' ? sizeof(char) : sizeof(short);
        format += format[1] == 'h' ? 2 : 1;
    }
    return format;
}

/* `format` stands behind the %. Returns where the ordinary text goes on. */
static const char *format_one(struct formatter *formatter, const char *format)
{
    const char *percent = format - 1;
    struct conversion conversion = {.precision = NO_PRECISION};

    format = parse_flags(format, &conversion);
    format = parse_count(formatter, format, &conversion.width);
    if (conversion.width < 0) { /* the C standard's meaning of a negative * */
        conversion.left = true;
        conversion.width = -conversion.width;
    }
    if (*format == '.') {
        format = parse_count(formatter, format + 1, &conversion.precision);
        if (conversion.precision < 0)
            conversion.precision = NO_PRECISION;
    }
    format = parse_size(format, &conversion);
    conversion.letter = *format;
    if (*format)
        format++;
    if (!convert(formatter, &conversion))
        emit(formatter, percent, (size_t)(format - percent));
    return format;
}

size_t format_to(format_sink *sink, void *context, const char *format, va_list arguments)
{
    struct formatter formatter = {.sink = sink, .context = context};

    va_copy(formatter.arguments, arguments);
    while (*format) {
        const char *text = format;
        while (*format && *format != '%')
            format++;
        emit(&formatter, text, (size_t)(format - text));
        if (*format == '%')
            format = format_one(&formatter, format + 1);
    }
    va_end(formatter.arguments);
    return formatter.length;
}

/* Where format_arguments() writes: what is left of the buffer, without the terminator's place. */
struct buffer {
    char *position;
    size_t space;
};

static void append_to_buffer(void *context, const char *text, size_t length)
{
    struct buffer *buffer = context;

    if (length > buffer->space)
        length = buffer->space;
    memcpy(buffer->position, text, length);
    buffer->position += length;
    buffer->space -= length;
}

size_t format_arguments(char *buffer, size_t size, const char *format, va_list arguments)
{
    struct buffer output = {.position = buffer, .space = size ? size - 1 : 0};
    size_t length = format_to(append_to_buffer, &output, format, arguments);

    if (size)
        *output.position = '\0';
    return length;
}

size_t format_string(char *buffer, size_t size, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    size_t length = format_arguments(buffer, size, format, arguments);
    va_end(arguments);
    return length;
}
