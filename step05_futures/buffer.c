/* buffer.c - a text on its way through a socket. */
#define _POSIX_C_SOURCE 200809L

#include "buffer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "http.h"
#include "net.h"

static char *spare; /* what was read into last, for who reads next; NULL: there is none */

void buffer_drop(struct buffer *buffer)
{
    if (spare == NULL && buffer->is_whole)
        spare = buffer->bytes;
    else
        free(buffer->bytes);
    *buffer = (struct buffer){.bytes = NULL};
}

bool buffer_keep(struct buffer *buffer, const char *text, size_t len)
{
    char *copy = malloc(len);

    buffer_drop(buffer);
    if (copy == NULL)
        return false;
    memcpy(copy, text, len);
    buffer->bytes = copy;
    buffer->len = len;
    return true;
}

int buffer_write(struct buffer *buffer, int fd)
{
    while (buffer->sent < buffer->len) {
        ssize_t n = net_write(fd, buffer->bytes + buffer->sent, buffer->len - buffer->sent);

        if (n == -1)
            return net_not_ready() ? 0 : -1;
        buffer->sent += (size_t)n;
    }
    buffer_drop(buffer);
    return 1;
}

ssize_t buffer_read(struct buffer *buffer, int fd)
{
    ssize_t n;

    if (buffer->bytes == NULL) {
        buffer->bytes = spare != NULL ? spare : malloc(HEAD_MAX);
        spare = NULL;
        if (buffer->bytes == NULL) {
            errno = ENOMEM;
            return -1;
        }
        buffer->is_whole = true;
    }
    n = net_read(fd, buffer->bytes + buffer->len, HEAD_MAX - buffer->len);
    if (n > 0)
        buffer->len += (size_t)n;
    return n;
}
