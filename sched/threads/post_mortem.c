/* Looking at threads when nothing can be trusted. */
#include "sched/post_mortem.h"

#include <stddef.h>

#include "kernel/cpu/this_cpu.h"
#include "kernel/lib/string.h"
#include "kernel/mm/address_space.h"
#include "sched/observe/trace_ring.h"
#include "sched/state/state.h"
#include "sched/state/thread_table.h"

#define STEPS_MAX 100000u /* more threads than there can be */

/* Structures do not reach over a page that is not mapped between two that are. */
static bool is_readable(const void *start, size_t size)
{
    uint64_t address = (uint64_t)start;
    return address % sizeof(uint64_t) == 0 && address_space_is_mapped(address) &&
           address_space_is_mapped(address + size - 1);
}

static void copy_name(char name[THREAD_NAME_SIZE], const char *text)
{
    uint64_t address = (uint64_t)text;
    name[0] = '\0';
    if (address_space_is_mapped(address) && address_space_is_mapped(address + THREAD_NAME_SIZE - 1))
        string_copy(name, text, THREAD_NAME_SIZE);
}

static void describe_wait(const struct thread *thread, struct post_mortem_thread *told)
{
    const struct wait_queue *queue = thread->waiting_in;
    const struct lock_record *lock = thread->wanted_lock;
    told->wait_kind = is_readable(queue, sizeof(*queue)) ? queue->kind : WAIT_KINDS;
    if (lock != NULL && is_readable(lock, sizeof(*lock)))
        copy_name(told->lock_name, lock->name);
}

static void describe(const struct thread *thread, struct post_mortem_thread *told)
{
    *told = (struct post_mortem_thread){
        .tid = thread->tid,
        .state = state_of_thread(thread),
        .priority = thread->priority,
        .base_priority = thread->base_priority,
        .run_cycles = thread->accounting.cycles[THREAD_RUNNING],
        .stack_top = thread->stack_top,
        .wait_kind = WAIT_KINDS,
    };
    string_copy(told->name, thread->name, sizeof(told->name));
    if (thread->state == THREAD_BLOCKED)
        describe_wait(thread, told);
}

bool post_mortem_running(struct post_mortem_thread *thread)
{
    const struct thread *running = this_cpu()->running;
    if (!is_readable(running, sizeof(*running)))
        return false;
    describe(running, thread);
    return true;
}

/* A link counts only while the node that it leads to says the same of the way back. */
bool post_mortem_next(struct post_mortem_walk *walk, struct post_mortem_thread *thread)
{
    const struct list_node *list = thread_table_order();
    const struct list_node *from = walk->node != NULL ? walk->node : list;
    const struct list_node *node = from->next;
    if (node == list || walk->is_damaged)
        return false;
    const struct thread *next = LIST_ENTRY(node, struct thread, order_node);
    walk->is_damaged =
        ++walk->steps > STEPS_MAX || !is_readable(next, sizeof(*next)) || node->previous != from;
    if (walk->is_damaged)
        return false;
    walk->node = node;
    describe(next, thread);
    return true;
}

bool post_mortem_find(int tid, struct post_mortem_thread *thread)
{
    struct post_mortem_walk walk = {0};
    while (post_mortem_next(&walk, thread)) {
        if (thread->tid == tid)
            return true;
    }
    return false;
}

bool post_mortem_find_by_stack(uint64_t top, struct post_mortem_thread *thread)
{
    struct post_mortem_walk walk = {0};
    while (post_mortem_next(&walk, thread)) {
        if (thread->stack_top == top)
            return true;
    }
    return false;
}

bool post_mortem_trace_read(uint64_t number, struct trace_event *event)
{
    if (trace_ring.records == NULL)
        return false;
    const struct trace_record *record =
        trace_ring.records + (number & trace_ring.mask / sizeof(struct trace_record));
    return is_readable(record, sizeof(*record)) && trace_read(number, event);
}
