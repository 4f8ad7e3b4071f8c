/* What commands call the states of threads. */
#ifndef AETHEL_SHELL_VIEWS_THREAD_TEXT_H
#define AETHEL_SHELL_VIEWS_THREAD_TEXT_H

#include "sched/thread.h"

/* A lower-case word of up to nine letters. */
const char *thread_state_name(enum thread_state state);

#endif
