/* The timeline: from events to the cells of a chart. A column is 100 cycles long. */
#include <stdio.h>
#include <string.h>

#include "shell/views/timeline.h"
#include "tests/unit/unit_test.h"

#define COLUMN 100u

enum { IDLE, A = 4, B, C };

#define TIMELINE_COLUMNS 60u

static struct timeline timeline;
static struct run_cell cells[TIMELINE_ROWS * TIMELINE_COLUMNS];

static int give_cells(void **state)
{
    (void)state;
    timeline_set_cells(&timeline, cells, TIMELINE_COLUMNS);
    return 0;
}

static struct trace_event switch_event(uint64_t time, int from, enum switch_reason reason, int to)
{
    return (struct trace_event){
        .time = time, .type = TRACE_SWITCH, .tid = from, .reason = reason, .other_tid = to};
}

static struct trace_event wakeup_event(uint64_t time, int tid)
{
    return (struct trace_event){.time = time, .type = TRACE_WAKEUP, .other_tid = tid};
}

static struct trace_event suspension_event(uint64_t time, int tid)
{
    return (struct trace_event){.time = time, .type = TRACE_SUSPENSION, .other_tid = tid};
}

static struct trace_event end_event(uint64_t time, int tid, const char *name)
{
    struct trace_event event = {.time = time, .type = TRACE_END, .tid = tid};
    strcpy(event.text, name);
    return event;
}

static void draw_from(uint64_t known_from, uint64_t start, uint64_t column, unsigned columns,
                      const struct trace_event *events, unsigned count)
{
    timeline_begin(&timeline, start, column, columns, known_from);
    for (unsigned i = 0; i < count; i++)
        timeline_add_event(&timeline, &events[i]);
}

/* The window begins at 1000, and so does what is known. */
#define DRAW(columns, ...)                                               \
    do {                                                                 \
        const struct trace_event events_[] = {__VA_ARGS__};              \
        draw_from(0, 1000, COLUMN, columns, events_, COUNT_OF(events_)); \
        timeline_finish(&timeline, TIMELINE_ROWS);                       \
    } while (0)

static const struct timeline_row *find_row(int tid)
{
    for (unsigned i = 0; i < timeline.row_count; i++)
        if (timeline.sorted[i]->tid == tid)
            return timeline.sorted[i];
    return NULL;
}

/* The row of thread `tid`, of the columns [0, strlen(expected)), and nothing behind them. */
static void assert_row(int tid, const char *expected)
{
    char text[TIMELINE_COLUMNS + 1] = "";
    char padded[TIMELINE_COLUMNS + 1];
    const struct timeline_row *row = find_row(tid);
    assert_non_null(row);
    for (unsigned i = 0; i < TIMELINE_COLUMNS; i++)
        text[i] = timeline_character(row->cells[i]);
    snprintf(padded, sizeof(padded), "%-*s", (int)TIMELINE_COLUMNS, expected);
    assert_string_equal(text, padded);
}

static void test_round_robin(void **state)
{
    (void)state;
    DRAW(9, switch_event(1000, IDLE, SWITCH_IDLE, A), switch_event(1300, A, SWITCH_QUANTUM, B),
         switch_event(1600, B, SWITCH_QUANTUM, A), switch_event(1900, A, SWITCH_QUANTUM, B));
    assert_row(A, "##>...##>");
    assert_row(B, "...##>...");
    assert_row(IDLE, "");
}

static void test_preemption_by_a_more_urgent_thread(void **state)
{
    (void)state;
    DRAW(6, wakeup_event(1200, B), switch_event(1200, A, SWITCH_PRIORITY, B),
         switch_event(1400, B, SWITCH_BLOCK, A), switch_event(1600, A, SWITCH_POLICY, B));
    assert_row(A, "#!..#!");
    assert_row(B, "  #Z  ");
}

static void test_yields_in_every_column(void **state)
{
    (void)state;
    struct trace_event events[40];
    for (unsigned i = 0; i < COUNT_OF(events); i++)
        events[i] = switch_event(1010 + 10 * i, i % 2 ? B : A, SWITCH_YIELD, i % 2 ? A : B);
    draw_from(0, 1000, COLUMN, 4, events, COUNT_OF(events));
    timeline_finish(&timeline, TIMELINE_ROWS);
    assert_row(A, "====");
    assert_row(B, "====");
    assert_int_equal(find_row(A)->cells[1].marks, RUN_YIELDED | RUN_SEVERAL);
}

static void test_sleeping_and_waking_up(void **state)
{
    (void)state;
    DRAW(8, switch_event(1200, A, SWITCH_SLEEP, IDLE), wakeup_event(1500, A),
         switch_event(1500, IDLE, SWITCH_IDLE, A), switch_event(1501, A, SWITCH_SLEEP, IDLE));
    assert_row(A, "#Z   z");
    assert_row(IDLE, "  ######");
}

static void test_waiting_for_the_cpu_after_a_wakeup(void **state)
{
    (void)state;
    DRAW(5, wakeup_event(1100, A), switch_event(1400, B, SWITCH_YIELD, A));
    assert_row(A, " ...#");
    assert_row(B, "###Y.");
}

static void test_the_end_of_a_thread_by_itself(void **state)
{
    (void)state;
    DRAW(4, end_event(1190, A, "anna"), switch_event(1200, A, SWITCH_EXIT, B));
    assert_row(A, "#X");
    assert_row(B, "..##");
    assert_string_equal(find_row(A)->name, "anna");
    assert_string_equal(find_row(B)->name, "");
}

static void test_the_end_of_a_thread_that_is_killed(void **state)
{
    (void)state;
    DRAW(5, switch_event(1100, A, SWITCH_QUANTUM, B), end_event(1350, A, "anna"));
    assert_row(A, ">..x");
    assert_row(B, ".####");
}

static void test_birth(void **state)
{
    (void)state;
    DRAW(4, wakeup_event(1200, C), switch_event(1300, A, SWITCH_QUANTUM, C));
    assert_row(C, "  .#");
}

static void test_a_window_that_begins_and_ends_in_the_middle(void **state)
{
    (void)state;
    const struct trace_event events[] = {
        switch_event(1300, A, SWITCH_QUANTUM, B), switch_event(1600, B, SWITCH_YIELD, A),
        switch_event(1900, A, SWITCH_SLEEP, B), switch_event(2100, B, SWITCH_QUANTUM, C)};
    draw_from(0, 1500, COLUMN, 3, events, COUNT_OF(events));
    timeline_finish(&timeline, TIMELINE_ROWS);
    assert_row(A, ".##");
    assert_row(B, "Y..");
    assert_row(C, "...");
}

static void test_what_comes_behind_the_window_tells_about_it(void **state)
{
    (void)state;
    DRAW(3, switch_event(1500, A, SWITCH_QUANTUM, B), wakeup_event(1600, C),
         switch_event(1700, B, SWITCH_EXIT, C));
    assert_row(A, "###");
    assert_row(B, "...");
    assert_row(C, "");
}

static void test_threads_without_events(void **state)
{
    (void)state;
    timeline_begin(&timeline, 1000, COLUMN, 3, 0);
    timeline_add_thread(&timeline, IDLE, THREAD_READY);
    timeline_add_thread(&timeline, 1, THREAD_READY);
    timeline_add_thread(&timeline, 2, THREAD_SLEEPING);
    timeline_add_thread(&timeline, 3, THREAD_RUNNING);
    timeline_finish(&timeline, TIMELINE_ROWS);
    assert_row(IDLE, "");
    assert_row(1, "...");
    assert_row(2, "");
    assert_row(3, "###");
}

static void test_a_thread_that_was_suspended_while_it_was_ready(void **state)
{
    (void)state;
    const struct trace_event events[] = {switch_event(1200, A, SWITCH_QUANTUM, B)};
    draw_from(0, 1000, COLUMN, 4, events, 1);
    timeline_add_thread(&timeline, A, THREAD_SUSPENDED);
    timeline_add_thread(&timeline, B, THREAD_SUSPENDED); /* a moment before it ran: events count */
    timeline_finish(&timeline, TIMELINE_ROWS);
    assert_row(A, "#>");
    assert_row(B, "..##");
}

static void test_suspending_and_resuming(void **state)
{
    (void)state;
    DRAW(6, switch_event(1200, A, SWITCH_QUANTUM, B), suspension_event(1300, A),
         suspension_event(1400, C), wakeup_event(1500, A));
    assert_row(A, "#>.  .");
    assert_row(B, "..####");
    assert_row(C, "....");
}

static void test_zoom(void **state)
{
    (void)state;
    const struct trace_event events[] = {
        switch_event(1100, A, SWITCH_QUANTUM, B), switch_event(1200, B, SWITCH_QUANTUM, A),
        switch_event(1250, A, SWITCH_SLEEP, B), switch_event(1400, B, SWITCH_YIELD, A)};
    draw_from(0, 1000, 50, 8, events, COUNT_OF(events));
    timeline_finish(&timeline, TIMELINE_ROWS);
    assert_row(A, "#>..Z");
    assert_row(B, "..#>.##Y");
    draw_from(0, 1000, 200, 2, events, COUNT_OF(events));
    timeline_finish(&timeline, TIMELINE_ROWS);
    assert_row(A, ">z");
    assert_row(B, ">Y");
    draw_from(0, 1000, 1000, 1, events, COUNT_OF(events));
    timeline_finish(&timeline, TIMELINE_ROWS);
    assert_row(A, "%");
    assert_int_equal(find_row(A)->cells[0].marks, RUN_USED_UP | RUN_WAITED | RUN_SEVERAL);
    assert_row(B, "-");
}

static void test_what_counts_in_a_column(void **state)
{
    (void)state;
    DRAW(6, switch_event(1112, A, SWITCH_YIELD, B), switch_event(1213, B, SWITCH_YIELD, A),
         switch_event(1349, A, SWITCH_YIELD, C), switch_event(1450, C, SWITCH_YIELD, B));
    assert_int_equal(find_row(A)->cells[0].run, RUN_WHOLE_COLUMN);
    assert_int_equal(find_row(A)->cells[1].run, run_share_of(12, 100));
    assert_int_equal(find_row(A)->cells[1].ready, run_share_of(88, 100));
    assert_int_equal(find_row(A)->cells[3].run, run_share_of(49, 100));
    assert_int_equal(find_row(B)->cells[2].marks, RUN_YIELDED);
    DRAW(2, wakeup_event(1088, A), wakeup_event(1187, B));
    assert_row(A, " .");
    assert_row(B, " .");
}

static void assert_character(char expected, struct run_cell cell)
{
    char text[2] = {timeline_character(cell)};
    char expected_text[2] = {expected};
    assert_string_equal(text, expected_text);
}

static void test_shades_tell_how_much_it_ran(void **state)
{
    (void)state;
    static const struct {
        unsigned percent;
        char shade;
    } expected[] = {{1, ','},  {12, ','}, {14, '-'}, {37, '-'}, {38, '='}, {50, '='},
                    {62, '='}, {63, '%'}, {87, '%'}, {89, '#'}, {100, '#'}};
    for (unsigned i = 0; i < COUNT_OF(expected); i++) {
        uint8_t run = run_share_of(expected[i].percent, 100);
        char unmarked = expected[i].shade != ',' ? expected[i].shade : ' ';
        assert_character(unmarked, (struct run_cell){.run = run});
        /* Of several runs that ended, none has a mark that would hide how much it ran. */
        uint8_t marks = RUN_YIELDED | RUN_SEVERAL;
        assert_character(expected[i].shade, (struct run_cell){.run = run, .marks = marks});
    }
    /* A run that has just begun is shown in the column in which it goes on. */
    assert_character('.', (struct run_cell){.run = 1, .ready = RUN_WHOLE_COLUMN - 1});
    assert_int_equal(run_share_of(1, 1000000), 1);
    assert_int_equal(run_share_of(0, 1000000), 0);
    assert_int_equal(run_share_of(1000001, 1000000), RUN_WHOLE_COLUMN);
}

static void test_marks_have_a_form_for_more_and_one_for_less(void **state)
{
    (void)state;
    static const struct {
        uint8_t mark;
        char most, less;
    } expected[] = {{RUN_WAITED, 'Z', 'z'},    {RUN_YIELDED, 'Y', 'y'},
                    {RUN_PREEMPTED, '!', 'i'}, {RUN_USED_UP, '>', ')'},
                    {RUN_ENDED, 'X', 'x'},     {RUN_ENDED | RUN_USED_UP | RUN_SEVERAL, 'X', 'x'}};
    for (unsigned i = 0; i < COUNT_OF(expected); i++) {
        uint8_t mark = expected[i].mark;
        assert_character(expected[i].most, (struct run_cell){.run = 128, .marks = mark});
        assert_character(expected[i].less, (struct run_cell){.run = 126, .marks = mark});
        assert_character('?', (struct run_cell){.run = 128, .marks = mark, .is_unknown = true});
    }
}

static void test_which_mark_is_shown(void **state)
{
    (void)state;
    DRAW(3, switch_event(1010, A, SWITCH_QUANTUM, B), switch_event(1020, B, SWITCH_SLEEP, A),
         switch_event(1030, A, SWITCH_YIELD, C), switch_event(1040, C, SWITCH_YIELD, A),
         wakeup_event(1045, B), switch_event(1050, A, SWITCH_PRIORITY, B),
         switch_event(1060, B, SWITCH_YIELD, A), switch_event(1070, A, SWITCH_KILL, B));
    assert_row(A, "x");
    assert_row(B, "=##");
    assert_row(C, "y..");
    DRAW(1, switch_event(1010, A, SWITCH_QUANTUM, B), switch_event(1020, B, SWITCH_YIELD, A),
         switch_event(1030, A, SWITCH_PRIORITY, B), switch_event(1040, B, SWITCH_SUSPEND, A));
    assert_row(A, "%");
    assert_row(B, "-");
}

/* Waiting is a dot, until it has lasted for the limit. */
static void assert_waits(const char *expected, uint64_t waited_us)
{
    struct run_cell waiting[8] = {{.ready = RUN_WHOLE_COLUMN},
                                  {.ready = RUN_WHOLE_COLUMN},
                                  {.ready = RUN_WHOLE_COLUMN},
                                  {.run = 1, .ready = RUN_WHOLE_COLUMN - 1, .marks = RUN_YIELDED},
                                  {.ready = RUN_WHOLE_COLUMN},
                                  {.ready = RUN_WHOLE_COLUMN},
                                  {.ready = 1},
                                  {.ready = RUN_WHOLE_COLUMN, .is_unknown = true}};
    struct timeline_row starving = {.cells = waiting, .waited_us = waited_us};
    char text[COUNT_OF(waiting) + 1] = "";
    timeline_mark_starving(&starving, COUNT_OF(waiting), 100, 200);
    for (unsigned i = 0; i < COUNT_OF(waiting); i++)
        text[i] = timeline_character(waiting[i]);
    assert_string_equal(text, expected);
}

static void test_who_waits_for_long_is_starving(void **state)
{
    (void)state;
    assert_waits(".**y.* ?", 0);
    assert_waits("***y.* ?", 100);
    assert_waits("***y.* ?", UINT32_MAX);
}

static void test_how_long_it_has_been_waiting(void **state)
{
    static const struct run_cell waits[] = {{.ready = 255}, {.ready = 51}};
    static const struct run_cell runs[] = {{.ready = 255}, {.run = 1, .ready = 254}};
    static const struct run_cell blocks[] = {{.ready = 255}, {0}};
    (void)state;
    assert_int_equal(timeline_waited_us(waits, 2, 1000, 7), 1207);
    assert_int_equal(timeline_waited_us(waits, 0, 1000, 7), 7);
    assert_int_equal(timeline_waited_us(waits, 2, 5000000, UINT32_MAX), UINT32_MAX + 6000000ull);
    assert_int_equal(timeline_waited_us(runs, 2, 1000, 7), 0);
    assert_int_equal(timeline_waited_us(blocks, 2, 1000, 7), 0);
}

static void test_a_switch_at_the_edge_belongs_to_the_column_on_the_left(void **state)
{
    (void)state;
    DRAW(3, switch_event(1000, A, SWITCH_QUANTUM, B), switch_event(1300, B, SWITCH_QUANTUM, A),
         switch_event(1301, A, SWITCH_QUANTUM, B));
    assert_row(A, "...");
    assert_row(B, "##>");
}

static void test_before_the_record_nothing_is_known(void **state)
{
    (void)state;
    const struct trace_event events[] = {switch_event(1300, A, SWITCH_QUANTUM, B),
                                         switch_event(1500, B, SWITCH_QUANTUM, A)};
    draw_from(1250, 1000, COLUMN, 6, events, COUNT_OF(events));
    timeline_finish(&timeline, TIMELINE_ROWS);
    assert_int_equal(timeline.unknown_columns, 2);
    assert_row(A, "?\?>..#");
    assert_row(B, "??.#>.");
    draw_from(9000, 1000, COLUMN, TIMELINE_COLUMNS, events, COUNT_OF(events));
    timeline_finish(&timeline, TIMELINE_ROWS);
    assert_int_equal(timeline.unknown_columns, TIMELINE_COLUMNS);
    char unknown[TIMELINE_COLUMNS + 1] = "";
    memset(unknown, '?', TIMELINE_COLUMNS);
    assert_row(A, unknown);
}

static struct trace_event gap_event(uint64_t since, uint64_t time)
{
    return (struct trace_event){.time = time, .type = TRACE_GAP, .since = since};
}

static void test_a_gap_in_the_record(void **state)
{
    (void)state;
    DRAW(9, switch_event(1000, IDLE, SWITCH_IDLE, A), switch_event(1200, A, SWITCH_QUANTUM, B),
         gap_event(1300, 1600), switch_event(1700, A, SWITCH_QUANTUM, C),
         switch_event(1800, C, SWITCH_SLEEP, IDLE));
    assert_row(A, "#>.??\?>..");
    assert_row(B, "..#???   "); /* nothing is heard of it any more */
    assert_row(C, "??????.Z ");
}

static void test_a_gap_reaches_into_columns(void **state)
{
    (void)state;
    DRAW(5, switch_event(1000, IDLE, SWITCH_IDLE, A), gap_event(1195, 1305),
         switch_event(1500, A, SWITCH_QUANTUM, B));
    assert_row(A, "##?#>");
    assert_row(B, "???..");
}

static void test_gaps_beside_the_window(void **state)
{
    (void)state;
    DRAW(3, gap_event(500, 900), switch_event(1100, A, SWITCH_YIELD, B), gap_event(1400, 1500),
         switch_event(1600, C, SWITCH_YIELD, A));
    assert_row(A, "Y..");
    assert_row(B, ".##");
    assert_row(C, "???"); /* what it does behind the gap tells nothing */
}

static void test_the_record_ends_in_the_window(void **state)
{
    (void)state;
    const struct trace_event events[] = {switch_event(1100, A, SWITCH_QUANTUM, B)};
    draw_from(0, 1000, COLUMN, 5, events, COUNT_OF(events));
    timeline_end_events(&timeline, 1200);
    timeline_add_thread(&timeline, A, THREAD_RUNNING);
    timeline_add_thread(&timeline, C, THREAD_READY);
    timeline_finish(&timeline, TIMELINE_ROWS);
    assert_row(A, ">.???");
    assert_row(B, ".#???");
    assert_row(C, "?????");
}

static void test_a_hole_in_the_record_breaks_nothing(void **state)
{
    (void)state;
    DRAW(6, switch_event(1100, A, SWITCH_SLEEP, B), switch_event(1300, C, SWITCH_YIELD, B),
         switch_event(1400, A, SWITCH_YIELD, C));
    assert_row(B, ".#####");
    assert_row(C, "##Y.##");
    assert_row(A, "Z##Y..");
}

static void test_other_events_are_passed_over(void **state)
{
    (void)state;
    struct trace_event events[] = {{.time = 1100, .tid = A, .type = TRACE_INTERRUPT_ENTRY},
                                   {.time = 1110, .tid = A, .type = TRACE_INTERRUPT_EXIT},
                                   {.time = 1120, .tid = A, .type = TRACE_CONTENTION},
                                   {.time = 1130, .tid = A, .type = TRACE_QUANTUM, .value = 7},
                                   {.time = 1140, .tid = A, .type = TRACE_MARK, .text = "here"}};
    draw_from(0, 1000, COLUMN, 3, events, COUNT_OF(events));
    timeline_finish(&timeline, TIMELINE_ROWS);
    assert_int_equal(timeline.row_count, 0);
}

static void test_rows_are_sorted_by_tid(void **state)
{
    (void)state;
    DRAW(1, switch_event(1010, 9, SWITCH_YIELD, 3), switch_event(1020, 3, SWITCH_YIELD, 700),
         switch_event(1030, 700, SWITCH_YIELD, 515), switch_event(1040, 515, SWITCH_YIELD, 1));
    static const int expected[] = {1, 3, 9, 515, 700};
    assert_int_equal(timeline.row_count, COUNT_OF(expected));
    for (unsigned i = 0; i < COUNT_OF(expected); i++)
        assert_int_equal(timeline.sorted[i]->tid, expected[i]);
}

static void test_of_too_many_rows_those_with_events_come_first(void **state)
{
    (void)state;
    static const struct {
        unsigned rows;
        int tids[5];
    } expected[] = {{5, {1, 3, 5, 7, 9}}, {4, {3, 7, 1, 5, 9}}};
    for (unsigned i = 0; i < COUNT_OF(expected); i++) {
        const struct trace_event event = switch_event(1010, 7, SWITCH_YIELD, 3);
        draw_from(0, 1000, COLUMN, 1, &event, 1);
        timeline_add_thread(&timeline, 9, THREAD_READY);
        timeline_add_thread(&timeline, 1, THREAD_READY);
        timeline_add_thread(&timeline, 3, THREAD_READY);
        timeline_add_thread(&timeline, 5, THREAD_SLEEPING);
        timeline_finish(&timeline, expected[i].rows);
        for (unsigned row = 0; row < 5; row++)
            assert_int_equal(timeline.sorted[row]->tid, expected[i].tids[row]);
    }
}

static void test_threads_beyond_the_last_row_are_left_out(void **state)
{
    (void)state;
    timeline_begin(&timeline, 1000, COLUMN, 2, 0);
    for (int tid = 5000; tid > 0; tid--) {
        struct trace_event event = switch_event(1050, tid, SWITCH_YIELD, tid - 1);
        timeline_add_event(&timeline, &event);
    }
    timeline_add_thread(&timeline, 1, THREAD_READY);
    timeline_finish(&timeline, TIMELINE_ROWS);
    assert_int_equal(timeline.row_count, TIMELINE_ROWS);
    assert_int_equal(timeline.sorted[0]->tid, 5000 - TIMELINE_ROWS + 1);
    assert_int_equal(timeline.sorted[TIMELINE_ROWS - 1]->tid, 5000);
    assert_row(5000, "Y.");
}

/* Whatever happens, at each moment at most one thread runs: its columns do not add up to more. */
static void test_random_events_give_nobody_more_time_than_there_is(void **state)
{
    (void)state;
    uint64_t seed = 7;
    for (unsigned round = 0; round < 300; round++) {
        uint64_t time = 900;
        int running = 1;
        timeline_begin(&timeline, 1000, COLUMN, TIMELINE_COLUMNS, 0);
        for (unsigned i = 0; i < 200; i++) {
            int next = (int)random_below(&seed, 8) + 1;
            time += random_below(&seed, 80);
            struct trace_event event =
                switch_event(time, running, random_below(&seed, SWITCH_SUSPEND + 1), next);
            if (next == running)
                continue;
            timeline_add_event(&timeline, &event);
            running = next;
        }
        timeline_finish(&timeline, TIMELINE_ROWS);
        for (unsigned column = 0; column < TIMELINE_COLUMNS; column++) {
            unsigned run = 0;
            for (unsigned i = 0; i < timeline.row_count; i++)
                run += timeline.sorted[i]->cells[column].run;
            assert_true(run <= RUN_WHOLE_COLUMN + timeline.row_count);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_robin),
        cmocka_unit_test(test_preemption_by_a_more_urgent_thread),
        cmocka_unit_test(test_yields_in_every_column),
        cmocka_unit_test(test_sleeping_and_waking_up),
        cmocka_unit_test(test_waiting_for_the_cpu_after_a_wakeup),
        cmocka_unit_test(test_the_end_of_a_thread_by_itself),
        cmocka_unit_test(test_the_end_of_a_thread_that_is_killed),
        cmocka_unit_test(test_birth),
        cmocka_unit_test(test_a_window_that_begins_and_ends_in_the_middle),
        cmocka_unit_test(test_what_comes_behind_the_window_tells_about_it),
        cmocka_unit_test(test_threads_without_events),
        cmocka_unit_test(test_a_thread_that_was_suspended_while_it_was_ready),
        cmocka_unit_test(test_suspending_and_resuming),
        cmocka_unit_test(test_zoom),
        cmocka_unit_test(test_what_counts_in_a_column),
        cmocka_unit_test(test_shades_tell_how_much_it_ran),
        cmocka_unit_test(test_marks_have_a_form_for_more_and_one_for_less),
        cmocka_unit_test(test_which_mark_is_shown),
        cmocka_unit_test(test_who_waits_for_long_is_starving),
        cmocka_unit_test(test_how_long_it_has_been_waiting),
        cmocka_unit_test(test_a_switch_at_the_edge_belongs_to_the_column_on_the_left),
        cmocka_unit_test(test_before_the_record_nothing_is_known),
        cmocka_unit_test(test_a_gap_in_the_record),
        cmocka_unit_test(test_a_gap_reaches_into_columns),
        cmocka_unit_test(test_gaps_beside_the_window),
        cmocka_unit_test(test_the_record_ends_in_the_window),
        cmocka_unit_test(test_a_hole_in_the_record_breaks_nothing),
        cmocka_unit_test(test_other_events_are_passed_over),
        cmocka_unit_test(test_rows_are_sorted_by_tid),
        cmocka_unit_test(test_of_too_many_rows_those_with_events_come_first),
        cmocka_unit_test(test_threads_beyond_the_last_row_are_left_out),
        cmocka_unit_test(test_random_events_give_nobody_more_time_than_there_is),
    };
    return cmocka_run_group_tests(tests, give_cells, NULL);
}
