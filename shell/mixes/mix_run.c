/* Running a mix: its jobs' threads, and what they find out about themselves. */
#include "shell/mixes/mix_run.h"

#include <stddef.h>

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/tsc.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"
#include "kernel/mm/heap.h"
#include "sched/clock.h"
#include "sched/scheduler.h"
#include "sched/software_timer.h"
#include "sched/thread.h"
#include "shell/views/status_bar.h"

#define NS_PER_MS 1000000ul
#define NS_PER_US 1000u

/* When that much is left of its last tick, a job makes sure that it may finish it: late enough to
 * be in that tick though the rate of the TSC is not known exactly, and early enough for what it
 * lost at its switches. */
#define LAST_TICK_NS (NS_PER_MS * 3 / 4)

/* What an endless job that never thinks calls a burst. */
#define WORK_MS 10u

/* Between two looks at the time: some microseconds. */
#define STEPS 100u

/* Jobs that think may take longer than they compute: how often it is looked whether all have ended.
 */
#define POLL_MS 10

/* When none of the jobs has run for so long, none will. */
#define PATIENCE_MS 5000u

struct run;

struct job {
    const struct mix_job *plan;
    struct job_result *result;
    struct run *run;
    int tid; /* 0: there is no thread */
    bool has_arrived;
    bool has_noted_times;
    uint64_t thoughts; /* how often it has slept */
    struct software_timer arrival;
};

struct run {
    struct mix_result *result;
    const struct terminal *terminal;
    struct job jobs[MIX_JOBS_MAX];
    unsigned job_count;
    uint64_t start_tsc;
    uint64_t start_switches;
    struct scheduler_statistics start; /* when it began */
    uint64_t start_stolen;
    uint64_t end_tick;
    /* While the shell waits for jobs that should have ended: */
    uint64_t progress; /* what has changed when a job has run */
    uint64_t progress_tick;
};

unsigned mix_job_count(const struct mix *mix)
{
    unsigned count = 0;
    while (mix->jobs[count].name != NULL)
        count++;
    return count;
}

/* --- A job's thread -------------------------------------------------------------------------- */

/* In cooperative mode the shell could not tell the jobs that Ctrl-C has come. */
static bool is_time_up(const struct run *run)
{
    return clock_ticks() >= run->end_tick || terminal_is_interrupted(run->terminal);
}

/* Computes until the thread has run for `cycles` in all. Returns whether it came to that. */
static bool compute_up_to(uint64_t cycles, const struct run *run)
{
    while (thread_cpu_cycles() < cycles) {
        if (is_time_up(run))
            return false;
        for (volatile unsigned i = 0; i < STEPS; i = i + 1) {
        }
    }
    return true;
}

static void note_response(struct mix_result *result, uint64_t nanoseconds)
{
    if (result->sample_count < MIX_SAMPLES_MAX)
        result->responses_us[result->sample_count++] = (uint32_t)(nanoseconds / NS_PER_US);
}

/* Sleeps until the absolute tick `tick`. Returns for how long it had to wait for the CPU then. */
static uint64_t think_until(uint64_t tick)
{
    struct thread_information before, after;
    thread_get_information(thread_self(), &before);
    thread_sleep_until(tick);
    thread_get_information(thread_self(), &after);
    return after.ready_time_ns - before.ready_time_ns;
}

/* The first disturbance is told. */
static void note_disturbance(struct run *run, const char *disturbance)
{
    if (run->result->disturbance == NULL)
        run->result->disturbance = disturbance;
}

/* It has been suspended until it arrived, and ready since. Returns how often it has been woken. */
static uint64_t note_arrival(struct job *job)
{
    struct thread_information self;
    thread_get_information(thread_self(), &self);
    job->result->response = self.ready_time_ns;
    note_response(job->run->result, job->result->response);
    if (!job->has_arrived)
        note_disturbance(job->run, "a job was resumed before its time");
    return self.wakeups;
}

/* A job waits for nothing but its thoughts, and its priority is its own: more shows that somebody
 * did something to it. */
static void note_meddling(const struct job *job, uint64_t wakeups_at_arrival)
{
    struct thread_information self;
    thread_get_information(thread_self(), &self);
    if (self.wakeups > wakeups_at_arrival + job->thoughts)
        note_disturbance(job->run, "a job was suspended");
    if (self.priority_settings != 0)
        note_disturbance(job->run, "the priority of a job was changed");
}

/* What `self`, a job's thread, has done. */
static void note_times(struct job_result *result, const struct thread_information *self)
{
    result->run = self->run_time_ns + self->interrupted_time_ns;
    result->waiting = self->ready_time_ns - self->interrupted_time_ns;
    result->thinking = self->sleep_time_ns;
}

/* All but the rest of the last tick. */
static uint64_t demand_cycles(const struct mix_job *plan)
{
    if (plan->demand_ms == 0)
        return UINT64_MAX;
    return tsc_from_ns(plan->demand_ms * NS_PER_MS - LAST_TICK_NS);
}

/* The tick that ends a demand of whole quanta also ends the last of them, and would give the CPU to
 * others before the job could end: so it stands above every policy by then. And it ends with the
 * tick, so that the next quantum is whole, too. */
static void finish_last_tick(void)
{
    uint64_t tick = clock_ticks();
    thread_set_priority(thread_self(), THREAD_PRIORITY_HIGHEST);
    while (clock_ticks() == tick)
        cpu_relax();
}

static uint64_t burst_cycles(const struct mix_job *plan)
{
    if (plan->burst_ms != 0)
        return tsc_from_ns(plan->burst_ms * NS_PER_MS);
    return plan->demand_ms != 0 ? demand_cycles(plan) : tsc_from_ns(WORK_MS * NS_PER_MS);
}

static void work(struct job *job)
{
    const struct mix_job *plan = job->plan;
    uint64_t burst = burst_cycles(plan);
    uint64_t demand = demand_cycles(plan);
    uint64_t target = 0;
    while (!job->result->has_ended) {
        target = target + burst < demand ? target + burst : demand;
        if (!compute_up_to(target, job->run))
            return;
        job->result->bursts++;
        job->result->has_ended = target == demand;
        if (plan->think_ms != 0 && !job->result->has_ended) {
            job->thoughts++;
            note_response(job->run->result, think_until(clock_ticks() + plan->think_ms));
        }
    }
}

static void note_end(const struct run *run)
{
    run->result->elapsed = tsc_to_ns(tsc_read() - run->start_tsc);
    run->result->switches = scheduler_switch_count() - run->start_switches;
}

static void run_job(void *argument)
{
    struct job *job = argument;
    struct thread_information self;
    uint64_t wakeups_at_arrival = note_arrival(job);
    work(job);
    note_meddling(job, wakeups_at_arrival);
    if (job->result->has_ended)
        finish_last_tick();
    thread_get_information(thread_self(), &self);
    note_times(job->result, &self);
    job->has_noted_times = true;
    note_end(job->run);
}

/* --- The run --------------------------------------------------------------------------------- */

static int create_jobs(struct run *run)
{
    for (unsigned i = 0; i < run->job_count; i++) {
        struct job *job = &run->jobs[i];
        job->tid = thread_create(&(struct thread_attributes){
            .name = job->plan->name,
            .entry = run_job,
            .argument = job,
            .priority = job->plan->priority,
            .suspended = true,
        });
        if (job->tid < 0)
            return job->tid;
    }
    return 0;
}

static void let_arrive(void *argument)
{
    struct job *job = argument;
    job->has_arrived = true;
    thread_resume(job->tid);
}

/* Behind the tick of harmony, which takes long; the status bar's are half-way between two of those.
 * So they fall into the same places of each run, and quanta end beside them. */
static void wait_for_period(void)
{
    uint64_t period = clock_ticks() / STATUS_BAR_PERIOD_TICKS;
    thread_sleep_until((period + 1) * STATUS_BAR_PERIOD_TICKS);
}

/* The first ones arrive before any of them runs: the shell is more urgent, and right behind a tick.
 * Later ones arrive by a timer: in cooperative mode nobody else could let them in. */
static void start(struct run *run, uint32_t milliseconds)
{
    wait_for_period();
    scheduler_get_statistics(&run->start); /* this takes long, too */
    run->start_stolen = scheduler_stolen_ns();
    thread_sleep_ms(1);
    run->end_tick = milliseconds != 0 ? clock_ticks() + milliseconds : UINT64_MAX;
    run->start_tsc = tsc_read();
    run->start_switches = scheduler_switch_count();
    for (unsigned i = 0; i < run->job_count; i++) {
        struct job *job = &run->jobs[i];
        software_timer_init(&job->arrival, let_arrive, job);
        if (job->plan->arrival_ms != 0)
            software_timer_start(&job->arrival, job->plan->arrival_ms, 0);
        else
            let_arrive(job);
    }
}

/* Returns whether no job is left. */
static bool join_ended(struct run *run)
{
    bool have_all_ended = true;
    for (unsigned i = 0; i < run->job_count; i++) {
        struct job *job = &run->jobs[i];
        int status = 0;
        if (job->tid > 0 && thread_join(job->tid, 0, &status) == 0)
            job->tid = 0;
        if (status == -ERROR_KILLED) {
            job->result->was_killed = true;
            note_disturbance(run, "jobs were killed");
        }
        have_all_ended &= job->tid == 0;
    }
    return have_all_ended;
}

/* What a job has done that does not come to tell it. */
static void note_times_from_outside(const struct job *job)
{
    struct thread_information information;
    if (!job->has_noted_times && job->has_arrived &&
        thread_get_information(job->tid, &information) == 0)
        note_times(job->result, &information);
}

static void kill_jobs(struct run *run)
{
    for (unsigned i = 0; i < run->job_count; i++) {
        struct job *job = &run->jobs[i];
        software_timer_stop(&job->arrival);
        if (job->tid == 0)
            continue;
        note_times_from_outside(job);
        thread_detach(job->tid); /* it may be about to end by itself: too late to kill */
        thread_kill(job->tid);
    }
}

/* Whether `job` is there and goes on by itself. Adds to `progress` what changes whenever it runs.
 */
static bool goes_on(const struct job *job, uint64_t *progress)
{
    struct thread_information information;
    if (job->tid == 0 || thread_get_information(job->tid, &information) != 0)
        return false;
    *progress += information.run_cycles + information.wakeups + 1;
    bool is_suspended = information.state == THREAD_SUSPENDED && job->has_arrived;
    if (is_suspended)
        note_disturbance(job->run, "a job was suspended");
    else if (information.base_priority != job->plan->priority &&
             information.base_priority != THREAD_PRIORITY_HIGHEST) /* its last tick */
        note_disturbance(job->run, "the priority of a job was changed");
    return !is_suspended;
}

/* Whether it makes sense to wait for the jobs that are left. */
static bool are_worth_waiting_for(struct run *run)
{
    uint64_t progress = 0;
    unsigned going_on = 0;
    for (unsigned i = 0; i < run->job_count; i++)
        going_on += goes_on(&run->jobs[i], &progress) ? 1 : 0;
    if (progress != run->progress) {
        run->progress = progress;
        run->progress_tick = clock_ticks();
    }
    if (going_on == 0)
        return false;
    if (clock_ticks() - run->progress_tick < PATIENCE_MS)
        return true;
    note_disturbance(run, "others kept the CPU from the jobs");
    return false;
}

/* While the jobs compute nothing disturbs them: the shell sleeps for as long as they must take, and
 * for one tick more, in which the last one ends. */
static int wait_for_jobs(struct run *run, uint32_t milliseconds, struct terminal *terminal)
{
    uint32_t sleep_ms = milliseconds + 1;
    for (unsigned i = 0; milliseconds == 0 && i < run->job_count; i++)
        sleep_ms += run->jobs[i].plan->demand_ms;
    do {
        if (!terminal_sleep_ms(terminal, (int)sleep_ms))
            return -ERROR_KILLED;
        sleep_ms = POLL_MS;
    } while (!join_ended(run) && are_worth_waiting_for(run));
    return 0;
}

static bool is_endless(const struct mix *mix)
{
    for (unsigned i = 0; i < mix_job_count(mix); i++) {
        if (mix->jobs[i].demand_ms == 0)
            return true;
    }
    return false;
}

/* What the jobs have run, without interrupts, up to now. */
static uint64_t run_by_jobs(const struct run *run)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < run->job_count; i++)
        sum += run->jobs[i].result->run;
    return sum;
}

/* In parts of all that there was. */
#define TOLERATED_PART 20u

/* What is not told of a single job, and is worth mentioning. */
static void note_others(struct run *run, const struct scheduler_statistics *end)
{
    uint64_t elapsed = end->elapsed_ns - run->start.elapsed_ns;
    uint64_t stolen = scheduler_stolen_ns() - run->start_stolen;
    uint64_t idle = end->idle_ns - run->start.idle_ns;
    uint64_t served = idle + run_by_jobs(run);
    if (stolen > elapsed / TOLERATED_PART)
        run->result->stolen = stolen;
    if (served + elapsed / TOLERATED_PART < elapsed)
        run->result->others = elapsed - served;
}

static void note_figures(struct run *run, const struct scheduler_statistics *end)
{
    if (end->overhead_ns <= run->start.overhead_ns) {
        note_disturbance(run, "the figures were reset");
        return;
    }
    run->result->overhead = end->overhead_ns - run->start.overhead_ns;
    note_others(run, end);
}

static int run_jobs(struct run *run, uint32_t milliseconds, struct terminal *terminal)
{
    struct scheduler_statistics end;
    int error = create_jobs(run);
    if (error == 0) {
        start(run, milliseconds);
        error = wait_for_jobs(run, milliseconds, terminal);
        scheduler_get_statistics(&end);
    }
    kill_jobs(run);
    if (error == 0)
        note_figures(run, &end);
    if (run->result->elapsed == 0) /* somebody else has killed them all */
        note_end(run);
    return error;
}

int mix_run(const struct mix *mix, uint32_t milliseconds, struct terminal *terminal,
            struct mix_result *result)
{
    struct run *run = kmalloc_zeroed(sizeof(*run));
    if (run == NULL)
        return -ERROR_NO_MEMORY;
    memset(result, 0, sizeof(*result));
    run->result = result;
    run->terminal = terminal;
    run->job_count = mix_job_count(mix);
    for (unsigned i = 0; i < run->job_count; i++)
        run->jobs[i] = (struct job){.plan = &mix->jobs[i], .result = &result->jobs[i], .run = run};
    int error = run_jobs(run, is_endless(mix) ? milliseconds : 0, terminal);
    kfree(run);
    return error;
}
