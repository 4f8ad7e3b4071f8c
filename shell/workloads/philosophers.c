/*
 * The dining philosophers (E. W. Dijkstra): five of them at a round table, a fork between any two,
 * and each needs the two beside his plate to eat. Here the forks have an order, and everybody
 * takes the lower one first: so nobody can wait for somebody who waits for him.
 */
#include "kernel/lib/errors.h"
#include "kernel/log.h"
#include "sched/sync/mutex.h"
#include "sched/thread.h"
#include "shell/workloads/workload.h"

#define SEATS       WORKLOAD_CHILDREN_MAX
#define EATING_MS   1
#define THINKING_MS 1

struct seat {
    struct workload_run *run;
    struct mutex fork; /* to the left of the plate */
    uint64_t meals;
};

struct table {
    struct seat seats[SEATS];
};

static const char *const names[SEATS] = {"plato", "hume", "kant", "locke", "arendt"};

/* A fork whose holder has ended is as good as any other. */
static bool take(struct mutex *fork, const struct workload_run *run)
{
    int error = mutex_lock(fork, workload_timeout_ms(run));
    return error == 0 || error == -ERROR_OWNER_DEAD;
}

static void eat(struct seat *seat, struct mutex *lower, struct mutex *upper)
{
    if (!take(lower, seat->run))
        return;
    if (take(upper, seat->run)) {
        thread_sleep_ms(EATING_MS);
        seat->meals++;
        mutex_unlock(upper);
    }
    mutex_unlock(lower);
}

static void dine(void *argument)
{
    struct seat *seat = argument;
    struct seat *first = ((struct table *)seat->run->data)->seats;
    bool is_last = seat == first + SEATS - 1;
    struct mutex *lower = is_last ? &first->fork : &seat->fork;
    struct mutex *upper = is_last ? &seat->fork : &seat[1].fork;
    while (workload_goes_on(seat->run)) {
        thread_sleep_ms(THINKING_MS);
        eat(seat, lower, upper);
    }
}

static void philosophers(struct workload_run *run)
{
    struct table *table = run->data;
    unsigned priority = (unsigned)thread_get_base_priority(thread_self());
    for (unsigned i = 0; i < SEATS; i++) {
        if (!workload_start_child(run, names[i], priority, dine, &table->seats[i]))
            return;
    }
    workload_wait_for_children(run);
}

static void begin(struct workload_run *run)
{
    static const char *const forks[SEATS] = {"fork0", "fork1", "fork2", "fork3", "fork4"};
    struct table *table = run->data;
    for (unsigned i = 0; i < SEATS; i++) {
        table->seats[i].run = run;
        mutex_init(&table->seats[i].fork, forks[i]);
    }
}

static void end(struct workload_run *run)
{
    struct seat *seats = ((struct table *)run->data)->seats;
    for (unsigned i = 0; i < SEATS; i++)
        mutex_destroy(&seats[i].fork);
    log_notice("philosophers%u: meals: %s %lu %s %lu %s %lu %s %lu %s %lu", run->number, names[0],
               seats[0].meals, names[1], seats[1].meals, names[2], seats[2].meals, names[3],
               seats[3].meals, names[4], seats[4].meals);
}

WORKLOAD(philosophers, .summary = "five that share five forks",
         .help =
             "Each of the five (plato, hume, kant, locke, arendt) needs two forks to eat, and\n"
             "shares them with both neighbours. Everybody takes the fork with the lower number\n"
             "first, so no cycle of waiting can close: nobody starves. When they end, a notice\n"
             "tells how many meals each has had. Kill one in the middle of a meal, and watch\n"
             "the forks in 'locks' go to the neighbours.\n",
         .run = philosophers, .data_size = sizeof(struct table), .begin = begin, .end = end);
