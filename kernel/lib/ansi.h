/*
 * Understands the output of a program for an ANSI terminal (ECMA-48, and the DEC VT100's private
 * modes) and tells a screen what to do. It keeps no picture of the screen. Sequences that it does
 * not know are swallowed whole, however long they are; a new ESC always begins a new one.
 */
#ifndef AETHEL_KERNEL_LIB_ANSI_H
#define AETHEL_KERNEL_LIB_ANSI_H

#include <stdbool.h>
#include <stdint.h>

/* The colours in ANSI order; from 8 on their bright versions. */
enum ansi_color {
    ANSI_BLACK,
    ANSI_RED,
    ANSI_GREEN,
    ANSI_YELLOW,
    ANSI_BLUE,
    ANSI_MAGENTA,
    ANSI_CYAN,
    ANSI_WHITE,
    ANSI_BRIGHT,       /* to be added to one of the above */
    ANSI_DEFAULT = 16, /* the screen's own */
};

struct ansi_attributes {
    uint8_t foreground; /* 0..15 or ANSI_DEFAULT */
    uint8_t background;
    bool bold;
    bool reverse;
};

/* What to erase, with the numbers of ECMA-48's ED and EL. The cursor does not move. */
enum ansi_erase { ANSI_ERASE_TO_END, ANSI_ERASE_FROM_START, ANSI_ERASE_ALL };

/*
 * What a screen can do. All are required; `context` is what ansi_init() was given. The screen
 * limits every movement to its edges.
 */
struct ansi_screen_operations {
    void (*put)(void *context, uint8_t character); /* 0x20..0x7E, 0x80..0xFF */
    void (*newline)(void *context);                /* one line down, same column; may scroll */
    void (*carriage_return)(void *context);
    void (*backspace)(void *context); /* one column left; erases nothing */
    void (*tab)(void *context);
    void (*bell)(void *context);
    void (*move_cursor)(void *context, int rows, int columns);          /* down, right > 0 */
    void (*place_cursor)(void *context, unsigned row, unsigned column); /* from 0 */
    void (*erase_display)(void *context, enum ansi_erase what);
    void (*erase_line)(void *context, enum ansi_erase what);
    void (*set_attributes)(void *context, const struct ansi_attributes *attributes);
    void (*save_cursor)(void *context);
    void (*restore_cursor)(void *context);
    void (*show_cursor)(void *context, bool visible);
    /* To another screen, for programs that take all of it; or back to the main one, which shows
     * what it did before. */
    void (*use_other_screen)(void *context, bool other);
};

#define ANSI_PARAMETERS 8u /* of one sequence; further ones are ignored */

struct ansi_parser {
    const struct ansi_screen_operations *operations;
    void *context;
    struct ansi_attributes attributes;
    uint8_t state;
    uint8_t parameter_count;
    bool is_private; /* the sequence began with ESC [ ? */
    bool is_unknown; /* it has something in it that is not understood */
    uint16_t parameters[ANSI_PARAMETERS];
};

/* Starts with default attributes, outside any sequence. `operations` must live for ever. */
void ansi_init(struct ansi_parser *parser, const struct ansi_screen_operations *operations,
               void *context);

/* Takes the next byte of output. Any context that the operations can stand. */
void ansi_feed(struct ansi_parser *parser, uint8_t byte);

#endif
