/* Spanish (UNE 71501, and what AltGr gives on PCs). */
#include "drivers/keymaps/keymap.h"

KEYMAP(es) = {
    .name = "es",
    .title = "Spanish",
    .rows =
        {
            [KEYMAP_DIGITS] =
                {
                    u"º1234567890'¡",
                    u"ª!\"·$%&/()=?¿",
                    u"\\|@#~€¬",
                },
            [KEYMAP_UPPER] =
                {
                    u"qwertyuiop`+",
                    u"QWERTYUIOP^*",
                    u"  €       []",
                },
            [KEYMAP_HOME] =
                {
                    u"asdfghjklñ´ç",
                    u"ASDFGHJKLÑ¨Ç",
                    u"          {}",
                },
            [KEYMAP_LOWER] =
                {
                    u"<zxcvbnm,.-",
                    u">ZXCVBNM;:_",
                },
        },
    .dead = {[KEYMAP_PLAIN] = u"`´", [KEYMAP_SHIFT] = u"^¨", [KEYMAP_ALTGR] = u"~"},
    .decimal = '.',
};
