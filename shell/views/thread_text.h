/* What commands call threads and their states. */
#ifndef AETHEL_SHELL_VIEWS_THREAD_TEXT_H
#define AETHEL_SHELL_VIEWS_THREAD_TEXT_H

#include "sched/thread.h"

/* A lower-case word of up to nine letters. */
const char *thread_state_name(enum thread_state state);

/* A thread's name as a single word, for lines that programs take apart at blanks: those in it
 * become
 * '_'. `word` and `name` may be the same. */
void thread_name_as_word(char word[THREAD_NAME_SIZE], const char *name);

#endif
