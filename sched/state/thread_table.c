/* A hash table for finding a thread, and a list, oldest first, for visiting them all. */
#include "sched/state/thread_table.h"

#define BUCKETS 256u /* tids are given out in turn: they fill the buckets evenly */

static struct list_node buckets[BUCKETS];
static struct list_node by_age = LIST_INIT(by_age);
static unsigned count;
static int next_tid;

static struct list_node *bucket_of(int tid)
{
    return &buckets[(unsigned)tid % BUCKETS];
}

void thread_table_init(void)
{
    for (unsigned i = 0; i < BUCKETS; i++)
        list_init(&buckets[i]);
}

void thread_table_add(struct thread *thread)
{
    thread->tid = next_tid++;
    list_insert_after(bucket_of(thread->tid), &thread->table_node);
    list_insert_before(&by_age, &thread->order_node);
    count++;
}

void thread_table_remove(struct thread *thread)
{
    list_remove(&thread->table_node);
    list_remove(&thread->order_node);
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

static struct thread *thread_at(struct list_node *node)
{
    return node != &by_age ? LIST_ENTRY(node, struct thread, order_node) : NULL;
}

struct thread *thread_table_next(int tid)
{
    struct thread *thread = thread_table_find(tid);
    if (thread != NULL)
        return thread_at(thread->order_node.next);
    LIST_FOR_EACH(node, &by_age)
    if (thread_at(node)->tid > tid)
        return thread_at(node);
    return NULL;
}

struct thread *thread_table_newest(void)
{
    return thread_at(by_age.previous);
}

struct thread *thread_table_before(const struct thread *thread)
{
    return thread_at(thread->order_node.previous);
}

unsigned thread_table_count(void)
{
    return count;
}

const struct list_node *thread_table_order(void)
{
    return &by_age;
}
