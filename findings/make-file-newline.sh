#!/bin/sh
# GNU make strips the last newline of a file that $(file <NAME) reads, or keeps it, depending on
# what stands before.
#
# Tool:      make 4.3 (Debian 12, package 4.3-4.1)
# Behaviour: The manual says that the final newline is stripped. With 140,000 letters before the
#            call the same file comes with its newline. func_file() in function.c takes a pointer
#            into the buffer of the expansion before it reads, and strips only what lies behind
#            that pointer. If the buffer grows in between and realloc() moves it to a lower
#            address, all of it lies before. Such a length makes that sure: the allocator has
#            given the buffer a mapping of its own, right below another, and it can only grow
#            downwards. It has been seen with 300 bytes, too, in a large makefile whose heap had
#            holes.
# Seen:      100 letters before: stripped
#            140000 letters before: kept
#            (Debian 13's make 4.4.1: stripped, behind 140000 letters, too.)
# Date:      2026-11-29
#
# Consequence: $(strip $(file <NAME)) wherever what was read is compared.

. "$(dirname "$0")/packages.sh"

# tell LETTERS: prints what becomes of the newline behind as many letters.
tell() {
    # shellcheck disable=SC2016 # make is the one to expand it
    {
        printf 'define newline\n\n\nendef\n'
        printf '$(info $(if $(findstring $(newline),%s$(file <%s)),kept,stripped))\nall: ;\n' \
            "$(head -c "$1" /dev/zero | tr '\0' x)" "$work/text"
    } >"$work/makefile"
    env -i "$work/usr/bin/make" -s -f "$work/makefile"
}

unpack "$work" m/make-dfsg/make_4.3-4.1_amd64.deb \
    a1a83af8cbd854af887b72ad196b1f4af58387815e21ced1000253a116a46e2a
head -c 330 /dev/zero | tr '\0' y >"$work/text"
echo >>"$work/text"

expect 'make' "$("$work/usr/bin/make" --version | head -n 1)" 'GNU Make 4.3'
expect '100 letters before' "$(tell 100)" stripped
expect '140000 letters before' "$(tell 140000)" kept
