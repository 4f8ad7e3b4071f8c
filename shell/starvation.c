/* The line that says it. */
#include "shell/starvation.h"

#include <stdbool.h>
#include <stdint.h>

#include "kernel/lib/format.h"
#include "sched/clock.h"
#include "sched/preemption.h"
#include "sched/thread.h"
#include "shell/shell.h"
#include "shell/terminal/announcement.h"

#define PATIENCE_TICKS (2 * TICK_HZ)

/* The rescue key switches preemption. If that is on already, the shell has lost its priority, which
 * it gets back when preemption is switched on again. */
static void describe(char text[ANNOUNCEMENT_SIZE], const struct terminal *terminal)
{
    char running[THREAD_NAME_SIZE] = "another thread";
    const char *remedy = " switches preemption on";
    thread_get_name(thread_self(), running);
    if (preemption_is_on())
        remedy = " twice brings it back";
    if (preemption_is_built_in())
        format_string(text, ANNOUNCEMENT_SIZE, "the shell waits: %s has the CPU; %s%s", running,
                      terminal->rescue_key, remedy);
    else
        format_string(text, ANNOUNCEMENT_SIZE,
                      "the shell waits: %s has the CPU; without preemption no key helps", running);
}

void starvation_look(void)
{
    static uint32_t waited[SHELLS_MAX]; /* when it was looked last */
    static bool is_told[SHELLS_MAX];
    char text[ANNOUNCEMENT_SIZE];
    for (unsigned i = 0; i < shell_count(); i++) {
        struct terminal *terminal = shell_terminal(i);
        uint32_t waiting = thread_waiting_ticks(shell_tid(i));
        if (waiting < PATIENCE_TICKS || waiting < waited[i])
            is_told[i] = false;
        waited[i] = waiting;
        if (terminal->has_status_bar || is_told[i] || waiting < PATIENCE_TICKS)
            continue;
        describe(text, terminal);
        is_told[i] = terminal_announce(terminal, text);
    }
}
