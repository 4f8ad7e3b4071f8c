/* The frame allocator: physical memory in pieces of one page. */
#ifndef AETHEL_KERNEL_MM_FRAMES_H
#define AETHEL_KERNEL_MM_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/boot_info.h"

#define FRAME_SIZE 4096ul
#define FRAME_NONE UINT64_MAX

/*
 * Takes over all memory below `address_limit` that the firmware calls usable, except the first MiB
 * and the kernel, which ends at physical address `kernel_end`. Returns the first address past the
 * last usable byte.
 */
uint64_t frames_init(const struct boot_info *boot_info, uint64_t kernel_end,
                     uint64_t address_limit);

/* Returns the physical address of a free frame, or FRAME_NONE. Any context; never blocks. */
uint64_t frame_allocate(void);

/* Takes `count` frames, wherever they are, or none: then it returns false. Any context. */
bool frames_allocate(uint64_t *physical, size_t count);

/* The same for `count` frames in a row: for the rare large allocation, since it searches. */
uint64_t frames_allocate_run(size_t count);

/* Gives the frames of a run back. One that is not in use is a panic. Any context; never blocks. */
void frames_free_run(uint64_t physical, size_t count);

/* The same for `count` frames, wherever they are. */
void frames_free(const uint64_t *physical, size_t count);

/* How many frames there are in all, and how many of them are free. Any context. */
size_t frames_total(void);
size_t frames_available(void);

#endif
