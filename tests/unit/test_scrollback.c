/* shell/terminal/scrollback: against all lines that were ever added, with memory that runs out. */
#include <stdlib.h>
#include <string.h>

#include "shell/terminal/scrollback.h"
#include "tests/unit/unit_test.h"

#define ADDED_MAX 9000u
#define ROUNDS    40u

static uint16_t added[ADDED_MAX][SCROLLBACK_COLUMNS];
static unsigned added_count;
static unsigned pages, pages_max, most_pages;

static void *allocate(void)
{
    if (pages == pages_max)
        return NULL;
    pages++;
    most_pages = pages > most_pages ? pages : most_pages;
    return memset(malloc(SCROLLBACK_PAGE_SIZE), 0xA5, SCROLLBACK_PAGE_SIZE);
}

static void give_back(void *page)
{
    pages--;
    free(page);
}

static const struct scrollback_source source = {allocate, give_back};

static struct scrollback scrollback;

static void begin(unsigned pages_there_are)
{
    pages = most_pages = added_count = 0;
    pages_max = pages_there_are;
    scrollback_init(&scrollback, &source);
}

/* With the pages that it has no more use for, but did not need to give back. */
static void end(void)
{
    struct scrollback_page *page = scrollback.oldest;
    while (page != NULL) {
        struct scrollback_page *next;
        memcpy(&next, page, sizeof(next)); /* a page begins with it */
        give_back(page);
        page = next;
    }
    assert_int_equal(pages, 0);
}

static uint16_t *next_line(void)
{
    uint16_t *cells = added[added_count++];
    for (unsigned i = 0; i < SCROLLBACK_COLUMNS; i++)
        cells[i] = SCROLLBACK_BLANK;
    return cells;
}

/* What is there are the latest lines, in their order. */
static void check_latest(void)
{
    uint16_t cells[SCROLLBACK_COLUMNS];
    unsigned lines = scrollback_lines(&scrollback);
    assert_true(lines <= added_count && lines <= SCROLLBACK_LINES);
    for (unsigned i = 0; i < lines; i++) {
        scrollback_get(&scrollback, i, cells);
        assert_memory_equal(cells, added[added_count - lines + i], sizeof(cells));
    }
}

static void has_nothing_and_costs_nothing_at_first(void **state)
{
    (void)state;
    begin(1000);
    assert_int_equal(scrollback_lines(&scrollback), 0);
    assert_int_equal(pages, 0);
    end();
}

static void keeps_2000_lines_whatever_they_hold(void **state)
{
    (void)state;
    uint64_t random = 1;
    begin(1000);
    while (added_count < ADDED_MAX) {
        uint16_t *cells = next_line();
        for (unsigned i = 0; i < SCROLLBACK_COLUMNS; i++)
            cells[i] = (uint16_t)random_below(&random, 65536);
        scrollback_add(&scrollback, cells);
        unsigned expected = added_count < SCROLLBACK_LINES ? added_count : SCROLLBACK_LINES;
        assert_int_equal(scrollback_lines(&scrollback), expected);
    }
    check_latest();
    assert_true(most_pages < 130);
    end();
}

static void blanks_behind_the_text_cost_nothing(void **state)
{
    (void)state;
    begin(1000);
    while (added_count < SCROLLBACK_LINES)
        scrollback_add(&scrollback, next_line());
    assert_int_equal(pages, 2);
    check_latest();
    end();
    begin(1000);
    while (added_count < SCROLLBACK_LINES) {
        uint16_t *cells = next_line();
        for (unsigned i = 0; i < 30; i++)
            cells[i] = 0x0741;
        scrollback_add(&scrollback, cells);
    }
    assert_in_range(pages, 16, 18);
    check_latest();
    end();
}

static void gives_pages_back_when_lines_become_shorter(void **state)
{
    (void)state;
    begin(1000);
    while (added_count < SCROLLBACK_LINES) {
        uint16_t *cells = next_line();
        for (unsigned i = 0; i < SCROLLBACK_COLUMNS; i++)
            cells[i] = (uint16_t)(i << 8 | 'x');
        scrollback_add(&scrollback, cells);
    }
    assert_true(pages > 100);
    while (added_count < ADDED_MAX)
        scrollback_add(&scrollback, next_line());
    assert_true(pages <= 3);
    check_latest();
    end();
}

/* A line of up to `length` cells in runs. */
static void make_line(uint16_t *cells, unsigned length, uint64_t *random)
{
    uint16_t attribute = 0x0700;
    for (unsigned i = 0; i < length; i++) {
        if (random_below(random, 5) == 0)
            attribute = (uint16_t)(random_below(random, 256) << 8);
        cells[i] = (uint16_t)(attribute | random_below(random, 256));
    }
}

static void without_memory_the_oldest_lines_go(void **state)
{
    (void)state;
    uint64_t random = 7;
    for (unsigned round = 0; round < ROUNDS; round++) {
        begin(random_below(&random, 12));
        while (added_count < ADDED_MAX / 4) {
            uint16_t *cells = next_line();
            make_line(cells, random_below(&random, SCROLLBACK_COLUMNS + 1), &random);
            scrollback_add(&scrollback, cells);
            if (added_count % 97 == 0)
                check_latest();
            if (random_below(&random, 500) == 0)
                pages_max = pages + random_below(&random, 3);
        }
        assert_true(scrollback_lines(&scrollback) >= (pages > 1 ? 17u * (pages - 1) : 0));
        end();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_nothing_and_costs_nothing_at_first),
        cmocka_unit_test(keeps_2000_lines_whatever_they_hold),
        cmocka_unit_test(blanks_behind_the_text_cost_nothing),
        cmocka_unit_test(gives_pages_back_when_lines_become_shorter),
        cmocka_unit_test(without_memory_the_oldest_lines_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
