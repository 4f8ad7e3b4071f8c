/* What the command line says, and doing it. */
#include "kernel/options.h"

#include <stddef.h>

#include "drivers/keyboard/keyboard.h"
#include "kernel/boot_info.h"
#include "kernel/log.h"
#include "kernel/mm/layout.h"
#include "kernel/start/start.h"
#include "sched/harmony.h"
#include "sched/policy.h"
#include "sched/preemption.h"

struct kernel_options start_options;

void start_read_options(uint64_t address)
{
    const struct boot_info *given = physical_to_virtual(address);
    options_parse(&start_options, boot_info_is_valid(address) ? given->command_line : "", NULL);
}

void start_apply_options(void)
{
    if (start_options.preempt == OPTION_ON && preemption_set(true) != 0)
        log_warning("command line: preempt=on: this kernel was built without preemption");
    if (start_options.quantum_ms != 0)
        quantum_set_ms(start_options.quantum_ms);
    if (start_options.has_auto_quantum)
        harmony_set_auto_quantum(true);
    if (start_options.policy != NULL && policy_choose(start_options.policy) != 0)
        log_warning("command line: there is no policy '%.40s'; see 'policy'", start_options.policy);
    if (start_options.keymap != NULL && keyboard_set_keymap(start_options.keymap) != 0)
        log_warning("command line: there is no keymap '%.40s'; see 'keymap'", start_options.keymap);
}
