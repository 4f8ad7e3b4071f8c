/* keymap: the keyboard's layout. */
#include "drivers/keymaps/keymap.h"

#include "drivers/keyboard/keyboard.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "shell/command.h"

#define NAMES_SIZE 64u

static void print_table(struct shell *shell)
{
    const struct keymap *keymap;
    terminal_printf(shell->terminal, "%-8s %s\n", "NAME", "LAYOUT");
    for (unsigned i = 0; (keymap = keymap_at(i)) != NULL; i++)
        terminal_printf(shell->terminal, "%-8s %s\n", keymap->name, keymap->title);
}

static int refuse(struct shell *shell, const char *name)
{
    char names[NAMES_SIZE] = "";
    const struct keymap *keymap;
    for (unsigned i = 0; (keymap = keymap_at(i)) != NULL; i++) {
        size_t length = strlen(names);
        format_string(names + length, sizeof(names) - length, "%s%s", i == 0 ? "" : ", ",
                      keymap->name);
    }
    return command_error(shell, "'%s' is none of %s", name, names);
}

static int run_keymap(struct shell *shell, int count, char **words)
{
    if (count == 2 && keyboard_set_keymap(words[1]))
        return refuse(shell, words[1]);
    terminal_printf(shell->terminal, "keymap: %s\n", keyboard_keymap()->name);
    if (count == 1)
        print_table(shell);
    return COMMAND_OK;
}

static void complete_keymap(struct completion *completion)
{
    const struct keymap *keymap;
    for (unsigned i = 0; (keymap = keymap_at(i)) != NULL; i++)
        completion_add(completion, keymap->name, keymap->title);
}

COMMAND(keymap, .usage = "keymap [NAME]", .summary = "the keyboard's layout",
        .help = "Without NAME, tells which layout is in force and which there are. It is for the\n"
                "keyboard, until the next boot: COM1 gets characters, not keys. A dead key puts\n"
                "its accent over the next letter; the space bar gives the accent itself. AltGr\n"
                "may be typed as Ctrl with Alt. What the screen's font lacks cannot be typed.\n",
        .group = COMMAND_GROUP_SHELL, .arguments_max = 1, .run = run_keymap,
        .complete = complete_keymap, .examples = "  keymap de\n");
