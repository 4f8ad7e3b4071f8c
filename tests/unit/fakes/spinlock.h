/* What tests may do with the fake spinlocks. */
#ifndef AETHEL_TESTS_UNIT_FAKES_SPINLOCK_H
#define AETHEL_TESTS_UNIT_FAKES_SPINLOCK_H

/* Releases the lock that a panic, which a test has survived, left taken. */
void fake_spinlocks_release(void);

#endif
