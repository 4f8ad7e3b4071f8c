/* Walking the stack: System V AMD64 ABI, 3.2.2, with -fno-omit-frame-pointer. */
#include "kernel/backtrace.h"

#include <stddef.h>

#include "kernel/symbols.h"

#define FRAMES_MAX 1000 /* no kernel stack holds more */
#define LINES_MAX  8    /* with the rest of a panic, what a screen holds */

/* What `push rbp; mov rbp, rsp` leaves on the stack, seen from RBP. */
struct stack_frame {
    uint64_t caller_rbp;
    uint64_t return_address;
};

/* What has been printed so far. */
struct trace {
    void (*print)(const char *format, ...);
    uint64_t last;
    unsigned repeated; /* times that `last` has come again */
    unsigned lines;
};

static bool is_readable(uint64_t rbp, bool (*is_mapped)(uint64_t address))
{
    return rbp % sizeof(uint64_t) == 0 && is_mapped(rbp) &&
           is_mapped(rbp + sizeof(struct stack_frame) - 1);
}

static void print_place(uint64_t address, void (*print)(const char *format, ...))
{
    char name[SYMBOL_NAME_SIZE];
    uint64_t offset;
    if (symbol_lookup(address, name, &offset))
        print("  %016lx  %s+%#lx\n", address, name, offset);
    else
        print("  %016lx  (not in the kernel)\n", address);
}

/* Prints a place, unless it is the one before again: a recursion would fill the screen. */
static void print_once(struct trace *trace, uint64_t address)
{
    if (address == trace->last) {
        trace->repeated++;
        return;
    }
    if (trace->repeated > 0)
        trace->print("  ... the same %u times more\n", trace->repeated);
    trace->repeated = 0;
    trace->last = address;
    trace->lines++;
    print_place(address, trace->print);
}

void backtrace_print(uint64_t rip, uint64_t rbp, bool (*is_mapped)(uint64_t address),
                     void (*print)(const char *format, ...))
{
    struct trace trace = {.print = print};
    print_once(&trace, rip);
    for (int i = 0; i < FRAMES_MAX && trace.lines < LINES_MAX; i++) {
        if (!is_readable(rbp, is_mapped))
            break;
        const struct stack_frame *frame = (const struct stack_frame *)rbp;
        if (frame->return_address == 0)
            break;
        print_once(&trace, frame->return_address);
        if (frame->caller_rbp <= rbp) /* stacks grow down: callers lie above */
            break;
        rbp = frame->caller_rbp;
    }
}
