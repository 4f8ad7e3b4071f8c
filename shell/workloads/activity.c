/* The cells of the status bar that show who runs. */
#include "shell/workloads/activity.h"

#include <stddef.h>

#include "kernel/cpu/spinlock.h"

static struct spinlock lock = SPINLOCK("activity");
static struct activity cells[ACTIVITY_CELLS];
static unsigned cells_used;

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
        if (found >= cells + cells_used)
            cells_used = (unsigned)(found - cells) + 1;
    }
    spin_unlock(&lock);
    return found;
}

void activity_release(struct activity *activity)
{
    if (activity)
        activity->is_used = false;
}

unsigned activity_cells_used(void)
{
    return cells_used;
}

const struct activity *activity_get(unsigned index)
{
    return &cells[index];
}
