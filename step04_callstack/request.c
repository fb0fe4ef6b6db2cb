/* request.c - how a handler calls the API: it says what it waits for. */
#define _POSIX_C_SOURCE 200809L

#include "request.h"

#include <stdlib.h>

struct value request(int id, const char *format, ...)
{
    struct io *call = malloc(sizeof *call);
    va_list args;

    if (call == NULL)
        return error(503, "out of memory");
    call->id = id;
    va_start(args, format);
    http_format_path(call->path, format, args);
    va_end(args);
    return io(call);
}
