/* The US layout (ANSI INCITS 154); its extra key, where there is one, gives < and >. */
#include "drivers/keymaps/keymap.h"

const struct keymap keymap_us = {
    .name = "us",
    .levels =
        {
            [KEYMAP_PLAIN] = {"`1234567890-=", "qwertyuiop[]", "asdfghjkl;'\\", "<zxcvbnm,./"},
            [KEYMAP_SHIFT] = {"~!@#$%^&*()_+", "QWERTYUIOP{}", "ASDFGHJKL:\"|", ">ZXCVBNM<>?"},
        },
};
