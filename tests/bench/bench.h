/*
 * Measurements inside the kernel. Under QEMU's -icount shift=0 an instruction takes 1 ns of
 * virtual time, and the TSC counts those: cycles are instructions, and repeat to the digit.
 */
#ifndef AETHEL_TESTS_BENCH_BENCH_H
#define AETHEL_TESTS_BENCH_BENCH_H

#include "kernel/boot_info.h"

/*
 * Creates the thread that measures once the shells wait for input, and then ends the machine.
 * `boot_info` must live for ever.
 */
void bench_start(const struct boot_info *boot_info);

#endif
