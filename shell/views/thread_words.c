/* The numbers and names of threads, for Tab. Takes one visit to each thread. */
#include "shell/views/thread_words.h"

#include "kernel/lib/format.h"
#include "shell/views/thread_text.h"

#define NUMBER_SIZE 12u
#define HELP_SIZE   48u

static void add_number(struct completion *completion, const struct thread_information *thread)
{
    char number[NUMBER_SIZE], help[HELP_SIZE];
    format_string(number, sizeof(number), "%d", thread->tid);
    format_string(help, sizeof(help), "%-15s %s", thread->name, thread_state_name(thread->state));
    completion_add(completion, number, help);
}

static void add_name(struct completion *completion, const struct thread_information *thread)
{
    char help[HELP_SIZE];
    format_string(help, sizeof(help), "%d, %s", thread->tid, thread_state_name(thread->state));
    completion_add(completion, thread->name, help);
}

static void
visit(struct completion *completion, bool (*is_meant)(const struct thread_information *thread),
      void (*add)(struct completion *completion, const struct thread_information *thread))
{
    struct thread_information thread;
    for (int tid = thread_next(-1); tid >= 0; tid = thread_next(tid))
        if (thread_get_information(tid, &thread) == 0 && (!is_meant || is_meant(&thread)))
            add(completion, &thread);
}

void thread_words_complete(struct completion *completion,
                           bool (*is_meant)(const struct thread_information *thread))
{
    visit(completion, is_meant, add_number);
}

void thread_words_complete_names(struct completion *completion)
{
    bool is_number = completion->word[0] >= '0' && completion->word[0] <= '9';
    visit(completion, NULL, is_number ? add_number : add_name);
}
