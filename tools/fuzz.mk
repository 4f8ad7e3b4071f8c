# The rules that build the fuzz targets: tests/fuzz/fuzz_NAME.c becomes build/fuzz/NAME, a program of
# clang's libFuzzer for this machine, linked with the kernel sources that tests/fuzz/fuzz.mk names for
# it, as the unit tests are. AddressSanitizer and UndefinedBehaviorSanitizer watch.

include tests/fuzz/fuzz.mk

## compiler of the fuzz targets: a clang that has libFuzzer
FUZZ_CC ?= clang

FUZZ_TARGETS := $(sort $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_PROGRAMS := $(addprefix $(BUILD)/fuzz/,$(FUZZ_TARGETS))

FUZZ_FLAGS := -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
FUZZ_CFLAGS := -std=gnu11 -O2 -g -fno-omit-frame-pointer $(FUZZ_FLAGS) $(WARNING_FLAGS) \
               -DCONFIG_PREEMPT=$(PREEMPT) -DCONFIG_DEBUG=1 \
               -include tests/unit/kernel_string_names.h -I.

fuzz_objects = $(patsubst %,$(BUILD)/fuzz/objects/%.o,$\
                   tests/fuzz/fuzz_$(1).c $(FUZZ_SOURCES_$(1)) kernel/lib/string.c)
FUZZ_OBJECTS := $(sort $(foreach target,$(FUZZ_TARGETS),$(call fuzz_objects,$(target))))

$(eval $(call record,$(BUILD)/fuzz/objects.flags,$(FUZZ_CC) $(FUZZ_CFLAGS)))

$(BUILD)/fuzz/objects/%.c.o: %.c $(BUILD)/fuzz/objects.flags
	$(call say,FUZZCC,$<)
	$(Q)$(FUZZ_CC) $(FUZZ_CFLAGS) -MMD -MP -c -o $@ $<

$(eval $(call make_directories,$(FUZZ_OBJECTS)))
-include $(FUZZ_OBJECTS:.o=.d)

# $(call fuzz_program,TARGET,OBJECTS)
define fuzz_program
$(BUILD)/fuzz/$(1): $(2)
	$$(call say,FUZZLD,$$@)
	$$(Q)$(FUZZ_CC) $(FUZZ_FLAGS) -o $$@ $(2) $(FUZZ_LIBRARIES_$(1))
endef
$(foreach target,$(FUZZ_TARGETS),\
    $(eval $(call fuzz_program,$(target),$(call fuzz_objects,$(target)))))

.PHONY: fuzz-programs
fuzz-programs: $(FUZZ_PROGRAMS)
