/* Threads are visited by tid, so that two samples are compared by walking along both. */
#include "shell/views/thread_sample.h"

#include <stddef.h>

#include "kernel/lib/string.h"
#include "kernel/mm/heap.h"
#include "sched/scheduler.h"
#include "shell/views/thread_list.h"

/* --- Taking a sample -------------------------------------------------------------------------- */

/* `before` may be NULL. A thread that is new or has ended has been there for a part of the interval
 * only: of that its share is none. */
static void measure(struct sampled_thread *thread, const struct thread_information *information,
                    const struct sampled_thread *before, uint64_t elapsed)
{
    *thread = (struct sampled_thread){
        .tid = information->tid,
        .priority = (uint8_t)information->priority,
        .shown_state = (uint8_t)thread_shown_state(information),
        .share_percent = information->share_percent,
        .total =
            {
                [FIGURE_ELAPSED] = information->lifetime_cycles,
                [FIGURE_RUN] = information->run_cycles,
                [FIGURE_READY] = information->ready_cycles,
                [FIGURE_VOLUNTARY] = information->voluntary_switches,
                [FIGURE_INVOLUNTARY] = information->involuntary_switches,
            },
    };
    string_copy(thread->name, information->name, sizeof(thread->name));
    for (unsigned i = 0; i < THREAD_FIGURES; i++)
        thread->interval[i] = thread->total[i] - (before != NULL ? before->total[i] : 0);
    if (elapsed != 0 && (before == NULL || information->state == THREAD_ENDED))
        thread->interval[FIGURE_ELAPSED] = elapsed;
}

/* The thread `tid` in `previous`, or NULL. `*index` moves on with the tids, which only grow. */
static const struct sampled_thread *find_before(const struct thread_sample *previous,
                                                unsigned *index, int tid)
{
    if (previous == NULL)
        return NULL;
    while (*index < previous->count && previous->threads[*index].tid < tid)
        ++*index;
    const struct sampled_thread *found = &previous->threads[*index];
    return *index < previous->count && found->tid == tid ? found : NULL;
}

static void measure_threads(struct thread_sample *sample, unsigned capacity,
                            const struct thread_sample *previous)
{
    struct thread_information information;
    unsigned index = 0;
    for (int tid = thread_next(0); tid >= 0 && sample->count < capacity; tid = thread_next(tid)) {
        if (thread_get_information(tid, &information) != 0)
            continue;
        struct sampled_thread *thread = &sample->threads[sample->count++];
        measure(thread, &information, find_before(previous, &index, tid),
                sample->idle.interval[FIGURE_ELAPSED]);
        sample->in_state[thread->shown_state]++;
    }
}

struct thread_sample *thread_sample_take(const struct thread_sample *previous)
{
    struct thread_information idle;
    unsigned capacity = thread_count() + NEW_THREADS_MAX;
    struct thread_sample *sample = kmalloc(
        sizeof(*sample) + capacity * (sizeof(sample->threads[0]) + sizeof(sample->heap[0])));
    if (sample == NULL)
        return NULL;
    memset(sample, 0, sizeof(*sample));
    sample->heap = (struct sampled_thread **)&sample->threads[capacity];
    sample->switches = scheduler_switch_count();
    sample->interval_switches = sample->switches - (previous != NULL ? previous->switches : 0);
    if (thread_get_information(0, &idle) == 0)
        measure(&sample->idle, &idle, previous != NULL ? &previous->idle : NULL, 0);
    measure_threads(sample, capacity, previous);
    return sample;
}

unsigned thread_share_permille(const struct sampled_thread *thread, enum thread_figure figure)
{
    uint64_t permille = thread->interval[FIGURE_ELAPSED] / 1000;
    return permille != 0 ? (unsigned)((thread->interval[figure] + permille / 2) / permille) : 0;
}

/* --- Sorting ---------------------------------------------------------------------------------- */

/* Smaller is further in front. */
static uint64_t rank(const struct sampled_thread *thread, enum thread_order order)
{
    switch (order) {
    case ORDER_STATE:
        return thread->shown_state;
    case ORDER_PRIORITY:
        return ~(uint64_t)thread->priority;
    case ORDER_RUN:
        return ~thread->interval[FIGURE_RUN];
    case ORDER_READY:
        return ~thread->interval[FIGURE_READY];
    case ORDER_VOLUNTARY:
        return ~thread->interval[FIGURE_VOLUNTARY];
    case ORDER_INVOLUNTARY:
        return ~thread->interval[FIGURE_INVOLUNTARY];
    case ORDER_TOTAL_RUN:
        return ~thread->total[FIGURE_RUN];
    case ORDER_SHARE:
        return ~(uint64_t)(thread->share_percent + 1);
    default:
        return 0; /* the names, or else the tids, decide */
    }
}

/* Of two different ones. */
static bool comes_before(const struct sampled_thread *first, const struct sampled_thread *second,
                         const struct thread_listing *listing)
{
    enum thread_order order = listing->order;
    uint64_t first_rank = rank(first, order);
    uint64_t second_rank = rank(second, order);
    int difference = order == ORDER_NAME ? strcmp(first->name, second->name) : 0;
    bool is_before = difference != 0 ? difference < 0 : first->tid < second->tid;
    if (first_rank != second_rank)
        is_before = first_rank < second_rank;
    return is_before != listing->is_reversed;
}

/* Below `parent` the heap is in order. Makes it so with the parent too. */
static void sift_down(const struct thread_sample *sample, unsigned parent)
{
    const struct thread_listing *listing = &sample->listing;
    struct sampled_thread **heap = sample->heap;
    struct sampled_thread *sinking = heap[parent];
    unsigned count = sample->unsorted;
    for (unsigned child; (child = 2 * parent + 1) < count; parent = child) {
        if (child + 1 < count && comes_before(heap[child + 1], heap[child], listing))
            child++;
        if (!comes_before(heap[child], sinking, listing))
            break;
        heap[parent] = heap[child];
    }
    heap[parent] = sinking;
}

/* A heap whose root is the first of those in it. */
void thread_sample_list(struct thread_sample *sample, const struct thread_listing *listing)
{
    sample->listing = *listing;
    sample->listed = 0;
    for (unsigned i = 0; i < sample->count; i++)
        if (listing->filter[0] == '\0' || string_contains(sample->threads[i].name, listing->filter))
            sample->heap[sample->listed++] = &sample->threads[i];
    sample->unsorted = sample->listed;
    for (unsigned i = sample->listed / 2; i-- > 0;)
        sift_down(sample, i);
}

/* Each that is taken out of the heap goes behind the rest of it. */
const struct sampled_thread *thread_sample_at(struct thread_sample *sample, unsigned place)
{
    struct sampled_thread **heap = sample->heap;
    unsigned index = sample->listed - 1 - place;
    while (sample->unsorted > index) {
        struct sampled_thread *first = heap[0];
        heap[0] = heap[--sample->unsorted];
        sift_down(sample, 0);
        heap[sample->unsorted] = first;
    }
    return heap[index];
}
