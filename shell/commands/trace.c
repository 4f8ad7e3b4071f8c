/* trace: what the scheduler did, event by event, as ftrace text that trace viewers open. */
#include <stddef.h>

#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/tsc.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "kernel/mm/heap.h"
#include "sched/trace.h"
#include "shell/command.h"
#include "shell/views/thread_text.h"

#define NS_PER_US     1000u
#define US_PER_SECOND 1000000u

static const struct {
    const char *name;
    unsigned category;
    const char *help;
} categories[] = {
    {"sched", TRACE_SCHEDULING, "switches, wakeups, ends of threads"},
    {"irq", TRACE_INTERRUPTS, "the interrupts' handlers"},
    {"lock", TRACE_LOCKS, "waits for locks"},
    {"set", TRACE_SETTINGS, "changes of settings, and marks"},
    {"share", TRACE_SHARES, "harmony, ten times a second"},
};

#define CATEGORIES (sizeof(categories) / sizeof(categories[0]))

/* --- dump ------------------------------------------------------------------------------------ */

#define NAMES_KNOWN 64u

/* Looking up the name of a thread that has ended takes time: those seen last are remembered. */
struct dump {
    struct terminal *terminal;
    uint64_t rate; /* of the TSC, one for all */
    struct known_name {
        int tid;
        char name[THREAD_NAME_SIZE];
    } names[NAMES_KNOWN];
};

/* Valid up to the next call. */
static const char *name_of(struct dump *dump, int tid)
{
    struct known_name *known = &dump->names[(unsigned)tid % NAMES_KNOWN];
    if (known->name[0] == '\0' || known->tid != tid) {
        known->tid = tid;
        trace_thread_name(tid, known->name);
        thread_name_as_word(known->name, known->name); /* viewers take lines apart at blanks */
    }
    return known->name;
}

/* In seconds. */
static void print_time(const struct dump *dump, uint64_t tsc)
{
    uint64_t microseconds = tsc_to_ns_at(dump->rate, tsc - trace_time_zero()) / NS_PER_US;
    terminal_printf(dump->terminal, "%lu.%06lu", microseconds / US_PER_SECOND,
                    microseconds % US_PER_SECOND);
}

/* As ftrace has it: can still run, waits, is stopped, has ended. */
static char state_after(enum switch_reason reason)
{
    static const char states[] = {
        [SWITCH_QUANTUM] = 'R', [SWITCH_PRIORITY] = 'R', [SWITCH_POLICY] = 'R',
        [SWITCH_YIELD] = 'R',   [SWITCH_SLEEP] = 'S',    [SWITCH_BLOCK] = 'S',
        [SWITCH_SUSPEND] = 'T', [SWITCH_EXIT] = 'X',     [SWITCH_KILL] = 'X',
        [SWITCH_IDLE] = 'R',
    };
    return states[reason];
}

/* A viewer takes a blank for the end of a value. */
static void print_object(struct terminal *terminal, const char *prefix, const char *name)
{
    char text[32];
    if (name == NULL)
        return;
    string_copy(text, name, sizeof(text));
    for (char *character = text; *character != '\0'; character++)
        if (*character == ' ')
            *character = '_';
    terminal_printf(terminal, "%s%s", prefix, text);
}

static void print_switch(struct dump *dump, const struct trace_event *event)
{
    terminal_printf(
        dump->terminal, "sched_switch: prev_comm=%s prev_pid=%d prev_prio=%u prev_state=%c ==> ",
        name_of(dump, event->tid), event->tid, event->priority, state_after(event->reason));
    terminal_printf(dump->terminal, "next_comm=%s next_pid=%d next_prio=%u reason=%s",
                    name_of(dump, event->other_tid), event->other_tid, event->other_priority,
                    switch_reason_name(event->reason));
    if (event->reason != SWITCH_BLOCK)
        return;
    terminal_printf(dump->terminal, " on=%s", wait_kind_name(event->wait_kind));
    print_object(dump->terminal, ":", event->object);
}

static void print_interrupt(struct terminal *terminal, unsigned line)
{
    struct irq_information irq;
    bool is_known = irq_get_information(line, &irq) && irq.name != NULL;
    terminal_printf(terminal, "tracing_mark_write: B|0|irq%u:%s", line, is_known ? irq.name : "?");
}

static void print_details(struct dump *dump, const struct trace_event *event)
{
    struct terminal *terminal = dump->terminal;
    switch ((enum trace_type)event->type) {
    case TRACE_SWITCH:
        print_switch(dump, event);
        break;
    case TRACE_WAKEUP:
        terminal_printf(terminal, "sched_waking: comm=%s pid=%d prio=%u target_cpu=000",
                        name_of(dump, event->other_tid), event->other_tid, event->other_priority);
        break;
    case TRACE_SUSPENSION:
        terminal_printf(terminal, "tracing_mark_write: I|0|suspend %s",
                        name_of(dump, event->other_tid));
        break;
    case TRACE_END:
        terminal_printf(terminal, "tracing_mark_write: I|0|end %s", event->text);
        break;
    case TRACE_INTERRUPT_ENTRY:
        print_interrupt(terminal, event->line);
        break;
    case TRACE_INTERRUPT_EXIT:
        terminal_printf(terminal, "tracing_mark_write: E|0");
        break;
    case TRACE_CONTENTION:
        terminal_printf(terminal, "tracing_mark_write: I|0|contention");
        print_object(terminal, ": ", event->object);
        break;
    case TRACE_PREEMPTION:
        terminal_printf(terminal, "tracing_mark_write: I|0|preempt %s",
                        event->value ? "on" : "off");
        break;
    case TRACE_QUANTUM:
        terminal_printf(terminal, "tracing_mark_write: I|0|quantum %u", event->value);
        break;
    case TRACE_POLICY:
        terminal_printf(terminal, "tracing_mark_write: I|0|policy %s", event->object);
        break;
    case TRACE_PERIOD:
        terminal_printf(terminal, "tracing_mark_write: C|0|period|%u", event->value);
        break;
    case TRACE_HARMONY:
        terminal_printf(terminal, "tracing_mark_write: C|0|harmony|%u", event->value);
        break;
    case TRACE_MARK:
        terminal_printf(terminal, "tracing_mark_write: I|0|mark: %s", event->text);
        break;
    case TRACE_STOLEN:
        terminal_printf(terminal, "tracing_mark_write: I|0|stolen since ");
        print_time(dump, event->since);
        break;
    case TRACE_GAP:
        terminal_printf(terminal, "tracing_mark_write: I|0|not recorded since ");
        print_time(dump, event->since);
        break;
    }
}

/* The flags, "....", say nothing; without them Perfetto takes the first digits for flags. */
static void print_event(struct dump *dump, const struct trace_event *event)
{
    terminal_printf(dump->terminal, "%s-%d [000] .... ", name_of(dump, event->tid), event->tid);
    print_time(dump, event->time);
    terminal_printf(dump->terminal, ": ");
    print_details(dump, event);
    terminal_printf(dump->terminal, "\n");
}

/* The settings are those of the first event. */
static void print_head(struct terminal *terminal)
{
    struct trace_settings settings;
    trace_get_settings(&settings);
    terminal_printf(terminal, "--- trace begin ---\n# tracer: aethel\n");
    if (settings.policy != NULL)
        terminal_printf(terminal, "# policy: %s\n", settings.policy);
    terminal_printf(terminal, "# preemption: %s\n", settings.preemption ? "on" : "off");
    if (settings.quantum_ms != 0)
        terminal_printf(terminal, "# quantum_ms: %u\n", settings.quantum_ms);
    terminal_printf(terminal, "# events: %lu\n# lost: %lu\n", trace_next() - trace_oldest(),
                    trace_oldest());
}

static bool print_events(struct dump *dump)
{
    struct trace_event event;
    uint64_t end = trace_next();
    print_head(dump->terminal);
    for (uint64_t number = trace_oldest(); number < end; number++) {
        if (terminal_is_interrupted(dump->terminal))
            return false;
        if (trace_read(number, &event))
            print_event(dump, &event);
    }
    terminal_printf(dump->terminal, "--- trace end ---\n");
    return true;
}

/* What printing does to the scheduler is not recorded. */
static int run_dump(struct shell *shell)
{
    struct dump *dump = kmalloc_zeroed(sizeof(*dump));
    if (dump == NULL)
        return command_error(shell, "%s", error_text(-ERROR_NO_MEMORY));
    dump->terminal = shell->terminal;
    dump->rate = tsc_rate();
    trace_pause();
    bool is_complete = print_events(dump);
    trace_resume();
    kfree(dump);
    return is_complete ? COMMAND_OK : COMMAND_INTERRUPTED;
}

/* --- start, stop, clear, mark ---------------------------------------------------------------- */

static void print_status(struct terminal *terminal)
{
    unsigned recorded = trace_categories();
    terminal_printf(terminal, "trace: %s\ntrace_categories:", recorded != 0 ? "on" : "off");
    for (unsigned i = 0; i < CATEGORIES; i++)
        if (recorded & categories[i].category)
            terminal_printf(terminal, " %s", categories[i].name);
    terminal_printf(terminal, "\ntrace_events: %lu\ntrace_lost_events: %lu\n",
                    trace_next() - trace_oldest(), trace_oldest());
}

static unsigned find_category(const char *name)
{
    for (unsigned i = 0; i < CATEGORIES; i++)
        if (strcmp(categories[i].name, name) == 0)
            return categories[i].category;
    return 0;
}

static int run_start(struct shell *shell, int count, char **words)
{
    unsigned wanted = count > 2 ? 0 : TRACE_ALL;
    for (int i = 2; i < count; i++) {
        unsigned category = find_category(words[i]);
        if (category == 0)
            return command_error(shell, "'%s' is none of sched, irq, lock, set and share",
                                 words[i]);
        wanted |= category;
    }
    int error = trace_start(wanted);
    if (error != 0)
        return command_error(shell, "%s", error_text(error));
    print_status(shell->terminal);
    return COMMAND_OK;
}

static int run_mark(struct shell *shell, int count, char **words)
{
    if (count > 3)
        return command_error(shell, "'%s' is one argument too many", words[3]);
    if (count != 3 || words[2][0] == '\0' || strlen(words[2]) >= THREAD_NAME_SIZE)
        return command_error(shell, "a mark is a word of 1 to %u characters", THREAD_NAME_SIZE - 1);
    if (!(trace_categories() & TRACE_SETTINGS))
        return command_error(shell, "marks are not being recorded: 'trace start set' first");
    trace_mark(words[2]);
    return COMMAND_OK;
}

static int run_trace(struct shell *shell, int count, char **words)
{
    const char *what = count > 1 ? words[1] : "status";
    if (strcmp(what, "start") == 0)
        return run_start(shell, count, words);
    if (strcmp(what, "mark") == 0)
        return run_mark(shell, count, words);
    if (count > 2)
        return command_error(shell, "'%s' is one argument too many", words[2]);
    if (strcmp(what, "dump") == 0)
        return run_dump(shell);
    if (strcmp(what, "stop") == 0)
        trace_stop();
    else if (strcmp(what, "clear") == 0)
        trace_clear();
    else if (strcmp(what, "status") != 0)
        return command_error(shell, "status, start, stop, clear, dump or mark, not '%s'", what);
    print_status(shell->terminal);
    return COMMAND_OK;
}

static const struct command_word trace_words[] = {
    {"clear", "forget what is recorded"},
    {"dump", "print it as ftrace text"},
    {"mark", "put a word into it"},
    {"start", "record"},
    {"status", "what is recorded"},
    {"stop", "do not record any more"},
    {0},
};

static void complete_trace(struct completion *completion)
{
    if (completion->argument < 2 || strcmp(completion->words[1], "start") != 0)
        return;
    for (unsigned i = 0; i < CATEGORIES; i++)
        completion_add(completion, categories[i].name, categories[i].help);
}

COMMAND(trace, .usage = "trace [status|start [WHAT]...|stop|clear|dump|mark WORD]",
        .summary = "who ran, when and why",
        .help = "status Tells what is recorded, and how much; so does 'trace' alone.\n"
                "start  Records into a ring that keeps the latest events: all, or of WHAT only\n"
                "       sched  switches with their reasons, wakeups, ends of threads\n"
                "       irq    entry and exit of the interrupts' handlers\n"
                "       lock   waits for mutexes and reader-writer locks\n"
                "       set    changes of preemption, quantum and policy, and marks\n"
                "       share  harmony, ten times a second; only if it is named\n"
                "stop   Stops; what has been recorded stays until 'clear', and a later 'start'\n"
                "       goes on behind it.\n"
                "clear  Forgets what has been recorded, and gives its memory back.\n"
                "dump   Prints it as ftrace text, which Perfetto opens; 'make trace' takes it\n"
                "       from COM1 and makes JSON and a picture of it.\n"
                "mark   Puts a word of your own into it.\n",
        .group = COMMAND_GROUP_OBSERVING, .arguments_max = 5, .run = run_trace,
        .words = trace_words, .complete = complete_trace);
