/* panic: breaks the kernel on purpose, to see how it tells. */
#include "kernel/panic.h"

#include "kernel/lib/string.h"
#include "shell/command.h"

/* Volatile, so that no compiler sees through what is wrong here. */

static __attribute__((noinline)) void follow_null(void)
{
    volatile uintptr_t address = 0;
    *(volatile uint32_t *)address = 1;
}

/*
 * The instruction itself: what C says about a division by zero, compilers take as a promise. The
 * divisor is in memory because a function without any stack has no frame, and its caller would
 * be missing in the backtrace.
 */
static __attribute__((noinline)) void divide_by_zero(void)
{
    volatile uint32_t divisor = 0;
    uint32_t quotient = 1, remainder = 0;
    __asm__ volatile("divl %2" : "+a"(quotient), "+d"(remainder) : "m"(divisor));
}

static __attribute__((noinline)) unsigned recurse(unsigned depth)
{
    volatile unsigned ballast[64];
    ballast[depth % 64] = depth;
    if (depth == UINT32_MAX)
        return 0;
    return recurse(depth + 1) + ballast[depth % 64];
}

static void overflow_stack(void)
{
    volatile unsigned sum = recurse(0);
    (void)sum;
}

/* What RBP says then is no address at all: the report has to do without a backtrace. */
static __attribute__((noinline)) void smash_frame(void)
{
    volatile uint64_t no_address = 0x1234567812345678;
    __asm__ volatile("movq %0, %%rbp\n"
                     "ud2"
                     :
                     : "m"(no_address));
}

static const struct kind {
    const char *name;
    void (*run)(void);
} kinds[] = {
    {"divide", divide_by_zero},
    {"frame", smash_frame},
    {"null", follow_null},
    {"stack", overflow_stack},
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static int run_panic(struct shell *shell, int count, char **words)
{
    if (count == 1)
        panic("the panic command was given on %s", shell->terminal->name);
    for (unsigned i = 0; i < KINDS; i++) {
        if (strcmp(kinds[i].name, words[1]) == 0)
            kinds[i].run();
    }
    return command_error(shell, "'%s' is none of divide, frame, null and stack", words[1]);
}

static void complete_panic(struct completion *completion)
{
    for (unsigned i = 0; i < KINDS; i++)
        completion_add(completion, kinds[i].name, NULL);
}

COMMAND(panic, .usage = "panic [divide|frame|null|stack]", .summary = "stop with a panic screen",
        .help = "Ends the session. Without an argument the kernel stops itself; else it is made\n"
                "to divide by zero, lose its frame pointer, follow a NULL pointer, or recurse\n"
                "until its stack is full. Afterwards single keys still tell of the log, the\n"
                "threads and the locks, and b starts the machine again.\n",
        .group = COMMAND_GROUP_MACHINE, .arguments_max = 1, .run = run_panic,
        .complete = complete_panic);
