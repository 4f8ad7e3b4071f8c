/* The shells' threads: from bytes to lines to commands. */
#include "shell/shell.h"

#include <stddef.h>

#include "kernel/lib/errors.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "kernel/log.h"
#include "kernel/mm/frames.h"
#include "kernel/mm/layout.h"
#include "sched/preemption.h"
#include "shell/terminal/announcement.h"
#include "shell/terminal/notices.h"

#define PROMPT "aethel> "

#define SCRIPT_QUIET_MS 100
#define GREETING_WAITS  200u /* of a millisecond each */
#define SCRIPT_WAITS    30u  /* so at most three seconds */

#define SHELL_FRAMES ((sizeof(struct shell) + FRAME_SIZE - 1) / FRAME_SIZE)

static struct shell *shells[SHELLS_MAX];
static volatile unsigned started;

static int (*run_command)(struct shell *shell, int count, char **words);
static void (*complete_word)(struct completion *completion);

static const char *start_script;
static volatile bool start_script_runs;
static struct terminal *start_script_watcher; /* NULL: there is none */
static volatile bool watcher_has_greeted;

void shell_set_commands(int (*run)(struct shell *shell, int count, char **words),
                        void (*complete)(struct completion *completion))
{
    run_command = run;
    complete_word = complete;
}

unsigned shell_count(void)
{
    return started;
}

int shell_tid(unsigned index)
{
    return shells[index]->tid;
}

struct terminal *shell_terminal(unsigned index)
{
    return shells[index]->terminal;
}

static void write(void *context, const char *text, size_t length)
{
    struct shell *shell = context;
    terminal_write(shell->terminal, text, length);
}

static void complete(void *context, struct completion *completion)
{
    (void)context;
    complete_word(completion);
}

static bool is_interrupted(void *context)
{
    const struct shell *shell = context;
    return terminal_has_interrupt(shell->terminal);
}

static void ask_size(void *context)
{
    struct shell *shell = context;
    terminal_ask_size(shell->terminal);
}

static void stop_output(void *context)
{
    struct shell *shell = context;
    terminal_stop_output(shell->terminal);
}

static const struct line_editor_operations editor_operations = {
    .write = write,
    .completion = {.complete = complete, .is_interrupted = is_interrupted},
    .redraw = ask_size,
    .stop_output = stop_output,
};

/*
 * A script that is piped into COM1 begins to come in while the machine boots. In cooperative mode
 * its first line may start a hog, and nothing behind that line would ever be read. So a script
 * that is coming in already is taken in whole before its first line runs. It has ended when no
 * more bytes come for a while; one that does not end, or does not fit, is not waited for.
 */
static void wait_for_script(struct terminal *terminal)
{
    uint32_t waiting = terminal_input_waiting(terminal);
    uint32_t enough = terminal->input.size / 4 * 3;
    uint32_t before = 0;
    for (unsigned i = 0; i < SCRIPT_WAITS && waiting > before && waiting < enough; i++) {
        before = waiting;
        thread_sleep_ms(SCRIPT_QUIET_MS);
        waiting = terminal_input_waiting(terminal);
    }
}

/* A line that is being edited makes room, and comes back with the next refresh. */
static void show_notices(struct shell *shell)
{
    if (!notices_have_come(&shell->notices_seen))
        return;
    line_editor_hide(&shell->editor);
    notices_print(shell->terminal, &shell->notices_seen);
}

/* The prompt and the line, as they should be by now. */
static void bring_up_to_date(struct shell *shell)
{
    struct terminal_size size = terminal_size(shell->terminal);
    terminal_set_searching(shell->terminal, line_editor_is_searching(&shell->editor));
    line_editor_resize(&shell->editor, size.columns, size.rows);
    show_notices(shell);
    line_editor_refresh(&shell->editor);
}

/* What is left of it might do something else than what was meant. */
static void refuse_long_line(struct shell *shell)
{
    terminal_printf(shell->terminal, "shell: a line has at most %u characters: nothing was run\n",
                    LINE_EDITOR_SIZE - 1);
    shell->status = COMMAND_FAILED;
}

/* The next byte, or a negative error when there is something else to do first. A key's first bytes
 * do not wait for the rest for ever; but while this thread could not run it may have come. */
static int read_byte(struct shell *shell)
{
    bool is_waiting = line_editor_is_waiting(&shell->editor);
    int byte = terminal_read(shell->terminal, is_waiting ? (int)KEY_SILENCE_MS : WAIT_FOREVER);
    if (byte == -ERROR_TIMED_OUT && !terminal_input_waiting(shell->terminal))
        line_editor_give_up(&shell->editor);
    return byte;
}

/* Returns when a line is complete, or was abandoned: then it is empty. */
static void read_line(struct shell *shell)
{
    struct line_editor *editor = &shell->editor;
    enum line_editor_result result = EDITOR_CONTINUE;
    line_editor_begin(editor);
    terminal_was_announced(shell->terminal); /* that was before */
    show_notices(shell);
    while (result == EDITOR_CONTINUE) {
        if (!terminal_input_waiting(shell->terminal))
            bring_up_to_date(shell);
        int byte = read_byte(shell);
        if (terminal_was_announced(shell->terminal))
            line_editor_was_interrupted(editor);
        if (byte >= 0)
            result = line_editor_feed(editor, (uint8_t)byte);
    }
    if (result == EDITOR_TOO_LONG)
        refuse_long_line(shell);
    const char *text = result == EDITOR_LINE_READY ? line_editor_text(editor) : "";
    string_copy(shell->line, text, sizeof(shell->line));
}

/* $? as a word is the status of the last command. */
static void expand_status(struct shell *shell, unsigned count, char **words)
{
    format_string(shell->status_text, sizeof(shell->status_text), "%d", shell->status);
    for (unsigned i = 1; i < count; i++) {
        if (strcmp(words[i], "$?") == 0)
            words[i] = shell->status_text;
    }
}

/* Ctrl-C ends the command and gives up those behind it. */
static void run_line(struct shell *shell)
{
    const char *error;
    char **words;
    unsigned count;

    if (parse_line(shell->line, &shell->parsed, &error)) {
        terminal_printf(shell->terminal, "shell: %s (usage: COMMAND [ARGUMENT]... [;...])\n",
                        error);
        shell->status = COMMAND_FAILED;
        return;
    }
    terminal_begin_command(shell->terminal);
    while (!terminal_is_interrupted(shell->terminal) &&
           (count = parsed_line_next(&shell->parsed, &words)) > 0) {
        expand_status(shell, count, words);
        shell->status = run_command(shell, (int)count, words);
    }
    terminal_end_command(shell->terminal);
    if (terminal_is_interrupted(shell->terminal)) {
        terminal_printf(shell->terminal, "^C\n");
        shell->status = COMMAND_INTERRUPTED;
    }
}

/* --- The script of the command line ----------------------------------------------------------- */

void shell_set_start_script(const char *commands, struct terminal *watcher)
{
    start_script = commands;
    start_script_watcher = watcher;
    start_script_runs = true;
}

/* The other's greeting comes before it, unless its terminal is stuck. */
static void wait_for_greeting(void)
{
    for (unsigned waits = 0; waits < GREETING_WAITS && !watcher_has_greeted; waits++)
        thread_sleep_ms(1);
}

/* As if it had been typed. Whoever sits at the other terminal sees it, too. */
static void run_start_script(struct shell *shell)
{
    struct terminal *terminal = shell->terminal;
    terminal_set_mirror(terminal, start_script_watcher);
    if (start_script_watcher != NULL)
        wait_for_greeting();
    terminal_printf(terminal, PROMPT "%s\n", start_script);
    string_copy(shell->line, start_script, sizeof(shell->line));
    run_line(shell);
    terminal_set_mirror(terminal, NULL);
    start_script_runs = false;
}

/* The watcher's prompt comes behind it, or when somebody types. */
static void wait_for_start_script(struct shell *shell)
{
    while (start_script_runs && terminal_input_waiting(shell->terminal) == 0)
        thread_sleep_ms(SCRIPT_QUIET_MS);
    terminal_set_mirror(shells[0]->terminal, NULL);
    if (shell->terminal->has_view)
        terminal_write(shell->terminal, TERMINAL_WAY_OUT, sizeof(TERMINAL_WAY_OUT) - 1);
    shell->terminal->has_view = false;
}

/* --- The shell's thread ------------------------------------------------------------------------
 */

static void greet(struct terminal *terminal)
{
    terminal_printf(terminal, "Type 'help' for commands.");
    if (preemption_is_built_in())
        terminal_printf(terminal, " %s toggles preemption, even if nothing answers.",
                        terminal->rescue_key);
    terminal_printf(terminal, "\n");
}

static void shell_main(void *argument)
{
    struct shell *shell = argument;
    struct terminal *terminal = shell->terminal;

    wait_for_script(terminal);
    greet(terminal);
    terminal_ask_size(terminal);
    bool is_watcher = terminal == start_script_watcher;
    watcher_has_greeted |= is_watcher;
    if (start_script_runs && shell == shells[0])
        run_start_script(shell);
    else if (start_script_runs && is_watcher)
        wait_for_start_script(shell);
    for (;;) {
        read_line(shell);
        run_line(shell);
    }
}

static struct shell *new_shell(struct terminal *terminal)
{
    uint64_t memory = frames_allocate_run(SHELL_FRAMES);
    if (memory == FRAME_NONE)
        return NULL;
    struct shell *shell = physical_to_virtual(memory);
    memset(shell, 0, offsetof(struct shell, editor));
    shell->terminal = terminal;
    shell->notices_seen = log_end();
    struct terminal_size size = terminal_size(terminal);
    line_editor_init(&shell->editor, PROMPT, size.columns, size.rows, &editor_operations, shell);
    return shell;
}

static int create_thread(struct shell *shell)
{
    char name[THREAD_NAME_SIZE];
    format_string(name, sizeof(name), "shell-%s", shell->terminal->name);
    return thread_create(&(struct thread_attributes){
        .name = name,
        .entry = shell_main,
        .argument = shell,
        .priority = SHELL_PRIORITY,
        .detached = true,
    });
}

/* Nobody is switched to before the boot ends, or the handler that calls this. */
int shell_start(struct terminal *terminal)
{
    struct shell *shell = started < SHELLS_MAX ? new_shell(terminal) : NULL;
    if (shell == NULL)
        return -ERROR_NO_MEMORY;
    shell->tid = create_thread(shell);
    if (shell->tid < 0) {
        int error = shell->tid;
        frames_free_run(virtual_to_physical(shell), SHELL_FRAMES);
        return error;
    }
    thread_protect(shell->tid);
    shell->number = started;
    shells[started] = shell;
    started++;
    return shell->tid;
}

void shell_notify(void)
{
    for (unsigned i = 0; i < started; i++)
        terminal_notify(shells[i]->terminal);
}

uint32_t shell_waiting_ticks(void)
{
    uint32_t longest = 0;
    for (unsigned i = 0; i < started; i++) {
        uint32_t waiting = thread_waiting_ticks(shells[i]->tid);
        if (waiting > longest)
            longest = waiting;
    }
    return longest;
}
