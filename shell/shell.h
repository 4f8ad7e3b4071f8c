/*
 * The room shell/ is the shells: from lines to commands.
 *
 * Entered by: commands, which get their shell; views, for what is common; kernel/start/.
 * Invariant: a shell's thread alone touches its struct shell. The shells can be neither killed nor
 * starved for good.
 *
 * The shell: on each terminal a thread that reads lines and runs the commands in them.
 */
#ifndef AETHEL_SHELL_SHELL_H
#define AETHEL_SHELL_SHELL_H

#include "sched/thread.h"
#include "shell/editor/line_editor.h"
#include "shell/parser.h"
#include "shell/terminal.h"

/*
 * The shells are as urgent as can be. So under preemption a key is answered at once, however many
 * threads there are and whatever they do; only threads of the very same priority take turns with
 * the shells. The shells cannot starve the others in turn: they sleep unless a key comes.
 */
#define SHELL_PRIORITY THREAD_PRIORITY_HIGHEST

#define SHELL_STATUS_SIZE 12u /* an int in decimal, with its terminator */

/* What a command returns when all went well, and when not. */
#define COMMAND_OK          0
#define COMMAND_FAILED      1
#define COMMAND_NOT_FOUND   127 /* as POSIX shells say it */
#define COMMAND_INTERRUPTED 130

#define SHELLS_MAX 5u /* on the consoles of the screen, and on COM1 */

struct command;
struct completion;

struct shell {
    struct terminal *terminal;
    int tid;
    unsigned number; /* its place among them, below SHELLS_MAX: for what is remembered of each */
    const struct command *command; /* that runs */
    int status;                    /* of the last command: 0, or not */
    uint64_t notices_seen; /* log entries with a smaller sequence have been shown, or need not be */
    char line[LINE_EDITOR_SIZE];
    struct parsed_line parsed;
    char status_text[SHELL_STATUS_SIZE]; /* what $? stands for */
    struct line_editor editor;           /* the last: it is initialized by itself */
};

/*
 * Names who runs a command, of `count` words, and returns its status; and who completes its words
 * (shell/editor/completion.h). Boot only.
 */
void shell_set_commands(int (*run)(struct shell *shell, int count, char **words),
                        void (*complete)(struct completion *completion));

/* The first shell that is started runs `commands`, which must live for ever, before it asks for
 * any; and `watcher`, which has another shell, or is NULL, shows that, too. Boot only. */
void shell_set_start_script(const char *commands, struct terminal *watcher);

/* Starts a shell on `terminal`, which has none. Returns its tid, or a negative error: that of
 * thread_create(), or -ERROR_NO_MEMORY. Any context that may call thread_create(). */
int shell_start(struct terminal *terminal);

/* How many shells were started, and their threads, counted from 0. Any context. */
unsigned shell_count(void);
int shell_tid(unsigned index);
struct terminal *shell_terminal(unsigned index);

/* There is something new in the log that the shells show at their prompts. Any context. */
void shell_notify(void);

/* For how many ticks a shell has been waiting for the CPU: the longest of them. Any context. */
uint32_t shell_waiting_ticks(void);

#endif
