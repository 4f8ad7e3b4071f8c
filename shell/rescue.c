/* Rescuing a starved shell. */
#include "shell/rescue.h"

#include "kernel/log.h"
#include "sched/preemption.h"
#include "sched/thread.h"
#include "shell/shell.h"

/* Preemption alone brings back whoever is at least as urgent as the thread that runs. */
static void raise_if_starved(int tid, unsigned running_priority)
{
    struct thread_information shell;
    if (thread_get_information(tid, &shell) || shell.state != THREAD_READY ||
        shell.priority >= running_priority)
        return;
    thread_set_priority(tid, SHELL_PRIORITY);
    log_info("rescue: %s is at priority %u again", shell.name, SHELL_PRIORITY);
}

static void raise_starved_shells(void)
{
    struct thread_information running;
    if (thread_get_information(thread_self(), &running))
        return;
    for (unsigned i = 0; i < shell_count(); i++)
        raise_if_starved(shell_tid(i), running.priority);
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
        raise_starved_shells();
}
