/* What can be listed after a panic, a line at a time. For this room only. */
#ifndef AETHEL_SHELL_POST_MORTEM_LISTINGS_H
#define AETHEL_SHELL_POST_MORTEM_LISTINGS_H

#include <stdbool.h>
#include <stddef.h>

#define LISTING_LINE_SIZE 156u /* two rows of the screen, with the terminator */

struct listing {
    char key;
    const char *title; /* the heads of its columns */
    void (*begin)(void);
    /* Writes the next line, without its end. Returns false if there is none. */
    bool (*next)(char line[LISTING_LINE_SIZE]);
};

extern const struct listing log_listing, thread_listing, lock_listing, switch_listing;

#endif
