/* The rare ways of a switch, of blocking and of becoming ready: somebody wants to know, or the
 * policy has queues of its own. */
#include "sched/core/switching.h"

#include "sched/observe/run_recorder.h"
#include "sched/observe/switch_cost.h"
#include "sched/observe/trace_ring.h"

/* In switch_context.asm. */
void switch_context_timed(struct thread *previous, struct thread *next);

static void switch_and_time(struct thread *previous, struct thread *next, uint64_t now)
{
    attention_set(ATTENTION_SWITCH_COST, false);
    switch_cost_begin(now);
    switch_context_timed(previous, next);
}

/* Somebody wants to know of it who keeps books. */
static __attribute__((noinline)) void
switch_and_record(struct thread *previous, struct thread *next, enum switch_reason reason)
{
    shares_note_if_first(next);
    uint64_t now = hand_over(previous, next);
    uint8_t attention = this_cpu()->attention;
    if (attention & ATTENTION_TRACE)
        trace_switch(previous, next, now, reason);
    if (attention & ATTENTION_CHART)
        run_chart_switch(previous, next, now, reason);
    if (attention & ATTENTION_SWITCH_COST)
        switch_and_time(previous, next, now);
    else
        switch_context(previous, next);
}

/* It mostly has but one reason. */
void switch_attentively(struct thread *previous, struct thread *next, enum switch_reason reason)
{
    uint8_t reasons = this_cpu()->attention & ATTENTION_SWITCH;
    if (reasons == ATTENTION_SWITCH_COST) {
        switch_and_time(previous, next, hand_over(previous, next));
    } else if (reasons == ATTENTION_TRACE) {
        trace_switch(previous, next, hand_over(previous, next), reason);
        switch_context(previous, next);
    } else {
        switch_and_record(previous, next, reason);
    }
}

void block_attentively(enum thread_state state)
{
    struct thread *self = this_cpu()->running;
    begin_block(self, state);
    end_block(self, state, this_cpu()->attention);
}

static void record_wakeup(struct thread *thread)
{
    if (!attention_is_needed(ATTENTION_CHART)) {
        trace_wakeup(thread);
        return;
    }
    run_chart_wakeup(thread);
    if (attention_is_needed(ATTENTION_TRACE))
        trace_wakeup(thread);
}

void queue_attentively(struct thread *thread)
{
    queue_append(thread);
    if (attention_is_needed(ATTENTION_TRACE | ATTENTION_CHART))
        record_wakeup(thread);
    request_switch_if_due();
}
