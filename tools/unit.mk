# The rules that build the unit tests: tests/unit/test_NAME.c becomes build/unit/test_NAME, a
# program for this machine, linked with the kernel sources that tests/unit/unit.mk names for it.
# AddressSanitizer and UndefinedBehaviorSanitizer watch, and end it at the first finding.

include tests/unit/unit.mk

UNIT_TESTS := $(sort $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/test_*.c)))
UNIT_PROGRAMS := $(addprefix $(BUILD)/unit/,$(UNIT_TESTS))
UNIT_FLAGS := $(addsuffix .flags,$(UNIT_PROGRAMS))

SANITIZER_FLAGS := -fsanitize=address,undefined -fno-sanitize-recover=all
UNIT_CFLAGS := -std=gnu11 -O1 -g -fno-omit-frame-pointer $(SANITIZER_FLAGS) $(WARNING_FLAGS) \
               $(HOST_ERROR_FLAGS) -DCONFIG_PREEMPT=$(PREEMPT) -DCONFIG_DEBUG=1

# $(call compile_unit_test,TEST): a test's own flags come first, so that an include path of its own
# can put a fake in front of a kernel header.
compile_unit_test = $(HOST_CC) $(UNIT_TEST_FLAGS_$(1)) -I. $(UNIT_CFLAGS)

# $(call unit_test,NAME): each test compiles its sources for itself, with its own flags.
define unit_test
$(call record,$(BUILD)/unit/$(1).flags,$(call compile_unit_test,$(1)) $(UNIT_TEST_SOURCES_$(1)))

$(1)_OBJECTS := $(patsubst %,$(BUILD)/unit/$(1).objects/%.o,\
                    tests/unit/$(1).c $(UNIT_TEST_SOURCES_$(1)))

$(BUILD)/unit/$(1).objects/%.c.o: %.c $(BUILD)/unit/$(1).flags
	$$(call say,HOSTCC,$$<)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$(call compile_unit_test,$(1)) -MMD -MP -c -o $$@ $$<

$(BUILD)/unit/$(1): $$($(1)_OBJECTS)
	$$(call say,HOSTLD,$$@)
	$$(Q)$(HOST_CC) $(SANITIZER_FLAGS) -o $$@ $$^ -lcmocka

-include $$($(1)_OBJECTS:.o=.d)
endef
$(foreach test,$(UNIT_TESTS),$(eval $(call unit_test,$(test))))

.PHONY: unit-programs
unit-programs: $(UNIT_PROGRAMS)
