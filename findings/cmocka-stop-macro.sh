#!/bin/sh
# cmocka 2 takes the name stop() away from every test program, by a macro.
#
# Tools:     cmocka 1.1.5 (Debian 12, package libcmocka-dev 1.1.5-2.1)
#            cmocka 2.0.2 (sid, package libcmocka-dev 2.0.2-1+b1); gcc 12 of this machine
# Behaviour: The header of 2.0 has `#define stop() _stop()`, to end a test. A program that
#            has a function of that name, though static, compiled with 1.1.5 and no longer does:
#            the macro takes no argument, not even the void of a prototype.
# Seen:      1.1.5: compiles
#            2.0.2: error: macro "stop" passed 1 arguments, but takes just 0
# Date:      2026-11-29
#
# Consequence: #undef stop behind the header, or another name.

. "$(dirname "$0")/packages.sh"

# Prints what the compiler has to say first of the program with the header in directory $1.
compile() {
    if LC_ALL=C gcc -std=c11 -fsyntax-only -I"$1/usr/include" "$work/program.c" 2>"$work/log"; then
        echo compiles
    else
        sed -n 's/.*\(error: \)/\1/p' "$work/log" | head -n 1
    fi
}

need gcc gcc
unpack "$work/1.1.5" c/cmocka/libcmocka-dev_1.1.5-2.1_amd64.deb \
    9fce50ae4bde8cd63599641b365db7432004b1d266839f1f4de8d6cc623dde52
unpack "$work/2.0.2" c/cmocka/libcmocka-dev_2.0.2-1+b1_amd64.deb \
    a2910b46a4ba2cf8641fdb6fd5c3351fd971ab971636af2d609d505fcf575539

cat >"$work/program.c" <<'END'
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static int running = 1;

static void stop(void) {
    running = 0;
}

int main(void) {
    stop();
    return running;
}
END

expect 1.1.5 "$(compile "$work/1.1.5")" 'compiles'
expect 2.0.2 "$(compile "$work/2.0.2")" 'error: macro "stop" passed 1 arguments, but takes just 0'
