# The disk image on other media: a USB stick, disks of virtual machines, a CD, and all of them as a
# release. Each file depends on the image alone, to the byte (docs/boot.md).

## the USB stick that `make usb` writes, as in /dev/sdX
DEV ?=
## the name of that device again, as in sdX, where nobody is there to type it (usb)
YES ?=

## writes the disk image to the USB stick DEV, after asking, and compares
.PHONY: usb
usb:
	$(Q)[ -z "$(DEV)" ] || tools/install build
	$(Q)[ -z "$(DEV)" ] || $(MAKE_FIRST) $(RUN_IMAGE) >&2
	$(Q)YES='$(YES)' tools/usb $(RUN_IMAGE) '$(DEV)'

VIRTUAL_DISKS := $(BUILD)/aethel.vdi $(BUILD)/aethel.vmdk
CD_IMAGE := $(BUILD)/aethel.iso

$(VIRTUAL_DISKS): $(BUILD)/aethel.%: $(IMAGE) tools/virtual-disk
	$(call say,IMAGE,$@)
	$(Q)tools/python3 tools/virtual-disk $* $< $@

$(CD_IMAGE): $(IMAGE) tools/iso-image
	$(call say,IMAGE,$@)
	$(Q)tools/python3 tools/iso-image $< $@

## makes build/aethel.vdi, a disk for VirtualBox
.PHONY: image-vdi
image-vdi: $(BUILD)/aethel.vdi

## makes build/aethel.vmdk, a disk for VMware and VirtualBox
.PHONY: image-vmdk
image-vmdk: $(BUILD)/aethel.vmdk

## makes build/aethel.iso, a CD
.PHONY: image-iso
image-iso: $(CD_IMAGE)

# NASM writes the absolute path of each source into its debug information. So the kernel with debug
# information that is given away is linked again, with assembly that has none: the same instructions
# at the same addresses, which is verified.
RELEASE := $(BUILD)/release
RELEASE_OBJECTS := $(BUILD)/release.objects
RELEASE_KERNEL := $(RELEASE_OBJECTS)/kernel.elf
RELEASE_KERNEL_OBJECTS := $(foreach object,$($(BUILD)_OBJECTS),\
    $(if $(filter %.asm.o,$(object)),$(object:$(OBJECTS)/%=$(RELEASE_OBJECTS)/%),$(object)))

$(RELEASE_OBJECTS)/%.asm.o: $(OBJECTS)/%.asm.o
	$(Q)mkdir -p $(@D)
	$(Q)$(OBJCOPY) --strip-debug $< $@

$(RELEASE_KERNEL): $(RELEASE_KERNEL_OBJECTS) $(BUILD)/symbols.c.o $(BUILD)/kernel.bin
	$(call say,LD,$@)
	$(Q)$(call link,$(filter %.o,$^))
	$(Q)$(OBJCOPY) -O binary $@ $@.bin && cmp $@.bin $(BUILD)/kernel.bin

## makes build/release: all of these compressed, with checksums, and the kernel's symbols
.PHONY: release
release: $(IMAGE) $(VIRTUAL_DISKS) $(CD_IMAGE) $(RELEASE_KERNEL)
	$(call say,RELEASE,$(RELEASE))
	$(Q)CC='$(CC)' LD='$(LD)' NASM='$(NASM)' NM='$(NM)' \
	    tools/release $(RELEASE) $(IMAGE) $(CD_IMAGE) $(VIRTUAL_DISKS) $(RELEASE_KERNEL)
