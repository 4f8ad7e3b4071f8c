# Which kernel sources each fuzz target is linked with. tests/fuzz/fuzz_NAME.c is found by itself; a
# line here names what it feeds, besides kernel/lib/string.c. tests/fuzz/corpus/NAME/ has what a target begins with.

FUZZ_SOURCES_keyboard := $(KEYBOARD_DECODER)
FUZZ_SOURCES_terminal_input := $(addprefix shell/terminal/,key_decoder.c utf8.c)
FUZZ_SOURCES_line_editor := $(filter-out kernel/lib/string.c,$(EDITED_LINE))
FUZZ_SOURCES_parser := shell/parser.c
FUZZ_SOURCES_options := kernel/options.c $(addprefix kernel/lib/,format.c number.c)
FUZZ_SOURCES_ansi := kernel/lib/ansi.c
FUZZ_SOURCES_console := $(addprefix shell/terminal/,console.c scrollback.c) drivers/code_page.c kernel/lib/ansi.c

# What the line editor's models are made with.
FUZZ_LIBRARIES_line_editor := -lcmocka

# Targets that are scripts, and take the arguments of the others.
FUZZ_SCRIPTS := tests/fuzz/fuzz_trace_convert.py
