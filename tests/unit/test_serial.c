/* The serial driver against the model of a UART. */
#include <string.h>

#include "drivers/serial.c"
#include "tests/unit/fakes/processor.h"
#include "tests/unit/fakes/uart_model.h"
#include "tests/unit/unit_test.h"

#define INPUT_SIZE 32768u
#define RESCUE_KEY 0x1C

static void (*handler)(void);
static bool is_unmasked;

/* --- The machine ----------------------------------------------------------------------------- */

int irq_register(unsigned line, void (*new_handler)(void), const char *name)
{
    assert_int_equal(line, 4);
    assert_string_equal(name, "serial");
    handler = new_handler;
    return 0;
}

void pic_unmask(unsigned line)
{
    assert_int_equal(line, 4);
    is_unmasked = true;
}

void pic_mask(unsigned line)
{
    assert_int_equal(line, 4);
    is_unmasked = false;
}

static void run_handler(void (*function)(void))
{
    interrupts_are_on = false;
    function();
    interrupts_are_on = true;
}

/* Serves the interrupts that are due, but no endless row of them. */
static void run_interrupts(void)
{
    for (unsigned i = 0; uart.edge && is_unmasked; i++) {
        assert_true(i < 1000);
        uart.edge = false;
        run_handler(handler);
    }
}

/* --- Those who use the driver ---------------------------------------------------------------- */

static uint8_t input[INPUT_SIZE];
static unsigned input_length;
static unsigned input_room;
static unsigned rescues;
static unsigned space_calls;
static unsigned room_when_called;

static bool on_receive(uint8_t byte)
{
    assert_false(interrupts_are_on);
    if (byte == RESCUE_KEY) {
        rescues++;
        return true;
    }
    if (input_room == 0)
        return false;
    input_room--;
    input[input_length++] = byte;
    return true;
}

static void on_transmit_space(void)
{
    space_calls++;
    room_when_called = ring_space(&transmit_ring);
}

static const struct serial_callbacks test_callbacks = {on_receive, on_transmit_space};

static int set_up(void **state)
{
    (void)state;
    memset(&uart, 0, sizeof(uart));
    uart.kind = UART_16550A;
    uart.modem_control = 0x08;
    handler = NULL;
    is_unmasked = false;
    interrupts_are_on = true;
    input_length = rescues = space_calls = room_when_called = 0;
    input_room = INPUT_SIZE;

    type = NULL;
    is_space_wanted = is_transmitter_stuck = is_masked = is_output_held = is_receivers_turn = false;
    missed_interrupts = idle_interrupts = 0;
    callbacks = NULL;
    enabled_interrupts = 0;
    receive_state = RECEIVE_HELD;
    is_byte_kept = is_next_byte_bad = false;
    held_polls = 0;
    overruns = dropped = 0;
    return 0;
}

static void start(void)
{
    assert_int_equal(serial_init(), 0);
    serial_start(&test_callbacks);
    run_interrupts();
}

static void let_it_send(void)
{
    while (uart.in_transmitter) {
        uart_send();
        run_interrupts();
    }
}

static void assert_input(const char *expected)
{
    assert_int_equal(input_length, strlen(expected));
    assert_memory_equal(input, expected, input_length);
}

static void assert_output(const char *expected)
{
    assert_int_equal(uart.output_length, strlen(expected));
    assert_memory_equal(uart.output, expected, uart.output_length);
}

static void poll_starved(void)
{
    serial_poll(true);
}

static void poll_served(void)
{
    serial_poll(false);
}

/* --- Finding and setting up ------------------------------------------------------------------ */

static void sees_that_there_is_no_uart(void **state)
{
    static const enum uart_kind kinds[] = {UART_NONE_FF, UART_NONE_00, UART_NONE_7F};
    for (unsigned i = 0; i < COUNT_OF(kinds); i++) {
        set_up(state);
        uart.kind = kinds[i];
        assert_int_equal(serial_init(), -ERROR_NOT_SUPPORTED);
        serial_start(&test_callbacks);
        assert_null(handler);
        assert_int_equal(serial_write("hello", 5), 5);
        serial_write_polled("hello", 5);
        serial_resume_receive();
        serial_poll(true);
        serial_flush();
    }
}

static const char *type_of(enum uart_kind kind)
{
    struct serial_information information;
    uart.kind = kind;
    serial_init();
    serial_get_information(&information);
    return information.type;
}

static void tells_the_types_apart(void **state)
{
    (void)state;
    assert_null(type_of(UART_NONE_FF));
    assert_string_equal(type_of(UART_8250), "8250");
    assert_string_equal(type_of(UART_16450), "16450");
    assert_string_equal(type_of(UART_16550), "16550");
    assert_int_equal(uart.fifo_control, 0);
    assert_string_equal(type_of(UART_16550A), "16550A");
}

static void sets_115200_8n1(void **state)
{
    (void)state;
    start();
    assert_int_equal(uart.divisor, 1);
    assert_int_equal(uart.line_control, 3);
    assert_int_equal(uart.modem_control, 0x0B);
    assert_int_equal(uart.fifo_control & 1, 1);
    assert_true(is_unmasked);
}

static void delivers_a_byte_that_came_before_the_driver(void **state)
{
    static const enum uart_kind kinds[] = {UART_8250, UART_16450, UART_16550, UART_16550A};
    for (unsigned i = 0; i < COUNT_OF(kinds); i++) {
        set_up(state);
        uart.kind = kinds[i];
        uart_arrive('a');
        assert_int_equal(serial_init(), 0);
        uart_arrive('b');
        serial_start(&test_callbacks);
        run_interrupts();
        uart_arrive('c');
        run_interrupts();
        assert_input("abc");
    }
}

static void delivers_a_fifo_that_the_firmware_left_full(void **state)
{
    (void)state;
    uart.fifo_control = 1;
    for (const char *letter = "0123456789abcdef"; *letter; letter++)
        uart_arrive((uint8_t)*letter);
    start();
    assert_input("0123456789abcdef");
}

static void run_one_handler(void)
{
    uart.edge = false;
    run_handler(handler);
}

/* So that what is more urgent comes in between. */
static void a_handler_receives_or_sends_or_tells_of_space(void **state)
{
    static const char output[TRANSMIT_RING_SIZE + FIFO_DEPTH] = {0};
    (void)state;
    start();
    while (serial_write(output, sizeof(output)) > 0) {
    }
    while (space_calls == 0) {
        uart_arrive('x');
        uart_send();
        if (!uart.edge)
            continue;
        unsigned sending = uart.in_transmitter, received = input_length;
        run_one_handler();
        bool has_sent = uart.in_transmitter > sending, has_received = input_length > received;
        assert_true(has_sent + has_received + space_calls <= 1);
    }
    run_interrupts();
    assert_int_equal(receive_state, RECEIVE_OPEN);
    assert_int_equal(overruns, 0);
}

static void keeps_an_early_byte_until_there_is_room(void **state)
{
    (void)state;
    uart_arrive('x');
    input_room = 0;
    start();
    uart_arrive('y');
    run_interrupts();
    assert_input("");
    input_room = INPUT_SIZE;
    serial_resume_receive();
    run_interrupts();
    assert_input("xy");
}

static void asks_for_no_bytes_before_it_is_started(void **state)
{
    (void)state;
    assert_int_equal(serial_init(), 0);
    assert_false(uart_arrive('a'));
    serial_start(&test_callbacks);
    run_interrupts();
    assert_true(uart_arrive('b'));
    run_interrupts();
    assert_input("ab");
}

/* --- Sending --------------------------------------------------------------------------------- */

static void sends_by_polling_before_it_is_started(void **state)
{
    (void)state;
    assert_int_equal(serial_init(), 0);
    assert_int_equal(serial_write("written before the start", 24), 24);
    serial_flush();
    assert_output("written before the start");
}

static void sends_in_order_what_is_longer_than_the_fifo(void **state)
{
    static const enum uart_kind kinds[] = {UART_8250, UART_16450, UART_16550, UART_16550A};
    for (unsigned i = 0; i < COUNT_OF(kinds); i++) {
        set_up(state);
        uart.kind = kinds[i];
        start();
        assert_int_equal(serial_write("The quick brown fox jumps over the lazy dog.", 44), 44);
        let_it_send();
        assert_output("The quick brown fox jumps over the lazy dog.");
        assert_int_equal(uart.interrupt_enable, 1);
    }
}

static void tells_when_there_is_space_again(void **state)
{
    (void)state;
    static char text[TRANSMIT_RING_SIZE + 1000];
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)('a' + i % 23);
    start();
    size_t taken = serial_write(text, sizeof(text));
    assert_uint_in_range(taken, TRANSMIT_RING_SIZE, TRANSMIT_RING_SIZE + FIFO_DEPTH);
    assert_int_equal(space_calls, 0);
    let_it_send();
    assert_int_equal(space_calls, 1);
    assert_uint_in_range(room_when_called, TRANSMIT_RING_SIZE / 2, TRANSMIT_RING_SIZE / 2 + 16);
    assert_int_equal(serial_write(text + taken, sizeof(text) - taken), sizeof(text) - taken);
    let_it_send();
    assert_int_equal(uart.output_length, sizeof(text));
    assert_memory_equal(uart.output, text, sizeof(text));
    assert_int_equal(space_calls, 1);
}

static void sends_what_is_queued_before_what_is_polled(void **state)
{
    (void)state;
    start();
    serial_write("queued long enough to fill the FIFO twice, ", 43);
    interrupts_are_on = false;
    serial_write_polled("then polled", 11);
    serial_flush();
    assert_output("queued long enough to fill the FIFO twice, then polled");
}

static void holds_output_and_lets_it_go_on(void **state)
{
    (void)state;
    start();
    serial_write("first", 5);
    serial_hold_output(true);
    serial_write(" second", 7);
    run_interrupts();
    let_it_send();
    assert_output("first");
    run_handler(serial_poll_quickly);
    let_it_send();
    assert_output("first");
    serial_hold_output(false);
    run_interrupts();
    let_it_send();
    assert_output("first second");
}

static void what_is_polled_ends_a_hold(void **state)
{
    (void)state;
    start();
    serial_hold_output(true);
    serial_write("queued, ", 8);
    interrupts_are_on = false;
    serial_write_polled("polled", 6);
    interrupts_are_on = true;
    let_it_send();
    assert_output("queued, polled");
}

static void says_later_what_a_stuck_transmitter_did_not_take(void **state)
{
    char expected[4 * 100 + 1] = "";
    (void)state;
    start();
    uart.is_stuck = true;
    uart.delays = 0;
    for (unsigned i = 0; i < 99; i++) {
        serial_write_polled("late", 4);
        strcat(expected, "late");
    }
    assert_uint_in_range(uart.delays, TRANSMIT_TURNS,
                         TRANSMIT_TURNS + 100); /* one long wait, not 100 */
    uart.is_stuck = false;
    serial_write_polled("last", 4);
    serial_flush();
    assert_output(strcat(expected, "last"));
}

static void lets_nobody_wait_for_a_transmitter_that_was_stuck_from_the_start(void **state)
{
    static char text[TRANSMIT_RING_SIZE + 1000];
    (void)state;
    memset(text, 'x', sizeof(text));
    uart.is_stuck = true;
    assert_int_equal(serial_init(), 0);
    serial_write_polled("lost", 4);
    serial_start(&test_callbacks);
    run_interrupts();
    assert_int_equal(serial_write(text, sizeof(text)), sizeof(text));
    assert_int_equal(serial_write(text, 1), 1);
    struct serial_information information;
    serial_get_information(&information);
    assert_true(information.is_stuck);

    uart.is_stuck = false; /* what there was room for was kept */
    run_handler(poll_served);
    run_interrupts();
    let_it_send();
    assert_int_equal(uart.output_length, TRANSMIT_RING_SIZE);
    serial_get_information(&information);
    assert_false(information.is_stuck);
}

/* --- Receiving ------------------------------------------------------------------------------- */

static void holds_and_goes_on_without_a_loss(void **state)
{
    (void)state;
    start();
    input_room = 2;
    const char *text = "0123456789";
    for (const char *letter = text; *letter; letter++) {
        bool may_send = uart_arrive((uint8_t)*letter);
        assert_int_equal(may_send, letter - text <= 2);
        run_interrupts();
    }
    assert_input("01");
    serial_resume_receive(); /* there is still no room */
    run_interrupts();
    assert_input("01");
    input_room = 3;
    serial_resume_receive();
    run_interrupts();
    assert_input("01234");
    input_room = INPUT_SIZE;
    serial_resume_receive();
    run_interrupts();
    assert_input(text);
    assert_true(uart_arrive('!'));
    assert_int_equal(serial_dropped(), 0);
    assert_int_equal(serial_overruns(), 0);
}

static void sends_while_the_receiver_is_held(void **state)
{
    (void)state;
    start();
    input_room = 0;
    uart_arrive('a');
    run_interrupts();
    serial_write("more than sixteen characters", 28);
    let_it_send();
    assert_output("more than sixteen characters");
    assert_input("");
}

static void a_slow_reader_loses_nothing(void **state)
{
    (void)state;
    start();
    input_room = 1;
    for (const char *letter = "abc"; *letter; letter++)
        uart_arrive((uint8_t)*letter);
    run_interrupts();
    for (unsigned i = 0; i < 10 * 1000 / SERIAL_POLL_MS; i++)
        run_handler(poll_served);
    run_interrupts();
    assert_int_equal(serial_dropped(), 0);
    input_room = INPUT_SIZE;
    serial_resume_receive();
    run_interrupts();
    assert_input("abc");
}

static void lets_a_rescuing_key_through_when_nobody_makes_room(void **state)
{
    (void)state;
    start();
    input_room = 1;
    for (const char *letter = "kdropme"; *letter; letter++)
        uart_arrive((uint8_t)*letter);
    uart_arrive(RESCUE_KEY);
    run_interrupts();
    for (unsigned i = 0; i < 1000 / SERIAL_POLL_MS; i++)
        run_handler(poll_starved);
    run_interrupts();
    assert_int_equal(rescues, 0); /* for a second nothing is lost */
    assert_int_equal(serial_dropped(), 0);

    run_handler(poll_starved);
    run_interrupts();
    assert_int_equal(rescues, 1);
    assert_int_equal(serial_dropped(), 5);

    uart_arrive('!');
    run_interrupts();
    assert_int_equal(serial_dropped(), 6);

    input_room = INPUT_SIZE;
    serial_resume_receive();
    uart_arrive('\r');
    run_interrupts();
    assert_input("kd\r"); /* the byte it was held with is not lost */
}

static void starts_the_second_anew_when_there_was_progress(void **state)
{
    (void)state;
    start();
    input_room = 0;
    uart_arrive('a');
    run_interrupts();
    for (unsigned i = 0; i < 10 * 1000 / SERIAL_POLL_MS; i++) {
        uart_arrive('b');
        run_handler(poll_starved);
        input_room = 1;
        serial_resume_receive();
        run_interrupts();
    }
    assert_int_equal(serial_dropped(), 0);
}

static void counts_overruns(void **state)
{
    (void)state;
    start();
    for (unsigned i = 0; i < 18; i++)
        uart_arrive((uint8_t)('a' + i));
    run_interrupts();
    assert_input("abcdefghijklmnop");
    assert_int_equal(serial_overruns(), 1);
}

static void ignores_a_break(void **state)
{
    (void)state;
    start();
    uart.errors = 0x18;
    uart_arrive(0);
    run_interrupts();
    uart_arrive('a');
    run_interrupts();
    assert_input("a");
}

/* Sending reads the line status, which clears what it says of received bytes. */

static void ignores_a_break_that_comes_while_something_is_sent(void **state)
{
    (void)state;
    start();
    uart.errors = 0x18;
    uart_arrive(0);
    serial_write("x", 1);
    run_interrupts();
    uart_arrive('a');
    run_interrupts();
    assert_input("a");
}

static void counts_overruns_that_come_while_something_is_sent(void **state)
{
    (void)state;
    start();
    for (unsigned i = 0; i < 18; i++)
        uart_arrive((uint8_t)('a' + i));
    serial_write("x", 1);
    run_interrupts();
    assert_input("abcdefghijklmnop");
    assert_int_equal(serial_overruns(), 1);
}

static void takes_what_comes_in_the_place_of_a_break(void **state)
{
    (void)state;
    uart.kind = UART_16450;
    start();
    uart.errors = 0x18;
    uart_arrive(0);
    serial_write("x", 1);
    uart_arrive('a');
    run_interrupts();
    assert_input("a");
    assert_int_equal(serial_overruns(), 1);
}

static void ignores_a_break_from_before_it_was_set_up(void **state)
{
    (void)state;
    uart.errors = 0x18;
    uart_arrive(0);
    start();
    uart_arrive('a');
    run_interrupts();
    assert_input("a");
}

/* --- After a panic --------------------------------------------------------------------------- */

static void take_over(void)
{
    interrupts_are_on = false;
    serial_take_over();
}

static void keeps_what_a_reader_does_not_take_after_a_panic(void **state)
{
    (void)state;
    static char text[SERIAL_PANIC_RING_SIZE - TRANSMIT_RING_SIZE];
    memset(text, 'x', sizeof(text));
    start();
    uart.is_stuck = true;
    for (unsigned i = 0; i < TRANSMIT_RING_SIZE; i++)
        serial_write("o", 1);
    take_over();
    uart.delays = 0;
    serial_write_polled(text, sizeof(text));
    assert_true(uart.delays <= TRANSMIT_TURNS);
    assert_int_equal(serial_queued(), SERIAL_PANIC_RING_SIZE);
    uart.is_stuck = false;
    while (serial_queued() > 0) {
        uart_send();
        serial_feed_polled();
    }
    uart_send();
    assert_int_equal(uart.output_length, SERIAL_PANIC_RING_SIZE);
    assert_int_equal(uart.output[TRANSMIT_RING_SIZE - 1], 'o');
    assert_int_equal(uart.output[TRANSMIT_RING_SIZE], 'x');
}

static void is_read_by_polling_after_a_panic(void **state)
{
    (void)state;
    uint8_t byte;
    start();
    input_room = 0;
    uart_arrive('k'); /* there is no room: it is kept, and RTS goes low */
    run_interrupts();
    take_over();
    assert_int_equal(uart.interrupt_enable, 0);
    assert_true(uart.modem_control & MODEM_RTS);
    assert_true(serial_read_polled(&byte));
    assert_int_equal(byte, 'k');
    assert_false(serial_read_polled(&byte));
    uart.errors = 0x18;
    uart_arrive(0);
    assert_false(serial_read_polled(&byte));
    uart_arrive('l');
    assert_true(serial_read_polled(&byte));
    assert_int_equal(byte, 'l');
    assert_int_equal(input_length, 0);
}

static void has_nothing_to_do_after_a_panic_where_it_is_not_there(void **state)
{
    (void)state;
    uint8_t byte;
    uart.kind = UART_NONE_FF;
    assert_int_not_equal(serial_init(), 0);
    take_over();
    serial_write_polled("text", 4);
    serial_feed_polled();
    assert_int_equal(serial_queued(), 0);
    assert_false(serial_read_polled(&byte));
}

/* --- Both, and what interrupts do ------------------------------------------------------------ */

static void loses_no_edge_when_both_directions_are_busy(void **state)
{
    (void)state;
    start();
    for (unsigned i = 0; i < 200; i++) {
        serial_write("echo echo echo echo ", 20);
        uart_arrive((uint8_t)('A' + i % 26));
        if (i % 3 == 0)
            uart_send(); /* both causes at once: one edge */
        run_interrupts();
        if (i % 5 == 0) {
            uart_send();
            uart_arrive('0');
            run_interrupts();
        }
    }
    let_it_send();
    assert_int_equal(input_length, 240);
    assert_int_equal(uart.output_length, 200 * 20);
    assert_int_equal(serial_overruns(), 0);
}

static void recovers_a_lost_interrupt(void **state)
{
    (void)state;
    start();
    serial_write("a text that takes several interrupts to send", 44);
    uart_send();
    uart_arrive('a');
    uart.edge = false; /* lost */
    run_handler(poll_starved);
    run_interrupts();
    let_it_send();
    assert_input("a");
    assert_output("a text that takes several interrupts to send");
}

/* The line leads elsewhere: no edge is ever seen. */
static void poll_without_interrupts(unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        run_handler(poll_served);
        uart.edge = false;
        uart_send();
    }
}

static void asks_to_be_polled_when_no_interrupt_comes(void **state)
{
    static const enum uart_kind kinds[] = {UART_8250, UART_16450, UART_16550, UART_16550A};
    static const char text[] =
        "much more than one FIFO can hold, and more than four of them, too, or "
        "even five";
    for (unsigned i = 0; i < COUNT_OF(kinds); i++) {
        set_up(state);
        uart.kind = kinds[i];
        assert_int_equal(serial_init(), 0);
        serial_start(&test_callbacks);
        assert_false(serial_needs_polling());
        serial_write(text, sizeof(text) - 1);
        uart_send();
        poll_without_interrupts(3);
        assert_true(serial_needs_polling());

        uart_arrive('a');
        for (unsigned turn = 0; uart.output_length < sizeof(text) - 1; turn++) {
            assert_true(turn < sizeof(text));
            run_handler(serial_poll_quickly);
            uart.edge = false;
            uart_send();
        }
        assert_output(text);
        assert_input("a");
        assert_true(serial_needs_polling());
    }
}

static void asks_to_be_polled_for_what_is_typed(void **state)
{
    (void)state;
    start();
    for (const char *letter = "abc"; *letter; letter++) {
        assert_false(serial_needs_polling());
        uart_arrive((uint8_t)*letter);
        poll_without_interrupts(2); /* the second finds nothing */
    }
    assert_true(serial_needs_polling());
    assert_input("abc");
}

static void believes_in_interrupts_that_come_at_last(void **state)
{
    (void)state;
    start();
    for (unsigned round = 0; round < 10; round++) {
        uart_arrive('a');
        poll_without_interrupts(1);
        uart_arrive('b');
        poll_without_interrupts(1);
        uart_arrive('c');
        run_interrupts();
        assert_false(serial_needs_polling());
    }
    for (const char *letter = "abc"; *letter; letter++) {
        uart_arrive((uint8_t)*letter);
        poll_without_interrupts(1);
    }
    assert_true(serial_needs_polling());
    uart_arrive('d');
    run_interrupts();
    assert_false(serial_needs_polling());
}

static void masks_a_line_that_never_rests(void **state)
{
    (void)state;
    start();
    for (unsigned i = 0; is_unmasked; i++) {
        assert_true(i < 10000);
        run_handler(handler);
    }
    assert_true(serial_needs_polling());
    uart_arrive('a');
    serial_write("b", 1);
    run_handler(serial_poll_quickly);
    uart_send();
    assert_input("a");
    assert_output("b");
    assert_true(serial_needs_polling());
}

static void bears_a_neighbour_on_the_same_line(void **state)
{
    (void)state;
    start();
    for (unsigned i = 0; i < 1000; i++) {
        for (unsigned mouse = 0; mouse < 25; mouse++)
            run_handler(handler);
        run_handler(poll_served);
    }
    assert_true(is_unmasked);
    assert_false(serial_needs_polling());
}

static void bears_interrupts_without_cause_between_others(void **state)
{
    (void)state;
    start();
    for (unsigned i = 0; i < 2 * IDLE_INTERRUPTS_MAX; i++) {
        uart_arrive('a');
        run_handler(handler);
        run_handler(handler);
    }
    assert_true(is_unmasked);
}

/* All its registers read FFh then: a received byte, too, for ever. */
static void bears_that_the_uart_is_pulled_out(void **state)
{
    (void)state;
    start();
    uart.is_gone = true;
    run_handler(handler);
    run_handler(poll_served);
    assert_input("");
    assert_int_equal(serial_overruns(), 0);
    assert_int_equal(serial_write("into the void", 13), 13);
    uart.is_gone = false;
    uart_arrive('a');
    run_handler(poll_served);
    assert_input("a");
}

static void leaves_preemption_as_it_was(void **state)
{
    (void)state;
    start();
    serial_resume_receive();
    assert_int_equal(this_cpu()->preempt_count, 0);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sees_that_there_is_no_uart),
        TEST(tells_the_types_apart),
        TEST(sets_115200_8n1),
        TEST(delivers_a_byte_that_came_before_the_driver),
        TEST(delivers_a_fifo_that_the_firmware_left_full),
        TEST(a_handler_receives_or_sends_or_tells_of_space),
        TEST(keeps_an_early_byte_until_there_is_room),
        TEST(asks_for_no_bytes_before_it_is_started),
        TEST(sends_by_polling_before_it_is_started),
        TEST(sends_in_order_what_is_longer_than_the_fifo),
        TEST(tells_when_there_is_space_again),
        TEST(sends_what_is_queued_before_what_is_polled),
        TEST(holds_output_and_lets_it_go_on),
        TEST(what_is_polled_ends_a_hold),
        TEST(says_later_what_a_stuck_transmitter_did_not_take),
        TEST(lets_nobody_wait_for_a_transmitter_that_was_stuck_from_the_start),
        TEST(holds_and_goes_on_without_a_loss),
        TEST(sends_while_the_receiver_is_held),
        TEST(a_slow_reader_loses_nothing),
        TEST(lets_a_rescuing_key_through_when_nobody_makes_room),
        TEST(starts_the_second_anew_when_there_was_progress),
        TEST(counts_overruns),
        TEST(ignores_a_break),
        TEST(ignores_a_break_that_comes_while_something_is_sent),
        TEST(counts_overruns_that_come_while_something_is_sent),
        TEST(takes_what_comes_in_the_place_of_a_break),
        TEST(ignores_a_break_from_before_it_was_set_up),
        TEST(keeps_what_a_reader_does_not_take_after_a_panic),
        TEST(is_read_by_polling_after_a_panic),
        TEST(has_nothing_to_do_after_a_panic_where_it_is_not_there),
        TEST(loses_no_edge_when_both_directions_are_busy),
        TEST(recovers_a_lost_interrupt),
        TEST(asks_to_be_polled_when_no_interrupt_comes),
        TEST(asks_to_be_polled_for_what_is_typed),
        TEST(believes_in_interrupts_that_come_at_last),
        TEST(masks_a_line_that_never_rests),
        TEST(bears_a_neighbour_on_the_same_line),
        TEST(bears_interrupts_without_cause_between_others),
        TEST(bears_that_the_uart_is_pulled_out),
        TEST(leaves_preemption_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
