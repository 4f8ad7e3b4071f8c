/*
 * The room drivers/keyboard/ is the way from the bytes of an 8042 to keys: controller, scan codes,
 * decoder, and what the keyboard is told back.
 *
 * Entered by: kernel/start/, the terminals and commands, by this header alone.
 * Invariant: keys are handed on in the order in which they were pressed, and nobody waits for the
 * keyboard once the machine has started.
 *
 * The PS/2 keyboard behind the 8042 controller, or behind firmware that plays one.
 */
#ifndef AETHEL_DRIVERS_KEYBOARD_KEYBOARD_H
#define AETHEL_DRIVERS_KEYBOARD_KEYBOARD_H

#include "drivers/keyboard/decoder.h"

/*
 * Brings up the controller's first port and calls `on_key` for every key that is pressed,
 * repeated or released, in interrupt context. Every wait is bounded. Boot only, after pic_init().
 * Returns 0, or -ERROR_NOT_SUPPORTED where there is no controller, -ERROR_IO where the keyboard
 * does not answer (it is listened to all the same: one may be plugged in later).
 */
int keyboard_init(void (*on_key)(const struct key_event *event));

/*
 * Looks whether a byte waits that no interrupt has told of: some firmware loses them. To be called
 * now and then, in interrupt context; where nothing waits it costs one access to a port.
 */
void keyboard_poll(void);

/*
 * After a panic: keys go to `on_key` alone, and come when keyboard_read_polled() finds them, which
 * never waits. A keyboard that was not brought up is taken as firmware leaves it. Interrupts off,
 * for good.
 */
void keyboard_take_over(void (*on_key)(const struct key_event *event));
void keyboard_read_polled(void);

/* From now on the keys have the characters of the layout of that name, also if there is no keyboard
 * yet. Returns 0 or -ERROR_NOT_FOUND. Any context. */
int keyboard_set_keymap(const char *name);

/* The layout that is in force; at the boot the US one. Any context. */
const struct keymap *keyboard_keymap(void);

struct keyboard_information {
    const char *keymap;
    bool has_controller;     /* something answers at its ports */
    bool controller_answers; /* it told its configuration at the boot */
    bool is_translated;      /* which said that it turns scan code set 2 into set 1 */
    bool keyboard_answers;   /* at the boot, or it has sent something since */
    bool is_stuck;           /* the controller always has a byte: all of them are ignored */
    unsigned scan_code_set;  /* in which the bytes come */
    uint32_t bytes;          /* that the keyboard has sent */
    uint32_t polled;         /* times that a byte was found without an interrupt */
    uint32_t lost;           /* times that bytes were lost or misread: all keys count as let go */
    uint32_t resends;        /* bytes that the keyboard asked for once more */
    uint32_t starts;         /* times that it was plugged in */
};

/* Tells what is known of the keyboard. Any context. */
void keyboard_get_information(struct keyboard_information *information);

#endif
