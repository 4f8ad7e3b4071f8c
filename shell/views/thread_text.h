/* What commands call threads and their states. */
#ifndef AETHEL_SHELL_VIEWS_THREAD_TEXT_H
#define AETHEL_SHELL_VIEWS_THREAD_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "sched/clock.h"
#include "sched/thread.h"

/* A lower-case word of up to nine letters. */
const char *thread_state_name(enum thread_state state);

/* A thread that could have run for so long, and did not, is starving: as those are that
 * `starved_threads` counts. */
#define STARVING_TICKS TICK_HZ

/* The states as they are shown: `starving`, or that of enum thread_state, and 1. */
#define SHOWN_STARVING 0u
#define SHOWN_STATES   (THREAD_ENDED + 2u)

static inline unsigned thread_shown_state(const struct thread_information *thread)
{
    bool is_starving = thread->state == THREAD_READY && thread->waiting_ticks >= STARVING_TICKS;
    return is_starving && !thread->is_idle ? SHOWN_STARVING : thread->state + 1u;
}

const char *thread_shown_state_name(unsigned shown_state);

/* Its colour, an enum text_style: the same wherever states have one. */
uint8_t thread_shown_state_style(unsigned shown_state);

/* A thread's name as a single word, for lines that programs take apart at blanks: those in it
 * become
 * '_'. `word` and `name` may be the same. */
void thread_name_as_word(char word[THREAD_NAME_SIZE], const char *name);

#endif
