/* Threads as words that Tab puts in. */
#ifndef AETHEL_SHELL_VIEWS_THREAD_WORDS_H
#define AETHEL_SHELL_VIEWS_THREAD_WORDS_H

#include "sched/thread.h"
#include "shell/editor/completion.h"

/* Tells the numbers of those threads that `is_meant` names; NULL: of all. */
void thread_words_complete(struct completion *completion,
                           bool (*is_meant)(const struct thread_information *thread));

/* Tells the names of all threads, or, where a number has been begun, the numbers. */
void thread_words_complete_names(struct completion *completion);

#endif
