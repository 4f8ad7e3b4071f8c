/* What tests may do with the fake critical sections. */
#ifndef AETHEL_TESTS_UNIT_FAKES_CRITICAL_SECTION_H
#define AETHEL_TESTS_UNIT_FAKES_CRITICAL_SECTION_H

/* Called behind each outermost section, where an interrupt may come; NULL: none comes. */
extern void (*fake_interrupt)(void);

#endif
