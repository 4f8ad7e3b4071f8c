/*
 * Turns `nm -n kernel.elf` (standard input) into the C text of the kernel's symbol table
 * (standard output). The arguments are the two symbols that the linker script draws round the
 * text; without arguments the table is empty.
 *
 * The table has one entry for each function, in the order of their addresses:
 *
 *     symbol_distances[i]   bytes from the beginning of function i to that of the next one,
 *                           or to the end of the text
 *     symbol_names          their names in the same order, each NUL-terminated, one after another
 *     symbol_pairs[i]       what the byte 128 + i in a name stands for: two bytes, each a character
 *                           or such a byte again
 *
 * The pairs (byte pair encoding, P. Gage 1994) halve the table: names repeat each other's words.
 *
 * A backtrace is rare and the kernel is small, so a reader walks the table from the first entry
 * (which stands at the first border) and no index is stored. kernel/symbols.c is that reader.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_SIZE    256
#define SYMBOLS_MAX  16384
#define DISTANCE_MAX UINT16_MAX

struct symbol {
    uint64_t address;
    char *name;
};

static struct symbol symbols[SYMBOLS_MAX];
static unsigned symbol_count;
static uint64_t text_end;

static void fail(const char *what, const char *name)
{
    fprintf(stderr, "error: symbols: %s: %s\n", what, name);
    exit(EXIT_FAILURE);
}

/*
 * NASM names a label inside a function `function.label`; a table entry for each would say less
 * than the function's own name does. GCC and clang use a dot too, for parts and copies of a
 * function that stand on their own.
 */
static bool is_inner_label(const char *name)
{
    static const char *const compiler_suffixes[] = {".cold", ".part.", ".isra.", ".constprop."};
    const char *dot = strchr(name + 1, '.');
    if (dot == NULL)
        return false;
    for (unsigned i = 0; i < sizeof(compiler_suffixes) / sizeof(compiler_suffixes[0]); i++)
        if (strncmp(dot, compiler_suffixes[i], strlen(compiler_suffixes[i])) == 0)
            return false;
    return true;
}

static bool is_function(char type, const char *name)
{
    /* Two underscores begin the names that the linker script gives to the borders of sections. */
    return (type == 't' || type == 'T') && strncmp(name, "__", 2) != 0 && !is_inner_label(name);
}

static void add_symbol(uint64_t address, const char *name)
{
    /* Of several names for one address the first is as good as any. */
    if (symbol_count > 0 && symbols[symbol_count - 1].address == address)
        return;
    if (symbol_count == SYMBOLS_MAX)
        fail("too many functions, raise SYMBOLS_MAX", name);
    symbols[symbol_count].address = address;
    symbols[symbol_count].name = strdup(name);
    symbol_count++;
}

static void read_symbols(const char *start_border, const char *end_border)
{
    uint64_t text_start = 0;
    uint64_t address;
    char type;
    char name[NAME_SIZE];
    char line[NAME_SIZE + 32];

    while (fgets(line, sizeof(line), stdin) != NULL) {
        if (sscanf(line, "%" SCNx64 " %c %255s", &address, &type, name) != 3)
            continue; /* an undefined symbol has no address */
        if (strcmp(name, start_border) == 0)
            text_start = address;
        else if (strcmp(name, end_border) == 0)
            text_end = address;
        else if (is_function(type, name))
            add_symbol(address, name);
    }
    if (text_end == 0)
        fail("no such symbol", end_border);
    if (symbol_count == 0 || symbols[0].address != text_start)
        fail("the text does not begin with a function", start_border);
    if (symbols[symbol_count - 1].address >= text_end)
        fail("a function lies outside the text", symbols[symbol_count - 1].name);
}

static void write_distances(void)
{
    for (unsigned i = 0; i < symbol_count; i++) {
        uint64_t next = i + 1 < symbol_count ? symbols[i + 1].address : text_end;
        uint64_t distance = next - symbols[i].address;
        if (distance > DISTANCE_MAX)
            fail("too long for the table's 16 bits", symbols[i].name);
        printf("    %" PRIu64 ", /* %s */\n", distance, symbols[i].name);
    }
}

/* --- Names ------------------------------------------------------------------------------------ */

#define PAIRS_MAX  128u
#define FIRST_PAIR 128u

static uint8_t text[SYMBOLS_MAX * 16];
static size_t text_length;
static uint8_t pairs[PAIRS_MAX][2];
static unsigned pair_count;

static void join_names(void)
{
    for (unsigned i = 0; i < symbol_count; i++) {
        size_t size = strlen(symbols[i].name) + 1;
        if (text_length + size > sizeof(text))
            fail("the names are too long in all", symbols[i].name);
        memcpy(text + text_length, symbols[i].name, size);
        text_length += size;
    }
}

/* Finds the two bytes that stand beside each other most often. Returns how often that is. */
static unsigned find_pair(uint8_t pair[2])
{
    static unsigned counts[256][256];
    unsigned most = 0;
    memset(counts, 0, sizeof(counts));
    for (size_t i = 0; i + 1 < text_length; i++) {
        unsigned count = ++counts[text[i]][text[i + 1]];
        if (text[i] == '\0' || text[i + 1] == '\0' || count <= most)
            continue;
        most = count;
        pair[0] = text[i];
        pair[1] = text[i + 1];
    }
    return most;
}

static void replace_pair(const uint8_t pair[2], uint8_t byte)
{
    size_t to = 0;
    for (size_t from = 0; from < text_length; from++, to++) {
        bool is_pair = from + 1 < text_length && text[from] == pair[0] && text[from + 1] == pair[1];
        text[to] = is_pair ? byte : text[from];
        from += is_pair;
    }
    text_length = to;
}

/* A pair that stands twice saves no more than its own two bytes. */
static void compress_names(void)
{
    while (pair_count < PAIRS_MAX && find_pair(pairs[pair_count]) > 2) {
        replace_pair(pairs[pair_count], (uint8_t)(FIRST_PAIR + pair_count));
        pair_count++;
    }
}

static void write_bytes(const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        printf("%s%u,%s", i % 16 == 0 ? "    " : " ", bytes[i], i % 16 == 15 ? "\n" : "");
    puts("");
}

static void write_names(void)
{
    puts("SYMBOL_TABLE const uint8_t symbol_pairs[][2] = {");
    for (unsigned i = 0; i < PAIRS_MAX; i++)
        printf("    {%u, %u},\n", pairs[i][0], pairs[i][1]);
    puts("};\n");
    puts("SYMBOL_TABLE const uint8_t symbol_names[] = {");
    write_bytes(text, text_length);
    puts("    0,\n};");
}

int main(int argc, char **argv)
{
    if (argc == 3)
        read_symbols(argv[1], argv[2]);

    puts("/* The kernel's symbol table, made by tools/symbols.c, which describes it. */");
    puts("#include \"kernel/symbols.h\"\n");
    printf("SYMBOL_TABLE const uint32_t symbol_count = %u;\n\n", symbol_count);
    puts("SYMBOL_TABLE const uint16_t symbol_distances[] = {");
    write_distances();
    puts("};\n");
    join_names();
    compress_names();
    write_names();
    return EXIT_SUCCESS;
}
