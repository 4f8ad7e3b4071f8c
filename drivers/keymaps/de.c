/* German (DIN 2137, T1). Caps Lock is a shift lock, as on typewriters. */
#include "drivers/keymaps/keymap.h"

KEYMAP(de) = {
    .name = "de",
    .title = "German",
    .rows =
        {
            [KEYMAP_DIGITS] =
                {
                    u"^1234567890ß´",
                    u"°!\"§$%&/()=?`",
                    u"  ²³   {[]}\\",
                },
            [KEYMAP_UPPER] =
                {
                    u"qwertzuiopü+",
                    u"QWERTZUIOPÜ*",
                    u"@ €        ~",
                },
            [KEYMAP_HOME] =
                {
                    u"asdfghjklöä#",
                    u"ASDFGHJKLÖÄ'",
                },
            [KEYMAP_LOWER] =
                {
                    u"<yxcvbnm,.-",
                    u">YXCVBNM;:_",
                    u"|      µ",
                },
        },
    .dead = {[KEYMAP_PLAIN] = u"^´", [KEYMAP_SHIFT] = u"`"},
    .caps_lock = u"1234567890ß+#,.",
    .decimal = ',',
};
