/* What can be done to a thread that lives: suspended, resumed, named, made more or less urgent. */
#include <stddef.h>

#include "kernel/cpu/interrupts.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"
#include "sched/core/core.h"
#include "sched/core/switching.h"
#include "sched/observe/trace_ring.h"
#include "sched/state/thread_table.h"
#include "sched/sync/inheritance.h"
#include "sched/thread.h"
#include "sched/threads/threads.h"

int thread_protect(int tid)
{
    uint64_t flags = critical_enter();
    struct thread *thread = thread_table_find(tid);
    if (thread != NULL)
        thread->is_protected = true;
    critical_exit(flags);
    return thread != NULL ? 0 : -ERROR_NOT_FOUND;
}

static bool may_suspend_self(const struct thread *self)
{
    return !(self->is_ending | self->is_protected) && !interrupts_in_handler() && core_may_block();
}

/* Also for the running thread, where it may not: then it says why. */
static int suspend_other(struct thread *thread)
{
    if (thread == NULL || thread->is_ending)
        return -ERROR_NOT_FOUND;
    if (thread->is_protected || thread == this_cpu()->running)
        return -ERROR_NOT_PERMITTED;
    if (thread->is_suspended)
        return 0;
    thread->is_suspended = true;
    if (thread->state == THREAD_READY) {
        core_unready(thread);
        thread->state = THREAD_SUSPENDED;
        trace_suspension(thread);
    }
    return 0;
}

/* The other half of thread_suspend(). */
static __attribute__((noinline)) int suspend_by_tid(int tid, uint64_t flags)
{
    int error = suspend_other(thread_table_find(tid));
    critical_exit(flags);
    return error;
}

int thread_suspend(int tid)
{
    uint64_t flags = critical_enter();
    struct thread *self = this_cpu()->running;
    if (tid != self->tid || !may_suspend_self(self))
        return suspend_by_tid(tid, flags);
    self->is_suspended = true;
    block(self, THREAD_SUSPENDED);
    critical_exit(flags);
    return 0;
}

int thread_resume(int tid)
{
    uint64_t flags = critical_enter();
    struct thread *thread = thread_table_find(tid);
    if (thread == NULL || thread->is_ending || !thread->is_suspended) {
        critical_exit(flags);
        return thread == NULL || thread->is_ending ? -ERROR_NOT_FOUND : -ERROR_INVALID;
    }
    thread->is_suspended = false;
    if (thread->state == THREAD_SUSPENDED)
        make_ready(thread, THREAD_SUSPENDED);
    critical_exit(flags);
    return 0;
}

int thread_set_priority(int tid, unsigned priority)
{
    if (priority >= THREAD_PRIORITIES)
        return -ERROR_INVALID;
    uint64_t flags = critical_enter();
    struct thread *thread = thread_table_find(tid);
    int error = thread == NULL ? -ERROR_NOT_FOUND : tid == 0 ? -ERROR_NOT_PERMITTED : 0;
    if (error == 0) {
        thread->base_priority = (uint8_t)priority;
        thread->priority_settings++;
        inheritance_update(thread);
    }
    critical_exit(flags);
    return error;
}

static int get_priority(int tid, bool base)
{
    uint64_t flags = critical_enter();
    const struct thread *thread = thread_table_find(tid);
    int priority = -ERROR_NOT_FOUND;
    if (thread != NULL)
        priority = base ? thread->base_priority : thread->priority;
    critical_exit(flags);
    return priority;
}

int thread_get_priority(int tid)
{
    return get_priority(tid, false);
}

int thread_get_base_priority(int tid)
{
    return get_priority(tid, true);
}

static inline bool is_printable(char character)
{
    return (unsigned char)(character - ' ') <= '~' - ' ';
}

static bool is_blank(const char *name)
{
    while (*name == ' ')
        name++;
    return *name == '\0';
}

/* A table is broken by control characters, and a name that is not to be seen is none. */
void thread_copy_name(struct thread *thread, const char *name)
{
    size_t length = 0;
    for (; length < THREAD_NAME_SIZE - 1; length++) {
        char character = name[length];
        if (!is_printable(character)) {
            if (character == '\0')
                break;
            character = '_';
        }
        thread->name[length] = character;
    }
    thread->name[length] = '\0';
    if (thread->name[0] <= ' ' && is_blank(thread->name))
        string_copy(thread->name, "thread", THREAD_NAME_SIZE);
}

int thread_set_name(int tid, const char *name)
{
    if (name == NULL)
        return -ERROR_INVALID;
    uint64_t flags = critical_enter();
    struct thread *thread = thread_table_find(tid);
    if (thread != NULL)
        thread_copy_name(thread, name);
    critical_exit(flags);
    return thread != NULL ? 0 : -ERROR_NOT_FOUND;
}

int thread_get_name(int tid, char name[THREAD_NAME_SIZE])
{
    uint64_t flags = critical_enter();
    const struct thread *thread = thread_table_find(tid);
    if (thread != NULL)
        string_copy(name, thread->name, THREAD_NAME_SIZE);
    critical_exit(flags);
    return thread != NULL ? 0 : -ERROR_NOT_FOUND;
}

int thread_put_first(int tid)
{
    uint64_t flags = critical_enter();
    struct thread *thread = thread_table_find(tid);
    if (thread != NULL)
        core_put_first(thread);
    critical_exit(flags);
    return thread != NULL ? 0 : -ERROR_NOT_FOUND;
}
