/* An 8042 with a keyboard, or what passes for one: for tests of the keyboard's driver. */
#ifndef AETHEL_TESTS_UNIT_FAKES_KEYBOARD_MACHINE_H
#define AETHEL_TESTS_UNIT_FAKES_KEYBOARD_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

/* Bits of the configuration. */
#define FAKE_KEYBOARD_INTERRUPT 0x01
#define FAKE_MOUSE_INTERRUPT    0x02
#define FAKE_SYSTEM             0x04
#define FAKE_KEYBOARD_OFF       0x10
#define FAKE_MOUSE_OFF          0x20
#define FAKE_TRANSLATION        0x40

#define FAKE_ENABLE     0xF4 /* commands for the keyboard */
#define FAKE_SET_LIGHTS 0xED

#define FAKE_NO_VALUE (-1)

/* The keys there are. */
enum fake_key {
    FAKE_A,
    FAKE_S,
    FAKE_LEFT_SHIFT,
    FAKE_LEFT_CTRL,
    FAKE_CAPS_LOCK,
    FAKE_ENTER,
    FAKE_F12,
    FAKE_UP, /* with a prefix */
    FAKE_KEYS,
};

struct fake_machine {
    int ports_read;        /* what every port reads where nothing answers; FAKE_NO_VALUE: it does */
    bool is_deaf;          /* the controller takes no command */
    bool is_input_stuck;   /* it never takes another byte */
    int output_stuck;      /* it always has this byte; FAKE_NO_VALUE: it does not */
    bool loses_interrupts; /* nobody is told of a byte */
    bool has_no_keyboard;
    bool ignores_translation; /* what the configuration says of it */
    uint8_t keyboard_set;     /* what the keyboard sends */

    unsigned refusals;     /* how many bytes the keyboard asks for once more */
    bool refuses_value;    /* it does so for the value of the lights */
    bool keeps_silent;     /* it takes commands, and answers none */
    uint8_t configuration; /* as the firmware left it */
    unsigned writes;       /* of the configuration */

    uint8_t told[64]; /* what the keyboard was sent */
    unsigned told_count;
    uint8_t lights;
    bool is_unmasked;
    unsigned delays;   /* microseconds that the driver has waited */
    unsigned accesses; /* to the ports */
};

extern struct fake_machine fake_machine;

/* A healthy PC: configured as a BIOS leaves it, with a keyboard, no handler yet. */
void fake_machine_reset(void);

/* A byte comes in, and nobody is told yet. */
void fake_put(uint8_t byte, bool from_mouse);

/* Interrupts for as long as bytes wait. */
void fake_interrupt(void);

/* One byte, and its interrupt. */
void fake_send(uint8_t byte);

/* A key goes down or up, in the scan code set that arrives, and its interrupts come. */
void fake_press(enum fake_key key);
void fake_release(enum fake_key key);
void fake_type(enum fake_key key); /* both */

/* A keyboard is plugged in: it tests itself, and says so. */
void fake_plug_in(void);

/* How many bytes wait. */
unsigned fake_waiting(void);

#endif
