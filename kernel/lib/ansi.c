/*
 * The state machine behind ansi_feed(). A control sequence is ESC [, parameters (digits parted by
 * semicolons), and one final byte from 0x40 to 0x7E that says what to do (ECMA-48, 5.4).
 */
#include "kernel/lib/ansi.h"

#include "kernel/lib/ascii.h"
#include "kernel/lib/string.h"

enum state {
    GROUND,       /* outside any sequence */
    ESCAPE,       /* behind ESC */
    INTERMEDIATE, /* behind ESC and bytes that announce a final byte, as in ESC ( B */
    SEQUENCE,     /* behind ESC [ */
};

/* More rows or columns than any screen has, and small enough to be added up. */
#define MAX_PARAMETER 9999u

/* Select Graphic Rendition (SGR): the parameters of ESC [ ... m. */
enum rendition {
    RENDITION_RESET = 0,
    RENDITION_BOLD = 1,
    RENDITION_REVERSE = 7,
    RENDITION_NOT_BOLD = 22,
    RENDITION_NOT_REVERSE = 27,
    RENDITION_FOREGROUND = 30,
    RENDITION_FOREGROUND_EXTENDED = 38, /* a palette index or RGB follows, in parameters */
    RENDITION_FOREGROUND_DEFAULT = 39,
    RENDITION_BACKGROUND = 40,
    RENDITION_BACKGROUND_EXTENDED = 48,
    RENDITION_BACKGROUND_DEFAULT = 49,
    RENDITION_FOREGROUND_BRIGHT = 90,
    RENDITION_BACKGROUND_BRIGHT = 100,
};

#define MODE_CURSOR_VISIBLE 25   /* DECTCEM, a private mode of the VT220 */
#define MODE_OTHER_SCREEN   1049 /* of xterm: with the cursor's place saved, and restored */

static const struct ansi_attributes default_attributes = {
    .foreground = ANSI_DEFAULT,
    .background = ANSI_DEFAULT,
};

void ansi_init(struct ansi_parser *parser, const struct ansi_screen_operations *operations,
               void *context)
{
    *parser = (struct ansi_parser){
        .operations = operations,
        .context = context,
        .attributes = default_attributes,
    };
}

/* A parameter that is a count: 1 unless it says otherwise. */
static int count_parameter(const struct ansi_parser *parser, unsigned index)
{
    return parser->parameters[index] ? parser->parameters[index] : 1;
}

static bool in_palette(unsigned rendition, unsigned first)
{
    return rendition >= first && rendition < first + ANSI_BRIGHT;
}

/* Returns false when the parameters behind this one belong to it, and are not renditions. */
static bool apply_rendition(struct ansi_attributes *attributes, unsigned rendition)
{
    if (rendition == RENDITION_RESET)
        *attributes = default_attributes;
    else if (rendition == RENDITION_BOLD || rendition == RENDITION_NOT_BOLD)
        attributes->bold = rendition == RENDITION_BOLD;
    else if (rendition == RENDITION_REVERSE || rendition == RENDITION_NOT_REVERSE)
        attributes->reverse = rendition == RENDITION_REVERSE;
    else if (rendition == RENDITION_FOREGROUND_DEFAULT)
        attributes->foreground = ANSI_DEFAULT;
    else if (rendition == RENDITION_BACKGROUND_DEFAULT)
        attributes->background = ANSI_DEFAULT;
    else if (in_palette(rendition, RENDITION_FOREGROUND))
        attributes->foreground = (uint8_t)(rendition - RENDITION_FOREGROUND);
    else if (in_palette(rendition, RENDITION_FOREGROUND_BRIGHT))
        attributes->foreground = (uint8_t)(rendition - RENDITION_FOREGROUND_BRIGHT + ANSI_BRIGHT);
    else if (in_palette(rendition, RENDITION_BACKGROUND))
        attributes->background = (uint8_t)(rendition - RENDITION_BACKGROUND);
    else if (in_palette(rendition, RENDITION_BACKGROUND_BRIGHT))
        attributes->background = (uint8_t)(rendition - RENDITION_BACKGROUND_BRIGHT + ANSI_BRIGHT);
    return rendition != RENDITION_FOREGROUND_EXTENDED && rendition != RENDITION_BACKGROUND_EXTENDED;
}

static void apply_renditions(struct ansi_parser *parser)
{
    for (unsigned i = 0; i <= parser->parameter_count && i < ANSI_PARAMETERS; i++) {
        if (!apply_rendition(&parser->attributes, parser->parameters[i]))
            break;
    }
    parser->operations->set_attributes(parser->context, &parser->attributes);
}

static void finish_private_sequence(struct ansi_parser *parser, uint8_t final)
{
    if (final != 'h' && final != 'l')
        return;
    if (parser->parameters[0] == MODE_CURSOR_VISIBLE)
        parser->operations->show_cursor(parser->context, final == 'h');
    else if (parser->parameters[0] == MODE_OTHER_SCREEN)
        parser->operations->use_other_screen(parser->context, final == 'h');
}

static void finish_sequence(struct ansi_parser *parser, uint8_t final)
{
    const struct ansi_screen_operations *screen = parser->operations;
    void *context = parser->context;
    int count = count_parameter(parser, 0);

    switch (final) {
    case 'A':
        screen->move_cursor(context, -count, 0);
        break;
    case 'B':
        screen->move_cursor(context, count, 0);
        break;
    case 'C':
        screen->move_cursor(context, 0, count);
        break;
    case 'D':
        screen->move_cursor(context, 0, -count);
        break;
    case 'H':
    case 'f':
        screen->place_cursor(context, (unsigned)count - 1,
                             (unsigned)count_parameter(parser, 1) - 1);
        break;
    case 'J':
        if (parser->parameters[0] <= ANSI_ERASE_ALL)
            screen->erase_display(context, (enum ansi_erase)parser->parameters[0]);
        break;
    case 'K':
        if (parser->parameters[0] <= ANSI_ERASE_ALL)
            screen->erase_line(context, (enum ansi_erase)parser->parameters[0]);
        break;
    case 'm':
        apply_renditions(parser);
        break;
    case 's':
        screen->save_cursor(context);
        break;
    case 'u':
        screen->restore_cursor(context);
        break;
    default:
        break;
    }
}

static void begin_sequence(struct ansi_parser *parser)
{
    parser->state = SEQUENCE;
    parser->parameter_count = 0;
    parser->is_private = false;
    parser->is_unknown = false;
    memset(parser->parameters, 0, sizeof(parser->parameters));
}

static void add_digit(struct ansi_parser *parser, unsigned digit)
{
    if (parser->parameter_count >= ANSI_PARAMETERS)
        return;

    unsigned value = parser->parameters[parser->parameter_count] * 10u + digit;
    parser->parameters[parser->parameter_count] =
        (uint16_t)(value < MAX_PARAMETER ? value : MAX_PARAMETER);
}

static void continue_sequence(struct ansi_parser *parser, uint8_t byte)
{
    if (byte >= '0' && byte <= '9') {
        add_digit(parser, byte - '0');
    } else if (byte == ';') {
        if (parser->parameter_count < ANSI_PARAMETERS)
            parser->parameter_count++;
    } else if (byte == '?') {
        parser->is_private = true;
    } else if (byte < '@') {
        parser->is_unknown = true;
    } else {
        parser->state = GROUND;
        if (parser->is_unknown)
            return;
        if (parser->is_private)
            finish_private_sequence(parser, byte);
        else
            finish_sequence(parser, byte);
    }
}

/* Controls act in the middle of a sequence too, as on a VT100. */
static void control(struct ansi_parser *parser, uint8_t byte)
{
    const struct ansi_screen_operations *screen = parser->operations;
    void *context = parser->context;

    switch (byte) {
    case '\n':
        screen->newline(context);
        break;
    case '\r':
        screen->carriage_return(context);
        break;
    case '\b':
        screen->backspace(context);
        break;
    case '\t':
        screen->tab(context);
        break;
    case CONTROL_BELL:
        screen->bell(context);
        break;
    case CONTROL_CANCEL:
    case CONTROL_SUBSTITUTE:
        parser->state = GROUND;
        break;
    case CONTROL_ESCAPE:
        parser->state = ESCAPE;
        break;
    default:
        break;
    }
}

void ansi_feed(struct ansi_parser *parser, uint8_t byte)
{
    if (byte < FIRST_PRINTABLE || byte == CONTROL_DELETE) {
        control(parser, byte);
        return;
    }
    if (parser->state == GROUND)
        parser->operations->put(parser->context, byte);
    else if (parser->state == SEQUENCE)
        continue_sequence(parser, byte);
    else if (parser->state == ESCAPE && byte == '[')
        begin_sequence(parser);
    else
        parser->state = byte < '0' ? INTERMEDIATE : GROUND;
}
