/*
 * The room kernel/lib/ is a box of tools in plain C: strings, text, lists, rings, queues and trees.
 * Each header is one of them; this one, the results of functions, is used by all others.
 *
 * Entered by: every room.
 * Invariant: nothing here knows hardware, memory or threads, and nothing allocates: so all of it is
 * tested on the host, and runs in any context. Whoever shares a tool keeps others out.
 *
 * Error codes: every function that can fail returns 0 or one of these, negated.
 */
#ifndef AETHEL_KERNEL_LIB_ERRORS_H
#define AETHEL_KERNEL_LIB_ERRORS_H

/* The values are those of POSIX's <errno.h> on Linux, so that readers recognise them. */
enum error {
    ERROR_NOT_FOUND = 3, /* no such thread or object */
    ERROR_KILLED = 4,    /* ended by somebody else */
    ERROR_IO = 5,        /* the device did not answer */
    ERROR_AGAIN = 11,    /* would have to wait, and may not */
    ERROR_NO_MEMORY = 12,
    ERROR_BUSY = 16,
    ERROR_INVALID = 22,       /* an argument is out of range */
    ERROR_DEADLOCK = 35,      /* waiting would never end */
    ERROR_DESTROYED = 43,     /* the object is not to be used any more */
    ERROR_OVERFLOW = 75,      /* the count would exceed its range */
    ERROR_NOT_SUPPORTED = 95, /* not built in, or not present on this machine */
    ERROR_TIMED_OUT = 110,
    ERROR_OWNER_DEAD = 130,  /* who held the lock ended without unlocking it */
    ERROR_NOT_PERMITTED = 1, /* the object is protected */
};

/*
 * What an error means, in a few lower-case words: "out of memory". Takes the code with either
 * sign. Any context.
 */
const char *error_text(int error);

#endif
