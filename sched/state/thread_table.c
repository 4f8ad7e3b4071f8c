/* A hash table for finding a thread, and two lists for visiting them all. */
#include "sched/state/thread_table.h"

#define BUCKETS 256u /* tids are given out in turn: they fill the buckets evenly */

static struct list_node buckets[BUCKETS];
static struct list_node by_tid = LIST_INIT(by_tid);
static struct list_node by_age = LIST_INIT(by_age); /* the oldest first */
static unsigned count;
static uint64_t next_number; /* as thread_table_number() has it */

/* Of the threads whose tids are not lower than the next one the first: that one's place is before
 * it, unless it has the very tid. */
static struct list_node *next_place = &by_tid;

static struct list_node *bucket_of(int tid)
{
    return &buckets[(unsigned)tid % BUCKETS];
}

void thread_table_init(void)
{
    for (unsigned i = 0; i < BUCKETS; i++)
        list_init(&buckets[i]);
}

static struct thread *thread_at(struct list_node *node)
{
    return node != &by_tid ? LIST_ENTRY(node, struct thread, order_node) : NULL;
}

/* In the first round, and mostly, there is nobody to pass over. */
static uint64_t take_number(void)
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

void thread_table_add(struct thread *thread)
{
    uint64_t number = take_number();
    thread->tid = (int)(number % TIDS);
    thread->tid_round = (uint32_t)(number / TIDS);
    list_insert_after(bucket_of(thread->tid), &thread->table_node);
    list_insert_before(next_place, &thread->order_node);
    list_insert_before(&by_age, &thread->age_node);
    count++;
}

void thread_table_remove(struct thread *thread)
{
    if (next_place == &thread->order_node)
        next_place = next_place->next;
    list_remove(&thread->table_node);
    list_remove(&thread->order_node);
    list_remove(&thread->age_node);
    count--;
}

struct thread *thread_table_find(int tid)
{
    LIST_FOR_EACH(node, bucket_of(tid))
    {
        struct thread *thread = LIST_ENTRY(node, struct thread, table_node);
        if (thread->tid == tid)
            return thread;
    }
    return NULL;
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

static struct thread *thread_of_age(struct list_node *node)
{
    return node != &by_age ? LIST_ENTRY(node, struct thread, age_node) : NULL;
}

struct thread *thread_table_newest(void)
{
    return thread_of_age(by_age.previous);
}

struct thread *thread_table_before(const struct thread *thread)
{
    return thread_of_age(thread->age_node.previous);
}

unsigned thread_table_count(void)
{
    return count;
}

const struct list_node *thread_table_order(void)
{
    return &by_tid;
}
