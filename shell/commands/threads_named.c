/* From words to threads. */
#include "shell/commands/threads_named.h"

#include "kernel/lib/errors.h"
#include "kernel/lib/number.h"
#include "kernel/lib/pattern.h"
#include "kernel/lib/string.h"
#include "shell/views/thread_text.h"
#include "shell/views/thread_words.h"

struct request {
    struct shell *shell;
    unsigned count;
    char *const *words;
    const struct thread_action *action;
};

enum naming { NOT_NAMED, AMONG_OTHERS, BY_ITSELF };

static const char all[] = "all";

/* Which tids `word` can mean: a name or a pattern any. */
static void span_of(const char *word, uint64_t *first, uint64_t *last)
{
    if (parse_range(word, INT32_MAX, first, last) == 0)
        return;
    *first = 0;
    *last = INT32_MAX;
}

static enum naming named_by_text(const char *word, const char *name)
{
    char as_word[THREAD_NAME_SIZE];
    if (strcmp(word, all) == 0)
        return AMONG_OTHERS;
    thread_name_as_word(as_word, name);
    if (is_pattern(word))
        return pattern_matches(word, as_word) ? AMONG_OTHERS : NOT_NAMED;
    return strcmp(word, name) == 0 || strcmp(word, as_word) == 0 ? BY_ITSELF : NOT_NAMED;
}

static enum naming named_by(const struct request *request, const char *word,
                            const struct thread_information *thread)
{
    uint64_t first, last, tid = (uint64_t)thread->tid;
    enum naming naming;
    if (parse_range(word, INT32_MAX, &first, &last) != 0)
        naming = named_by_text(word, thread->name);
    else if (tid < first || tid > last)
        naming = NOT_NAMED;
    else
        naming = first == last ? BY_ITSELF : AMONG_OTHERS;
    bool is_left_out = naming == AMONG_OTHERS &&
                       (thread->state == THREAD_ENDED || !request->action->is_meant(thread));
    return is_left_out ? NOT_NAMED : naming;
}

static bool means_somebody(const struct request *request, const char *word)
{
    struct thread_information thread;
    uint64_t first, last;
    span_of(word, &first, &last);
    for (int tid = thread_next((int)first - 1); tid >= 0 && (uint64_t)tid <= last;
         tid = thread_next(tid)) {
        if (thread_get_information(tid, &thread) == 0 &&
            named_by(request, word, &thread) != NOT_NAMED)
            return true;
    }
    return strcmp(word, all) == 0;
}

/* Returns COMMAND_OK if each word means something. */
static int refuse_unknown(const struct request *request)
{
    int status = COMMAND_OK;
    for (unsigned i = 0; i < request->count; i++) {
        const char *word = request->words[i];
        if (means_somebody(request, word) ||
            (request->action->takes_word && request->action->takes_word(request->shell, word)))
            continue;
        status =
            command_refuse(request->shell, request->words - 1, (int)i + 1, "there is no thread");
    }
    return status;
}

static int tell_error(const struct request *request, const char *name, int error)
{
    if (error == -ERROR_NOT_PERMITTED)
        return command_error(request->shell, "%s is protected", name);
    if (error == -ERROR_INVALID)
        return command_error(request->shell, "%s is not suspended", name);
    if (error == -ERROR_NOT_FOUND)
        return command_error(request->shell, "%s has ended, or is about to", name);
    return command_error(request->shell, "%s", error_text(error));
}

/* Somebody who was meant among others may have ended meanwhile: that is no error. */
static int serve(const struct request *request, int tid, unsigned value,
                 struct threads_served *served)
{
    struct thread_information thread;
    enum naming naming = NOT_NAMED;
    if (thread_get_information(tid, &thread) != 0)
        return COMMAND_OK;
    for (unsigned i = 0; i < request->count && naming != BY_ITSELF; i++) {
        enum naming by_word = named_by(request, request->words[i], &thread);
        naming = by_word > naming ? by_word : naming;
    }
    if (naming == NOT_NAMED)
        return COMMAND_OK;
    int error = request->action->act(request->shell, &thread, value);
    if (error == 0) {
        served->count++;
        served->tid = tid;
    }
    return error != 0 && naming == BY_ITSELF ? tell_error(request, thread.name, error) : COMMAND_OK;
}

/* Which tids all of the words can mean. */
static void whole_span(const struct request *request, uint64_t *first, uint64_t *last)
{
    uint64_t from, to;
    *first = INT32_MAX;
    *last = 0;
    for (unsigned i = 0; i < request->count; i++) {
        span_of(request->words[i], &from, &to);
        *first = from < *first ? from : *first;
        *last = to > *last ? to : *last;
    }
}

int threads_named_serve(struct shell *shell, unsigned count, char *const *words,
                        const struct thread_action *action, unsigned value,
                        struct threads_served *served)
{
    struct request request = {shell, count, words, action};
    uint64_t first, last;
    *served = (struct threads_served){0};
    int status = refuse_unknown(&request);
    whole_span(&request, &first, &last);
    for (int tid = thread_next((int)first - 1); tid >= 0 && (uint64_t)tid <= last;
         tid = thread_next(tid)) {
        if (terminal_is_interrupted(shell->terminal))
            return COMMAND_INTERRUPTED;
        if (serve(&request, tid, value, served) != COMMAND_OK)
            status = COMMAND_FAILED;
    }
    return status;
}

bool thread_is_unprotected(const struct thread_information *thread)
{
    return !thread->is_protected && !thread->is_idle;
}

void threads_named_complete(struct completion *completion, const struct thread_action *action)
{
    completion_add(completion, all, "that are not protected");
    thread_words_complete(completion, action->is_meant);
}
