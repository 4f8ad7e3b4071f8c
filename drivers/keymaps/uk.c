/* United Kingdom (BS 4822, and what AltGr gives on PCs). */
#include "drivers/keymaps/keymap.h"

KEYMAP(uk) = {
    .name = "uk",
    .title = "United Kingdom",
    .rows =
        {
            [KEYMAP_DIGITS] =
                {
                    u"`1234567890-=",
                    u"¬!\"£$%^&*()_+",
                    u"¦   €",
                },
            [KEYMAP_UPPER] =
                {
                    u"qwertyuiop[]",
                    u"QWERTYUIOP{}",
                    u"  é   úíó",
                    u"  É   ÚÍÓ",
                },
            [KEYMAP_HOME] =
                {
                    u"asdfghjkl;'#",
                    u"ASDFGHJKL:@~",
                    u"á",
                    u"Á",
                },
            [KEYMAP_LOWER] =
                {
                    u"\\zxcvbnm,./",
                    u"|ZXCVBNM<>?",
                },
        },
    .decimal = '.',
};
