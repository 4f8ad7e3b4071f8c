/* The linker's table of keyboard layouts. */
#include <string.h>

#include "drivers/keymaps/keymap.h"

extern const struct keymap *const keymap_registration_de,
    *const keymap_registration_dvorak, *const keymap_registration_es,
                                           *const keymap_registration_fr,
                                               *const keymap_registration_it,
                                                   *const keymap_registration_uk,
                                                       *const keymap_registration_us;

#define KEYMAPS 7

const struct keymap *__keymaps_start[KEYMAPS];
extern const struct keymap *__keymaps_end[];
__asm__(".globl __keymaps_end\n.set __keymaps_end, __keymaps_start + 56");
_Static_assert(sizeof(__keymaps_start) == 56, "__keymaps_end is wrong");

static __attribute__((constructor)) void register_keymaps(void)
{
    const struct keymap *all[KEYMAPS] = {keymap_registration_de, keymap_registration_dvorak,
                                         keymap_registration_es, keymap_registration_fr,
                                         keymap_registration_it, keymap_registration_uk,
                                         keymap_registration_us};
    memcpy(__keymaps_start, all, sizeof(all));
}
