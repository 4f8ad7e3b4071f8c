/* What the tests of the line editor share: an editor on a model terminal, which just started. */
#ifndef AETHEL_TESTS_UNIT_EDITED_LINE_H
#define AETHEL_TESTS_UNIT_EDITED_LINE_H

#include <stdlib.h>

#include "kernel/lib/string.h"
#include "shell/editor/line_editor.h"
#include "tests/unit/model_terminal.h"
#include "tests/unit/unit_test.h"

#define PROMPT        "aethel> "
#define PROMPT_LENGTH 8u
#define WIDTH         (TERMINAL_COLUMNS - PROMPT_LENGTH - 1)
#define LONGEST       (LINE_EDITOR_SIZE - 1)

#define LEFT       "\x1b[D"
#define RIGHT      "\x1b[C"
#define UP         "\x1b[A"
#define DOWN       "\x1b[B"
#define HOME       "\x1b[H"
#define END        "\x1b[F"
#define DELETE     "\x1b[3~"
#define WORD_LEFT  "\x1b[1;5D"
#define WORD_RIGHT "\x1b[1;5C"
#define INSERT     "\x1b[2~"
#define ALT(key)   "\x1b" key

/* An editor's operations, with these members besides. */
#define OPERATIONS(...)                         \
    {                                           \
        .write = write_to_terminal, __VA_ARGS__ \
    }

extern struct model_terminal terminal;
extern struct line_editor editor;

/* An operation of the editor's, whose context is the terminal. */
void write_to_terminal(void *context, const char *text, size_t length);

/* Starts another editor, on a terminal of its own. */
void restart_editor(unsigned columns, const struct line_editor_operations *with);

/* The words that complete: these for the first word of a line, one and two for all others. */
extern const struct line_editor_operations operations;

/* For cmocka: an empty line behind the prompt. */
int start_editor(void **state);

/* Feeds what comes in one burst; the result must be EDITOR_CONTINUE until the last byte. */
enum line_editor_result burst(const char *input);

/* Types: every byte is followed by a refresh. */
void type(const char *input);

/* Enters a line, and begins the next. */
void enter(const char *text);

/* What a row of the terminal shows. */
void check_row(unsigned row, const char *expected);

/* The line and the cursor in it, both in the editor and on the screen. */
void check_line(const char *text, unsigned cursor);

/* What the screen shows must be a piece of the line, with the cursor where it belongs. */
void check_window(const char *text, unsigned cursor);

#endif
