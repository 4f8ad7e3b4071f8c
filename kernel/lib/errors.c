/* The words for the error codes. */
#include "kernel/lib/errors.h"

const char *error_text(int error)
{
    switch (error < 0 ? -error : error) {
    case 0:
        return "no error";
    case ERROR_NOT_PERMITTED:
        return "not permitted";
    case ERROR_NOT_FOUND:
        return "not found";
    case ERROR_KILLED:
        return "killed";
    case ERROR_IO:
        return "device does not answer";
    case ERROR_AGAIN:
        return "would have to wait";
    case ERROR_NO_MEMORY:
        return "out of memory";
    case ERROR_BUSY:
        return "busy";
    case ERROR_INVALID:
        return "invalid argument";
    case ERROR_DEADLOCK:
        return "would wait for ever";
    case ERROR_DESTROYED:
        return "destroyed";
    case ERROR_OVERFLOW:
        return "too many";
    case ERROR_NOT_SUPPORTED:
        return "not supported";
    case ERROR_TIMED_OUT:
        return "timed out";
    case ERROR_OWNER_DEAD:
        return "its holder ended";
    default:
        return "unknown error";
    }
}
