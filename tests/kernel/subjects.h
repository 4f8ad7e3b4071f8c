/*
 * Everything that threads can wait for, in one shape: so that what holds for all of them is tested
 * once for each.
 */
#ifndef AETHEL_TESTS_KERNEL_SUBJECTS_H
#define AETHEL_TESTS_KERNEL_SUBJECTS_H

#define SUBJECT_UNITS 4 /* so many waiters can be served after one prepare() */

struct subject {
    void (*prepare)(void); /* makes the object, and so that whoever waits has to block */
    int (*wait)(int timeout_ms);
    void (*leave)(void);   /* what the waiter owes after a good wait, or NULL */
    void (*serve)(void);   /* lets one waiter go on; so does leave(), where there is one */
    void (*destroy)(void); /* NULL: not while there are waiters */
};

extern const struct subject semaphore_subject;
extern const struct subject mutex_subject;
extern const struct subject rwlock_subject; /* to write, while somebody reads */
extern const struct subject condition_subject;
extern const struct subject receiver_subject;
extern const struct subject sender_subject;
extern const struct subject pool_subject;
extern const struct subject events_subject;

#endif
