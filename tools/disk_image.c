/*
 * Puts the disk image together: disk_image IMAGE STAGE1 STAGE2 KERNEL <symbols, where KERNEL is
 * the flat binary and standard input is `nm` of the kernel it was made from.
 *
 * Fills in what only the finished parts tell: where the kernel lies, its size, how much memory it
 * needs, and the checksums of the kernel and of stage 2. A part that outgrows its place ends the
 * build with a sentence.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bootloader/image_layout.h"

#define IMAGE_BYTES ((size_t)IMAGE_SECTORS * SECTOR_BYTES)
#define LINE_SIZE   512

static uint8_t image[IMAGE_BYTES];

__attribute__((noreturn, format(printf, 1, 2))) static void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("error: disk_image: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(EXIT_FAILURE);
}

/* Reads a whole file to the given sector of the image, where it may have `room` bytes. */
static size_t place(const char *path, unsigned lba, size_t room, const char *where)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail("cannot open %s", path);
    size_t bytes = fread(image + (size_t)lba * SECTOR_BYTES, 1, room, file);
    if (fgetc(file) != EOF)
        fail("%s is larger than %zu bytes, and there is no more room %s", path, room, where);
    if (ferror(file))
        fail("cannot read %s", path);
    fclose(file);
    if (bytes == 0)
        fail("%s is empty", path);
    return bytes;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static uint32_t sectors_of(size_t bytes)
{
    return (uint32_t)((bytes + SECTOR_BYTES - 1) / SECTOR_BYTES);
}

/* The image is little endian; this machine need not be. */
static uint32_t get_word(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void put_word(uint8_t *bytes, uint32_t word)
{
    for (unsigned i = 0; i < sizeof(word); i++)
        bytes[i] = (uint8_t)(word >> (8 * i));
}

/* The kernel's own words for where its parts are in memory, as virtual addresses. */
static struct {
    const char *name;
    uint64_t address;
} symbols[] = {
    {"__kernel_start", 0},
    {"__symbols_start", 0},
    {"__symbols_end", 0},
    {"__kernel_end", 0},
};

enum { KERNEL_START, SYMBOLS_START, SYMBOLS_END, KERNEL_END, SYMBOLS };

static void read_symbols(void)
{
    char line[LINE_SIZE], name[LINE_SIZE];
    while (fgets(line, sizeof(line), stdin) != NULL) {
        uint64_t address;
        if (sscanf(line, "%" SCNx64 " %*c %511s", &address, name) != 2)
            continue;
        for (size_t i = 0; i < SYMBOLS; i++)
            if (strcmp(name, symbols[i].name) == 0)
                symbols[i].address = address;
    }
    for (size_t i = 1; i < SYMBOLS; i++)
        if (symbols[i].address < symbols[i - 1].address)
            fail("the kernel's %s, %#" PRIx64 ", makes no sense", symbols[i].name,
                 symbols[i].address);
    if (symbols[KERNEL_START].address != KERNEL_BASE + KERNEL_ADDRESS)
        fail("the kernel is linked for %#" PRIx64
             " (__kernel_start), but stage 2 enters it at %#" PRIx64,
             symbols[KERNEL_START].address, (uint64_t)(KERNEL_BASE + KERNEL_ADDRESS));
}

static uint64_t distance(unsigned from, unsigned to)
{
    return symbols[to].address - symbols[from].address;
}

static void put_sums(uint8_t *to, const uint8_t *bytes, size_t count)
{
    uint32_t sums[KERNEL_SUMS] = {0};
    for (size_t i = 0; i < count / sizeof(uint32_t); i++) {
        size_t lane = i % KERNEL_LANES;
        sums[lane] += get_word(bytes + i * sizeof(uint32_t));
        sums[KERNEL_LANES + lane] += sums[lane];
    }
    for (size_t i = 0; i < KERNEL_SUMS; i++)
        put_word(to + i * sizeof(uint32_t), sums[i]);
}

#define HEADER(member) (stage2 + offsetof(struct stage2_header, member))

static void describe_kernel(uint8_t *stage2, uint32_t lba, size_t bytes)
{
    uint32_t sectors = sectors_of(bytes);
    const uint8_t *kernel = image + (size_t)lba * SECTOR_BYTES;
    put_word(HEADER(kernel_lba), lba);
    put_word(HEADER(kernel_sectors), sectors);
    put_word(HEADER(kernel_bytes), (uint32_t)bytes);
    put_word(HEADER(kernel_memory),
             (uint32_t)distance(KERNEL_START, KERNEL_END) + KERNEL_START_MEMORY);
    put_sums(HEADER(kernel_sums), kernel, (size_t)sectors * SECTOR_BYTES);
}

static void describe_symbols(uint8_t *stage2, uint32_t lba, size_t kernel_bytes)
{
    const uint8_t *kernel = image + (size_t)lba * SECTOR_BYTES;
    uint64_t start = distance(KERNEL_START, SYMBOLS_START);
    uint64_t size = distance(SYMBOLS_START, SYMBOLS_END);
    if (start % SECTOR_BYTES != 0 || size % SECTOR_BYTES != 0 || start + size > kernel_bytes)
        fail("the kernel's symbol table does not lie in sectors of its own");
    put_word(HEADER(symbols_sector), (uint32_t)(start / SECTOR_BYTES));
    put_word(HEADER(symbols_sectors), (uint32_t)(size / SECTOR_BYTES));
    put_sums(HEADER(symbols_sums), kernel + start, size);
}

/* Sets the last word so that stage 1, which adds as is done here, comes to STAGE2_CHECK. */
static void seal_stage2(uint8_t *stage2, size_t bytes)
{
    uint32_t sum = 0;
    size_t last = bytes - sizeof(uint32_t);
    for (size_t i = 0; i < last; i += sizeof(uint32_t))
        sum = (sum << 1 | sum >> 31) + get_word(stage2 + i);
    put_word(stage2 + last, STAGE2_CHECK - (sum << 1 | sum >> 31));
}

static void write_image(const char *path)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        fail("cannot create %s", path);
    if (fwrite(image, 1, sizeof(image), file) != sizeof(image) || fclose(file) != 0)
        fail("cannot write %s", path);
}

int main(int argc, char **argv)
{
    if (argc != 5)
        fail("usage: disk_image IMAGE STAGE1 STAGE2 KERNEL <symbols");

    place(argv[2], BOOT_SECTOR_LBA, SECTOR_BYTES, "in a boot sector");
    place(argv[2], PARTITION_LBA, SECTOR_BYTES, "in a boot sector");
    size_t stage2_bytes =
        place(argv[3], STAGE2_LBA, (size_t)STAGE2_SECTORS_MAX * SECTOR_BYTES, "in the first track");
    if (stage2_bytes % SECTOR_BYTES != 0)
        fail("%s must be whole sectors, but has %zu bytes", argv[3], stage2_bytes);

    uint32_t kernel_lba = STAGE2_LBA + sectors_of(stage2_bytes);
    size_t buffer = KERNEL_BUFFER_END - KERNEL_BUFFER_ADDRESS;
    size_t rest = (size_t)(IMAGE_SECTORS - kernel_lba) * SECTOR_BYTES;
    size_t kernel_bytes = place(argv[4], kernel_lba, smaller(buffer, rest),
                                buffer < rest ? "in low memory to load it to" : "in the image");

    uint8_t *stage2 = image + (size_t)STAGE2_LBA * SECTOR_BYTES;
    read_symbols();
    describe_kernel(stage2, kernel_lba, kernel_bytes);
    describe_symbols(stage2, kernel_lba, kernel_bytes);
    seal_stage2(stage2, stage2_bytes);
    write_image(argv[1]);
    return EXIT_SUCCESS;
}
