/* French (AZERTY, as PCs had it before NF Z71-300). Caps Lock is a shift lock. */
#include "drivers/keymaps/keymap.h"

KEYMAP(fr) = {
    .name = "fr",
    .title = "French",
    .rows =
        {
            [KEYMAP_DIGITS] =
                {
                    u"²&é\"'(-è_çà)=",
                    u" 1234567890°+",
                    u"  ~#{[|`\\^@]}",
                },
            [KEYMAP_UPPER] =
                {
                    u"azertyuiop^$",
                    u"AZERTYUIOP¨£",
                    u"  €        ¤",
                },
            [KEYMAP_HOME] =
                {
                    u"qsdfghjklmù*",
                    u"QSDFGHJKLM%µ",
                },
            [KEYMAP_LOWER] =
                {
                    u"<wxcvbn,;:!",
                    u">WXCVBN?./§",
                },
        },
    .dead = {[KEYMAP_PLAIN] = u"^", [KEYMAP_SHIFT] = u"¨", [KEYMAP_ALTGR] = u"~`"},
    .caps_lock = u"&é\"'(-è_çà)=$ù*,;:!",
    .decimal = '.',
};
