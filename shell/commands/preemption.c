/* preempt, quantum and inherit: the knobs of preemptive scheduling. */
#include "sched/preemption.h"

#include "kernel/config.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/number.h"
#include "kernel/lib/string.h"
#include "sched/harmony.h"
#include "sched/sync/mutex.h"
#include "shell/command.h"

static void print_preemption(struct shell *shell)
{
    const char *state = preemption_is_on() ? "on" : "off";
    terminal_printf(shell->terminal, "preemption: %s\n",
                    preemption_is_built_in() ? state : "not built in");
}

static void print_quantum(struct shell *shell)
{
    terminal_printf(shell->terminal, "quantum_ms: %u\n", quantum_get_ms());
    if (harmony_has_auto_quantum())
        terminal_printf(shell->terminal, "quantum_mode: auto\n");
}

/* Stores whether `word` says on or off. Returns COMMAND_OK, or the status after saying what is
 * wrong. */
static int parse_switch(struct shell *shell, const char *word, bool *on)
{
    *on = strcmp(word, "on") == 0;
    if (*on || strcmp(word, "off") == 0)
        return COMMAND_OK;
    return command_error(shell, "'%s' is none of on, off and status", word);
}

static const struct command_word switch_words[] = {
    {"off", NULL}, {"on", NULL}, {"status", NULL}, {0}};

#if CONFIG_PREEMPT
#define RESCUE_HELP "F12 on the keyboard and Ctrl-\\ on COM1 switch it in an interrupt: always.\n"
#else
#define RESCUE_HELP "This kernel was built without preemption (PREEMPT=0): it is off for good.\n"
#endif

static int run_preempt(struct shell *shell, int count, char **words)
{
    bool on;
    (void)count;
    if (strcmp(words[1], "status") == 0) {
        print_preemption(shell);
        print_quantum(shell);
        return COMMAND_OK;
    }

    int status = parse_switch(shell, words[1], &on);
    if (status != COMMAND_OK)
        return status;
    if (preemption_set(on))
        return command_error(shell, "this kernel was built with PREEMPT=0");
    print_preemption(shell);
    return COMMAND_OK;
}

COMMAND(preempt, .usage = "preempt on|off|status", .summary = "switch preemption",
        .help = "on      A thread loses the CPU when its quantum is used up and others of its\n"
                "        priority wait, or when a more urgent one becomes ready.\n"
                "off     A thread keeps the CPU until it yields, sleeps, blocks or ends: one that\n"
                "        never does starves all others, this shell too (cooperative mode).\n"
                "status  Prints preemption and quantum_ms.\n" RESCUE_HELP,
        .group = COMMAND_GROUP_SCHEDULING, .arguments_min = 1, .arguments_max = 1,
        .run = run_preempt, .words = switch_words);

static int run_quantum(struct shell *shell, int count, char **words)
{
    uint64_t milliseconds;
    if (count == 2 && strcmp(words[1], "auto") == 0) {
        harmony_set_auto_quantum(true);
    } else if (count == 2) {
        if (parse_unsigned(words[1], QUANTUM_MS_MAX, &milliseconds) ||
            quantum_set_ms((unsigned)milliseconds))
            return command_error(shell, "'%s' is neither auto nor from %u to %u", words[1],
                                 QUANTUM_MS_MIN, QUANTUM_MS_MAX);
    }
    print_quantum(shell);
    return COMMAND_OK;
}

static const struct command_word quantum_words[] = {
    {"auto", "follows harmony"},
    {"1", "ms, the shortest"},
    {"5", "ms"},
    {"10", "ms"},
    {"20", "ms"},
    {"100", "ms, as at the boot"},
    {0},
};

COMMAND(quantum, .usage = "quantum [MS|auto]", .summary = "show or set the quantum",
        .help = "For how many milliseconds (1 to 1000) a thread runs before the next one of its\n"
                "priority gets the CPU. It matters only under preemption (preempt on).\n"
                "auto  It follows harmony (see 'help stats'): 20 ms above 0.8, 5 ms below 0.5,\n"
                "      else 10 ms.\n",
        .group = COMMAND_GROUP_SCHEDULING, .arguments_max = 1, .run = run_quantum,
        .words = quantum_words);

static int run_inherit(struct shell *shell, int count, char **words)
{
    bool on = mutex_has_inheritance();
    (void)count;
    if (strcmp(words[1], "status") != 0) {
        int status = parse_switch(shell, words[1], &on);
        if (status != COMMAND_OK)
            return status;
        mutex_set_inheritance(on);
    }
    terminal_printf(shell->terminal, "inheritance: %s\n", on ? "on" : "off");
    return COMMAND_OK;
}

COMMAND(inherit, .usage = "inherit on|off|status", .summary = "priority inheritance",
        .help = "on      A thread that holds a mutex runs with the priority of the most urgent\n"
                "        thread that waits for it (so it is after the boot).\n"
                "off     It runs with its own, and whoever comes between keeps both waiting:\n"
                "        'spawn inversion' measures that.\n"
                "status  Prints inheritance.\n",
        .group = COMMAND_GROUP_SCHEDULING, .arguments_min = 1, .arguments_max = 1,
        .run = run_inherit, .words = switch_words);
