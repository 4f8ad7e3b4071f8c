/*
 * From a line to commands and their words, in place: the words are pieces of the line.
 *
 * Blanks (space, tab) part words, `;` parts commands. Within '...' everything stands for itself;
 * within "..." all but \" and \\ does; elsewhere \ takes the next character as it is. `#` at the
 * start of a word begins a comment.
 */
#ifndef AETHEL_SHELL_PARSER_H
#define AETHEL_SHELL_PARSER_H

#define PARSER_WORDS 64u /* words and ends of commands in one line */

struct parsed_line {
    unsigned count;            /* of entries in `words` */
    unsigned next;             /* where the next command begins */
    char *words[PARSER_WORDS]; /* a NULL behind the words of each command */
};

/*
 * Takes `text` apart, which is changed and must live as long as `line` is used. Commands without
 * words are left out. Returns 0, or -ERROR_INVALID and a message where `error` points: then no
 * part of the line should run.
 */
int parse_line(char *text, struct parsed_line *line, const char **error);

/*
 * The next command of a parsed line: stores its words, ended by a NULL, where `words` points, and
 * returns how many there are (the command's name is the first), or 0 when there are no more.
 */
unsigned parsed_line_next(struct parsed_line *line, char ***words);

#endif
