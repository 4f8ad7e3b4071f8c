# Which kernel sources each unit test is linked with. tests/unit/test_NAME.c is found by itself;
# a line here, per test, names what it tests (and fakes of its own, if it needs them):
#
#   UNIT_TEST_SOURCES_test_ring := kernel/lib/ring.c
#
# A test may add compiler flags for itself and its sources, ahead of all others:
#
#   UNIT_TEST_FLAGS_test_string := -Dmemcpy=kernel_memcpy

UNIT_TEST_SOURCES_test_acpi := drivers/firmware/acpi.c tests/unit/fakes/firmware_tables.c

# Drivers are included by their tests, which look into them; the headers in fakes/machine/ take
# the place of those whose instructions a program may not execute.
UNIT_TEST_SOURCES_test_serial := drivers/uart.c kernel/lib/ring.c tests/unit/fakes/processor.c \
                                 tests/unit/fakes/uart_model.c
UNIT_TEST_FLAGS_test_serial := -Itests/unit/fakes/machine
KEYMAPS := $(sort $(wildcard drivers/keymaps/*.c)) tests/unit/fakes/keymaps.c
UNIT_TEST_SOURCES_test_keyboard := $(sort $(wildcard drivers/keyboard/*.c)) \
                                   $(KEYMAPS) tests/unit/fakes/keyboard_machine.c
UNIT_TEST_FLAGS_test_keyboard := -Itests/unit/fakes/machine
UNIT_TEST_SOURCES_test_rtc := kernel/lib/format.c tests/unit/fakes/processor.c
UNIT_TEST_FLAGS_test_rtc := -Itests/unit/fakes/machine
UNIT_TEST_SOURCES_test_rtc_interrupts := tests/unit/fakes/processor.c
UNIT_TEST_FLAGS_test_rtc_interrupts := -Itests/unit/fakes/machine
UNIT_TEST_SOURCES_test_pic := tests/unit/fakes/processor.c
UNIT_TEST_FLAGS_test_pic := -Itests/unit/fakes/machine
UNIT_TEST_SOURCES_test_pit := tests/unit/fakes/processor.c
UNIT_TEST_FLAGS_test_pit := -Itests/unit/fakes/machine
UNIT_TEST_SOURCES_test_nmi := kernel/lib/format.c
UNIT_TEST_FLAGS_test_nmi := -Itests/unit/fakes/machine
UNIT_TEST_SOURCES_test_rate_watch := drivers/clock/rate_watch.c
UNIT_TEST_SOURCES_test_timer := drivers/clock/frequency_check.c drivers/clock/rate_watch.c \
                                tests/unit/fakes/processor.c
UNIT_TEST_FLAGS_test_timer := -Itests/unit/fakes/machine
UNIT_TEST_SOURCES_test_frequency_check := drivers/clock/frequency_check.c
UNIT_TEST_FLAGS_test_vga := -Itests/unit/fakes/machine

UNIT_TEST_FLAGS_test_string := -include tests/unit/kernel_string_names.h
UNIT_TEST_SOURCES_test_string := kernel/lib/string.c
UNIT_TEST_SOURCES_test_format := kernel/lib/format.c
UNIT_TEST_SOURCES_test_ring := kernel/lib/ring.c
UNIT_TEST_SOURCES_test_wrap := kernel/lib/wrap.c
UNIT_TEST_SOURCES_test_bitmap := kernel/lib/bitmap.c
UNIT_TEST_SOURCES_test_priority_queue := kernel/lib/priority_queue.c
UNIT_TEST_SOURCES_test_histogram := kernel/lib/histogram.c
UNIT_TEST_SOURCES_test_number := kernel/lib/number.c
UNIT_TEST_SOURCES_test_pattern := kernel/lib/pattern.c
UNIT_TEST_SOURCES_test_edit_distance := kernel/lib/edit_distance.c
UNIT_TEST_SOURCES_test_near_miss := shell/near_miss.c $(addprefix shell/editor/,completion.c words.c line_text.c) \
                                    $(addprefix kernel/lib/,edit_distance.c format.c string.c)
UNIT_TEST_FLAGS_test_near_miss := -include tests/unit/kernel_string_names.h
UNIT_TEST_SOURCES_test_errors := kernel/lib/errors.c
UNIT_TEST_SOURCES_test_ansi := kernel/lib/ansi.c
KEYBOARD_DECODER := drivers/keyboard/decoder.c drivers/keyboard/scan_codes.c $(KEYMAPS)
UNIT_TEST_SOURCES_test_keyboard_decoder := $(KEYBOARD_DECODER)
UNIT_TEST_SOURCES_test_keyboard_layouts := $(KEYBOARD_DECODER)
UNIT_TEST_SOURCES_test_keyboard_dead_keys := $(KEYBOARD_DECODER)
UNIT_TEST_SOURCES_test_scan_codes := drivers/keyboard/scan_codes.c
UNIT_TEST_SOURCES_test_code_page := drivers/code_page.c
UNIT_TEST_SOURCES_test_parser := shell/parser.c
UNIT_TEST_FLAGS_test_cpu_identity := -include tests/unit/kernel_string_names.h
UNIT_TEST_SOURCES_test_cpu_identity := kernel/cpu/cpu_identity.c kernel/lib/string.c
UNIT_TEST_SOURCES_test_machine_check_text := kernel/cpu/machine_check_text.c kernel/lib/format.c
UNIT_TEST_SOURCES_test_smbios := drivers/firmware/smbios.c tests/unit/fakes/firmware_tables.c
UNIT_TEST_FLAGS_test_options := -include tests/unit/kernel_string_names.h
UNIT_TEST_SOURCES_test_options := kernel/options.c kernel/lib/number.c kernel/lib/string.c
EDITED_LINE := $(sort $(wildcard shell/editor/*.c)) shell/terminal/key_decoder.c \
               kernel/lib/ansi.c kernel/lib/format.c kernel/lib/string.c \
               tests/unit/edited_line.c tests/unit/model_terminal.c
EDITED_LINE_TESTS := test_line_editor test_line_editor_keys test_line_editor_recall \
                     test_line_editor_completion test_line_editor_model test_line_display
$(foreach test,$(EDITED_LINE_TESTS),\
    $(eval UNIT_TEST_FLAGS_$(test) := -include tests/unit/kernel_string_names.h)\
    $(eval UNIT_TEST_SOURCES_$(test) := $(EDITED_LINE)))
UNIT_TEST_FLAGS_test_history := -include tests/unit/kernel_string_names.h
UNIT_TEST_SOURCES_test_history := shell/editor/history.c kernel/lib/string.c
UNIT_TEST_FLAGS_test_words := -include tests/unit/kernel_string_names.h
UNIT_TEST_FLAGS_test_command_options := -include tests/unit/kernel_string_names.h
UNIT_TEST_SOURCES_test_command_options := shell/options.c kernel/lib/string.c
UNIT_TEST_SOURCES_test_words := shell/editor/words.c kernel/lib/string.c
UNIT_TEST_SOURCES_test_key_decoder := shell/terminal/key_decoder.c kernel/lib/string.c
UNIT_TEST_FLAGS_test_key_decoder := -include tests/unit/kernel_string_names.h
UNIT_TEST_SOURCES_test_scrollback := shell/terminal/scrollback.c
UNIT_TEST_SOURCES_test_console := $(addprefix shell/terminal/,console.c scrollback.c) \
                                  drivers/code_page.c kernel/lib/ansi.c
UNIT_TEST_SOURCES_test_utf8 := shell/terminal/utf8.c
UNIT_TEST_SOURCES_test_size_report := shell/terminal/size_report.c kernel/lib/string.c
UNIT_TEST_FLAGS_test_size_report := -include tests/unit/kernel_string_names.h
UNIT_TEST_SOURCES_test_row_display := shell/views/row_display.c kernel/lib/ansi.c \
                                      kernel/lib/format.c kernel/lib/string.c
UNIT_TEST_FLAGS_test_row_display := -include tests/unit/kernel_string_names.h
UNIT_TEST_SOURCES_test_thread_sample := shell/views/thread_sample.c kernel/lib/string.c
UNIT_TEST_FLAGS_test_thread_sample := -include tests/unit/kernel_string_names.h
UNIT_TEST_SOURCES_test_frames := kernel/mm/frames.c kernel/lib/bitmap.c tests/unit/fakes/spinlock.c \
                                 tests/unit/fakes/panic.c
UNIT_TEST_FLAGS_test_frames := -Itests/unit/fakes
UNIT_TEST_SOURCES_test_heap := kernel/mm/heap.c kernel/lib/bitmap.c tests/unit/fakes/spinlock.c \
                               tests/unit/fakes/panic.c
UNIT_TEST_SOURCES_test_timer_queue := sched/timers/timer_queue.c kernel/lib/priority_queue.c
UNIT_TEST_SOURCES_test_latency := kernel/lib/histogram.c sched/observe/suspects.c
UNIT_TEST_FLAGS_test_latency := -Itests/unit/fakes/machine
UNIT_TEST_SOURCES_test_locks := tests/unit/fakes/critical_section.c
UNIT_TEST_FLAGS_test_locks := -Itests/unit/fakes/machine
UNIT_TEST_SOURCES_test_memory_pool := sched/sync/memory_pool.c \
                                      tests/unit/fakes/critical_section.c tests/unit/fakes/panic.c
UNIT_TEST_FLAGS_test_memory_pool := -Itests/unit/fakes/machine
UNIT_TEST_SOURCES_test_software_timer := sched/timers/software_timer.c sched/timers/timer_queue.c \
                                         kernel/lib/format.c kernel/lib/priority_queue.c \
                                         tests/unit/fakes/critical_section.c
UNIT_TEST_FLAGS_test_software_timer := -Itests/unit/fakes/machine
UNIT_TEST_SOURCES_test_waiting := sched/sync/wait_queue.c sched/sync/inheritance.c \
                                  kernel/lib/priority_queue.c tests/unit/fakes/critical_section.c
UNIT_TEST_FLAGS_test_waiting := -Itests/unit/fakes/machine
UNIT_TEST_SOURCES_test_spinlock := tests/unit/fakes/panic.c tests/unit/fakes/processor.c
UNIT_TEST_FLAGS_test_spinlock := -Itests/unit/fakes/machine
UNIT_TEST_SOURCES_test_symbols := kernel/symbols.c
UNIT_TEST_SOURCES_test_run_row := sched/observe/run_row.c kernel/lib/string.c
UNIT_TEST_FLAGS_test_run_row := -include tests/unit/kernel_string_names.h
UNIT_TEST_SOURCES_test_timeline := shell/views/timeline.c kernel/lib/string.c
UNIT_TEST_FLAGS_test_timeline := -include tests/unit/kernel_string_names.h

# The real scheduler on a simulated machine.
SIMULATION := $(addprefix sched/core/,core.c switching.c policy.c) $(wildcard sched/state/*.c) \
              sched/observe/harmony.c sched/observe/shares.c sched/timers/timer_queue.c sched/sync/wait_queue.c \
              $(addprefix sched/policies/,policies.c fair.c harmony.c lottery.c mlfq.c prio.c rr.c) \
              $(addprefix kernel/lib/,histogram.c priority_queue.c ticket_tree.c) \
              tests/unit/fakes/simulation.c \
              tests/unit/fakes/critical_section.c tests/unit/fakes/panic.c
UNIT_TEST_SOURCES_test_harmony := $(SIMULATION)
UNIT_TEST_FLAGS_test_harmony := -Itests/unit/fakes/machine
UNIT_TEST_SOURCES_test_policies := $(SIMULATION)
UNIT_TEST_FLAGS_test_policies := -Itests/unit/fakes/machine
UNIT_TEST_SOURCES_test_policy_changes := $(SIMULATION)
UNIT_TEST_FLAGS_test_policy_changes := -Itests/unit/fakes/machine
UNIT_TEST_SOURCES_test_policy_fair := $(SIMULATION)
UNIT_TEST_FLAGS_test_policy_fair := -Itests/unit/fakes/machine
UNIT_TEST_SOURCES_test_policy_costs := $(SIMULATION)
UNIT_TEST_FLAGS_test_policy_costs := -Itests/unit/fakes/machine -fsanitize-coverage=trace-pc
UNIT_TEST_SOURCES_test_ticket_tree := kernel/lib/ticket_tree.c
UNIT_TEST_SOURCES_test_figures := shell/mixes/figures.c
