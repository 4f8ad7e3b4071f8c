/* Memory, its mappings, and writing tables into it. */
#include "tests/unit/fakes/firmware_tables.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit_test.h"

#define MAPPINGS_MAX 16

uint8_t *memory;

static size_t memory_size;
static void *mappings[MAPPINGS_MAX];
static size_t mapping_count;

void make_memory(size_t size)
{
    memory = calloc(1, size);
    memory_size = size;
}

void drop_memory(void)
{
    free(memory);
}

const void *map_memory(uint64_t physical, size_t length)
{
    if (physical >= memory_size || length > memory_size - physical)
        return NULL;
    assert_true(mapping_count < MAPPINGS_MAX);
    void *copy = malloc(length);
    mappings[mapping_count++] = memcpy(copy, memory + physical, length);
    return copy;
}

void release_mappings(void)
{
    while (mapping_count > 0)
        free(mappings[--mapping_count]);
}

void poke(uint64_t address, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        memory[address + i] = (uint8_t)(value >> 8 * i);
}

void fix_sum(uint64_t base, size_t length, size_t sum_offset)
{
    uint8_t sum = 0;
    memory[base + sum_offset] = 0;
    for (size_t i = 0; i < length; i++)
        sum = (uint8_t)(sum + memory[base + i]);
    memory[base + sum_offset] = (uint8_t)-sum;
}
