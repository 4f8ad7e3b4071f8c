/* Rescuing a starved shell. */
#include "shell/rescue.h"

#include "kernel/log.h"
#include "sched/preemption.h"
#include "sched/thread.h"
#include "shell/shell.h"

/*
 * Preemption alone brings back whoever is more urgent than the thread that runs. A shell that is
 * not gets its own priority again, and comes first among its equals.
 */
static void bring_back(int tid, unsigned running_priority)
{
    struct thread_information shell;
    if (thread_get_information(tid, &shell) || shell.state != THREAD_READY)
        return;
    if (shell.priority < running_priority) {
        thread_set_priority(tid, SHELL_PRIORITY);
        log_info("rescue: %s is at priority %u again", shell.name, SHELL_PRIORITY);
    }
    thread_put_first(tid);
}

static void bring_back_shells(void)
{
    struct thread_information running;
    if (thread_get_information(thread_self(), &running))
        return;
    for (unsigned i = 0; i < shell_count(); i++)
        bring_back(shell_tid(i), running.priority);
}

void rescue_toggle_preemption(void)
{
    bool on = !preemption_is_on();
    if (preemption_set(on)) {
        log_warning("rescue: this kernel was built without preemption");
        return;
    }
    log_info("rescue: preemption is %s", on ? "on" : "off");
    if (on)
        bring_back_shells();
}
