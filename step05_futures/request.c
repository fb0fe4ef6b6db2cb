/* request.c - how a handler calls the API: it gets a future, which has a deadline. */
#define _POSIX_C_SOURCE 200809L

#include "request.h"

#include "call.h"
#include "support/http.h"
#include "wait_for.h"

static long deadline_ms = 5000;

void request_deadline(long ms)
{
    deadline_ms = ms;
}

struct value request(int id, const char *format, ...)
{
    char path[PATH_SIZE];
    va_list args;

    va_start(args, format);
    http_format_path(path, format, args);
    va_end(args);
    return wait_for(call_api(id, path), story_delay(deadline_ms));
}
