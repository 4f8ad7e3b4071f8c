# What the kernels are made of, and which are made: the sources, the sets of objects that they become,
# and the kernels that are linked from those. tools/kernel.mk has the rules.

# --- Sources -------------------------------------------------------------------------------------

KERNEL_DIRECTORIES := kernel kernel/lib kernel/cpu kernel/mm kernel/start \
                      drivers drivers/clock drivers/firmware drivers/keyboard drivers/keymaps \
                      $(addprefix sched/,core observe policies state sync threads timers) \
                      shell $(addprefix shell/,commands editor mixes post_mortem terminal views workloads)
KERNEL_SOURCES := $(sort $(wildcard $(foreach directory,$(KERNEL_DIRECTORIES),\
                      $(directory)/*.c $(directory)/*.asm)))

# By absolute path, so that the objects of a directory above this one stay below build/.
ifneq ($(strip $(EXTRA)),)
ifneq ($(words $(abspath $(EXTRA))),1)
$(error the path '$(EXTRA)' contains a space, which make cannot handle: EXTRA needs one without)
endif
EXTRA_DIRECTORY := $(abspath $(EXTRA))
EXTRA_SOURCES := $(sort $(wildcard $(EXTRA_DIRECTORY)/*.c))
ifeq ($(EXTRA_SOURCES),)
$(error EXTRA=$(EXTRA): there are no *.c files in $(EXTRA_DIRECTORY))
endif
endif

include tools/kernel.mk

# --- Kernels -------------------------------------------------------------------------------------

KERNEL_CONFIG := CONFIG_PREEMPT=$(PREEMPT) CONFIG_DEBUG=$(DEBUG) CONFIG_STRESS=$(STRESS)
TEST_KERNEL_CONFIG := CONFIG_PREEMPT=$(PREEMPT) CONFIG_DEBUG=1 CONFIG_STRESS=$(STRESS)
STRESS_KERNEL_CONFIG := CONFIG_PREEMPT=$(PREEMPT) CONFIG_DEBUG=1 CONFIG_STRESS=1

# What a kernel is for; only ROLE_SOURCES ask.
SHELLS := CONFIG_SELF_TEST=0 CONFIG_BENCH=0
SELF_TESTS := CONFIG_SELF_TEST=1 CONFIG_BENCH=0
BENCHMARKS := CONFIG_SELF_TEST=0 CONFIG_BENCH=1
ROLE_SOURCES := kernel/start/panics.c kernel/start/shells.c

TEST_KERNEL_SOURCES := $(sort $(wildcard tests/kernel/*.c))
BENCH_KERNEL_SOURCES := $(sort $(wildcard tests/bench/*.c)) tests/kernel/report.c
SOAK_KERNEL_SOURCES := $(sort $(wildcard tests/soak/*.c)) tests/kernel/report.c \
                       tests/kernel/soundness.c

# In the soak each call of these comes to tests/soak/misfortunes.c first.
WRAPPED_FUNCTIONS := kmalloc kmalloc_zeroed frames_allocate frames_allocate_run

# What the kernels are made of. EXTRA adds objects and changes none, so that a build with it may share
# those of another: BUILD=build/mine OBJECTS=build/objects.
OBJECTS ?= $(BUILD)/objects
$(eval $(call objects,$(OBJECTS)/plain,$(KERNEL_SOURCES) $(BENCH_KERNEL_SOURCES) $(EXTRA_SOURCES),$\
    $(KERNEL_CONFIG)))
$(eval $(call objects,$(OBJECTS)/test,$(sort $(KERNEL_SOURCES) $(TEST_KERNEL_SOURCES) $(SOAK_KERNEL_SOURCES)),$\
    $(TEST_KERNEL_CONFIG)))
$(eval $(call objects,$(OBJECTS)/stress,$(KERNEL_SOURCES) $(TEST_KERNEL_SOURCES),$\
    $(STRESS_KERNEL_CONFIG)))

# What most sources become is the same in all sets: few ask for an option. LIKE names the objects of
# another build, by the same tools, that has other options: LIKE=build/objects.
LIKE ?=
like_flags = $(if $(LIKE),$(file <$(LIKE)/$(1)/compile.flags))
is_like = $(findstring <$(strip $(filter-out CONFIG_%,$(call like_flags,$(1))))>,$\
    <$(strip $(call objects_flags))>)

# $(call share_some,SET,SOURCES,CONFIGURATION,OTHER SET,ITS SOURCES,ITS CONFIGURATION): with the same
# set of LIKE, or, where that is not like it, with the other one.
share_some = $(if $(call is_like,$(1)),$\
    $(call share,$(OBJECTS)/$(1),$(2),$(3),$(LIKE)/$(1),$(filter CONFIG_%,$(call like_flags,$(1)))),$\
    $(if $(4),$(call share,$(OBJECTS)/$(1),$(filter $(5),$(2)),$(3),$(OBJECTS)/$(4),$(6))))
$(eval $(call share_some,plain,$(KERNEL_SOURCES) $(BENCH_KERNEL_SOURCES),$(KERNEL_CONFIG)))
$(eval $(call share_some,test,$(KERNEL_SOURCES) $(TEST_KERNEL_SOURCES),$(TEST_KERNEL_CONFIG),$\
    plain,$(KERNEL_SOURCES),$(KERNEL_CONFIG)))
$(eval $(call share_some,stress,$(KERNEL_SOURCES) $(TEST_KERNEL_SOURCES),$(STRESS_KERNEL_CONFIG),$\
    test,$(KERNEL_SOURCES) $(TEST_KERNEL_SOURCES),$(TEST_KERNEL_CONFIG)))

$(eval $(call kernel,$(BUILD),$(OBJECTS)/plain,$(EXTRA_SOURCES),$(KERNEL_CONFIG) $(SHELLS)))
$(eval $(call kernel,$(BUILD)/bench,$(OBJECTS)/plain,$(BENCH_KERNEL_SOURCES),$\
    $(KERNEL_CONFIG) $(BENCHMARKS)))
$(eval $(call kernel,$(BUILD)/test,$(OBJECTS)/test,$(TEST_KERNEL_SOURCES),$\
    $(TEST_KERNEL_CONFIG) $(SELF_TESTS)))
$(eval $(call kernel,$(BUILD)/soak,$(OBJECTS)/test,$(SOAK_KERNEL_SOURCES),$\
    $(TEST_KERNEL_CONFIG) $(SHELLS)))
$(BUILD)/soak/kernel.pass1.elf $(BUILD)/soak/kernel.elf: \
    KERNEL_LDFLAGS += $(addprefix --wrap=,$(WRAPPED_FUNCTIONS))
$(eval $(call kernel,$(BUILD)/stress,$(OBJECTS)/stress,$(TEST_KERNEL_SOURCES),$\
    $(STRESS_KERNEL_CONFIG) $(SELF_TESTS)))

# --- For editors ---------------------------------------------------------------------------------

# clangd learns from this file how each source is compiled.
compile_commands.json: $(OBJECTS)/plain/compile.flags $(BUILD)/link.flags $(BUILD)/test/link.flags \
                       $(BUILD)/bench/link.flags $(UNIT_FLAGS)
	$(file >$(COMMAND_LINES))
	$(call list_commands,$(KERNEL_SOURCES) $(EXTRA_SOURCES),\
	    $(call compile_kernel,$(KERNEL_CONFIG) $(SHELLS)) $(addprefix -I,$(EXTRA_DIRECTORY)))
	$(call list_commands,$(TEST_KERNEL_SOURCES),$(call compile_kernel,$(TEST_KERNEL_CONFIG)))
	$(call list_commands,$(BENCH_KERNEL_SOURCES),$(call compile_kernel,$(KERNEL_CONFIG)))
	$(foreach test,$(UNIT_TESTS),\
	    $(call list_commands,tests/unit/$(test).c,$(call compile_unit_test,$(UNIT_TEST_FLAGS_$(test)))))
	$(Q)sed -e '1s/^/[/' -e '$$!s/$$/,/' -e '$$s/$$/]/' $(COMMAND_LINES) >$@

COMMAND_LINES := $(BUILD)/compile_commands.lines
# $(call list_commands,SOURCES,COMPILER AND FLAGS)
list_commands = $(foreach source,$(filter %.c,$(1)),$(file >>$(COMMAND_LINES),\
    {"directory": "$(CURDIR)"$(comma) "file": "$(source)"$(comma) "command": "$(2) -c $(source)"}))
