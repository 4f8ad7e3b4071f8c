/* The cells of the status bar that show who runs. */
#include "shell/workloads/activity.h"

#include <stddef.h>

#include "kernel/cpu/spinlock.h"

static struct spinlock lock = SPINLOCK("activity");
static struct activity cells[ACTIVITY_CELLS];

struct activity *activity_claim(void)
{
    struct activity *found = NULL;
    spin_lock(&lock);
    for (unsigned i = 0; i < ACTIVITY_CELLS && !found; i++) {
        if (!cells[i].is_used)
            found = &cells[i];
    }
    if (found) {
        found->beats = 0;
        found->is_used = true;
    }
    spin_unlock(&lock);
    return found;
}

void activity_release(struct activity *activity)
{
    if (activity)
        activity->is_used = false;
}

const struct activity *activity_get(unsigned index)
{
    return &cells[index];
}
