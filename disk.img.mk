# The rules that build disk images: $(call disk_image,NAME,KERNEL.bin) makes $(BUILD)/NAME.img from
# the bootloader and that kernel; KERNEL.elf, which it was made from, must stand beside it.
#
# Nothing is counted by hand. Addresses and sectors of the parts stand in
# bootloader/image_layout.h, the hand-over to the kernel in kernel/boot_info.h; NASM gets both
# through the compiler. Stage 1 learns the size of stage 2 from the finished stage 2, and
# tools/disk_image.c fills in the rest.

BOOTLOADER := $(BUILD)/bootloader
BOOTLOADER_CONSTANTS := $(BOOTLOADER)/image_layout.inc $(BOOTLOADER)/boot_info.inc
BOOTLOADER_NASM_FLAGS := -f bin -I./ -I$(BOOTLOADER)/ $(NASM_WARNING_FLAGS)
DISK_IMAGE_TOOL := $(BUILD)/tools/disk_image

# -S: the result is only read for the constants in it, see bootloader/asm_constants.h.
BOOTLOADER_CONSTANTS_COMMAND := $(CC) $(KERNEL_CFLAGS) -g0 -S

$(eval $(call record,$(BOOTLOADER)/build.flags,$(BOOTLOADER_CONSTANTS_COMMAND) $(NASM) \
    $(BOOTLOADER_NASM_FLAGS)))

$(BOOTLOADER)/%.inc: bootloader/%_offsets.c $(BOOTLOADER)/build.flags
	$(call say,OFFSETS,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(BOOTLOADER_CONSTANTS_COMMAND) -MMD -MP -MF $@.d -MT $@ -o $(@:.inc=.s) $<
	$(Q)sed -n 's/.*"@\(.*\)".*/\1/p' $(@:.inc=.s) >$@

# $(call assemble_stage,DEFINITIONS). In two runs, because NASM 2.16.01 with -MD, which would need only
# one, leaves out the included files.
define assemble_stage
$(Q)$(NASM) $(BOOTLOADER_NASM_FLAGS) $(1) -M -MP -MT $@ -MF $@.d $<
$(Q)$(NASM) $(BOOTLOADER_NASM_FLAGS) $(1) -o $@ $<
endef

# How many sectors a file fills.
sectors = $$((($$(wc -c <$(1)) + 511) / 512))

$(BOOTLOADER)/stage1.bin: bootloader/stage1.asm $(BOOTLOADER_CONSTANTS) $(BOOTLOADER)/stage2.bin
	$(call say,NASM,$<)
	$(call assemble_stage,-DSTAGE2_SECTORS=$(call sectors,$(BOOTLOADER)/stage2.bin))

$(BOOTLOADER)/stage2.bin: bootloader/stage2.asm $(BOOTLOADER_CONSTANTS)
	$(call say,NASM,$<)
	$(call assemble_stage)

$(DISK_IMAGE_TOOL): tools/disk_image.c
	$(call say,HOSTCC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOST_CC) -std=gnu11 -O1 -g -I. $(WARNING_FLAGS) $(HOST_ERROR_FLAGS) \
	    -MMD -MP -MF $@.d -MT $@ -o $@ $<

define disk_image
$(BUILD)/$(1).img: $(2) $(2:.bin=.elf) $(BOOTLOADER)/stage1.bin $(BOOTLOADER)/stage2.bin \
                   $(DISK_IMAGE_TOOL)
	$$(call say,IMAGE,$$@)
	$$(Q)$(NM) $(2:.bin=.elf) | $(DISK_IMAGE_TOOL) $$@ \
	    $(BOOTLOADER)/stage1.bin $(BOOTLOADER)/stage2.bin $(2)
endef

$(eval $(call disk_image,disk,$(BUILD)/kernel.bin))
$(eval $(call disk_image,test/disk,$(BUILD)/test/kernel.bin))
$(eval $(call disk_image,stress/disk,$(BUILD)/stress/kernel.bin))
$(eval $(call disk_image,soak/disk,$(BUILD)/soak/kernel.bin))
$(eval $(call disk_image,bench/disk,$(BUILD)/bench/kernel.bin))

-include $(wildcard $(BOOTLOADER)/*.d) $(wildcard $(DISK_IMAGE_TOOL).d)
