/* What must hold at any instant, and what there must be when nobody does anything. */
#include "kernel/mm/frames.h"
#include "kernel/mm/heap.h"
#include "sched/scheduler.h"
#include "sched/thread.h"
#include "shell/terminal_screen.h"
#include "tests/kernel/report.h"
#include "tests/kernel/soundness.h"
#include "tests/soak/soak.h"

void inventory_take(struct inventory *inventory)
{
    struct heap_statistics heap;
    heap_get_statistics(&heap);
    *inventory = (struct inventory){
        .threads = thread_count(),
        .heap_blocks = heap.blocks,
        .heap_bytes = heap.bytes,
        .frames = frames_available() + heap.pages +
                  (thread_spare_memory() + terminal_screen_scrollback_size()) / FRAME_SIZE,
    };
}

static bool is_same(const char *what, uint64_t before, uint64_t now)
{
    if (before != now)
        report("soak: %s: %lu at the beginning, %lu at the end\r\n", what, before, now);
    return before == now;
}

bool inventory_is_same(const struct inventory *before, const struct inventory *now)
{
    bool is_all_there = is_same("threads", before->threads, now->threads);
    is_all_there &= is_same("blocks of memory", before->heap_blocks, now->heap_blocks);
    is_all_there &= is_same("bytes of memory", before->heap_bytes, now->heap_bytes);
    is_all_there &= is_same("frames", before->frames, now->frames);
    return is_all_there;
}

/* Every cycle of a thread's life is in one of its accounts. */
static bool accounts_add_up(int tid)
{
    struct thread_information information;
    if (thread_get_information(tid, &information) != 0)
        return true;
    uint64_t sum = information.run_time_ns + information.ready_time_ns + information.sleep_time_ns +
                   information.blocked_time_ns + information.stolen_time_ns;
    uint64_t difference = sum > information.lifetime_ns ? sum - information.lifetime_ns
                                                        : information.lifetime_ns - sum;
    if (difference > 1000)
        report("soak: the times of %s (tid %d) add up to %lu ns, its life to %lu\r\n",
               information.name, tid, sum, information.lifetime_ns);
    return difference <= 1000;
}

bool everything_adds_up(void)
{
    bool adds_up = everything_is_sound();
    for (int tid = thread_next(-1); tid >= 0; tid = thread_next(tid))
        adds_up &= accounts_add_up(tid);
    return adds_up;
}
