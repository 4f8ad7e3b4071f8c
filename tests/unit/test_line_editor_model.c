/* shell/editor/line_editor against a model: the same random keys applied to a plain string. */
#include "tests/unit/edited_line.h"

struct model {
    char text[LINE_EDITOR_SIZE];
    unsigned cursor;
};

static void model_erase(struct model *model, unsigned from, unsigned to)
{
    memmove(model->text + from, model->text + to, strlen(model->text + to) + 1);
    model->cursor = from;
}

static unsigned model_word_left(const struct model *model)
{
    unsigned at = model->cursor;
    while (at > 0 && model->text[at - 1] == ' ')
        at--;
    while (at > 0 && model->text[at - 1] != ' ')
        at--;
    return at;
}

/* Applies a random key to both. */
static void random_key(struct model *model, uint64_t *random)
{
    unsigned length = (unsigned)strlen(model->text);
    unsigned key = random_below(random, 40);

    if (key == 0) {
        burst(HOME);
        model->cursor = 0;
    } else if (key == 1) {
        burst(END);
        model->cursor = length;
    } else if (key < 6) {
        burst(LEFT);
        model->cursor -= model->cursor > 0;
    } else if (key < 9) {
        burst(RIGHT);
        model->cursor += model->cursor < length;
    } else if (key < 12) {
        burst("\b");
        if (model->cursor)
            model_erase(model, model->cursor - 1, model->cursor);
    } else if (key < 14) {
        burst(DELETE);
        if (model->cursor < length)
            model_erase(model, model->cursor, model->cursor + 1);
    } else if (key == 14) {
        burst("\x17");
        model_erase(model, model_word_left(model), model->cursor);
    } else if (key == 15) {
        burst(WORD_LEFT);
        model->cursor = model_word_left(model);
    } else if (key == 16 && random_below(random, 8) == 0) {
        burst("\x0B");
        model_erase(model, model->cursor, length);
    } else if (key == 17 && random_below(random, 8) == 0) {
        burst("\x15");
        model_erase(model, 0, model->cursor);
    } else if (key == 18 && random_below(random, 8) == 0) {
        burst("\x0C");
    } else if (length < LONGEST) {
        char character = "ab \x7E"[random_below(random, 4)];
        burst((char[]){character, '\0'});
        memmove(model->text + model->cursor + 1, model->text + model->cursor,
                length - model->cursor + 1);
        model->text[model->cursor++] = character;
    }
}

static void agrees_with_a_model(void **state)
{
    (void)state;
    struct model model = {.cursor = 0};
    uint64_t random = 10;

    for (unsigned round = 0; round < 50000; round++) {
        random_key(&model, &random);
        if (random_below(&random, 3))
            continue; /* a burst goes on */
        line_editor_refresh(&editor);
        check_window(model.text, model.cursor);
    }
}

/* Something else is written in between: the line comes back below it, the cursor where it was. */
/* Any bytes at all: no crash, no overrun, and the next line is taken as it should be. */
static void survives_junk(void **state)
{
    (void)state;
    uint64_t random = 11;

    for (unsigned round = 0; round < 200000; round++) {
        uint8_t byte = (uint8_t)random_below(&random, 256);
        if (random_below(&random, 4) == 0)
            byte = (uint8_t) "\x1b[O;15~\t\r"[random_below(&random, 9)];
        if (line_editor_feed(&editor, byte) != EDITOR_CONTINUE)
            line_editor_begin(&editor);
        assert_true(strlen(line_editor_text(&editor)) < LINE_EDITOR_SIZE);
        if (random_below(&random, 8) == 0)
            line_editor_refresh(&editor);
    }
    burst("\x03");
    line_editor_begin(&editor);
    enter("stats");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(agrees_with_a_model, start_editor),
        cmocka_unit_test_setup(survives_junk, start_editor),
    };
    return cmocka_run_group_tests_name("line_editor_model", tests, NULL, NULL);
}
