/*
 * The PS/2 keyboard: from its bytes, by interrupt or found by polling, to keys. A machine without a
 * keyboard boots, too.
 */
#include "drivers/keyboard/keyboard.h"

#include <stdbool.h>
#include <stdint.h>

#include "drivers/keyboard/commands.h"
#include "drivers/keyboard/controller.h"
#include "drivers/keyboard/scan_codes.h"
#include "drivers/pic.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/tsc.h"
#include "kernel/lib/errors.h"

#define IRQ_LINE 1u

#define SCAN_CODES_SILENCE_NS (SCAN_CODES_SILENCE_MS * 1000000ul)

static struct scan_codes scan_codes;
static struct keyboard_decoder decoder = {.keymap = &keymap_us};
static void (*key_function)(const struct key_event *event);

/* Counted and found out here; keyboard_get_information() adds what others know. */
static struct keyboard_information known;

static uint64_t last_byte; /* when it came, in cycles */

static void lose(void)
{
    known.lost++;
    keyboard_decoder_release_all(&decoder);
}

static void decode(uint16_t code)
{
    struct key_event events[KEYBOARD_EVENTS_MAX];
    unsigned count = keyboard_decoder_feed(&decoder, code, events);
    for (unsigned i = 0; i < count; i++)
        key_function(&events[i]);
}

/* What a prefix began and nothing followed is over. */
static void notice_silence(void)
{
    uint64_t now = tsc_read();
    if (tsc_to_ns(now - last_byte) > SCAN_CODES_SILENCE_NS && scan_codes_give_up(&scan_codes))
        lose();
    last_byte = now;
}

static void take_byte(uint8_t byte)
{
    known.bytes++;
    known.keyboard_answers = true;
    if (keyboard_commands_take_answer(byte))
        return;
    notice_silence();
    struct scan_codes_result result = scan_codes_feed(&scan_codes, byte);
    if (result.is_lost)
        lose();
    if (result.has_started) {
        known.starts++;
        keyboard_decoder_release_all(&decoder);
        keyboard_commands_restart();
    }
    if (result.code != SCAN_CODE_NONE)
        decode(result.code);
}

/*
 * Reads all that is there: the 8259 sees edges only, and a byte left behind would raise none. A
 * controller that has more than a keyboard can have stored is stuck, and what it says is noise
 * until it has once been empty.
 */
static void read_keyboard(void)
{
    uint8_t byte;
    bool is_keyboards;
    for (unsigned i = 0; i < CONTROLLER_BYTES_MAX; i++) {
        if (!controller_receive(&byte, &is_keyboards)) {
            known.is_stuck = false;
            keyboard_commands_show(keyboard_decoder_leds(&decoder));
            return;
        }
        if (is_keyboards && !known.is_stuck)
            take_byte(byte);
    }
    if (!known.is_stuck) {
        scan_codes_init(&scan_codes, scan_codes.set);
        lose();
    }
    known.is_stuck = true;
}

void keyboard_poll(void)
{
    if (!known.has_controller || !controller_has_byte() || pic_is_requested(IRQ_LINE))
        return;
    known.polled++;
    read_keyboard();
}

int keyboard_init(void (*on_key)(const struct key_event *event))
{
    known = (struct keyboard_information){.has_controller = controller_is_present()};
    if (!known.has_controller)
        return -ERROR_NOT_SUPPORTED;

    key_function = on_key;
    struct controller_setup setup = controller_configure();
    known.controller_answers = setup.answers;
    known.is_translated = setup.is_translated;
    scan_codes_init(&scan_codes, setup.answers && !setup.is_translated ? 2 : 1);
    keyboard_decoder_init(&decoder, decoder.keymap);
    known.keyboard_answers = keyboard_commands_begin();
    known.is_stuck = !controller_discard();

    int error = irq_register(IRQ_LINE, read_keyboard, "keyboard");
    if (error)
        return error;
    pic_unmask(IRQ_LINE);
    bool is_usable = known.controller_answers && known.keyboard_answers && !known.is_stuck;
    return is_usable ? 0 : -ERROR_IO;
}

void keyboard_take_over(void (*on_key)(const struct key_event *event))
{
    key_function = on_key;
    if (scan_codes.set != 0)
        return;
    known.has_controller = controller_is_present();
    scan_codes_init(&scan_codes, 1);
    keyboard_decoder_init(&decoder, decoder.keymap);
}

void keyboard_read_polled(void)
{
    if (known.has_controller)
        read_keyboard();
}

int keyboard_set_keymap(const char *name)
{
    const struct keymap *keymap = keymap_find(name);
    if (!keymap)
        return -ERROR_NOT_FOUND;
    uint64_t flags = interrupts_save();
    keyboard_decoder_set_keymap(&decoder, keymap);
    interrupts_restore(flags);
    return 0;
}

const struct keymap *keyboard_keymap(void)
{
    return decoder.keymap;
}

void keyboard_get_information(struct keyboard_information *information)
{
    *information = known;
    information->keymap = decoder.keymap->name;
    information->scan_code_set = scan_codes.set;
    information->resends = keyboard_commands_resends();
}
