/* United States (ANSI INCITS 154). The extra key of other keyboards gives < and >. */
#include "drivers/keymaps/keymap.h"

KEYMAP(us) = {
    .name = "us",
    .title = "United States",
    .rows =
        {
            [KEYMAP_DIGITS] =
                {
                    u"`1234567890-=",
                    u"~!@#$%^&*()_+",
                },
            [KEYMAP_UPPER] =
                {
                    u"qwertyuiop[]",
                    u"QWERTYUIOP{}",
                },
            [KEYMAP_HOME] =
                {
                    u"asdfghjkl;'\\",
                    u"ASDFGHJKL:\"|",
                },
            [KEYMAP_LOWER] =
                {
                    u"<zxcvbnm,./",
                    u">ZXCVBNM<>?",
                },
        },
    .decimal = '.',
};
