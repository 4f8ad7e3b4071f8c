# The rules that build kernels. $(call objects,SET,SOURCES,CONFIGURATION) compiles sources into
# objects below the directory SET. $(call kernel,DIRECTORY,SET,SOURCES,CONFIGURATION) makes
# DIRECTORY/kernel.elf (with debug information) and DIRECTORY/kernel.bin (what is loaded) from
# KERNEL_SOURCES and the further ones of that set. CONFIGURATION is a list of NAME=VALUE macros that C
# and assembly see alike. A kernel's may have more than its set's: what the kernel is for, which only
# ROLE_SOURCES see. So kernels that differ in that alone share all other objects.
#
# $(call share,...) has a set take over from another one what is the same in both.
#
# The kernel carries its own symbol table, for backtraces. So it is linked twice: first with an
# empty table; the functions' addresses are taken from that kernel, and it is linked again with
# the table full. Because the table lies behind the text no function moves, and that is verified.

.PHONY: FORCE
FORCE:

# $(call record,FILE,TEXT,CHECK): FILE holds TEXT and is made anew only when TEXT has changed, so
# that what depends on it is rebuilt when flags, compilers or the list of sources change. CHECK, if
# given, is a command that must succeed first.
define record
ifneq ($$(strip $$(file <$(1))),$(strip $(2)))
$(1): FORCE
endif
$(1):
	@$$(shell mkdir -p $$(@D))$$(file >$$@,$(strip $(2)))$(or $(3),true)
endef

check_compilers = { command -v $(NASM) && $(CC) $(KERNEL_TARGET_FLAGS) -dumpmachine | grep ^x86_64; } \
    >/dev/null 2>&1 || { echo 'error: $(NASM), or $(CC) for x86-64, is not installed: \
    run tools/install build' >&2; exit 1; }

SYMBOLS_TOOL := $(BUILD)/tools/symbols
$(SYMBOLS_TOOL): tools/symbols.c
	$(call say,HOSTCC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOST_CC) -std=gnu11 -O1 -g $(WARNING_FLAGS) $(HOST_ERROR_FLAGS) -o $@ $<

# $(call symbol_table,KERNEL): C text of the table of the functions of KERNEL.
symbol_table = $(NM) -n $(1) | $(SYMBOLS_TOOL) __text_start __text_end

# $(call compile_kernel,CONFIGURATION): the compiler and its flags.
compile_kernel = $(CC) $(KERNEL_CFLAGS) $(SOURCE_CFLAGS) $(addprefix -D,$(1))
# $(call compile,CONFIGURATION): one C file into one object, with its dependencies beside it.
compile = $(compile_kernel) -MMD -MP -c -o $@ $<

# What assembly includes: NASM 2.16.01 with -MD leaves it out of the dependencies, and with -M, which
# tells the bootloader's, it refuses the symbols that interrupt_entry.asm repeats by.
ASM_INCLUDES := $(wildcard kernel/cpu/*.inc)

# $(call link,OBJECTS): those objects into one kernel.
link = $(LD) $(KERNEL_LDFLAGS) -T kernel/linker.ld -o $@ $(1)

# $(call make_directories,FILES): the rule that makes the directories in which the files are, once,
# and not one process for each file.
define make_directories
$(1): | $(sort $(dir $(1)))
$(sort $(dir $(1))):
	$$(Q)mkdir -p $$@
endef

# $(call objects_flags,CONFIGURATION): all that decides what sources become.
objects_flags = $(CC) $(KERNEL_CFLAGS) $(FAST_SOURCES) $(FAST_CFLAGS) $(HOT_SOURCES) $(HOT_CFLAGS) \
    $(NASM) $(KERNEL_NASM_FLAGS) $(1)

define objects
$(call record,$(1)/compile.flags,$(call objects_flags,$(3)),$(check_compilers))

$(1)/%.c.o: %.c $(1)/compile.flags
	$$(call say,CC,$$<)
	$$(Q)$$(call compile,$(3))

$(patsubst %,$(1)/%.o,$(FAST_SOURCES)): SOURCE_CFLAGS := $(FAST_CFLAGS)
$(patsubst %,$(1)/%.o,$(HOT_SOURCES)): SOURCE_CFLAGS := $(HOT_CFLAGS)
$(patsubst %,$(1)/%.o,$(EXTRA_SOURCES)): SOURCE_CFLAGS := -I$(EXTRA_DIRECTORY)

$(1)/%.asm.o: %.asm $(ASM_INCLUDES) $(1)/compile.flags
	$$(call say,NASM,$$<)
	$$(Q)$(NASM) $(KERNEL_NASM_FLAGS) $(addprefix -D,$(3)) -MD $$(@:.o=.d) -MP -o $$@ $$<

$(call make_directories,$(patsubst %,$(1)/%.o,$(2)))
-include $(patsubst %,$(1)/%.d,$(2))
endef

# $(call update,TEXT), in a recipe that always runs: writes TEXT to the target unless it holds that.
# It is for what takes long to find out, which thus is asked only where it is needed.
update = $(if $(and $(wildcard $@),$(findstring <$(strip $(file <$@))>,<$(strip $(1))>)),,$\
    $(shell mkdir -p $(@D))$(file >$@,$(strip $(1))))

# $(call asking,OPTIONS): the sources and headers that ask for one of them. kernel/config.h, which has
# a default for each, does not.
ASKING_DIRECTORIES := $(sort $(foreach directory,$(KERNEL_DIRECTORIES),$\
    $(firstword $(subst /, ,$(directory))))) tests/kernel tests/bench tests/soak
asking = $(if $(1),$(filter-out kernel/config.h,$(sort \
    $(shell grep -rlwE '$(subst $(space),|,$(strip $(1)))' $(ASKING_DIRECTORIES)))))

# $(call differing,CONFIGURATION,OTHER): the options that have another value in the other one.
differing = $(foreach option,$(filter-out $(2),$(1)),$(firstword $(subst =,$(space),$(option))))

# $(call share,SET,SOURCES,CONFIGURATION,OTHER SET,ITS CONFIGURATION): what these C sources become in
# the set is taken over from the other one, where they do not ask for what differs.
define share
$(1)/asking: FORCE
	@$$(call update,$$(call asking,$(call differing,$(3),$(5))))true

$(patsubst %,$(1)/%.o,$(filter %.c,$(2))): $(1)/%.o: % $(1)/compile.flags $(1)/asking | $(4)/%.o
	$$(call say,CC,$$<)
	$$(Q)if tools/share-object TARGET=$$@ $(1)/asking $(4)/$$<.d >$$(@:.o=.d); \
	    then cp $(4)/$$<.o $$@; else $$(call compile,$(3)); fi
endef

define kernel
$(1)_OBJECTS := $(patsubst %,$(1)/role/%.o,$(ROLE_SOURCES)) \
                $(patsubst %,$(2)/%.o,$(filter-out $(ROLE_SOURCES),$(KERNEL_SOURCES)) $(3))
$(call record,$(1)/link.flags,$(LD) $(KERNEL_LDFLAGS) $(KERNEL_SOURCES) $(3) $(4))

$(1)/role/%.c.o: %.c $(2)/compile.flags $(1)/link.flags
	$$(call say,CC,$$<)
	$$(Q)$$(call compile,$(4))

$(call make_directories,$(patsubst %,$(1)/role/%.o,$(ROLE_SOURCES)))
-include $(patsubst %,$(1)/role/%.d,$(ROLE_SOURCES))

$(1)/%.c.o: $(1)/%.c $(2)/compile.flags
	$$(Q)$$(call compile,$(4)) -ffile-prefix-map=$(BUILD)=build

$(1)/symbols.empty.c: $(SYMBOLS_TOOL)
	$$(Q)$(SYMBOLS_TOOL) </dev/null >$$@

$(1)/kernel.pass1.elf: $$($(1)_OBJECTS) $(1)/symbols.empty.c.o kernel/linker.ld $(1)/link.flags
	$$(call say,LD,$$@)
	$$(Q)$$(call link,$$(filter %.o,$$^))

$(1)/symbols.c: $(1)/kernel.pass1.elf $(SYMBOLS_TOOL)
	$$(call say,SYMBOLS,$$@)
	$$(Q)$$(call symbol_table,$$<) >$$@

$(1)/kernel.elf: $$($(1)_OBJECTS) $(1)/symbols.c.o kernel/linker.ld $(1)/link.flags
	$$(call say,LD,$$@)
	$$(Q)$$(call link,$$(filter %.o,$$^))
	$$(Q)$$(call symbol_table,$$@) | cmp -s - $(1)/symbols.c || \
	    { echo 'error: linking the symbol table into $$@ has moved functions' >&2; exit 1; }

$(1)/kernel.bin: $(1)/kernel.elf
	$$(call say,OBJCOPY,$$@)
	$$(Q)$(OBJCOPY) -O binary $$< $$@
endef
