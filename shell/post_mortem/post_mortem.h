/*
 * The room shell/post_mortem/ is what can be asked of a machine that has panicked: the log, the
 * threads, the locks, the latest switches, by keys that are polled.
 *
 * Entered by: kernel/start/, which hands it to the panic as its end.
 * Invariant: interrupts stay off, no lock is taken, no memory is allocated, nobody is switched to;
 * and whatever faults is named, and the keys go on.
 */
#ifndef AETHEL_SHELL_POST_MORTEM_POST_MORTEM_H
#define AETHEL_SHELL_POST_MORTEM_POST_MORTEM_H

/* Listens to the keyboard and to COM1 and does what is asked there, for ever. After a panic only.
 */
void post_mortem_listen(void);

#endif
