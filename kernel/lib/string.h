/* Memory and text: the part of <string.h> that the kernel needs, and one safe copy. */
#ifndef AETHEL_KERNEL_LIB_STRING_H
#define AETHEL_KERNEL_LIB_STRING_H

#include <stdbool.h>
#include <stddef.h>

/* As in C11, 7.24. All of them: any context, never block. */
void *memcpy(void *restrict destination, const void *restrict source, size_t count);
void *memmove(void *destination, const void *source, size_t count);
void *memset(void *destination, int value, size_t count);
int memcmp(const void *first, const void *second, size_t count);
size_t strlen(const char *text);
int strcmp(const char *first, const char *second);
int strncmp(const char *first, const char *second, size_t count);
char *strchr(const char *text, int character);

/*
 * Copies as much of `source` as fits into the `size` bytes at `destination` and always ends it
 * with a terminator (unless `size` is 0). Returns the length of `source`: the copy is complete
 * when that is less than `size`.
 */
size_t string_copy(char *destination, const char *source, size_t size);

/* Whether `part` stands somewhere in `text`; the empty one does. */
bool string_contains(const char *text, const char *part);

#endif
