/*
 * Pages of lines. The bytes of a page's lines follow each other from its start; where each of them
 * ends is noted from the page's end downwards.
 */
#include "shell/terminal/scrollback.h"

#include <stdbool.h>
#include <stddef.h>

/* Attribute and length of a run, and its character: the most that a cell costs. */
#define RUN_HEAD      2u
#define LINE_SIZE_MAX (SCROLLBACK_COLUMNS * (RUN_HEAD + 1))

#define ENDS_MAX ((SCROLLBACK_PAGE_SIZE - sizeof(void *)) / sizeof(uint16_t) - 2)

struct scrollback_page {
    struct scrollback_page *next; /* NULL: this is the newest */
    uint16_t lines;
    uint16_t used; /* bytes of them */
    union {
        uint8_t bytes[ENDS_MAX * sizeof(uint16_t)];
        uint16_t ends[ENDS_MAX]; /* that of line i is ends[ENDS_MAX - 1 - i] */
    };
};

_Static_assert(sizeof(struct scrollback_page) == SCROLLBACK_PAGE_SIZE, "a page is a page");

void scrollback_init(struct scrollback *scrollback, const struct scrollback_source *source)
{
    *scrollback = (struct scrollback){.source = source};
}

unsigned scrollback_lines(const struct scrollback *scrollback)
{
    return scrollback->lines < SCROLLBACK_LINES ? scrollback->lines : SCROLLBACK_LINES;
}

/* --- Pages ------------------------------------------------------------------------------------ */

static bool has_room(const struct scrollback_page *page)
{
    size_t left = sizeof(page->bytes) - page->used - page->lines * sizeof(page->ends[0]);
    return left >= LINE_SIZE_MAX + sizeof(page->ends[0]);
}

static struct scrollback_page *take_oldest_out(struct scrollback *scrollback)
{
    struct scrollback_page *page = scrollback->oldest;
    scrollback->lines -= page->lines;
    scrollback->pages--;
    scrollback->oldest = page->next;
    if (page->next == NULL)
        scrollback->newest = NULL;
    return page;
}

/* Nobody asks for its lines any more. */
static bool is_oldest_useless(const struct scrollback *scrollback)
{
    const struct scrollback_page *page = scrollback->oldest;
    return page != NULL && scrollback->lines - page->lines >= SCROLLBACK_LINES;
}

static struct scrollback_page *new_page(struct scrollback *scrollback)
{
    while (is_oldest_useless(scrollback))
        scrollback->source->free(take_oldest_out(scrollback));
    struct scrollback_page *page = scrollback->source->allocate();
    if (page == NULL && scrollback->oldest != NULL)
        page = take_oldest_out(scrollback);
    if (page == NULL)
        return NULL;
    scrollback->pages++;
    page->next = NULL;
    page->lines = page->used = 0;
    if (scrollback->newest != NULL)
        scrollback->newest->next = page;
    else
        scrollback->oldest = page;
    scrollback->newest = page;
    return page;
}

/* --- Lines ------------------------------------------------------------------------------------ */

static unsigned without_trailing_blanks(const uint16_t *cells)
{
    unsigned count = SCROLLBACK_COLUMNS;
    while (count > 0 && cells[count - 1] == SCROLLBACK_BLANK)
        count--;
    return count;
}

/* Returns how many bytes it has written. */
static unsigned encode(const uint16_t *cells, unsigned count, uint8_t *bytes)
{
    uint8_t *next = bytes;
    for (unsigned i = 0; i < count;) {
        uint8_t *run = next;
        next += RUN_HEAD;
        run[0] = (uint8_t)(cells[i] >> 8);
        while (i < count && cells[i] >> 8 == run[0])
            *next++ = (uint8_t)cells[i++];
        run[1] = (uint8_t)(next - run - RUN_HEAD);
    }
    return (unsigned)(next - bytes);
}

static void decode(const uint8_t *bytes, const uint8_t *end, uint16_t *cells)
{
    unsigned count = 0;
    while (bytes < end) {
        unsigned attribute = bytes[0], length = bytes[1];
        bytes += RUN_HEAD;
        while (length-- > 0 && count < SCROLLBACK_COLUMNS)
            cells[count++] = (uint16_t)(attribute << 8 | *bytes++);
    }
    while (count < SCROLLBACK_COLUMNS)
        cells[count++] = SCROLLBACK_BLANK;
}

void scrollback_add(struct scrollback *scrollback, const uint16_t *cells)
{
    struct scrollback_page *page = scrollback->newest;
    if (page == NULL || !has_room(page))
        page = new_page(scrollback);
    if (page == NULL)
        return;
    page->used = (uint16_t)(page->used + encode(cells, without_trailing_blanks(cells),
                                                page->bytes + page->used));
    page->ends[ENDS_MAX - 1 - page->lines++] = page->used;
    scrollback->lines++;
}

void scrollback_get(const struct scrollback *scrollback, unsigned index, uint16_t *cells)
{
    const struct scrollback_page *page = scrollback->oldest;
    index += scrollback->lines - scrollback_lines(scrollback);
    while (index >= page->lines) {
        index -= page->lines;
        page = page->next;
    }
    const uint16_t *end = &page->ends[ENDS_MAX - 1 - index];
    decode(page->bytes + (index > 0 ? end[1] : 0), page->bytes + *end, cells);
}
