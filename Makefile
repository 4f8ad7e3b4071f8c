# Aethel's build. `make help` prints the lines that begin with ##, each with what it stands above.
#
# The parts, in this order: the choices a person may make; what is built (the compiler in
# tools/compiler.mk, sources and kernels in tools/kernels.mk, unit tests in tools/unit.mk, disk images
# in disk.img.mk, other media in tools/images.mk); running; tests; checks.

ifneq ($(filter 3.% 4.0% 4.1%,$(MAKE_VERSION)),)
$(error GNU make 4.2 or newer is needed, this is $(MAKE_VERSION) (on macOS: brew install make, then gmake))
endif
ifneq ($(words $(CURDIR)),1)
$(error the path '$(CURDIR)' contains a space, which make cannot handle: move the tree elsewhere)
endif

MAKEFLAGS += --no-builtin-rules --no-print-directory
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

# --- Choices -------------------------------------------------------------------------------------

## 0 builds a kernel without the preemptive path
PREEMPT ?= 1
## 1 checks invariants and lock discipline at run time
DEBUG ?= 0
## 1 switches threads wherever that is allowed, to find what relies on not being switched
STRESS ?= 0
## directory outside of the tree whose *.c are compiled into the kernel (docs/extending.md)
EXTRA ?=
## 1 makes every warning of the pinned tools an error, as the checks do (docs/toolchains.md)
WERROR ?= 0
## directory for everything that is built
BUILD ?= build
## 1 shows every command in full, quiet none of the steps
V ?= 0
## the kernel's command line when it is run, as in CMDLINE="preempt=on run='spawn hog 2'"
CMDLINE ?=
## further arguments for QEMU (run, run-nox, debug) and for gdb (debug)
QEMU_FLAGS ?=
GDB_FLAGS ?=
## TCP port on which QEMU waits for a debugger (debug-server)
DEBUG_PORT ?= 1234
## further arguments for pytest (test-system), as in PYTEST_FLAGS='-k starve -x'
PYTEST_FLAGS ?=
## how many whole machines the system tests run at a time (test-system)
TESTS_AT_ONCE ?= 4
## how long all fuzz targets together are fed (fuzz)
SECONDS ?= 600
## rows of the boot matrix (test-boot), as a regular expression: ROWS='USB|floppy'
ROWS ?=

export QEMU_FLAGS CMDLINE DEBUG_PORT

Q := $(if $(filter 1,$(V)),,@)
comma := ,
space := $(subst ,, )
say = $(if $(filter 1 quiet,$(V)),,@printf '  %-8s%s\n' '$(1)' '$(2)')

# How a target that runs something builds it first: silent when there is nothing to build, and on
# every processor, unless -j on the command line says how many. For such targets alone, the rules that
# build are not read a first time.
RUNNING := run run-nox run-bochs debug debug-server trace test test-boot fuzz
MAKE_FIRST = $(MAKE) $(if $(filter 1,$(V)),,--silent) \
                 $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell getconf _NPROCESSORS_ONLN))

# --- Kernels and disk images ---------------------------------------------------------------------

IMAGE := $(BUILD)/disk.img
TEST_IMAGE := $(BUILD)/test/disk.img
STRESS_IMAGE := $(BUILD)/stress/disk.img
SOAK_IMAGE := $(BUILD)/soak/disk.img
BENCH_IMAGE := $(BUILD)/bench/disk.img

## builds the disk image, build/disk.img (this is what `make` alone does)
.PHONY: all
all: $(IMAGE) compile_commands.json

.PHONY: images
images: $(IMAGE) $(TEST_IMAGE) $(STRESS_IMAGE) $(SOAK_IMAGE) $(BENCH_IMAGE)

ifneq ($(filter-out $(RUNNING),$(or $(MAKECMDGOALS),all)),)
include tools/compiler.mk
include tools/kernels.mk
include tools/unit.mk
include tools/fuzz.mk
include disk.img.mk
include tools/images.mk
endif

# --- Running -------------------------------------------------------------------------------------

# The image that is booted: a copy, if it gets a command line, so that the next run has none.
RUN_IMAGE := $(if $(CMDLINE),$(BUILD)/cmdline.img,$(IMAGE))

$(BUILD)/cmdline.img: $(IMAGE) FORCE
	$(Q)cp $< $@
	$(Q)tools/command-line $@ "$$CMDLINE"

## installs what is missing, builds, and boots the disk image in QEMU
.PHONY: run
run:
	$(Q)tools/install build run
	$(Q)$(MAKE_FIRST) $(RUN_IMAGE) >&2
	$(Q)tools/run $(RUN_IMAGE)

## the same with COM1 in the terminal, and no screen
.PHONY: run-nox
run-nox:
	$(Q)tools/install build run
	$(Q)$(MAKE_FIRST) $(RUN_IMAGE) >&2
	$(Q)tools/run $(RUN_IMAGE) serial

## the same in Bochs
.PHONY: run-bochs
run-bochs:
	$(Q)tools/install build bochs
	$(Q)$(MAKE_FIRST) $(RUN_IMAGE) >&2
	$(Q)tools/run-bochs $(RUN_IMAGE)

## boots in QEMU under gdb, up to the kernel's 64-bit entry (docs/debugging.md)
.PHONY: debug
debug:
	$(Q)tools/install build run debug
	$(Q)$(MAKE_FIRST) $(RUN_IMAGE) >&2
	$(Q)tools/debug $(BUILD)/kernel.elf $(RUN_IMAGE) $(GDB_FLAGS)

## the same for an editor's debugger: COM1 in the terminal, and QEMU waits on DEBUG_PORT
.PHONY: debug-server
debug-server:
	$(Q)tools/install build run debug
	$(Q)$(MAKE_FIRST) $(RUN_IMAGE) >&2
	$(Q)tools/run $(RUN_IMAGE) serve

include tools/trace.mk

# --- Tests ---------------------------------------------------------------------------------------

## installs what is missing, and runs every check and test below
.PHONY: test
test:
	$(Q)tools/install build run bochs images debug lint test fuzz
	$(Q)$(MAKE_FIRST) --output-sync lint
	$(Q)$(MAKE_FIRST) --output-sync $(AS_LINTED) test-kernel test-unit test-fuzz test-model test-soak test-costs
	$(Q)$(MAKE_FIRST) $(AS_LINTED) test-system

# What is tested is what lint has built with gcc: it need not be compiled twice.
AS_LINTED = BUILD=$(BUILD)/lint/gcc WERROR=1

## runs the unit tests on this machine, under AddressSanitizer and UBSan
.PHONY: test-unit
test-unit: $(UNIT_PROGRAMS)
	$(Q)tests/unit/run $(UNIT_PROGRAMS)

# Where clang has no libFuzzer nothing is built for it.
if_fuzzed = why=$$(tools/fuzzer $(FUZZ_CC)) || { echo "fuzz: not run: $$why"; exit 0; }; $(1)

## feeds the decoders, the line editor and the parsers a few seconds of bytes, which repeat
.PHONY: test-fuzz
test-fuzz:
	+$(Q)$(call if_fuzzed,$(MAKE) fuzz-programs && \
	    tools/python3 tests/fuzz/run.py $(BUILD)/fuzz $(FUZZ_PROGRAMS) $(FUZZ_SCRIPTS))

## feeds them ever other bytes for SECONDS, on all processors, and tells what was found
.PHONY: fuzz
fuzz:
	$(Q)tools/install build fuzz
	$(Q)$(MAKE_FIRST) fuzz-programs
	$(Q)$(MAKE) fuzz-for-seconds

.PHONY: fuzz-for-seconds
fuzz-for-seconds:
	$(Q)tools/python3 tests/fuzz/run.py --seconds $(SECONDS) $(BUILD)/fuzz \
	    $(FUZZ_PROGRAMS) $(FUZZ_SCRIPTS)

## checks the model of preemption with spin: every interrupt at every instruction
.PHONY: test-model
test-model:
	$(Q)tests/model/run $(BUILD)/model

## runs the tests inside a test kernel, in QEMU, and again inside a stress build of it
.PHONY: test-kernel test-kernel-plain test-kernel-stress
test-kernel: test-kernel-plain test-kernel-stress
test-kernel-plain: $(TEST_IMAGE)
	$(Q)tools/python3 tests/kernel/run.py $<
test-kernel-stress: $(STRESS_IMAGE)
	$(Q)tools/python3 tests/kernel/run.py $<

## holds what a switch, a tick, a wakeup and so on cost to limits, in instructions
.PHONY: test-costs
test-costs: $(BENCH_IMAGE) $(IMAGE)
	$(Q)tests/bench/check $^ '$(CC)'

## runs whole machines, in QEMU and Bochs, as a person would
.PHONY: test-system
test-system: $(IMAGE)
	$(Q)AETHEL_IMAGE=$(abspath $(IMAGE)) PYTHONPYCACHEPREFIX=$(BUILD)/pycache \
	    tools/python3 -m pytest \
	    -n $(TESTS_AT_ONCE) --dist loadgroup \
	    -o cache_dir=$(CURDIR)/$(BUILD)/pytest tests/system $(PYTEST_FLAGS)

## lets a merciless person sit at both terminals for HOURS virtual hours, by SEED, memory failing
.PHONY: soak
HOURS ?= 10
SEED ?=
soak:
	$(Q)tools/install build run
	$(Q)$(MAKE_FIRST) $(SOAK_IMAGE)
	$(Q)tools/python3 tests/soak/run.py $(SOAK_IMAGE) $(HOURS) $(SEED)

## the same for a few minutes, always the same ones
.PHONY: test-soak
test-soak: $(SOAK_IMAGE)
	$(Q)tools/python3 tests/soak/run.py --same $< 0.1 1

## boots on every machine of the boot matrix, and writes the table build/boot-matrix.md
.PHONY: test-boot
test-boot:
	$(Q)tools/install build run bochs test
	$(Q)$(MAKE_FIRST) $(IMAGE)
	$(Q)PYTHONPYCACHEPREFIX=$(BUILD)/pycache \
	    tools/python3 tests/boot/run.py $(IMAGE) $(BUILD)/boot-matrix.md '$(ROWS)'

## types `make run` and `make test` on clean roots of three Debians (needs root, and hours)
.PHONY: test-suites
test-suites:
	$(Q)BUILD=$(BUILD) tools/try-suite bookworm trixie sid

## measures in instructions and virtual time, which repeat, and tells the kernel's size
.PHONY: bench
bench: $(BENCH_IMAGE) $(IMAGE) $(BUILD)/kernel.elf
	$(Q)tests/bench/run $(BENCH_IMAGE)
	$(Q)tests/bench/ports $(IMAGE)
	$(Q)$(SIZE) -A -d $(BUILD)/kernel.elf $(BUILD)/symbols.c.o | tools/kernel-size

## the same of this tree and of an older one, BASE=REVISION, side by side, with the ratios
.PHONY: bench-compare
bench-compare: $(BENCH_IMAGE)
	$(Q)BUILD=$(BUILD) tools/bench-compare '$(BASE)' $(BENCH_IMAGE)

# --- Checks --------------------------------------------------------------------------------------

C_FILES = $(shell find $(CHECKED_DIRECTORIES) -name '*.[ch]')
CHECKED_DIRECTORIES := bootloader kernel drivers sched shell tests tools

# $(call if_pinned,TOOL,COMMANDS): other versions than the one that the tree is written for judge it
# otherwise, so they do not judge it.
if_pinned = why=$$(tools/pinned $(1)) || { printf '  %-8s%s\n' SKIP "$$why"; exit 0; }; $(2)

## checks format and source, and that gcc and clang build every variant without a warning
.PHONY: lint
lint: lint-format lint-source lint-analysis lint-gcc lint-clang lint-cooperative

.PHONY: lint-format
lint-format:
	$(call say,CHECK,format)
	$(Q)$(call if_pinned,clang-format,clang-format --dry-run --Werror $(C_FILES))

.PHONY: lint-source
lint-source:
	$(call say,CHECK,floors and leftovers)
	$(Q)tools/python3 tools/check-floors
	$(Q)tools/check-leftovers

# Each configuration a kernel can have is analysed by itself.
CPPCHECK := cppcheck --quiet --error-exitcode=1 --std=c11 --platform=unix64 -I. \
                --enable=warning,style,performance,portability --inline-suppr \
                --suppressions-list=tools/cppcheck.suppressions
analysed = $(addprefix -D,$(1)) $(filter %.c,$(KERNEL_SOURCES))

.PHONY: lint-analysis
lint-analysis:
	$(call say,CHECK,cppcheck)
	$(Q)$(call if_pinned,cppcheck,$(strip \
	    $(CPPCHECK) $(call analysed,$(KERNEL_CONFIG) $(SHELLS)) $(BENCH_KERNEL_SOURCES) && \
	    $(CPPCHECK) $(call analysed,$(TEST_KERNEL_CONFIG) $(SELF_TESTS)) $(TEST_KERNEL_SOURCES) && \
	    $(CPPCHECK) $(addprefix -D,$(KERNEL_CONFIG) $(BENCHMARKS)) $(ROLE_SOURCES)))

# $(call lint_build,NAME,VARIABLES AND TARGETS)
define lint_build
	$(call say,CHECK,build $(1))
	+$(Q)$(MAKE) V=quiet WERROR=1 BUILD=$(BUILD)/lint/$(1) $(2)
endef

.PHONY: lint-gcc lint-clang lint-cooperative
lint-gcc:
	$(call lint_build,gcc,images unit-programs)
lint-clang:
	$(call lint_build,clang,CC=clang HOST_CC=clang images)
lint-cooperative: lint-gcc
	$(call lint_build,cooperative,PREEMPT=0 LIKE=$(BUILD)/lint/gcc/objects images)

## formats every C source and header
.PHONY: format
format:
	$(Q)tools/pinned clang-format >&2
	$(Q)clang-format -i $(C_FILES)

# --- The rest ------------------------------------------------------------------------------------

## builds an x86_64-elf binutils and GCC from Debian's sources, which `make` then uses
.PHONY: toolchain
toolchain:
	$(Q)tools/install toolchain
	$(Q)tools/toolchain $(TOOLCHAIN)

## removes what was built, but for the toolchain
.PHONY: clean
clean:
	$(call say,CLEAN,$(BUILD))
	$(Q)find $(BUILD) -mindepth 1 -maxdepth 1 ! -path '$(TOOLCHAIN)' -exec rm -rf {} + 2>/dev/null; \
	    rmdir $(BUILD) 2>/dev/null; rm -f compile_commands.json

## lists the targets and variables
.PHONY: help
help:
	@tools/help $(MAKEFILE_LIST)
