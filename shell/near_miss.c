/* Looking through what Tab would offer. */
#include "shell/near_miss.h"

#include <stdbool.h>

#include "kernel/lib/edit_distance.h"
#include "kernel/lib/string.h"

#define LENGTH_OF_ONE_MISTAKE 4u

struct near_search {
    struct completion completion; /* the first: whoever is asked hands this one on */
    char word[NEAR_MISS_SIZE];
    char *meant;
    unsigned distance;
};

static bool is_number(const char *text)
{
    return text[0] >= '0' && text[0] <= '9';
}

static void compare(struct completion *completion, const char *text, const char *help)
{
    struct near_search *search = (struct near_search *)completion;
    (void)help;
    unsigned distance = is_number(text) ? EDIT_FAR : edit_distance(search->word, text);
    if (distance >= search->distance)
        return;
    search->distance = distance;
    string_copy(search->meant, text, NEAR_MISS_SIZE);
}

/* Of a word as in prio=5, Tab offers the part up to the =. */
unsigned near_miss_find(void (*complete)(struct completion *completion), char *const *words,
                        unsigned argument, const char *word, char meant[NEAR_MISS_SIZE])
{
    struct near_search search = {
        .completion = {.argument = argument, .words = words, .word = "", .take = compare},
        .meant = meant,
    };
    size_t length = string_copy(search.word, word, sizeof(search.word));
    char *value = strchr(search.word, '=');
    if (value != NULL)
        value[1] = '\0';
    if (length < 2 || is_number(word))
        return NEAR_MISS_NONE;
    unsigned most = length > LENGTH_OF_ONE_MISTAKE ? 2 : 1;
    search.distance = most + 1;
    complete(&search.completion);
    return search.distance <= most ? search.distance : NEAR_MISS_NONE;
}
