/* From a run's result to rows of figures. */
#include "shell/mixes/mix_table.h"

#include <stddef.h>

#include "kernel/lib/format.h"
#include "shell/mixes/figures.h"
#include "shell/views/table.h"

#define NS_PER_TENTH_MS 100000u
#define NUMBER_SIZE     16u

/* `tenths` as a number with one decimal. */
static const char *in_tenths(char text[NUMBER_SIZE], uint64_t tenths)
{
    format_string(text, NUMBER_SIZE, "%lu.%lu", tenths / 10, tenths % 10);
    return text;
}

static const char *in_ms(char text[NUMBER_SIZE], uint64_t nanoseconds)
{
    return in_tenths(text, (nanoseconds + NS_PER_TENTH_MS / 2) / NS_PER_TENTH_MS);
}

static uint64_t turnaround(const struct job_result *job)
{
    return job->run + job->waiting + job->thinking;
}

struct averages {
    uint64_t turnaround; /* of those that came to their end */
    unsigned ended;
    uint64_t waiting; /* of those that were not killed */
    unsigned alive;
    uint64_t response;
    uint64_t bursts; /* a sum */
};

static struct averages average_jobs(const struct mix_result *result, unsigned count)
{
    struct averages averages = {0};
    for (unsigned i = 0; i < count; i++) {
        const struct job_result *job = &result->jobs[i];
        averages.ended += job->has_ended;
        averages.turnaround += job->has_ended ? turnaround(job) : 0;
        averages.alive += !job->was_killed;
        averages.waiting += job->waiting;
        averages.response += job->response;
        averages.bursts += job->bursts;
    }
    averages.turnaround /= averages.ended != 0 ? averages.ended : 1;
    averages.waiting /= averages.alive != 0 ? averages.alive : 1;
    averages.response /= count;
    return averages;
}

/* Jain's index of what those had that always want the CPU; "-" unless there are two of them. */
static const char *describe_fairness(char text[NUMBER_SIZE], const struct mix *mix,
                                     const struct mix_result *result)
{
    uint32_t shares[MIX_JOBS_MAX];
    unsigned count = 0;
    for (unsigned i = 0; i < mix_job_count(mix); i++) {
        bool is_endless = mix->jobs[i].demand_ms == 0 && mix->jobs[i].think_ms == 0;
        if (is_endless && !result->jobs[i].was_killed)
            shares[count++] = (uint32_t)(result->jobs[i].run / NS_PER_TENTH_MS);
    }
    unsigned permille = figures_jain_permille(shares, count);
    if (count < 2)
        return "-";
    format_string(text, NUMBER_SIZE, "%u.%03u", permille / 1000, permille % 1000);
    return text;
}

static const struct table_column policy_columns[] = {
    {"POLICY", -8}, {"Q_MS", 4},   {"JOBS/S", 6}, {"TURN_MS", 7}, {"WAIT_MS", 7}, {"RESP_MS", 7},
    {"P50_MS", 7},  {"P99_MS", 7}, {"FAIR", 5},   {"SWITCH", 6},  {"OVER%", 5},
};

#define POLICY_COLUMNS (sizeof(policy_columns) / sizeof(policy_columns[0]))

void mix_table_heads(struct terminal *terminal)
{
    table_print(terminal, policy_columns, POLICY_COLUMNS, NULL);
}

static const char *in_digits(char text[NUMBER_SIZE], uint64_t number)
{
    format_string(text, NUMBER_SIZE, "%lu", number);
    return text;
}

static const char *percentile(char text[NUMBER_SIZE], const struct mix_result *result,
                              unsigned percent)
{
    return in_ms(text,
                 figures_percentile(result->responses_us, result->sample_count, percent) * 1000ul);
}

/* Of what passed, in percent. */
static const char *describe_overhead(char text[NUMBER_SIZE], const struct mix_result *result)
{
    uint64_t overhead = result->overhead * 10000 / (result->elapsed | 1);
    format_string(text, NUMBER_SIZE, "%lu.%02lu", overhead / 100, overhead % 100);
    return text;
}

void mix_table_row(struct terminal *terminal, const char *policy, unsigned quantum_ms,
                   const struct mix *mix, struct mix_result *result)
{
    char texts[POLICY_COLUMNS][NUMBER_SIZE];
    struct averages averages = average_jobs(result, mix_job_count(mix));
    uint64_t elapsed = result->elapsed | 1;
    figures_sort(result->responses_us, result->sample_count);
    const char *const fields[POLICY_COLUMNS] = {
        policy,
        in_digits(texts[1], quantum_ms),
        in_tenths(texts[2], (averages.bursts * 10000000000u + elapsed / 2) / elapsed),
        averages.ended != 0 ? in_ms(texts[3], averages.turnaround) : "-",
        in_ms(texts[4], averages.waiting),
        in_ms(texts[5], averages.response),
        percentile(texts[6], result, 50),
        percentile(texts[7], result, 99),
        describe_fairness(texts[8], mix, result),
        in_digits(texts[9], result->switches),
        describe_overhead(texts[10], result),
    };
    table_print(terminal, policy_columns, POLICY_COLUMNS, fields);
}

/* In milliseconds; of a job that was killed nobody knows it. */
static const char *time_of(const struct job_result *job, char text[NUMBER_SIZE],
                           uint64_t nanoseconds)
{
    return job->was_killed ? "-" : in_ms(text, nanoseconds);
}

static const struct table_column job_columns[] = {
    {"JOB", -8},    {"PRI", 4},      {"ARRIVE_MS", 9}, {"RESP_MS", 8}, {"RUN_MS", 8},
    {"WAIT_MS", 8}, {"THINK_MS", 8}, {"TURN_MS", 8},   {"BURSTS", 6},
};

#define JOB_COLUMNS (sizeof(job_columns) / sizeof(job_columns[0]))

static void print_job(struct terminal *terminal, const struct mix_job *plan,
                      const struct job_result *job)
{
    char texts[JOB_COLUMNS][NUMBER_SIZE];
    const char *const fields[JOB_COLUMNS] = {
        plan->name,
        in_digits(texts[1], plan->priority),
        in_digits(texts[2], plan->arrival_ms),
        in_ms(texts[3], job->response),
        time_of(job, texts[4], job->run),
        time_of(job, texts[5], job->waiting),
        time_of(job, texts[6], job->thinking),
        time_of(job, texts[7], turnaround(job)),
        in_digits(texts[8], job->bursts),
    };
    table_print(terminal, job_columns, JOB_COLUMNS, fields);
}

void mix_table_jobs(struct terminal *terminal, const struct mix *mix,
                    const struct mix_result *result)
{
    table_print(terminal, job_columns, JOB_COLUMNS, NULL);
    for (unsigned i = 0; i < mix_job_count(mix); i++)
        print_job(terminal, &mix->jobs[i], &result->jobs[i]);
}
