/* A list of all threads, taken in one go. */
#include "shell/views/thread_list.h"

#include <stdbool.h>
#include <stddef.h>

#include "kernel/mm/heap.h"

/* A window moves on ten times a second; ten thousand threads are visited in a part of that. */
#define TRIES_MAX 5u

static void fill(struct thread_list *list, unsigned capacity)
{
    scheduler_get_statistics(&list->figures);
    list->count = 0;
    for (int tid = thread_next(-1); tid >= 0 && list->count < capacity; tid = thread_next(tid)) {
        if (thread_get_information(tid, &list->threads[list->count]) == 0)
            list->count++;
    }
}

/* The idle thread is always there. */
static bool is_of_one_second(const struct thread_list *list)
{
    return list->figures.second_number == list->threads[list->count - 1].window_number;
}

struct thread_list *thread_list_take(void)
{
    unsigned capacity = thread_count() + NEW_THREADS_MAX;
    struct thread_list *list = kmalloc(sizeof(*list) + capacity * sizeof(list->threads[0]));
    if (list == NULL)
        return NULL;
    unsigned tries = 0;
    do
        fill(list, capacity);
    while (!is_of_one_second(list) && ++tries < TRIES_MAX);
    return list;
}
