/* request.c - how a handler calls the API: it says who goes on with the answer. */
#define _POSIX_C_SOURCE 200809L

#include "request.h"

void request(struct client *client, answer_callback *then, void *arg, const char *format, ...)
{
    char path[PATH_SIZE];
    va_list args;

    va_start(args, format);
    http_format_path(path, format, args);
    va_end(args);
    api_call(client_id(client), path, then, arg);
}
