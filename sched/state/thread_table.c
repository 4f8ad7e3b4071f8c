/* A hash table for finding a thread, and a list for visiting them all. */
#include "sched/state/thread_table.h"

#include "kernel/lib/string.h"

static struct thread **buckets; /* tids are given out in turn: they fill the buckets evenly */
static unsigned bucket_mask;
static struct list_node by_tid = LIST_INIT(by_tid);
static unsigned count;
static uint64_t next_number; /* its remainder by TIDS is the next tid, if no thread has that */

/* Of the threads whose tids are not lower than the next one the first: that one's place is before
 * it, unless it has the very tid. */
static struct list_node *next_place = &by_tid;

static struct thread **bucket_of(int tid)
{
    return &buckets[(unsigned)tid & bucket_mask];
}

void thread_table_init(struct thread **memory, unsigned bucket_count)
{
    buckets = memory;
    bucket_mask = bucket_count - 1;
    memset(buckets, 0, bucket_count * sizeof(*buckets));
}

static struct thread *thread_at(struct list_node *node)
{
    return node != &by_tid ? LIST_ENTRY(node, struct thread, order_node) : NULL;
}

/* Passes over those that have been there since the round before. */
static __attribute__((noinline)) uint64_t find_number(void)
{
    for (;;) {
        uint64_t number = next_number++;
        if (number % TIDS == 0)
            next_place = by_tid.next;
        const struct thread *next = thread_at(next_place);
        if (next == NULL || (unsigned)next->tid != number % TIDS)
            return number;
        next_place = next_place->next;
    }
}

/* In the first round, and mostly later, the next tid is greater than all others. */
static uint64_t take_number(void)
{
    bool is_greatest = next_place == &by_tid && next_number % TIDS != 0;
    return is_greatest ? next_number++ : find_number();
}

void thread_table_add(struct thread *thread)
{
    thread->tid = (int)(take_number() % TIDS);
    struct thread **bucket = bucket_of(thread->tid);
    thread->next_of_bucket = *bucket;
    *bucket = thread;
    list_insert_before(next_place, &thread->order_node);
    count++;
}

void thread_table_remove(struct thread *thread)
{
    struct thread **link = bucket_of(thread->tid);
    while (*link != thread)
        link = &(*link)->next_of_bucket;
    *link = thread->next_of_bucket;
    if (next_place == &thread->order_node)
        next_place = next_place->next;
    list_unlink(&thread->order_node);
    count--;
}

struct thread *thread_table_find(int tid)
{
    struct thread *thread = *bucket_of(tid);
    while (thread != NULL && thread->tid != tid)
        thread = thread->next_of_bucket;
    return thread;
}

struct thread *thread_table_find_holder(int tid)
{
    struct thread *holder = tid > 0 ? thread_table_find(tid) : NULL;
    return holder != NULL && !holder->has_passed_locks_on ? holder : NULL;
}

struct thread *thread_table_next(int tid)
{
    struct thread *thread = thread_table_find(tid);
    if (thread != NULL)
        return thread_at(thread->order_node.next);
    LIST_FOR_EACH(node, &by_tid)
    if (thread_at(node)->tid > tid)
        return thread_at(node);
    return NULL;
}

uint64_t thread_table_added(void)
{
    return next_number;
}

/* The next one's tid is as far from that of the newest as one can be. */
uint64_t thread_table_age(const struct thread *thread)
{
    return (next_number - 1 - (unsigned)thread->tid) % TIDS + 1;
}

/* Tids are a circle, which ends at the place of the next one. */
struct thread *thread_table_newest(void)
{
    struct list_node *node = next_place->previous;
    return thread_at(node != &by_tid ? node : by_tid.previous);
}

struct thread *thread_table_before(const struct thread *thread)
{
    struct list_node *node = thread->order_node.previous;
    if (&thread->order_node == next_place)
        return NULL;
    return thread_at(node != &by_tid || next_place == &by_tid ? node : by_tid.previous);
}

unsigned thread_table_count(void)
{
    return count;
}

const struct list_node *thread_table_order(void)
{
    return &by_tid;
}
