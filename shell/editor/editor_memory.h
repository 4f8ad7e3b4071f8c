/* Where the line editor's memory comes from, for what it keeps only as long as it is needed. */
#ifndef AETHEL_SHELL_EDITOR_EDITOR_MEMORY_H
#define AETHEL_SHELL_EDITOR_EDITOR_MEMORY_H

#include <stddef.h>

struct editor_memory {
    void *(*allocate)(size_t size); /* aligned for anything; NULL: there is none */
    void (*free)(void *block);
};

#endif
