/*
 * How options of commands are spelled, everywhere alike: NAME=VALUE, and for who is used to it from
 * elsewhere with a letter, -n VALUE. What a command is about stands alone, where it belongs.
 */
#ifndef AETHEL_SHELL_OPTIONS_H
#define AETHEL_SHELL_OPTIONS_H

/*
 * The value of option `name`, if **words is it: what is behind `name`= in the word, or, where that
 * is - and `letter` (0: there is none), the word behind, on which *words is put then; an empty one
 * if there is none. NULL: it is another word. The last of the words is followed by NULL.
 */
const char *option_value(char ***words, const char *name, char letter);

#endif
