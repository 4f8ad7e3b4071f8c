/* A processor whose interrupt flag a program may change: for drivers that turn interrupts off. */
#ifndef AETHEL_TESTS_UNIT_FAKES_PROCESSOR_H
#define AETHEL_TESTS_UNIT_FAKES_PROCESSOR_H

#include <stdbool.h>

extern bool interrupts_are_on;

#endif
