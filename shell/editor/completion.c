/* Completions of the word at the cursor. */
#include "shell/editor/completion.h"

#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "shell/editor/history.h"

#define GAP 2u /* blanks between the columns of a list */

/* The word at the cursor. */
struct word {
    const struct completion_request *request;
    char text[HISTORY_LINE_SIZE]; /* the line up to the cursor, as the callback wants it */
    unsigned start;
};

static void find_word(struct word *word, const struct completion_request *request)
{
    word->request = request;
    string_copy(word->text, request->line, request->cursor + 1);
    word->start = request->cursor;
    while (word->start && !strchr(" ;", word->text[word->start - 1]))
        word->start--;
}

static const char *candidate(const struct word *word, unsigned index)
{
    const struct completion_request *request = word->request;

    if (!request->complete)
        return NULL;
    return request->complete(request->context, word->text, word->start, index);
}

static unsigned common_length(const char *first, const char *second)
{
    unsigned length = 0;

    while (first[length] && first[length] == second[length])
        length++;
    return length;
}

struct completion completion_find(const struct completion_request *request)
{
    struct word word;
    find_word(&word, request);

    const char *first = candidate(&word, 0);
    if (!first)
        return (struct completion){.candidates = 0};

    unsigned common = (unsigned)strlen(first);
    unsigned count = 1;
    for (const char *other; (other = candidate(&word, count)); count++) {
        unsigned length = common_length(first, other);
        common = length < common ? length : common;
    }

    unsigned word_length = request->cursor - word.start;
    return (struct completion){
        .text = first + word_length,
        .length = common - word_length,
        .candidates = count,
    };
}

static unsigned widest(const struct word *word)
{
    size_t width = 0;
    const char *text;

    for (unsigned i = 0; (text = candidate(word, i)); i++)
        width = strlen(text) > width ? strlen(text) : width;
    return (unsigned)width;
}

void completion_list(const struct completion_request *request, const struct line_display *display)
{
    struct word word;
    char cell[LINE_DISPLAY_MAX_WIDTH];

    find_word(&word, request);
    unsigned width = widest(&word) + GAP;
    unsigned per_row = display->columns > width ? (display->columns - 1) / width : 1;
    const char *text;
    for (unsigned i = 0; (text = candidate(&word, i)); i++) {
        if (i && i % per_row == 0)
            display->write(display->context, "\r\n", 2);
        format_string(cell, sizeof(cell), "%-*s", (int)width, text);
        display->write(display->context, cell, strlen(cell));
    }
    display->write(display->context, "\r\n", 2);
}
