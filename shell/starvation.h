/* Telling whoever sits at a terminal without a status bar that its shell does not get the CPU. */
#ifndef AETHEL_SHELL_STARVATION_H
#define AETHEL_SHELL_STARVATION_H

/*
 * Looks whether a shell has been waiting for the CPU for two seconds, and if so says it on its
 * terminal: that it waits, who runs, and which key helps; once each time. To be called some times a
 * second. Interrupt context; takes constant time.
 */
void starvation_look(void);

#endif
