/* Italian. The keycaps have neither ` nor ~: AltGr with ' and with ì gives them, as on Unix. */
#include "drivers/keymaps/keymap.h"

KEYMAP(it) = {
    .name = "it",
    .title = "Italian",
    .rows =
        {
            [KEYMAP_DIGITS] =
                {
                    u"\\1234567890'ì",
                    u"|!\"£$%&/()=?^",
                    u"     €     `~",
                },
            [KEYMAP_UPPER] =
                {
                    u"qwertyuiopè+",
                    u"QWERTYUIOPé*",
                    u"  €       []",
                    u"          {}",
                },
            [KEYMAP_HOME] =
                {
                    u"asdfghjklòàù",
                    u"ASDFGHJKLç°§",
                    u"         @#",
                },
            [KEYMAP_LOWER] =
                {
                    u"<zxcvbnm,.-",
                    u">ZXCVBNM;:_",
                },
        },
    .decimal = '.',
};
