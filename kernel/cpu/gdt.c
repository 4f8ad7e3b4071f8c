/* GDT and TSS: filled once, then only read by the processor. */
#include "kernel/cpu/gdt.h"

/* Intel SDM vol. 3, figure 7-11: the 64-bit TSS. */
struct task_state_segment {
    uint32_t reserved0;
    uint64_t privilege_stacks[3];
    uint64_t reserved1;
    uint64_t interrupt_stacks[7];
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t io_map_base;
} __attribute__((packed));

#define DESCRIPTOR_CODE_64 0x00AF9A000000FFFFul /* present, ring 0, execute/read, L = 1 */
#define DESCRIPTOR_DATA    0x00CF92000000FFFFul /* present, ring 0, read/write */
#define DESCRIPTOR_TSS     0x0000890000000000ul /* present, available 64-bit TSS */

struct table_register {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

static struct task_state_segment tss = {.io_map_base = sizeof(struct task_state_segment)};
static uint64_t gdt[5] = {0, DESCRIPTOR_CODE_64, DESCRIPTOR_DATA};

/* The base of a system segment is scattered over two entries (Intel SDM vol. 3, figure 7-4). */
static void set_tss_descriptor(uint64_t base)
{
    gdt[GDT_TSS / 8] =
        DESCRIPTOR_TSS | (sizeof(tss) - 1) | (base & 0xFFFFFF) << 16 | (base >> 24 & 0xFF) << 56;
    gdt[GDT_TSS / 8 + 1] = base >> 32;
}

void gdt_init(void)
{
    set_tss_descriptor((uint64_t)&tss);
    const struct table_register gdtr = {sizeof(gdt) - 1, (uint64_t)gdt};
    __asm__ volatile("lgdt %0\n"
                     "pushq %1\n"
                     "leaq 1f(%%rip), %%rax\n"
                     "pushq %%rax\n"
                     "lretq\n" /* the only way to load CS in 64-bit mode */
                     "1:\n"
                     "movl %2, %%eax\n"
                     "movl %%eax, %%ds\n"
                     "movl %%eax, %%es\n"
                     "movl %%eax, %%ss\n"
                     "xorl %%eax, %%eax\n"
                     "movl %%eax, %%fs\n"
                     "movl %%eax, %%gs\n"
                     "ltr %w3\n"
                     :
                     : "m"(gdtr), "i"(GDT_KERNEL_CODE), "i"(GDT_KERNEL_DATA), "r"(GDT_TSS)
                     : "rax", "memory");
}

void gdt_set_interrupt_stack(enum interrupt_stack stack, uint64_t top)
{
    tss.interrupt_stacks[stack - 1] = top;
}
