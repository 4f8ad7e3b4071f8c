/* A row of the run chart: columns of 100 cycles, on a grid that begins at 1000 with column 1000. */
#include <stdlib.h>
#include <string.h>

#include "sched/observe/run_row.h"
#include "tests/unit/unit_test.h"

#define TICK  100u
#define FIRST 1000u /* column */

static const struct run_grid grid = {.tick = FIRST, .began = 1000, .cycles_per_tick = TICK};
static struct run_row row;
static struct run_cell cells[RUN_ROW_COLUMNS];

static void begin(enum run_state state)
{
    run_row_begin(&row, &grid, FIRST, state);
}

static void change(uint64_t time, enum run_state state, uint8_t mark)
{
    if (time >= row.column_end)
        run_row_pass(&row, &grid, time);
    run_row_change(&row, time, state, mark);
}

static void assert_percent(uint8_t share, unsigned expected)
{
    int percent = (share * 100 + RUN_WHOLE_COLUMN / 2) / (int)RUN_WHOLE_COLUMN;
    assert_true(abs(percent - (int)expected) <= 1);
}

/* Percent of run and ready of each column. */
static void assert_cells(unsigned level, uint64_t first, unsigned parts, unsigned count,
                         const unsigned (*expected)[2])
{
    run_row_read(&row, &grid, level, first, parts, count, cells);
    for (unsigned i = 0; i < count; i++) {
        assert_percent(cells[i].run, expected[i][0]);
        assert_percent(cells[i].ready, expected[i][1]);
    }
}

#define ASSERT_CELLS(level, first, parts, ...)                             \
    do {                                                                   \
        const unsigned expected_[][2] = {__VA_ARGS__};                     \
        assert_cells(level, first, parts, COUNT_OF(expected_), expected_); \
    } while (0)

static void test_a_run_over_several_columns(void **state)
{
    (void)state;
    begin(RUN_STATE_READY);
    change(1050, RUN_STATE_RUNNING, 0);
    change(1320, RUN_STATE_BLANK, RUN_WAITED);
    ASSERT_CELLS(0, FIRST, 1, {50, 50}, {100, 0}, {100, 0}, {20, 0}, {0, 0}, {0, 0});
    assert_int_equal(cells[3].marks, RUN_WAITED);
    assert_int_equal(cells[0].marks | cells[1].marks | cells[2].marks | cells[4].marks, 0);
}

static void test_what_goes_on_is_told_as_it_is(void **state)
{
    (void)state;
    begin(RUN_STATE_BLANK);
    change(1210, RUN_STATE_READY, 0);
    ASSERT_CELLS(0, FIRST, 1, {0, 0}, {0, 0}, {0, 90}, {0, 100}, {0, 100});
    ASSERT_CELLS(1, FIRST / 10, 1, {0, 79}, {0, 100});
}

static void test_many_switches_in_a_column(void **state)
{
    (void)state;
    begin(RUN_STATE_RUNNING);
    for (unsigned i = 1; i < 1000; i++)
        change(1000 + i * 4, i % 2 ? RUN_STATE_READY : RUN_STATE_RUNNING, i % 2 ? RUN_YIELDED : 0);
    run_row_read(&row, &grid, 0, FIRST, 1, 39, cells);
    for (unsigned i = 0; i < 39; i++) { /* a turn of 4 cycles more or less */
        assert_true(abs(cells[i].run - (int)RUN_WHOLE_COLUMN / 2) <= 11);
        assert_int_equal(cells[i].marks, RUN_YIELDED | RUN_SEVERAL);
    }
    ASSERT_CELLS(1, FIRST / 10, 1, {50, 50}, {50, 50}, {50, 50});
    ASSERT_CELLS(0, FIRST, 5, {50, 50}, {50, 50}, {50, 50}, {50, 50});
}

static void test_coarse_columns_are_made_of_fine_ones(void **state)
{
    (void)state;
    begin(RUN_STATE_BLANK);
    change(1000 + 5 * TICK, RUN_STATE_RUNNING, 0);
    change(1000 + 25 * TICK, RUN_STATE_READY, RUN_USED_UP);
    change(1000 + 130 * TICK, RUN_STATE_RUNNING, 0);
    change(1000 + 1200 * TICK, RUN_STATE_BLANK, RUN_ENDED);
    change(1000 + 5000 * TICK, RUN_STATE_BLANK, 0);
    ASSERT_CELLS(1, FIRST / 10, 1, {50, 0}, {100, 0}, {50, 50}, {0, 100});
    ASSERT_CELLS(2, FIRST / 100, 1, {20, 74}, {70, 29}, {100, 0});
    ASSERT_CELLS(3, FIRST / 1000, 1, {89, 10}, {20, 0}, {0, 0}, {0, 0});
    assert_int_equal(cells[0].marks, RUN_USED_UP);
    assert_int_equal(cells[1].marks, RUN_ENDED);
    ASSERT_CELLS(2, FIRST / 100, 2, {45, 52}, {100, 0});
}

/* What was passed over is as the next change found it, however long that took. */
static void test_a_long_wait_overwrites_what_was_before(void **state)
{
    (void)state;
    begin(RUN_STATE_RUNNING);
    for (unsigned i = 1; i < 700; i++)
        change(1000 + i * TICK + 50, i % 2 ? RUN_STATE_BLANK : RUN_STATE_RUNNING, 0);
    change(1000 + 1000 * TICK, RUN_STATE_READY, 0);
    change(1000 + 1003 * TICK, RUN_STATE_BLANK, 0);
    run_row_read(&row, &grid, 0, FIRST + 500, 1, 500, cells);
    for (unsigned i = 0; i < 500; i++)
        assert_percent(cells[i].run, i < 200 ? 50 : 0);
    ASSERT_CELLS(0, FIRST + 1000, 1, {0, 100}, {0, 100}, {0, 100}, {0, 0});
    change(1000 + 1000000000ull * TICK, RUN_STATE_READY, 0);
    run_row_read(&row, &grid, 0, FIRST + 1000000000ull - 500, 1, 502, cells);
    for (unsigned i = 0; i < 502; i++)
        assert_int_equal(cells[i].ready, i >= 500 ? RUN_WHOLE_COLUMN : 0);
}

/* Time that the grid does not know yet, or has been told otherwise, breaks nothing. */
static void test_a_grid_that_moves(void **state)
{
    (void)state;
    struct run_grid later = grid;
    begin(RUN_STATE_RUNNING);
    later.began += 7; /* its ticks come a little later than was thought */
    run_row_pass(&row, &later, 1103);
    run_row_change(&row, 1103, RUN_STATE_READY, RUN_YIELDED);
    assert_int_equal(row.column, FIRST);
    assert_int_equal(row.column_end, 1107);
    run_row_pass(&row, &later, 1207);
    run_row_change(&row, 1207, RUN_STATE_BLANK, 0);
    ASSERT_CELLS(0, FIRST, 1, {100, 4}, {0, 100});
    assert_int_equal(run_grid_column(&grid, 999), FIRST - 1);
    assert_int_equal(run_grid_column(&grid, 900), FIRST - 1);
    assert_int_equal(run_grid_column(&grid, 899), FIRST - 2);
    assert_int_equal(run_grid_column(&grid, 1000), FIRST);
    run_row_change(&row, 1100, RUN_STATE_READY, 0); /* of the past: from here on */
    assert_int_equal(row.since, 1207);
}

/* Against a record of each cycle, at all levels. */
static void test_random_changes_against_a_model(void **state)
{
    (void)state;
    enum { TICKS = 6000 };
    static uint8_t model[TICKS * TICK];
    uint64_t seed = 3;
    for (unsigned round = 0; round < 30; round++) {
        enum run_state now = RUN_STATE_BLANK;
        uint64_t at = 0;
        uint64_t reach = round % 3 == 0 ? 40 : round % 3 == 1 ? 3000 : 90000;
        begin(now);
        while (at < TICKS * TICK) {
            uint64_t next = at + random_below(&seed, reach);
            next = next < TICKS * TICK ? next : TICKS * TICK;
            memset(model + at, (int)now, next - at);
            at = next;
            now = (enum run_state)random_below(&seed, RUN_STATES);
            change(1000 + at, now, 0);
        }
        static const uint64_t lengths[] = {1, 10, 100, 1000};
        for (unsigned level = 0; level < RUN_ROW_LEVELS; level++) {
            uint64_t columns = TICKS / lengths[level];
            uint64_t count = columns < RUN_ROW_COLUMNS - 1 ? columns : RUN_ROW_COLUMNS - 1;
            uint64_t first = columns - count;
            run_row_read(&row, &grid, level, FIRST / lengths[level] + first, 1, (unsigned)count,
                         cells);
            for (uint64_t i = 0; i < count; i++) {
                uint64_t length = lengths[level] * TICK, run = 0, ready = 0;
                for (uint64_t cycle = 0; cycle < length; cycle++) {
                    run += model[(first + i) * length + cycle] == RUN_STATE_RUNNING;
                    ready += model[(first + i) * length + cycle] == RUN_STATE_READY;
                }
                assert_int_equal(cells[i].run, run_share_of(run, length));
                assert_int_equal(cells[i].ready, run_share_of(ready, length));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_run_over_several_columns),
        cmocka_unit_test(test_what_goes_on_is_told_as_it_is),
        cmocka_unit_test(test_many_switches_in_a_column),
        cmocka_unit_test(test_coarse_columns_are_made_of_fine_ones),
        cmocka_unit_test(test_a_long_wait_overwrites_what_was_before),
        cmocka_unit_test(test_a_grid_that_moves),
        cmocka_unit_test(test_random_changes_against_a_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
