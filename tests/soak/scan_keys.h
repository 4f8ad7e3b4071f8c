/* From characters to keys. */
#ifndef AETHEL_TESTS_SOAK_SCAN_KEYS_H
#define AETHEL_TESTS_SOAK_SCAN_KEYS_H

#include <stdint.h>

#define SCAN_KEYS_MAX 4u

/* Stores the bytes that a keyboard sends when somebody types `character`, which may be a control
 * character. Returns how many; 0: no key makes it. */
unsigned scan_keys_of(char character, uint8_t codes[SCAN_KEYS_MAX]);

#endif
