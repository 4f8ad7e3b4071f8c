/*
 * Shares. Those to whom anything has happened within the window are in a list; all others that can
 * run have waited through all of it, and need only be counted.
 */
#include "sched/observe/shares.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/this_cpu.h"
#include "kernel/cpu/tsc.h"
#include "sched/state/attention.h"
#include "sched/state/thread_table.h"

/* Who has ended, and had this fraction of the window or more, is remembered by itself: there cannot
 * be more of these within the window and the period that has begun. The others are taken for so
 * many that were all alike. */
#define SMALL_PARTS 512u
#define ENDED_MAX   (SMALL_PARTS * 5 / 4)

/* With interrupts off, between two looks whether any are waiting. */
#define VISITED_AT_ONCE 4u

#define PPM 1000000u

static struct list_node listed = LIST_INIT(listed);

static struct share_period current;    /* the one that goes on */
static struct share_period oldest;     /* of the window that has ended with its begin */
static uint64_t began_at[SHARE_MARKS]; /* TSC, by period modulo; moved by what was stolen since */
static uint32_t window;                /* its length, in units */
static uint32_t runnable;
static uint32_t unseen;                       /* of those that were waiting when the epoch began */
static uint32_t next_to_nothing = UINT32_MAX; /* in units; until there is a window */
static uint64_t stolen_cycles;

static struct share_marks ended[ENDED_MAX];
static unsigned ended_count;
static struct share_marks ended_small; /* all others that have ended, together */
static uint32_t got_by_ended;          /* by all of them, in the window */
static struct share_marks interrupts;

static uint64_t begin_of(struct share_period period)
{
    return began_at[period.place];
}

uint32_t shares_window(void)
{
    return window;
}

uint32_t shares_period(void)
{
    return current.number;
}

uint32_t shares_runnable(void)
{
    return runnable;
}

static uint32_t got_by(const struct share_marks *marks)
{
    return share_run_at(marks, current) - share_run_at(marks, oldest);
}

/* --- Stolen time ----------------------------------------------------------------------------- */

uint64_t shares_stolen(void)
{
    return stolen_cycles;
}

/* Whoever was woken by a handler that came before the timer's has been ready for less than that. */
uint64_t shares_stolen_unseen(const struct thread *thread)
{
    uint64_t cycles = stolen_cycles - thread->share.stolen_seen;
    int64_t room = (int64_t)(the_scheduler.epoch - thread->accounting.since);
    if (thread->state == THREAD_ENDED || room <= 0)
        return 0;
    return cycles < (uint64_t)room ? cycles : (uint64_t)room;
}

uint64_t shares_stolen_of(const struct thread *thread)
{
    return thread->share.stolen + shares_stolen_unseen(thread);
}

/* It was in one state all the time, and began to be in it before. */
static void take_stolen_out(struct thread *thread)
{
    uint64_t cycles = shares_stolen_unseen(thread);
    thread->accounting.since += cycles;
    thread->accounting.woken_at += cycles;
    thread->share.stolen += cycles;
    thread->share.stolen_seen = stolen_cycles;
}

/* The idle thread's turn comes without a look at the epoch. */
static void begin_epoch(uint64_t at)
{
    struct thread *running = this_cpu()->running;
    the_scheduler.epoch = at;
    unseen = state_ready_count();
    attention_set(ATTENTION_SHARES, unseen > 0);
    shares_note(running);
    if (running != this_cpu()->idle)
        shares_note(this_cpu()->idle);
}

/* The window does not become longer by it. */
uint64_t shares_steal(uint64_t cycles, uint64_t until)
{
    struct thread *running = this_cpu()->running;
    shares_note_if_first(running);
    uint64_t has_run = until - running->accounting.since;
    if (cycles > has_run)
        cycles = has_run;
    stolen_cycles += cycles;
    for (unsigned i = 0; i < SHARE_MARKS; i++)
        began_at[i] += cycles;
    begin_epoch(tsc_read());
    return cycles;
}

/* --- Marks ----------------------------------------------------------------------------------- */

/* What a stretch took that it ended itself within the window, on average; 0 if it has ended none.
 * `before` is what it had of the window before the present one, which is its latest wakeup's. */
static uint32_t usual_stretch(const struct thread *thread, uint32_t before)
{
    const struct share_marks *wakeups = &thread->share.wakeups;
    uint32_t begun = wakeups->run - share_run_at(wakeups, oldest);
    return before / (begun > 2 ? begun - 1 : 1);
}

/* Of the stretch that began within the window and goes on. Nobody can know what it will take: as
 * long as it has had no more than its stretches take, it is expected to want what they take. */
static uint32_t demand_of_stretch(const struct thread *thread, uint32_t before)
{
    uint32_t able = SHARE_UNITS(begin_of(current) - thread->accounting.woken_at);
    uint32_t used = thread->share.marks.run - thread->share.run_when_woken;
    uint32_t usual = usual_stretch(thread, before);
    return used < usual && usual < able ? usual : able;
}

/* What it had before the stretch in which it can run began, and that stretch. */
static uint32_t demand_of(const struct thread *thread)
{
    if ((int64_t)(thread->accounting.woken_at - begin_of(oldest)) <= 0)
        return window;
    uint32_t before = thread->share.run_when_woken - share_run_at(&thread->share.marks, oldest);
    return before + demand_of_stretch(thread, before);
}

static bool could_run(const struct thread *thread)
{
    return thread->state == THREAD_READY &&
           (int64_t)(thread->accounting.woken_at - begin_of(current)) <= 0;
}

static void mark(struct thread *thread)
{
    struct share *share = &thread->share;
    uint64_t cycles = thread->accounting.cycles[THREAD_RUNNING];
    if (thread == this_cpu()->running)
        cycles += begin_of(current) - thread->accounting.since -
                  interrupts_cycles_of_deferred(begin_of(current));
    share_mark(&share->marks, current, SHARE_UNITS(cycles));
    share_mark(&share->wakeups, current, (uint32_t)thread->accounting.wakeups);
    share->could_run = could_run(thread);
    share->got = got_by(&share->marks);
    share->demand = share->could_run ? demand_of(thread) : share->got;
}

static void list(struct thread *thread)
{
    if (thread->share.is_listed || thread->tid == 0)
        return;
    thread->share.is_listed = true;
    list_insert_before(&listed, &thread->share.node);
}

static void unlist(struct thread *thread)
{
    if (!thread->share.is_listed)
        return;
    thread->share.is_listed = false;
    list_unlink(&thread->share.node);
}

void shares_init(uint64_t at)
{
    began_at[0] = at;
}

void shares_begin(struct thread *thread)
{
    thread->share.marks.period = thread->share.wakeups.period = current.number;
    thread->share.stolen_seen = stolen_cycles;
}

/* It has been waiting since before the epoch began, or it is running. */
static void count_as_seen(const struct thread *thread)
{
    if (thread->state != THREAD_READY || thread == this_cpu()->running || thread->tid == 0)
        return;
    if (--unseen == 0)
        attention_set(ATTENTION_SHARES, false);
}

void shares_note(struct thread *thread)
{
    count_as_seen(thread);
    take_stolen_out(thread);
    if (thread->share.marks.period != current.number)
        mark(thread);
    list(thread);
}

void shares_begin_period(uint64_t at)
{
    current = share_period(current.number + 1);
    oldest = share_period(current.number > SHARE_PERIODS ? current.number - SHARE_PERIODS : 0);
    began_at[current.place] = at;
    share_mark(&interrupts, current,
               SHARE_UNITS(interrupts_cycles() + interrupts_cycles_of_deferred(at)));
    share_mark(&ended_small, current, ended_small.run);
    window = SHARE_UNITS(at - begin_of(oldest));
    next_to_nothing = window / SMALL_PARTS;
    runnable = state_ready_count() + (this_cpu()->running != this_cpu()->idle ? 1 : 0);
    begin_epoch(at);
}

/* --- Those that have ended ------------------------------------------------------------------- */

static __attribute__((noinline)) void remember(const struct share_marks *marks, uint32_t units)
{
    if (ended_count < ENDED_MAX)
        ended[ended_count++] = *marks;
    else
        ended_small.run += units;
}

/* What one that had next to nothing has had by the begin of each period goes to them all. */
static __attribute__((noinline)) void add_to_small(const struct share_marks *marks)
{
    uint32_t before = share_run_at(marks, oldest);
    for (uint32_t number = oldest.number + 1; number != current.number + 1; number++) {
        struct share_period period = share_period(number);
        ended_small.run_at[period.place] += share_run_at(marks, period) - before;
    }
}

/* Short lives are many: they cost a few instructions. Whoever has been noted in this epoch has been
 * marked in this period. */
void shares_end(struct thread *thread)
{
    struct share_marks *marks = &thread->share.marks;
    shares_note_if_first(thread);
    marks->run = SHARE_UNITS(thread->accounting.cycles[THREAD_RUNNING]);
    uint32_t units = marks->run - marks->run_at[oldest.place];
    uint32_t got = thread->share.got;
    got_by_ended += got;
    if (units >= next_to_nothing) {
        remember(marks, units);
    } else {
        ended_small.run += units;
        if (got != 0)
            add_to_small(marks);
    }
    unlist(thread);
}

/* --- Visiting -------------------------------------------------------------------------------- */

struct wish shares_of(struct thread *thread)
{
    if (thread->share.marks.period != current.number)
        mark(thread);
    return (struct wish){
        .count = 1,
        .got = thread->share.got,
        .demand = thread->share.demand,
    };
}

static uint32_t ppm_of_window(uint32_t units)
{
    return window != 0 ? (uint32_t)((uint64_t)units * PPM / window) : 0;
}

uint32_t shares_ppm(struct thread *thread)
{
    return ppm_of_window(shares_of(thread).got);
}

uint32_t shares_of_interrupts(void)
{
    return ppm_of_window(got_by(&interrupts));
}

uint32_t shares_of_ended(void)
{
    return ppm_of_window(got_by_ended);
}

static bool has_starved(const struct thread *thread, struct wish wish)
{
    return wish.got == 0 && thread->share.could_run && wish.demand == window;
}

/* Nothing has happened to it in the period that goes on, nor is there anything to tell of it. */
static bool can_be_left_out(const struct thread *thread, struct wish wish)
{
    return thread->accounting.since < the_scheduler.epoch && thread != this_cpu()->running &&
           wish.got == 0 && (wish.demand == 0 || has_starved(thread, wish));
}

static void let_interrupts_in(unsigned visited)
{
    if (visited % VISITED_AT_ONCE == 0 && interrupts_in_handler())
        interrupts_let_in();
}

static void visit_ended(void (*visit)(const struct wish *wish))
{
    got_by_ended = got_by(&ended_small);
    for (unsigned i = ended_count; i-- > 0;) {
        uint32_t got = got_by(&ended[i]);
        got_by_ended += got;
        let_interrupts_in(i);
        if (got != 0)
            visit(&(struct wish){.count = 1, .got = got, .demand = got});
        else if ((int32_t)(oldest.number - ended[i].period) > 0)
            ended[i] = ended[--ended_count];
    }
    uint32_t small = got_by(&ended_small) / SMALL_PARTS;
    if (small != 0)
        visit(&(struct wish){.count = SMALL_PARTS, .got = small, .demand = small});
}

static uint32_t starved;

/* To those that have been created since the last visit nothing may have happened yet. Those of them
 * that have ended are in the table until somebody has joined them, and had their part in
 * shares_end(). */
static void list_new_threads(void)
{
    static uint64_t added_by_last_visit;
    uint64_t added = thread_table_added();
    unsigned visited = 0;
    struct thread *thread = thread_table_newest();
    while (thread != NULL && thread_table_age(thread) <= added - added_by_last_visit) {
        if (thread->state != THREAD_ENDED)
            list(thread);
        let_interrupts_in(++visited);
        thread = thread_table_before(thread);
    }
    added_by_last_visit = added;
}

void shares_visit(void (*visit)(const struct wish *wish))
{
    uint32_t others = runnable;
    unsigned visited = 0;
    starved = 0;
    list_new_threads();
    LIST_FOR_EACH_REMOVABLE(node, &listed)
    {
        struct thread *thread = LIST_ENTRY(node, struct thread, share.node);
        struct wish wish = shares_of(thread);
        visit(&wish);
        others -= thread->share.could_run ? 1 : 0;
        starved += has_starved(thread, wish) ? 1 : 0;
        if (can_be_left_out(thread, wish))
            unlist(thread);
        let_interrupts_in(++visited);
    }
    starved += others;
    if (others != 0)
        visit(&(struct wish){.count = others, .demand = window});
    visit_ended(visit);
}

uint32_t shares_starved(void)
{
    return starved;
}
