/* The words, and the answers. */
#include "shell/other_words.h"

#include <stdbool.h>
#include <stddef.h>

#include "kernel/lib/string.h"

/* Words, parted by blanks, and behind them what is said to each. */
static const struct {
    const char *words;
    const char *answer;
} answers[] = {
    {"ls dir cd pwd cat cp mv rm mkdir touch find df mount ed vi vim emacs nano",
     "there are no files here; 'help' lists the commands"},
    {"exit logout quit", "shells do not end; 'poweroff' switches the machine off"},
    {"halt shutdown", "here that is 'poweroff'; 'reboot' starts again"},
    {"dmesg journalctl", "'log' shows the kernel's log"},
    {"free vmstat", "'mem' tells the use of memory, 'stats' the scheduler's figures"},
    {"uname arch", "this is Aethel, for x86-64; 'hwinfo' tells about it and the machine"},
    {"lscpu lspci dmidecode", "'hwinfo' tells about the machine"},
    {"w who whoami id su sudo login passwd", "there are no users: whoever types may do anything"},
    {"lsmod modprobe insmod", "there are no modules: all of the kernel is in its image"},
    {"nice renice chrt", "'prio THREAD LEVEL' does that; a larger level is more urgent"},
    {"pkill killall", "'kill' takes names and patterns, as in 'kill hog*'"},
    {"pgrep pidof pstree", "'ps' lists the threads"},
    {"htop atop", "here that is 'top'"},
    {"cls reset", "here that is 'clear'"},
    {"strace perf", "'trace' records who ran, when and why"},
    {"sysctl set", "'preempt', 'quantum', 'policy' and 'inherit' are the settings"},
    {"loadkeys setxkbmap", "'keymap' sets the keyboard's layout"},
    {"stty resize", "'terminal' tells how large this one is, and sets that"},
    {"ip ifconfig ping ssh curl wget", "there is no network here"},
    {"sh bash python gcc make", "'spawn' starts what there is to run; 'help spawn' tells more"},
};

static bool is_among(const char *words, const char *word)
{
    size_t length = strlen(word);
    while (words != NULL) {
        if (strncmp(words, word, length) == 0 && (words[length] == ' ' || words[length] == '\0'))
            return true;
        words = strchr(words, ' ');
        words = words != NULL ? words + 1 : NULL;
    }
    return false;
}

const char *other_word_answer(const char *word)
{
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
        if (is_among(answers[i].words, word))
            return answers[i].answer;
    return NULL;
}
