/* In place of kernel/cpu/io.h: the ports of a machine that the test makes up. */
#ifndef AETHEL_KERNEL_CPU_IO_H
#define AETHEL_KERNEL_CPU_IO_H

#include <stdint.h>

void port_write8(uint16_t port, uint8_t value);
void port_write16(uint16_t port, uint16_t value);
uint8_t port_read8(uint16_t port);
void port_delay(void);

#endif
