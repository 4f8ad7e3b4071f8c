/* A panic in a unit test is what expect_assert_failure() waits for. */
#include "kernel/panic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

_Noreturn void panic(const char *format, ...)
{
    mock_assert(0, format, __FILE__, __LINE__);
    abort();
}
