/* What people type who know other systems, and what that is here. */
#ifndef AETHEL_SHELL_OTHER_WORDS_H
#define AETHEL_SHELL_OTHER_WORDS_H

/* The answer to the command `word` of other systems, or NULL. With the word and a colon before it,
 * it fits into a row. Pure. */
const char *other_word_answer(const char *word);

#endif
