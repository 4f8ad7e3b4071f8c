/* Finding the pattern in the history's lines, from place to place. */
#include "shell/editor/search.h"

#include "kernel/lib/format.h"
#include "kernel/lib/string.h"

static const char *text_of(const struct search *search, const char *line)
{
    return line ? line : search->edited->text;
}

/* The last place in `text` up to `place`, or the first one from there on. Returns whether there is
 * one. `place` may be -1. */
static bool find_in(const struct search *search, const char *text, int *place)
{
    int last = (int)strlen(text) - (int)search->length;
    int step = search->is_forward ? 1 : -1;
    if (!search->is_forward && *place > last)
        *place = last;
    for (; *place >= 0 && *place <= last; *place += step)
        if (strncmp(text + *place, search->pattern, search->length) == 0)
            return true;
    return false;
}

/* Goes on to the next line in the search's direction, the edited one being the last. Returns false
 * behind the ends. */
static bool go_on(const struct search *search, const char **line, int *place)
{
    if (search->is_forward) {
        *place = 0;
        if (!*line)
            return false;
        *line = history_newer(search->history, *line);
        return true;
    }
    *place = LINE_TEXT_SIZE;
    *line = history_older(search->history, *line);
    return *line;
}

/* Searches from `place` of the present line on, and goes there. Where nothing is found it stays. */
static bool find(struct search *search, int place)
{
    const char *line = search->line;
    bool is_found = find_in(search, text_of(search, line), &place);
    while (!is_found && go_on(search, &line, &place))
        is_found = find_in(search, text_of(search, line), &place);
    search->has_failed = !is_found;
    search->has_found |= is_found;
    if (!is_found)
        return false;
    search->line = line;
    search->place = (unsigned)place;
    return true;
}

void search_open(struct search *search, const struct history *history,
                 const struct line_text *edited, const char *position, bool is_forward)
{
    search->is_open = true;
    search->is_forward = is_forward;
    search->has_failed = false;
    search->has_found = false;
    search->length = 0;
    search->line = position;
    search->place = edited->cursor;
    search->history = history;
    search->edited = edited;
}

bool search_add(struct search *search, char character)
{
    if (search->length + 1 == SEARCH_SIZE)
        return false;
    search->pattern[search->length++] = character;
    search->last_length = 0;
    return find(search, (int)search->place);
}

bool search_shorten(struct search *search)
{
    if (search->length == 0)
        return false;
    search->length--;
    search->has_failed = false;
    if (search->length > 0)
        find(search, (int)search->place);
    return true;
}

bool search_next(struct search *search, bool is_forward)
{
    bool is_first = search->length == 0;
    search->is_forward = is_forward;
    if (is_first)
        search->length = search->last_length;
    if (search->length == 0)
        return true;
    return find(search, (int)search->place + (is_first ? 0 : is_forward ? 1 : -1));
}

void search_close(struct search *search)
{
    search->is_open = false;
    if (search->length > 0)
        search->last_length = search->length;
}

const char *search_text(const struct search *search)
{
    return text_of(search, search->has_found ? search->line : NULL);
}

unsigned search_cursor(const struct search *search)
{
    return search->has_found ? search->place : search->edited->cursor;
}

void search_format_prompt(const struct search *search, char *prompt, unsigned size)
{
    const char *failed = search->has_failed ? "failed " : "";
    const char *reverse = search->is_forward ? "" : "reverse-";
    unsigned room = size - (unsigned)(strlen(failed) + strlen(reverse) + sizeof("(i-search)`': "));
    unsigned shown = search->length < room ? search->length : room;
    format_string(prompt, size, "(%s%si-search)`%.*s': ", failed, reverse, (int)shown,
                  search->pattern + search->length - shown);
}
