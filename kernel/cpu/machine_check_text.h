/* What a bank of machine-check registers says, in words. Pure. */
#ifndef AETHEL_KERNEL_CPU_MACHINE_CHECK_TEXT_H
#define AETHEL_KERNEL_CPU_MACHINE_CHECK_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* Bits of MCi_STATUS (Intel SDM vol. 3, figure 15-6); the error's code is in the lowest 16. */
#define MACHINE_CHECK_VALID         (1ul << 63)
#define MACHINE_CHECK_OVERFLOW      (1ul << 62) /* there was another one */
#define MACHINE_CHECK_UNCORRECTED   (1ul << 61)
#define MACHINE_CHECK_HAS_MISC      (1ul << 59)
#define MACHINE_CHECK_HAS_ADDRESS   (1ul << 58)
#define MACHINE_CHECK_STATE_IS_LOST (1ul << 57)

/* "bus or interconnect (code 0800), uncorrected": of a status that is valid. */
void machine_check_describe(uint64_t status, char *buffer, size_t size);

#endif
