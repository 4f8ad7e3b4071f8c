/* Completions of the word at the cursor. */
#include "shell/editor/completion.h"

#include "kernel/lib/format.h"
#include "kernel/lib/string.h"

#define GAP 2u /* blanks between the columns of a list */

void completion_add(struct completion *completion, const char *text, const char *help)
{
    if (strncmp(text, completion->word, completion->word_length) == 0)
        completion->take(completion, text, help);
}

/* Asks the source, which hands all that fits to `take`. */
static void ask(struct completion *completion,
                void (*take)(struct completion *completion, const char *text, const char *help))
{
    completion->take = take;
    if (completion->read.count <= WORDS_MAX && completion->source->complete)
        completion->source->complete(completion->context, completion);
}

static void compare(struct completion *completion, const char *text, const char *help)
{
    unsigned length = (unsigned)strlen(text);
    unsigned same = 0;
    if (completion->count++ == 0) {
        string_copy(completion->common, text, sizeof(completion->common));
        completion->common_length = (unsigned)strlen(completion->common);
    }
    while (same < completion->common_length && text[same] == completion->common[same])
        same++;
    completion->common_length = same;
    completion->widest = length > completion->widest ? length : completion->widest;
    completion->has_help |= help != NULL;
}

void completion_find(struct completion *completion, const struct completion_source *source,
                     void *context, const char *line, unsigned cursor)
{
    words_read(&completion->read, line, cursor);
    completion->source = source;
    completion->context = context;
    completion->argument = completion->read.count - 1;
    completion->words = completion->read.words;
    completion->word =
        completion->read.count <= WORDS_MAX ? completion->words[completion->argument] : "";
    completion->word_length = strlen(completion->word);
    completion->count = 0;
    completion->common_length = 0;
    completion->widest = 0;
    completion->has_help = false;
    ask(completion, compare);
}

static void part_from_next(struct line_text *line)
{
    if (line->text[line->cursor - 1] == '=')
        return;
    if (line->text[line->cursor] == ' ')
        line->cursor++;
    else
        line_text_replace(line, line->cursor, line->cursor, " ", 1);
}

bool completion_insert(const struct completion *completion, struct line_text *line)
{
    char quoted[WORD_QUOTED_SIZE];
    bool is_whole = completion->count == 1;
    if (completion->common_length <= completion->word_length && !is_whole)
        return false;
    unsigned length = word_quote(quoted, completion->common, completion->common_length,
                                 completion->read.quote, is_whole);
    if (!line_text_replace(line, completion->read.start, line->cursor, quoted, length))
        return false;
    if (is_whole && length > 0)
        part_from_next(line);
    return true;
}

/* How many columns the list has; 0: each word has its own row, with help. */
static unsigned count_columns(const struct completion *completion,
                              const struct line_display *display, unsigned rows)
{
    unsigned width = completion->widest + GAP;
    if (completion->has_help && completion->count <= rows / 2)
        return 0;
    return display->columns > width ? (display->columns - 1) / width : 1;
}

bool completion_is_long(const struct completion *completion, const struct line_display *display,
                        unsigned rows)
{
    unsigned columns = count_columns(completion, display, rows);
    return columns > 0 && completion->count > columns * (rows - 1);
}

static void print(struct completion *completion, const char *text, const char *help)
{
    char row[LINE_DISPLAY_MAX_WIDTH];
    struct line_display *display = completion->display;
    unsigned columns = completion->columns;
    const struct completion_source *source = completion->source;
    if (source->is_interrupted && source->is_interrupted(completion->context))
        return;
    if (completion->listed++ > 0 && (columns == 0 || (completion->listed - 1) % columns == 0))
        display->write(display->context, "\r\n", 2);
    format_string(row, columns == 0 ? display->columns : sizeof(row), "%-*s%s",
                  (int)(completion->widest + GAP), text, columns == 0 && help ? help : "");
    display->write(display->context, row, strlen(row));
}

void completion_list(struct completion *completion, struct line_display *display, unsigned rows)
{
    completion->display = display;
    completion->columns = count_columns(completion, display, rows);
    completion->listed = 0;
    ask(completion, print);
    display->write(display->context, "\r\n", 2);
}
