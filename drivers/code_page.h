/* The characters that a VGA shows: code page 437, which its text mode's font has. */
#ifndef AETHEL_DRIVERS_CODE_PAGE_H
#define AETHEL_DRIVERS_CODE_PAGE_H

#include <stdint.h>

/* What the Latin-1 character has to be in a cell of the screen to look like itself; 0: the font
 * has nothing like it. Any context. */
uint8_t code_page_437(uint8_t character);

#endif
