/* Dvorak (ANSI INCITS 207). The extra key of other keyboards gives < and >. */
#include "drivers/keymaps/keymap.h"

KEYMAP(dvorak) = {
    .name = "dvorak",
    .title = "Dvorak (United States)",
    .rows =
        {
            [KEYMAP_DIGITS] =
                {
                    u"`1234567890[]",
                    u"~!@#$%^&*(){}",
                },
            [KEYMAP_UPPER] =
                {
                    u"',.pyfgcrl/=",
                    u"\"<>PYFGCRL?+",
                },
            [KEYMAP_HOME] =
                {
                    u"aoeuidhtns-\\",
                    u"AOEUIDHTNS_|",
                },
            [KEYMAP_LOWER] =
                {
                    u"<;qjkxbmwvz",
                    u">:QJKXBMWVZ",
                },
        },
    .decimal = '.',
};
