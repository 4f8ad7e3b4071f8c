/* How much two words differ, for guesses at what somebody meant. */
#ifndef AETHEL_KERNEL_LIB_EDIT_DISTANCE_H
#define AETHEL_KERNEL_LIB_EDIT_DISTANCE_H

#define EDIT_LENGTH_MAX 24u
#define EDIT_FAR        255u

/*
 * How many characters have to be put in, taken out or replaced, or two neighbours exchanged, to
 * make one word of the other; where nothing is changed twice (optimal string alignment). Capitals
 * and small letters are the same. EDIT_FAR if one of them has more than EDIT_LENGTH_MAX characters.
 */
unsigned edit_distance(const char *first, const char *second);

#endif
