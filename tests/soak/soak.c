/*
 * The command that the soak is: first a few minutes in which everything is used once that keeps
 * what it has got, then the inventory, the hours, and the inventory again.
 */
#include "tests/soak/soak.h"

#include "kernel/lib/errors.h"
#include "kernel/lib/number.h"
#include "kernel/mm/heap.h"
#include "kernel/panic.h"
#include "sched/clock.h"
#include "sched/preemption.h"
#include "sched/software_timer.h"
#include "sched/thread.h"
#include "shell/command.h"
#include "shell/rescue.h"
#include "tests/kernel/report.h"

#define PERIOD_MS       5u
#define CHECK_MS        1000
#define REST_MS         5000
#define MINUTES_MAX     600000u
#define TICKS_PER_MIN   60000ul
#define PATIENCE_CHECKS 20u /* that the checker may miss until somebody rescues it */
#define WARM_UP_MINUTES 10u

/* Back to what there was at the beginning. */
#define LAST_LINE                                                                           \
    "preempt on; policy prio; inherit on; quantum 100; kill all; trace stop; trace clear; " \
    "keymap us; stats reset"

static uint64_t minutes;
static struct software_timer timer;
static uint64_t checked_at; /* tick */

static void on_timer(void *unused)
{
    (void)unused;
    misfortunes_act();
    persons_act();
    bool is_stuck = clock_ticks() - checked_at > PATIENCE_CHECKS * CHECK_MS;
    if (is_stuck) {
        checked_at = clock_ticks();
        rescue_toggle_preemption();
    }
}

static void list_threads(void)
{
    int tids[SOAK_TIDS_MAX];
    unsigned count = 0;
    for (int tid = thread_next(0); tid >= 0 && count < SOAK_TIDS_MAX; tid = thread_next(tid))
        tids[count++] = tid;
    lines_set_tids(tids, count);
}

static void check(void)
{
    checked_at = clock_ticks();
    list_threads();
    if (!everything_adds_up()) {
        report("soak: failed after %lu s\r\n", clock_ticks() / 1000);
        report_end(false);
    }
}

static void check_until(uint64_t tick)
{
    while (clock_ticks() < tick) {
        thread_sleep_ms(CHECK_MS);
        check();
    }
}

/* Everybody does whatever he likes for so long, and then everything comes to rest. */
static void live(uint64_t how_many_minutes, bool with_misfortunes)
{
    misfortunes_set(with_misfortunes);
    persons_begin();
    check_until(clock_ticks() + how_many_minutes * TICKS_PER_MIN);
    misfortunes_set(false);
    persons_end_with(LAST_LINE);
    do {
        if (!preemption_is_on())
            rescue_toggle_preemption();
        check_until(clock_ticks() + REST_MS);
    } while (!persons_have_ended());
    check_until(clock_ticks() + REST_MS);
}

static void run(void *unused)
{
    struct inventory before, after;
    (void)unused;
    live(WARM_UP_MINUTES, false);
    inventory_take(&before);
    live(minutes, true);
    inventory_take(&after);
    bool is_all_there = inventory_is_same(&before, &after);
    report("soak: %lu minutes, %lu allocations refused, %lu ticks late: %s\r\n", minutes,
           misfortunes_refused(), misfortunes_late(), is_all_there ? "all is there" : "failed");
    report_end(is_all_there);
}

static int run_soak(struct shell *shell, int count, char **words)
{
    uint64_t seed;
    (void)count;
    if (parse_unsigned(words[1], UINT32_MAX, &seed) != 0 ||
        parse_unsigned(words[2], MINUTES_MAX, &minutes) != 0)
        return command_error(shell, "SEED and MINUTES are numbers");
    chance_init(seed);
    int tid = thread_create(&(struct thread_attributes){
        .name = "checker", .entry = run, .priority = THREAD_PRIORITY_HIGHEST, .detached = true});
    if (tid < 0 || software_timer_init(&timer, on_timer, NULL) != 0)
        return command_error(shell, "it could not begin: %s", error_text(tid));
    thread_protect(tid);
    checked_at = clock_ticks();
    software_timer_start(&timer, REST_MS, PERIOD_MS);
    return 0;
}

COMMAND(soak, .usage = "soak SEED MINUTES", .summary = "all that can happen",
        .help = "For whoever builds this kernel with it: see tests/soak/soak.h.\n",
        .group = COMMAND_GROUP_MACHINE, .arguments_min = 2, .arguments_max = 2, .run = run_soak);
