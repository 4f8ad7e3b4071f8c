# Which compiler builds the kernel, and with which flags.
#
# CROSS_COMPILE= wins. Else the first of these prefixes that has a gcc: the toolchain of
# `make toolchain`, x86_64-elf- and x86_64-linux-gnu- on the PATH; else, on an x86-64 host, gcc
# itself. The flags make any of them a freestanding cross compiler. CC= names another compiler
# (CC=clang); assembler, linker and the rest still come from the prefix.

## prefix of the cross compiler and binutils to use, as in x86_64-elf-
CROSS_COMPILE ?=
## where `make toolchain` builds and looks for its cross compiler
TOOLCHAIN ?= build/toolchain
## compiler for the tools and the unit tests, which run on this machine
HOST_CC ?= cc

TOOL_PREFIXES := $(TOOLCHAIN)/bin/x86_64-elf- x86_64-elf- x86_64-linux-gnu-
TOOL_PREFIX := $(or $(CROSS_COMPILE),$(shell for prefix in $(TOOL_PREFIXES); do \
                   command -v $${prefix}gcc >/dev/null && echo $$prefix && break; done))

## compiler of the kernel, when it is not to be chosen: gcc or clang
ifneq ($(filter default undefined,$(origin CC))$(CROSS_COMPILE),)
CC := $(TOOL_PREFIX)gcc
endif
LD := $(TOOL_PREFIX)ld
NM := $(TOOL_PREFIX)nm
SIZE := $(TOOL_PREFIX)size
OBJCOPY := $(TOOL_PREFIX)objcopy
NASM ?= nasm

# clang compiles for any machine, and has to be told which; GNU ld links what it compiles.
IS_CLANG := $(findstring clang,$(notdir $(firstword $(CC))))
KERNEL_TARGET_FLAGS := $(if $(IS_CLANG),--target=x86_64-unknown-none-elf)

WARNING_FLAGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
                 -Wold-style-definition -Wpointer-arith -Wcast-align -Wwrite-strings -Wundef \
                 -Wvla -Wimplicit-fallthrough

# All but of each relocation there is (reloc-abs, reloc-rel), which -Wall of NASM 2.16.03 and later
# tells of; 2.16.01 does not know those names, and is not to tell of that.
NASM_WARNING_FLAGS := $(strip $(file <tools/nasm-warnings))

# With WERROR=1 the warnings of the versions that this tree is written for are errors. What others
# warn of is shown.
ifeq ($(WERROR),1)
error_if_pinned = $(if $(shell tools/pinned '$(1)'),,$(2))
CC_ERROR_FLAGS := $(call error_if_pinned,$(CC),-Werror)
HOST_ERROR_FLAGS := $(call error_if_pinned,$(HOST_CC),-Werror)
LD_ERROR_FLAGS := $(call error_if_pinned,$(LD),--fatal-warnings)
NASM_WARNING_FLAGS += $(call error_if_pinned,$(NASM),-Werror)
endif

# No standard headers but the compiler's own (<stdint.h>, <stddef.h>, <stdarg.h>, ...).
KERNEL_INCLUDE_FLAGS := -nostdinc -isystem $(shell $(CC) -print-file-name=include 2>/dev/null) -I.

# All but the hot paths is to be small: stage 2 loads the kernel into low memory first. What gcc calls
# so is -Oz in clang.
SMALL_CFLAGS := $(if $(IS_CLANG),-Oz,-Os)

# -mgeneral-regs-only: SSE and x87 registers are not saved on a switch, so nothing may touch them.
# Stacks are aligned to words: to more only SSE would have to.
# -mno-red-zone: an interrupt writes below the stack pointer of whom it interrupts.
# -fno-omit-frame-pointer, -fno-optimize-sibling-calls: backtraces follow the chain of frames, and
# every caller is to be a link in it.
# -fstack-clash-protection: a frame larger than a page looks at each page of it, so that none jumps over
# the guard page; clang has it for hosted targets only, unless its inner compiler is asked.
# -fno-strict-aliasing: page tables and a new thread's first stack frame are seen as more than
# one type.
# -ffile-prefix-map: debug information tells of no place where the kernel was built, so that the
# same source makes the same bytes everywhere.
KERNEL_CFLAGS := $(KERNEL_TARGET_FLAGS) -std=gnu11 $(SMALL_CFLAGS) -g -ffreestanding $(KERNEL_INCLUDE_FLAGS) \
                 -mcmodel=kernel -mno-red-zone -mgeneral-regs-only \
                 $(if $(IS_CLANG),-mstack-alignment=8,-mpreferred-stack-boundary=3) \
                 -fno-pic -fno-pie -fno-stack-protector $(if $(IS_CLANG),-Xclang) \
                 -fstack-clash-protection -fno-asynchronous-unwind-tables \
                 -fcf-protection=none -fno-common -fno-omit-frame-pointer \
                 -fno-optimize-sibling-calls -fno-strict-aliasing \
                 -ffile-prefix-map=$(CURDIR)=. \
                 $(WARNING_FLAGS) -Wframe-larger-than=1024 $(CC_ERROR_FLAGS)

# What runs at each switch, wakeup and allocation, or in the tick's handler, is compiled for speed, all
# else for size.
FAST_SOURCES := sched/threads/life.c sched/timers/timer_queue.c \
                sched/sync/held_locks.c \
                $(addprefix kernel/mm/,address_space.c frames.c heap.c stacks.c) \
                $(addprefix kernel/lib/,bitmap.c format.c ring.c string.c) \
                $(wildcard tests/bench/*.c)
FAST_CFLAGS := -O2

# On the way of each tick and each switch a few instructions count. There, no function has a frame,
# but RBP stays their callers': a backtrace leaves them out and goes on. clang cannot be told so:
# with it, only functions that call nobody go without.
HOT_SOURCES := $(addprefix sched/,core/core.c core/switching.c timers/tick.c) \
               $(addprefix sched/threads/,control.c control_blocks.c life.c spare_stacks.c) \
               $(addprefix sched/state/,state.c thread_table.c) \
               $(addprefix sched/observe/,harmony.c latency.c shares.c trace.c) \
               $(addprefix sched/sync/,memory_pool.c message_queue.c mutex.c semaphore.c \
                                       wait_queue.c) \
               $(wildcard sched/policies/*.c) kernel/lib/ticket_tree.c kernel/lib/priority_queue.c \
               kernel/cpu/interrupts.c kernel/cpu/preempt.c kernel/cpu/spinlock.c drivers/clock/pit.c
HOT_CFLAGS := $(FAST_CFLAGS) -foptimize-sibling-calls \
              $(if $(IS_CLANG),-momit-leaf-frame-pointer,-fomit-frame-pointer -ffixed-rbp)

KERNEL_NASM_FLAGS := -f elf64 -g -F dwarf -I./ $(NASM_WARNING_FLAGS)

# --discard-locals: labels inside of NASM's macros (..@1.name) would be taken for functions by gdb.
KERNEL_LDFLAGS := -m elf_x86_64 -nostdlib -static -no-pie -z max-page-size=0x1000 \
                  --build-id=none -z noexecstack --discard-locals $(LD_ERROR_FLAGS)
