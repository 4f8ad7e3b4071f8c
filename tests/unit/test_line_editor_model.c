/* shell/editor/line_editor against a model: the same random keys applied to a plain string. */
#include "tests/unit/edited_line.h"

#define STEPS_MAX 4096u

/* A plain string, and copies of it for each change; kills are kept in one string each. */
struct model {
    char text[LINE_EDITOR_SIZE];
    unsigned cursor;
    char kills[KILL_RING_TEXTS][LINE_EDITOR_SIZE];
    unsigned kill_count, kill;
    bool overwrites;
    enum { OTHER, TYPED, KILLED, YANKED } last;
    unsigned yanked; /* how many characters */
};

static struct {
    char text[LINE_EDITOR_SIZE];
    unsigned cursor;
} steps[STEPS_MAX];
static unsigned step_count;

static void model_replace(struct model *model, unsigned from, unsigned to, const char *with)
{
    char behind[LINE_EDITOR_SIZE];
    string_copy(behind, model->text + to, sizeof(behind));
    string_copy(model->text + from, with, LINE_EDITOR_SIZE - from);
    model->cursor = (unsigned)strlen(model->text);
    string_copy(model->text + model->cursor, behind, LINE_EDITOR_SIZE - model->cursor);
}

static bool is_word(char character, bool by_blanks)
{
    return by_blanks ? character != ' ' : character == 'a' || character == 'b';
}

static unsigned model_word_left(const struct model *model, bool by_blanks)
{
    unsigned at = model->cursor;
    while (at > 0 && !is_word(model->text[at - 1], by_blanks))
        at--;
    while (at > 0 && is_word(model->text[at - 1], by_blanks))
        at--;
    return at;
}

static unsigned model_word_right(const struct model *model)
{
    unsigned at = model->cursor;
    while (model->text[at] && !is_word(model->text[at], false))
        at++;
    while (model->text[at] && is_word(model->text[at], false))
        at++;
    return at;
}

static void model_kill(struct model *model, unsigned from, unsigned to)
{
    char killed[LINE_EDITOR_SIZE], before[LINE_EDITOR_SIZE] = "";
    bool joins = model->last == KILLED;
    if (from == to)
        return;
    model->last = KILLED;
    string_copy(killed, model->text + from, to - from + 1);
    if (!joins && model->kill_count == KILL_RING_TEXTS)
        memmove(model->kills[0], model->kills[1], sizeof(model->kills) - LINE_EDITOR_SIZE);
    else if (!joins)
        model->kill_count++;
    model->kill = model->kill_count - 1;
    char *newest = model->kills[model->kill];
    if (joins)
        string_copy(before, newest, sizeof(before));
    bool in_front = from < model->cursor;
    string_copy(newest, in_front ? killed : before, LINE_EDITOR_SIZE);
    string_copy(newest + strlen(newest), in_front ? before : killed,
                LINE_EDITOR_SIZE - strlen(newest));
    model_replace(model, from, to, "");
}

/* In the place of the last `replaced` characters. */
static void model_yank(struct model *model, unsigned replaced)
{
    const char *text = model->kills[model->kill];
    if (model->kill_count == 0 || strlen(model->text) - replaced + strlen(text) > LONGEST)
        return;
    model_replace(model, model->cursor - replaced, model->cursor, text);
    model->yanked = (unsigned)strlen(text);
    model->last = YANKED;
}

static void model_type(struct model *model, char character)
{
    bool replaces = model->overwrites && model->text[model->cursor] != '\0';
    model->last = TYPED;
    if (strlen(model->text) - replaces < LONGEST)
        model_replace(model, model->cursor, model->cursor + replaces, (char[]){character, '\0'});
}

static void model_backspace(struct model *model)
{
    bool leaves_blank = model->overwrites && model->text[model->cursor] != '\0';
    if (model->cursor == 0)
        return;
    model_replace(model, model->cursor - 1, model->cursor, leaves_blank ? " " : "");
    model->cursor -= leaves_blank;
}

static void model_transpose(struct model *model)
{
    unsigned right = model->cursor - (model->text[model->cursor] == '\0');
    if (model->cursor == 0 || strlen(model->text) < 2)
        return;
    model_replace(model, right - 1, right + 1,
                  (char[]){model->text[right], model->text[right - 1], '\0'});
}

/* The keys by their numbers. */
static const char *const keys[] = {
    HOME,   END,        LEFT,   LEFT,     RIGHT,       "\b",   DELETE,   "\x17", WORD_LEFT, "\x0B",
    "\x15", WORD_RIGHT, "\x0C", ALT("d"), ALT("\x7F"), "\x19", ALT("y"), "\x14", INSERT,
};

static void apply(struct model *model, unsigned key)
{
    unsigned length = (unsigned)strlen(model->text);
    unsigned last = model->last;
    bool kills = key == 7 || key == 9 || key == 10 || key == 13 || key == 14;
    if (!kills || last != KILLED)
        model->last = OTHER;
    switch (key) {
    case 0:
        model->cursor = 0;
        break;
    case 1:
        model->cursor = length;
        break;
    case 2:
    case 3:
        model->cursor -= model->cursor > 0;
        break;
    case 4:
        model->cursor += model->cursor < length;
        break;
    case 5:
        model_backspace(model);
        break;
    case 6:
        if (model->cursor < length)
            model_replace(model, model->cursor, model->cursor + 1, "");
        break;
    case 7:
        model_kill(model, model_word_left(model, true), model->cursor);
        break;
    case 8:
        model->cursor = model_word_left(model, false);
        break;
    case 9:
        model_kill(model, model->cursor, length);
        break;
    case 10:
        model_kill(model, 0, model->cursor);
        break;
    case 11:
        model->cursor = model_word_right(model);
        break;
    case 13:
        model_kill(model, model->cursor, model_word_right(model));
        break;
    case 14:
        model_kill(model, model_word_left(model, false), model->cursor);
        break;
    case 15:
        model_yank(model, 0);
        break;
    case 16:
        if (last != YANKED)
            break;
        model->last = YANKED;
        model->kill = (model->kill + model->kill_count - 1) % model->kill_count;
        model_yank(model, model->yanked);
        break;
    case 17:
        model_transpose(model);
        break;
    case 18:
        model->overwrites = !model->overwrites;
        break;
    default:
        break;
    }
}

/* A key to both, or a character where the line has become short enough. */
static void random_key(struct model *model, uint64_t *random)
{
    unsigned key = random_below(random, 40);
    bool is_rare = key >= 9 && key <= 10 && random_below(random, 8) > 0;
    struct model before = *model;
    if (key < COUNT_OF(keys) && !is_rare) {
        burst(keys[key]);
        apply(model, key);
    } else {
        char character = "ab \x7E"[random_below(random, 4)];
        burst((char[]){character, '\0'});
        model_type(model, character);
    }
    bool goes_on = model->last == TYPED && before.last == TYPED;
    if (strcmp(before.text, model->text) != 0 && !goes_on && step_count < STEPS_MAX) {
        string_copy(steps[step_count].text, before.text, LINE_EDITOR_SIZE);
        steps[step_count++].cursor = before.cursor;
    }
}

/* Some steps back, as far as the editor remembers them. */
static void undo_some(struct model *model, uint64_t *random)
{
    for (unsigned count = random_below(random, 9); count > 0 && step_count > 0; count--) {
        burst("\x1F");
        string_copy(model->text, steps[--step_count].text, LINE_EDITOR_SIZE);
        model->cursor = steps[step_count].cursor;
        model->last = OTHER;
    }
}

static void begin_anew(struct model *model)
{
    burst("\x03");
    line_editor_begin(&editor);
    *model->text = '\0';
    model->cursor = 0;
    model->overwrites = false;
    model->last = OTHER;
    step_count = 0;
}

static void agrees_with_a_model(void **state)
{
    (void)state;
    static struct model model;
    uint64_t random = 10;

    for (unsigned round = 0; round < 100000; round++) {
        if (step_count == UNDO_STEPS)
            begin_anew(&model);
        if (random_below(&random, 100) == 0)
            undo_some(&model, &random);
        random_key(&model, &random);
        if (random_below(&random, 3))
            continue; /* a burst goes on */
        line_editor_refresh(&editor);
        check_window(model.text, model.cursor);
    }
}

/* Any bytes at all: no crash, no overrun, and the next line is taken as it should be. */
static void survives_junk(void **state)
{
    (void)state;
    uint64_t random = 11;

    for (unsigned round = 0; round < 200000; round++) {
        uint8_t byte = (uint8_t)random_below(&random, 256);
        if (random_below(&random, 4) == 0)
            byte = (uint8_t) "\x1b[O;15~\t\r\x12\x13\x1fy."[random_below(&random, 14)];
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
