/* The characters of ASCII that what comes from a terminal, or goes to one, is told apart by
 * (ECMA-6; ECMA-48, 5.2). */
#ifndef AETHEL_KERNEL_LIB_ASCII_H
#define AETHEL_KERNEL_LIB_ASCII_H

#define CONTROL(letter)    ((letter) - '@') /* what a terminal sends for Ctrl and the letter */
#define CONTROL_BELL       CONTROL('G')
#define CONTROL_CANCEL     CONTROL('X')
#define CONTROL_SUBSTITUTE CONTROL('Z')
#define CONTROL_ESCAPE     CONTROL('[')
#define CONTROL_BACKSLASH  CONTROL('\\')
#define FIRST_PRINTABLE    ' '
#define CONTROL_DELETE     0x7F /* the last character of all */

#endif
