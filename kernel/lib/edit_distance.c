/* The distance of words, by rows of the table of their beginnings' distances. */
#include "kernel/lib/edit_distance.h"

#include <stdint.h>

#include "kernel/lib/string.h"

static char small(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (char)(letter + ('a' - 'A')) : letter;
}

static unsigned least(unsigned one, unsigned other)
{
    return one < other ? one : other;
}

unsigned edit_distance(const char *first, const char *second)
{
    uint8_t rows[3][EDIT_LENGTH_MAX + 1]; /* row i is rows[i % 3] */
    size_t rows_end = strlen(first), columns = strlen(second);
    if (rows_end > EDIT_LENGTH_MAX || columns > EDIT_LENGTH_MAX)
        return EDIT_FAR;
    for (size_t j = 0; j <= columns; j++)
        rows[0][j] = (uint8_t)j;
    for (size_t i = 1; i <= rows_end; i++) {
        uint8_t *row = rows[i % 3], *above = rows[(i - 1) % 3];
        row[0] = (uint8_t)i;
        for (size_t j = 1; j <= columns; j++) {
            char one = small(first[i - 1]), other = small(second[j - 1]);
            unsigned best = least(above[j - 1] + (one != other), least(above[j], row[j - 1]) + 1u);
            if (i > 1 && j > 1 && one == small(second[j - 2]) && small(first[i - 2]) == other)
                best = least(best, rows[(i - 2) % 3][j - 2] + 1u);
            row[j] = (uint8_t)best;
        }
    }
    return rows[rows_end % 3][columns];
}
