/*
 * Force-included where kernel/lib/string.c is linked into a test: its functions get names of
 * their own there, and leave those of the host's C library to the sanitizers and to cmocka.
 */
#ifndef AETHEL_TESTS_UNIT_KERNEL_STRING_NAMES_H
#define AETHEL_TESTS_UNIT_KERNEL_STRING_NAMES_H

#define memcpy  kernel_memcpy
#define memmove kernel_memmove
#define memset  kernel_memset
#define memcmp  kernel_memcmp
#define strlen  kernel_strlen
#define strcmp  kernel_strcmp
#define strncmp kernel_strncmp
#define strchr  kernel_strchr

#endif
