/* The memory that the firmware keeps its tables in. */
#include "drivers/firmware/memory.h"

#include "kernel/mm/layout.h"

#define DIRECT_MAP_SURE_END (4ull << 30) /* physical memory below it is always mapped */

const void *firmware_memory_map(uint64_t physical, size_t length)
{
    if (physical >= DIRECT_MAP_SURE_END || length > DIRECT_MAP_SURE_END - physical)
        return NULL;
    return physical_to_virtual(physical);
}
