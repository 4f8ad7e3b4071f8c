/* Memory and text. The compiler calls the first four by itself, so they must exist by these names.
 */
#include "kernel/lib/string.h"

#include <stdint.h>

/*
 * REP moves and stores run at the width of the cache on every x86-64 with fast strings, and
 * quadwords serve the rest (Intel Optimization Reference Manual, "REP string operations"). The
 * direction flag is clear: the calling convention promises it.
 */
void *memcpy(void *restrict destination, const void *restrict source, size_t count)
{
    void *to = destination;
    size_t quadwords = count / sizeof(uint64_t);
    size_t bytes = count % sizeof(uint64_t);

    __asm__ volatile("rep movsq" : "+D"(to), "+S"(source), "+c"(quadwords) : : "memory");
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(source), "+c"(bytes) : : "memory");
    return destination;
}

void *memmove(void *destination, const void *source, size_t count)
{
    /* Unsigned: also true when the destination lies below, where copying upwards is safe. */
    if ((uintptr_t)destination - (uintptr_t)source >= count)
        return memcpy(destination, source, count);

    char *to = destination;
    const char *from = source;
    while (count--)
        to[count] = from[count];
    return destination;
}

void *memset(void *destination, int value, size_t count)
{
    void *to = destination;
    uint64_t pattern = (uint8_t)value * 0x0101010101010101ull;
    size_t quadwords = count / sizeof(uint64_t);
    size_t bytes = count % sizeof(uint64_t);

    __asm__ volatile("rep stosq" : "+D"(to), "+c"(quadwords) : "a"(pattern) : "memory");
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(bytes) : "a"(pattern) : "memory");
    return destination;
}

int memcmp(const void *first, const void *second, size_t count)
{
    const uint8_t *a = first;
    const uint8_t *b = second;

    for (size_t i = 0; i < count; i++) {
        if (a[i] != b[i])
            return a[i] - b[i];
    }
    return 0;
}

size_t strlen(const char *text)
{
    size_t length = 0;

    while (text[length])
        length++;
    return length;
}

int strcmp(const char *first, const char *second)
{
    return strncmp(first, second, SIZE_MAX);
}

int strncmp(const char *first, const char *second, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (first[i] != second[i] || !first[i])
            return (uint8_t)first[i] - (uint8_t)second[i];
    }
    return 0;
}

char *strchr(const char *text, int character)
{
    for (; *text != (char)character; text++) {
        if (!*text)
            return NULL;
    }
    return (char *)text;
}

size_t string_copy(char *destination, const char *source, size_t size)
{
    size_t length = strlen(source);

    if (size) {
        size_t copied = length < size ? length : size - 1;
        memcpy(destination, source, copied);
        destination[copied] = '\0';
    }
    return length;
}

bool string_contains(const char *text, const char *part)
{
    size_t length = strlen(part);
    while (*text != '\0' && strncmp(text, part, length) != 0)
        text++;
    return *text != '\0' || length == 0;
}
