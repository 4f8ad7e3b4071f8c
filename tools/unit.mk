# The rules that build the unit tests: tests/unit/test_NAME.c becomes build/unit/test_NAME, a
# program for this machine, linked with the kernel sources that tests/unit/unit.mk names for it.
# AddressSanitizer and UndefinedBehaviorSanitizer watch, and end it at the first finding.

include tests/unit/unit.mk

UNIT_TESTS := $(sort $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/test_*.c)))
UNIT_PROGRAMS := $(addprefix $(BUILD)/unit/,$(UNIT_TESTS))

SANITIZER_FLAGS := -fsanitize=address,undefined -fno-sanitize-recover=all
UNIT_CFLAGS := -std=gnu11 -O1 -g -fno-omit-frame-pointer $(SANITIZER_FLAGS) $(WARNING_FLAGS) \
               $(HOST_ERROR_FLAGS) -DCONFIG_PREEMPT=$(PREEMPT) -DCONFIG_DEBUG=1

# $(call compile_unit_test,FLAGS): a test's own flags come first, so that an include path of its own
# can put a fake in front of a kernel header.
compile_unit_test = $(HOST_CC) $(1) -I. $(UNIT_CFLAGS)

# $(call unit_set,TEST): the directory of a test's objects. Tests with the same flags share it, and
# what they are linked with is compiled for them once.
unit_set = $(BUILD)/unit/objects$(subst $(space),,$(subst /,.,$(subst =,.,$(UNIT_TEST_FLAGS_$(1)))))
unit_objects = $(patsubst %,$(call unit_set,$(1))/%.o,tests/unit/$(1).c $(UNIT_TEST_SOURCES_$(1)))

$(foreach test,$(UNIT_TESTS),\
    $(eval UNIT_SETS += $(call unit_set,$(test)))\
    $(eval UNIT_SET_FLAGS_$(call unit_set,$(test)) := $(UNIT_TEST_FLAGS_$(test)))\
    $(eval UNIT_SET_OBJECTS_$(call unit_set,$(test)) += $(call unit_objects,$(test))))
UNIT_SETS := $(sort $(UNIT_SETS))
UNIT_FLAGS := $(addsuffix .flags,$(UNIT_SETS) $(UNIT_PROGRAMS))

# $(call unit_object_rules,SET,FLAGS,OBJECTS)
define unit_object_rules
$(call record,$(1).flags,$(call compile_unit_test,$(2)))

$(1)/%.c.o: %.c $(1).flags
	$$(call say,HOSTCC,$$<)
	$$(Q)$(call compile_unit_test,$(2)) -MMD -MP -c -o $$@ $$<

$(call make_directories,$(3))
-include $(3:.o=.d)
endef
$(foreach set,$(UNIT_SETS),$(eval $(call unit_object_rules,$(set),$(UNIT_SET_FLAGS_$(set)),$\
    $(sort $(UNIT_SET_OBJECTS_$(set))))))

# $(call unit_program,TEST,OBJECTS)
define unit_program
$(call record,$(BUILD)/unit/$(1).flags,$(HOST_CC) $(SANITIZER_FLAGS) $(2))

$(BUILD)/unit/$(1): $(2) $(BUILD)/unit/$(1).flags
	$$(call say,HOSTLD,$$@)
	$$(Q)$(HOST_CC) $(SANITIZER_FLAGS) -o $$@ $(2) -lcmocka
endef
$(foreach test,$(UNIT_TESTS),$(eval $(call unit_program,$(test),$(call unit_objects,$(test)))))

.PHONY: unit-programs
unit-programs: $(UNIT_PROGRAMS)
