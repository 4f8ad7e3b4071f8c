/* Finding layouts, and looking things up in them. */
#include "drivers/keymaps/keymap.h"

#include <stddef.h>

#include "kernel/lib/string.h"

/* The layouts in the order of their names; the linker gathers them. */
extern const struct keymap *const __keymaps_start[], *const __keymaps_end[];

/* Letters with accents, for each accent in pairs: the letter without and with it. */
static const struct accented {
    uint16_t accent;
    const uint16_t *pairs;
} accented[] = {
    {u'`', u"aàeèiìoòuùAÀEÈIÌOÒUÙ"},   {u'´', u"aáeéiíoóuúyýAÁEÉIÍOÓUÚYÝ"},
    {u'^', u"aâeêiîoôuûAÂEÊIÎOÔUÛ"},   {u'~', u"aãnñoõAÃNÑOÕ"},
    {u'¨', u"aäeëiïoöuüyÿAÄEËIÏOÖUÜ"},
};

const struct keymap *keymap_at(unsigned index)
{
    const struct keymap *const *entry = __keymaps_start + index;
    return entry < __keymaps_end ? *entry : NULL;
}

const struct keymap *keymap_find(const char *name)
{
    const struct keymap *keymap;
    for (unsigned i = 0; (keymap = keymap_at(i)) != NULL; i++) {
        if (strcmp(keymap->name, name) == 0)
            break;
    }
    return keymap;
}

bool keymap_has_altgr(const struct keymap *keymap)
{
    return keymap->rows[KEYMAP_DIGITS][KEYMAP_ALTGR] != NULL;
}

uint16_t keymap_character(const struct keymap *keymap, enum keymap_level level, enum keymap_row row,
                          unsigned column)
{
    const uint16_t *character = keymap->rows[row][level];
    if (!character)
        return 0;
    while (*character && column > 0) {
        character++;
        column--;
    }
    return *character == u' ' ? 0 : *character;
}

static bool contains(const uint16_t *characters, uint16_t character)
{
    while (characters && *characters && *characters != character)
        characters++;
    return characters && *characters;
}

bool keymap_is_dead(const struct keymap *keymap, enum keymap_level level, uint16_t character)
{
    return contains(keymap->dead[level], character);
}

/* In ASCII and in Latin-1 a letter's capital stands 0x20 below it (except for sharp s and y with
 * diaeresis, whose capitals Latin-1 does not have). */
static bool is_letter_pair(uint16_t plain, uint16_t shifted)
{
    bool is_small = (plain >= u'a' && plain <= u'z') || (plain >= u'à' && plain <= u'þ');
    return is_small && shifted == plain - (u'a' - u'A');
}

bool keymap_caps_lock_shifts(const struct keymap *keymap, uint16_t plain, uint16_t shifted)
{
    return is_letter_pair(plain, shifted) || contains(keymap->caps_lock, plain);
}

uint16_t keymap_compose(uint16_t accent, uint16_t letter)
{
    if (letter == u' ')
        return accent;
    for (size_t i = 0; i < sizeof(accented) / sizeof(accented[0]); i++) {
        const uint16_t *pair = accented[i].accent == accent ? accented[i].pairs : u"";
        for (; *pair; pair += 2) {
            if (pair[0] == letter)
                return pair[1];
        }
    }
    return 0;
}
