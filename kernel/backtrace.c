/* Walking the stack: System V AMD64 ABI, 3.2.2, with -fno-omit-frame-pointer. */
#include "kernel/backtrace.h"

#include <stdbool.h>
#include <stddef.h>

#include "kernel/mm/address_space.h"
#include "kernel/symbols.h"

#define FRAMES_MAX 12

/* What `push rbp; mov rbp, rsp` leaves on the stack, seen from RBP. */
struct stack_frame {
    uint64_t caller_rbp;
    uint64_t return_address;
};

static bool is_readable(uint64_t rbp)
{
    return rbp % sizeof(uint64_t) == 0 && address_space_is_mapped(rbp) &&
           address_space_is_mapped(rbp + sizeof(struct stack_frame) - 1);
}

static void print_place(uint64_t address, void (*print)(const char *format, ...))
{
    uint64_t offset;
    const char *name = symbol_lookup(address, &offset);
    if (name != NULL)
        print("  %016lx  %s+%#lx\n", address, name, offset);
    else
        print("  %016lx  (not in the kernel)\n", address);
}

void backtrace_print(uint64_t rip, uint64_t rbp, void (*print)(const char *format, ...))
{
    print_place(rip, print);
    for (int i = 1; i < FRAMES_MAX && is_readable(rbp); i++) {
        const struct stack_frame *frame = (const struct stack_frame *)rbp;
        if (frame->return_address == 0)
            break;
        print_place(frame->return_address, print);
        if (frame->caller_rbp <= rbp) /* stacks grow down: callers lie above */
            break;
        rbp = frame->caller_rbp;
    }
}
