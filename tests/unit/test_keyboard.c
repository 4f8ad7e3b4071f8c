/* The keyboard's driver against healthy machines, and against all kinds of others. */
#include "drivers/keyboard/keyboard.h"

#include <string.h>

#include "kernel/cpu/tsc.h"
#include "kernel/lib/errors.h"
#include "tests/unit/fakes/keyboard_machine.h"
#include "tests/unit/unit_test.h"

#define NS_PER_MS 1000000ul

#define PATIENCE 16 /* bytes that may come before an answer */
#define REPEATS  2  /* how often a byte is sent once more */

static char typed[64]; /* F12 as '!', the cursor key as '^' */
static unsigned typed_count;

static void on_key(const struct key_event *event)
{
    if (!event->pressed || typed_count == sizeof(typed) - 1)
        return;
    char character = event->key < KEY_FIRST ? (char)event->key : '?';
    if (event->key == KEY_F12)
        character = '!';
    if (event->key == KEY_UP)
        character = '^';
    typed[typed_count++] = character;
}

static int set_up(void **state)
{
    (void)state;
    fake_machine_reset();
    memset(typed, 0, sizeof(typed));
    typed_count = 0;
    return 0;
}

static struct keyboard_information information(void)
{
    struct keyboard_information now;
    keyboard_get_information(&now);
    return now;
}

static void check_typed(const char *expected)
{
    assert_string_equal(typed, expected);
    memset(typed, 0, sizeof(typed));
    typed_count = 0;
}

/* Starts, and lets the lights settle. */
static void start(void)
{
    assert_int_equal(keyboard_init(on_key), 0);
    fake_release(FAKE_A);
    fake_machine.told_count = 0;
}

/* --- A healthy machine ----------------------------------------------------------------------- */

static void brings_up_what_the_bios_left(void **state)
{
    (void)state;
    uint8_t before = fake_machine.configuration;
    assert_int_equal(keyboard_init(on_key), 0);
    assert_int_equal(fake_machine.configuration, before);
    assert_int_equal(fake_machine.writes, 0); /* all was well: one command less */
    assert_int_equal(fake_machine.told_count, 1);
    assert_int_equal(fake_machine.told[0], FAKE_ENABLE);
    assert_true(fake_machine.is_unmasked);
    fake_type(FAKE_A);
    check_typed("a");

    struct keyboard_information now = information();
    assert_true(now.has_controller && now.controller_answers && now.keyboard_answers);
    assert_true(now.is_translated && !now.is_stuck);
    assert_int_equal(now.scan_code_set, 1);
    assert_string_equal(now.keymap, "us");
    assert_int_equal(now.bytes, 4); /* the key, and two answers about the lights */
    assert_int_equal(now.lost + now.resends + now.starts + now.polled, 0);
}

static void configures_the_controller(void **state)
{
    (void)state;
    fake_machine.configuration = FAKE_MOUSE_INTERRUPT | FAKE_KEYBOARD_OFF | FAKE_SYSTEM;
    assert_int_equal(keyboard_init(on_key), 0);
    assert_int_equal(fake_machine.configuration,
                     FAKE_KEYBOARD_INTERRUPT | FAKE_SYSTEM | FAKE_MOUSE_OFF);
}

static void forgets_what_was_typed_before(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 20; i++)
        fake_put(0x1E, i % 2);
    start();
    check_typed("");
}

static void drops_what_comes_from_the_mouse(void **state)
{
    (void)state;
    start();
    fake_put(0x1E, true);
    fake_put(0x1E, false);
    fake_put(0x1E, true);
    fake_interrupt();
    check_typed("a");
}

static void changes_the_layout(void **state)
{
    (void)state;
    start();
    assert_int_equal(keyboard_set_keymap("nothing"), -ERROR_NOT_FOUND);
    assert_ptr_equal(keyboard_keymap(), &keymap_us);
    assert_int_equal(keyboard_set_keymap("fr"), 0);
    assert_string_equal(keyboard_keymap()->name, "fr");
    assert_string_equal(information().keymap, "fr");
    fake_type(FAKE_A);
    check_typed("q");
    assert_int_equal(keyboard_init(on_key), 0); /* chosen before the keyboard is there: it stays */
    fake_type(FAKE_A);
    check_typed("q");
    keyboard_set_keymap("us");
}

/* --- Controllers ----------------------------------------------------------------------------- */

static void sees_that_there_is_no_controller(void **state)
{
    (void)state;
    fake_machine.ports_read = 0xFF;
    assert_int_equal(keyboard_init(on_key), -ERROR_NOT_SUPPORTED);
    assert_false(fake_machine.is_unmasked);
    unsigned accesses = fake_machine.accesses;
    assert_int_equal(accesses, 1);
    keyboard_poll();
    assert_int_equal(fake_machine.accesses, accesses);
    assert_false(information().has_controller);
}

static void takes_ports_that_read_zero_for_silence(void **state)
{
    (void)state;
    fake_machine.ports_read = 0;
    assert_int_equal(keyboard_init(on_key), -ERROR_IO);
    assert_true(fake_machine.delays < 100000); /* 0.1 s */
    assert_false(information().controller_answers || information().keyboard_answers);
    keyboard_poll();
    check_typed("");
}

static void listens_even_if_nobody_answers(void **state)
{
    for (unsigned i = 0; i < 2; i++) {
        set_up(state);
        fake_machine.has_no_keyboard = i == 0;
        fake_machine.is_deaf = i == 1;
        assert_int_equal(keyboard_init(on_key), -ERROR_IO);
        assert_true(fake_machine.delays < 100000);
        fake_machine.keeps_silent = true;
        fake_type(FAKE_A);
        check_typed("a");
        assert_true(information().keyboard_answers);
    }
}

static void gives_up_a_controller_that_takes_nothing(void **state)
{
    (void)state;
    fake_machine.is_input_stuck = true;
    assert_int_equal(keyboard_init(on_key), -ERROR_IO);
    assert_true(fake_machine.delays < 100000);
    fake_type(FAKE_A); /* it may bring keys all the same */
    fake_type(FAKE_CAPS_LOCK);
    fake_type(FAKE_A);
    check_typed("aA");
    fake_machine.is_input_stuck = false;
    fake_type(FAKE_A);
    assert_int_equal(fake_machine.lights, KEYBOARD_LED_CAPS);
}

static void ignores_a_controller_that_is_never_empty(void **state)
{
    (void)state;
    fake_machine.output_stuck = 0x1E;
    assert_int_equal(keyboard_init(on_key), -ERROR_IO);
    assert_int_equal(fake_machine.writes, 0); /* what it said was no configuration */
    assert_true(information().is_stuck);
    keyboard_poll();
    check_typed("");

    fake_machine.output_stuck = FAKE_NO_VALUE; /* it has come to itself */
    fake_put(0x1E, false);
    fake_interrupt();
    fake_type(FAKE_S);
    check_typed("s");
    assert_false(information().is_stuck);
}

static void notices_a_controller_that_gets_stuck(void **state)
{
    (void)state;
    start();
    fake_machine.output_stuck = 0x1E;
    fake_put(0x1E, false);
    fake_machine.loses_interrupts = true;
    keyboard_poll();
    assert_true(information().is_stuck);
    size_t noise = strlen(typed);
    keyboard_poll();
    assert_int_equal(strlen(typed), noise);
    assert_true(noise < 40);
}

static void survives_a_controller_that_goes_away(void **state)
{
    (void)state;
    start();
    fake_machine.ports_read = 0xFF;
    fake_machine.loses_interrupts = true;
    keyboard_poll();
    check_typed("");
}

/* --- Interrupts that get lost ---------------------------------------------------------------- */

static void polls_for_what_no_interrupt_told(void **state)
{
    (void)state;
    start();
    fake_machine.loses_interrupts = true;
    fake_type(FAKE_A);
    fake_type(FAKE_F12);
    check_typed("");
    keyboard_poll();
    check_typed("a!");
    assert_int_equal(information().polled, 1);
}

static void leaves_to_the_interrupt_what_it_will_fetch(void **state)
{
    (void)state;
    start();
    fake_put(0x1E, false);
    keyboard_poll();
    check_typed("");
    fake_interrupt();
    check_typed("a");
    assert_int_equal(information().polled, 0);
}

static void polling_costs_one_access(void **state)
{
    (void)state;
    start();
    unsigned before = fake_machine.accesses;
    keyboard_poll();
    assert_int_equal(fake_machine.accesses - before, 1);
}

/* --- Scan code sets -------------------------------------------------------------------------- */

static void type_some_of_everything(void)
{
    fake_type(FAKE_A);
    fake_press(FAKE_LEFT_SHIFT);
    fake_type(FAKE_A);
    fake_release(FAKE_LEFT_SHIFT);
    fake_type(FAKE_F12);
    fake_type(FAKE_UP);
    fake_press(FAKE_LEFT_CTRL);
    fake_type(FAKE_S);
    fake_release(FAKE_LEFT_CTRL);
    fake_type(FAKE_ENTER);
    check_typed("aA!^\x13\r");
}

static void decodes_set_2_where_nothing_translates(void **state)
{
    (void)state;
    fake_machine.configuration &= (uint8_t)~FAKE_TRANSLATION;
    start();
    assert_int_equal(information().scan_code_set, 2);
    type_some_of_everything();
    fake_type(FAKE_CAPS_LOCK);
    assert_int_equal(fake_machine.lights, KEYBOARD_LED_CAPS);
    assert_int_equal(information().lost, 0);
    assert_false(fake_machine.configuration & FAKE_TRANSLATION);
}

/* Whatever the configuration says: once a key has been let go, all is clear. */
static void finds_out_in_which_set_bytes_arrive(void **state)
{
    for (unsigned set = 1; set <= 2; set++) {
        set_up(state);
        fake_machine.keyboard_set = (uint8_t)set;
        fake_machine.ignores_translation = true;
        if (set == 1)
            fake_machine.configuration &= (uint8_t)~FAKE_TRANSLATION;
        assert_int_equal(keyboard_init(on_key), 0);
        assert_int_equal(information().scan_code_set, 3 - set);
        fake_type(FAKE_S);
        assert_int_equal(information().scan_code_set, set);
        assert_int_equal(information().lost, 1);
        check_typed(typed);
        type_some_of_everything();
        assert_int_equal(information().lost, 1);
    }
}

/* --- Bytes that get lost, keyboards that come ------------------------------------------------- */

static void lets_all_keys_go_when_bytes_are_lost(void **state)
{
    (void)state;
    for (unsigned overrun = 0; overrun <= 0xFF; overrun += 0xFF) {
        set_up(state);
        start();
        fake_press(FAKE_LEFT_SHIFT);
        fake_press(FAKE_LEFT_CTRL);
        fake_send(0xE0); /* what follows is lost */
        fake_send((uint8_t)overrun);
        fake_type(FAKE_A);
        check_typed("a");
        assert_int_equal(information().lost, 1);
    }
}

/* Right Ctrl, whose bytes are in set 1 E0 1D and E0 9D, in set 2 E0 14 and E0 F0 14. */
static void forgets_a_prefix_that_nothing_follows(void **state)
{
    static const char *const cut[] = {"\xE0", "\xE1", "\xE1\x1D", "\xE0\xF0", "\xF0"};
    for (unsigned i = 0; i < COUNT_OF(cut); i++) {
        bool is_set_2 = i >= 3;
        set_up(state);
        if (is_set_2)
            fake_machine.configuration &= (uint8_t)~FAKE_TRANSLATION;
        start();
        for (const char *byte = cut[i]; *byte; byte++)
            fake_send((uint8_t)*byte);
        fake_tsc += 51 * NS_PER_MS;
        fake_press(FAKE_LEFT_CTRL);
        fake_type(FAKE_A);
        fake_release(FAKE_LEFT_CTRL);
        fake_type(FAKE_A);
        check_typed("\x01"
                    "a");
        assert_int_equal(information().lost, 1);
    }
}

static void waits_for_the_rest_of_a_key(void **state)
{
    (void)state;
    start();
    fake_type(FAKE_A);
    fake_tsc += 1000 * NS_PER_MS;
    fake_send(0xE0);
    fake_tsc += 49 * NS_PER_MS;
    fake_send(0x48);
    check_typed("a^");
    assert_int_equal(information().lost, 0);
}

/* A stray prefix before left Ctrl makes right Ctrl of it; what goes up then is another key. */
static void holds_no_modifier_that_no_key_holds(void **state)
{
    (void)state;
    start();
    fake_send(0xE0);
    fake_press(FAKE_LEFT_CTRL);
    fake_release(FAKE_LEFT_CTRL);
    fake_type(FAKE_A);
    check_typed("a");

    fake_press(FAKE_LEFT_CTRL); /* its prefix E0 was lost: it is right Ctrl that goes up */
    fake_send(0xE0);
    fake_send(0x9D);
    fake_type(FAKE_A);
    check_typed("a");

    static const uint8_t pause[] = {0x1D, 0x45, 0xE1, 0x9D, 0xC5}; /* without its first byte */
    for (unsigned i = 0; i < sizeof(pause); i++)
        fake_send(pause[i]);
    fake_type(FAKE_A);
    check_typed("a");
}

static void a_lost_release_is_noticed(void **state)
{
    (void)state;
    start();
    fake_send(0xE0);
    fake_send(0x1D);
    fake_send(0xE0); /* 9D is lost */
    fake_tsc += 60 * NS_PER_MS;
    fake_type(FAKE_A);
    check_typed("a");

    fake_send(0xE0);
    fake_send(0x1D);
    fake_send(0xE0); /* and again; the next key comes at once, and only its release tells */
    fake_type(FAKE_A);
    fake_type(FAKE_A);
    check_typed("a");
}

static void keeps_the_locks_when_bytes_are_lost(void **state)
{
    (void)state;
    start();
    fake_type(FAKE_CAPS_LOCK);
    fake_send(0xFF);
    fake_type(FAKE_A);
    check_typed("A");
}

static void welcomes_a_keyboard(void **state)
{
    (void)state;
    fake_machine.has_no_keyboard = true;
    assert_int_equal(keyboard_init(on_key), -ERROR_IO);
    fake_machine.told_count = 0;
    fake_plug_in();
    static const uint8_t told[] = {FAKE_ENABLE, FAKE_SET_LIGHTS, 0};
    assert_int_equal(fake_machine.told_count, sizeof(told));
    assert_memory_equal(fake_machine.told, told, sizeof(told));
    type_some_of_everything();
    assert_int_equal(information().starts, 1);
    assert_true(information().keyboard_answers);
}

static void shows_the_locks_to_a_keyboard_that_comes_back(void **state)
{
    for (unsigned translation = 0; translation <= 1; translation++) {
        set_up(state);
        if (!translation)
            fake_machine.configuration &= (uint8_t)~FAKE_TRANSLATION;
        start();
        fake_type(FAKE_CAPS_LOCK);
        fake_press(FAKE_LEFT_CTRL); /* and out with the plug */
        fake_plug_in();
        assert_int_equal(fake_machine.lights, KEYBOARD_LED_CAPS);
        fake_type(FAKE_A);
        check_typed("A");
        assert_int_equal(information().starts, 1);
        assert_int_equal(information().lost, 0);
    }
}

/* In set 1, it sends the byte of a keyboard that starts. */
static void knows_the_left_shift_key(void **state)
{
    (void)state;
    start();
    fake_press(FAKE_LEFT_SHIFT);
    fake_type(FAKE_A);
    fake_release(FAKE_LEFT_SHIFT);
    fake_send(0xE0); /* as Num Lock has the keyboard send around a cursor key */
    fake_send(0xAA);
    fake_type(FAKE_UP);
    fake_send(0xE0);
    fake_send(0x2A);
    fake_type(FAKE_A);
    check_typed("A^a");
    assert_int_equal(information().starts, 0);
    assert_int_equal(fake_machine.told_count, 0);
}

/* --- The lights ------------------------------------------------------------------------------ */

static void shows_the_locks(void **state)
{
    (void)state;
    fake_machine.lights = KEYBOARD_LED_NUM; /* as the firmware left it */
    start();
    assert_int_equal(fake_machine.lights, 0);
    fake_press(FAKE_CAPS_LOCK);
    assert_int_equal(fake_machine.lights, KEYBOARD_LED_CAPS);
    fake_release(FAKE_CAPS_LOCK);
    fake_press(FAKE_CAPS_LOCK);
    assert_int_equal(fake_machine.lights, 0);
    assert_int_equal(fake_machine.told_count, 4); /* two commands, each with its value */
}

static void sends_a_byte_again_when_asked(void **state)
{
    (void)state;
    start();
    fake_machine.refusals = REPEATS;
    fake_press(FAKE_CAPS_LOCK);
    assert_int_equal(fake_machine.lights, KEYBOARD_LED_CAPS);
    assert_int_equal(fake_machine.told_count, 2 + REPEATS);
    assert_int_equal(information().resends, REPEATS);

    fake_machine.refuses_value = true;
    fake_machine.told_count = 0;
    fake_release(FAKE_CAPS_LOCK);
    fake_press(FAKE_CAPS_LOCK);
    assert_int_equal(fake_machine.lights, 0);
    assert_int_equal(fake_machine.told_count, 3);
}

static void gives_up_a_keyboard_that_always_refuses(void **state)
{
    (void)state;
    start();
    fake_machine.refusals = 1000;
    fake_press(FAKE_CAPS_LOCK);
    assert_int_equal(fake_machine.told_count, 1 + REPEATS);
    fake_press(FAKE_A);
    check_typed("A");
    assert_int_equal(fake_machine.told_count, 1 + REPEATS);

    fake_machine.refusals = 0;
    fake_machine.lights = KEYBOARD_LED_CAPS;
    fake_release(FAKE_CAPS_LOCK);
    fake_press(FAKE_CAPS_LOCK);
    assert_int_equal(fake_machine.lights, 0);
}

static void types_on_while_an_answer_is_missing(void **state)
{
    (void)state;
    start();
    fake_machine.keeps_silent = true;
    fake_press(FAKE_CAPS_LOCK);
    for (unsigned i = 0; i < PATIENCE; i++)
        fake_press(FAKE_A);
    check_typed("AAAAAAAAAAAAAAAA");
    assert_int_equal(fake_machine.told_count, 1);

    fake_machine.keeps_silent = false;
    fake_release(FAKE_CAPS_LOCK);
    fake_press(FAKE_CAPS_LOCK);
    assert_int_equal(fake_machine.told_count, 3);
    assert_int_equal(fake_machine.lights, 0);
}

static void hands_keys_on_that_come_before_the_answer(void **state)
{
    (void)state;
    start();
    fake_put(0x3A, false);
    fake_put(0x1E, false);
    fake_interrupt();
    check_typed("A");
    assert_int_equal(fake_machine.lights, KEYBOARD_LED_CAPS);
}

static void ignores_answers_that_nobody_asked_for(void **state)
{
    (void)state;
    start();
    static const uint8_t answers[] = {0xFA, 0xFE, 0xEE, 0xFC, 0xFD};
    fake_press(FAKE_LEFT_SHIFT);
    for (unsigned i = 0; i < sizeof(answers); i++)
        fake_send(answers[i]);
    fake_type(FAKE_A);
    check_typed("A");
    assert_int_equal(fake_machine.told_count, 0);
    assert_int_equal(information().lost, 0);
}

/* --- After a panic ---------------------------------------------------------------------------- */

static void ignore_key(const struct key_event *event)
{
    (void)event;
}

static void is_read_by_polling_after_a_panic(void **state)
{
    (void)state;
    assert_int_equal(keyboard_init(ignore_key), 0);
    keyboard_take_over(on_key);
    fake_machine.loses_interrupts = true;
    fake_type(FAKE_A);
    check_typed("");
    keyboard_read_polled();
    check_typed("a");
    keyboard_read_polled();
    check_typed("");
}

static void can_be_read_though_it_was_never_brought_up(void **state)
{
    (void)state;
    keyboard_take_over(on_key);
    fake_machine.loses_interrupts = true;
    fake_type(FAKE_UP);
    keyboard_read_polled();
    check_typed("^");
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(can_be_read_though_it_was_never_brought_up), /* first: the others bring it up */
        TEST(brings_up_what_the_bios_left),
        TEST(configures_the_controller),
        TEST(forgets_what_was_typed_before),
        TEST(drops_what_comes_from_the_mouse),
        TEST(changes_the_layout),
        TEST(sees_that_there_is_no_controller),
        TEST(takes_ports_that_read_zero_for_silence),
        TEST(listens_even_if_nobody_answers),
        TEST(gives_up_a_controller_that_takes_nothing),
        TEST(ignores_a_controller_that_is_never_empty),
        TEST(notices_a_controller_that_gets_stuck),
        TEST(survives_a_controller_that_goes_away),
        TEST(polls_for_what_no_interrupt_told),
        TEST(leaves_to_the_interrupt_what_it_will_fetch),
        TEST(polling_costs_one_access),
        TEST(decodes_set_2_where_nothing_translates),
        TEST(finds_out_in_which_set_bytes_arrive),
        TEST(lets_all_keys_go_when_bytes_are_lost),
        TEST(forgets_a_prefix_that_nothing_follows),
        TEST(waits_for_the_rest_of_a_key),
        TEST(holds_no_modifier_that_no_key_holds),
        TEST(a_lost_release_is_noticed),
        TEST(keeps_the_locks_when_bytes_are_lost),
        TEST(welcomes_a_keyboard),
        TEST(shows_the_locks_to_a_keyboard_that_comes_back),
        TEST(knows_the_left_shift_key),
        TEST(shows_the_locks),
        TEST(sends_a_byte_again_when_asked),
        TEST(gives_up_a_keyboard_that_always_refuses),
        TEST(types_on_while_an_answer_is_missing),
        TEST(hands_keys_on_that_come_before_the_answer),
        TEST(ignores_answers_that_nobody_asked_for),
        TEST(is_read_by_polling_after_a_panic),
    };
    return cmocka_run_group_tests_name("keyboard", tests, NULL, NULL);
}
