/*
 * What somebody might type. In a form a letter behind % stands for a choice: a workload, a thread,
 * a priority, a number, a quantum, seconds, a policy, a mix, a word of `stats`, a keymap, nonsense.
 */
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "tests/soak/soak.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int tids[SOAK_TIDS_MAX];
static unsigned tid_count;

/* Those that stand more than once are typed more often. */
static const char *const forms[] = {
    "spawn %w for=%s",
    "spawn %w %n for=%s",
    "spawn %w %n prio=%p for=%s",
    "spawn %w prio=%p",
    "spawn %w %n",
    "spawn %w %n prio=%p for=%s; spawn %w for=%s; ps",
    "spawn %x %n prio=%p",
    "spawn %w %x for=%x",
    "kill %t",
    "kill %t; kill %t; kill %t",
    "kill all",
    "kill all",
    "kill all; ps",
    "kill %x",
    "kill %t-%t %w1 %t",
    "kill %w?* %x",
    "suspend %w* %t..%t; sleep %s; resume all",
    "prio %w* %t %p",
    "latency %w* switch %x",
    "man %w; ?; ls; prempt; %w",
    "kill --help; prio -h",
    "prio %t %p",
    "prio %t %p; prio %t %p",
    "prio %t %x",
    "suspend %t",
    "suspend %t; sleep %s; resume %t",
    "resume %t",
    "preempt on",
    "preempt on",
    "preempt off",
    "preempt status",
    "preempt %x",
    "quantum",
    "quantum %q",
    "quantum %q",
    "quantum auto",
    "inherit off",
    "inherit on",
    "policy",
    "policy %l",
    "policy %l",
    "policy lottery %n",
    "policy %x",
    "ps",
    "ps -v",
    "stats",
    "stats %k",
    "stats reset",
    "stats %x",
    "locks",
    "log",
    "log %n",
    "mem",
    "irq",
    "uptime",
    "hwinfo",
    "hwinfo memory",
    "keymap",
    "keymap %m",
    "keymap us",
    "terminal",
    "terminal %nx%n",
    "terminal 80x24",
    "latency switch",
    "latency irq",
    "latency %t",
    "top -n 3 1",
    "top",
    "gantt",
    "gantt %s",
    "check 1",
    "compare %c 1 %l",
    "compare %c 1",
    "trace start",
    "trace start switch",
    "trace stop",
    "trace dump",
    "trace clear",
    "trace mark %x",
    "trace status",
    "help",
    "help %x",
    "help spawn",
    "echo %x %x \"%x   %x\" '%x'; echo $?",
    "sleep %s",
    "clear",
    "%x",
    "%x %x %x",
    "   ",
    "# %x",
    "; ; %x ;",
    "echo \"%x",
};

static const char *const workloads[] = {"hog",          "yielder",   "sleeper",  "producer",
                                        "consumer",     "lockfight", "deadlock", "inversion",
                                        "philosophers", "allocator"};
static const char *const policies[] = {"prio", "rr", "fair", "mlfq", "lottery", "harmony"};
static const char *const mixes[] = {"hogs", "weights", "office", "textbook", "convoy"};
static const char *const keys[] = {"fairness", "harmony", "switch", "threads", "starved", "late"};
static const char *const keymaps[] = {"us", "uk", "de", "fr", "es", "it", "dvorak"};
static const char *const times[] = {"0.1", "0.3", "1", "2", "5", "20", "0"};
static const char *const quanta[] = {"1", "2", "5", "10", "20", "100", "1000", "0", "1001"};

/* A line that is being written. */
struct writing {
    char *line;
    size_t length;
};

static void put(struct writing *writing, const char *text)
{
    while (*text != '\0' && writing->length < SOAK_LINE_SIZE - 1)
        writing->line[writing->length++] = *text++;
}

static void put_number(struct writing *writing, unsigned number)
{
    char text[12];
    format_string(text, sizeof(text), "%u", number);
    put(writing, text);
}

/* One character that can be typed on COM1, quotes and signs among them. */
static void put_nonsense(struct writing *writing)
{
    unsigned length = chance_of_one_in(20) ? 60 : 1 + chance_below(12);
    for (unsigned i = 0; i < length; i++) {
        char text[2] = {(char)(' ' + chance_below('~' - ' ' + 1)), '\0'};
        put(writing, text);
    }
}

static void put_thread(struct writing *writing)
{
    if (tid_count > 0 && !chance_of_one_in(8))
        put_number(writing, (unsigned)tids[chance_below(tid_count)]);
    else
        put_number(writing, chance_below(5000));
}

#define ONE_OF(array) ((array)[chance_below(COUNT(array))])

static void put_choice(struct writing *writing, char kind)
{
    switch (kind) {
    case 'w':
        put(writing, ONE_OF(workloads));
        break;
    case 't':
        put_thread(writing);
        break;
    case 'p':
        put_number(writing, chance_below(66));
        break;
    case 'n':
        put_number(writing, chance_of_one_in(10) ? chance_below(300) : 1 + chance_below(12));
        break;
    case 'q':
        put(writing, ONE_OF(quanta));
        break;
    case 's':
        put(writing, ONE_OF(times));
        break;
    case 'l':
        put(writing, ONE_OF(policies));
        break;
    case 'c':
        put(writing, ONE_OF(mixes));
        break;
    case 'k':
        put(writing, ONE_OF(keys));
        break;
    case 'm':
        put(writing, ONE_OF(keymaps));
        break;
    default:
        put_nonsense(writing);
    }
}

size_t lines_write(char line[SOAK_LINE_SIZE])
{
    struct writing writing = {.line = line};
    for (const char *form = ONE_OF(forms); *form != '\0'; form++) {
        char text[2] = {*form, '\0'};
        if (*form == '%')
            put_choice(&writing, *++form);
        else
            put(&writing, text);
    }
    line[writing.length] = '\0';
    return writing.length;
}

void lines_set_tids(const int *new_tids, unsigned count)
{
    tid_count = count < SOAK_TIDS_MAX ? count : SOAK_TIDS_MAX;
    memcpy(tids, new_tids, tid_count * sizeof(tids[0]));
}
