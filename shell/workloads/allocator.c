/*
 * The allocator: takes blocks of all sizes from the heap and gives them back in any order. Each
 * block is filled, and looked through before it goes: two that overlap do not stay unnoticed.
 */
#include "kernel/cpu/preempt.h"
#include "kernel/lib/string.h"
#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "sched/thread.h"
#include "shell/workloads/workload.h"

#define BLOCKS          32u
#define SMALL_SIZE_MAX  512u
#define LARGE_SIZE_MAX  16384u
#define LARGE_ONE_IN    16u
#define ROUNDS_TO_YIELD 64u

/* Knuth's MMIX generator: TAOCP vol. 2, 3.3.4. */
#define RANDOM_FACTOR    6364136223846793005ul
#define RANDOM_INCREMENT 1442695040888963407ul

struct block {
    uint8_t *memory; /* NULL: it has none */
    uint32_t size;
    uint8_t fill;
};

struct holdings {
    struct block blocks[BLOCKS];
    uint64_t random;
    uint64_t allocations, refusals, damages;
};

/* Of those that have ended. Written with preemption off. */
static uint64_t allocations, refusals, damages;

static uint32_t random_below(struct holdings *holdings, uint32_t limit)
{
    holdings->random = holdings->random * RANDOM_FACTOR + RANDOM_INCREMENT;
    return (uint32_t)(holdings->random >> 32) % limit;
}

/* A thread that is killed between getting a block and writing down that it has it would lose it:
 * so here, and where it is given back, it cannot lose the CPU. */
static void allocate(struct block *block, uint32_t size)
{
    preempt_disable();
    block->memory = kmalloc(size);
    preempt_enable();
    block->size = size;
}

static void give_back(struct block *block)
{
    preempt_disable();
    kfree(block->memory);
    block->memory = NULL;
    preempt_enable();
}

static bool is_intact(const struct block *block)
{
    for (uint32_t i = 0; i < block->size; i++) {
        if (block->memory[i] != block->fill)
            return false;
    }
    return true;
}

static void fill_anew(struct holdings *holdings, struct block *block)
{
    uint32_t limit = random_below(holdings, LARGE_ONE_IN) == 0 ? LARGE_SIZE_MAX : SMALL_SIZE_MAX;
    allocate(block, 1 + random_below(holdings, limit));
    if (block->memory == NULL) {
        holdings->refusals++;
        return;
    }
    holdings->allocations++;
    block->fill = (uint8_t)random_below(holdings, UINT8_MAX + 1);
    memset(block->memory, block->fill, block->size);
}

static void check_and_give_back(struct workload_run *run, struct block *block)
{
    struct holdings *holdings = run->data;
    if (!is_intact(block)) {
        if (holdings->damages++ == 0)
            log_error("allocator%u: a block of %u bytes at %p was written to by somebody else",
                      run->number, block->size, (void *)block->memory);
    }
    give_back(block);
}

static void allocator(struct workload_run *run)
{
    struct holdings *holdings = run->data;
    for (unsigned round = 0; workload_goes_on(run); round++) {
        struct block *block = &holdings->blocks[random_below(holdings, BLOCKS)];
        if (block->memory)
            check_and_give_back(run, block);
        else
            fill_anew(holdings, block);
        if (round % ROUNDS_TO_YIELD == 0)
            thread_yield();
    }
}

static void begin(struct workload_run *run)
{
    struct holdings *holdings = run->data;
    holdings->random = run->number;
}

static void end(struct workload_run *run)
{
    struct holdings *holdings = run->data;
    for (unsigned i = 0; i < BLOCKS; i++)
        give_back(&holdings->blocks[i]);
    allocations += holdings->allocations;
    refusals += holdings->refusals;
    damages += holdings->damages;
}

static void report(void)
{
    log_notice("allocator: allocations: %lu, out_of_memory: %lu, damaged: %lu", allocations,
               refusals, damages);
    allocations = refusals = damages = 0;
}

WORKLOAD(allocator, .summary = "takes memory and gives it back",
         .help =
             "Each takes up to 32 blocks of 1 byte to 16 KiB from the heap, fills them, checks\n"
             "them, and gives them back in any order. Compare 'mem' before, meanwhile, and\n"
             "after they have ended or were killed: nothing may be missing. When the last one\n"
             "ends, a notice tells the figures; damaged must be 0.\n",
         .run = allocator, .has_cell = true, .data_size = sizeof(struct holdings), .begin = begin,
         .end = end, .report = report);
