/* buffer.c - tests of texts on their way through a socket, in pieces. Prints what comes of them. */
#define _POSIX_C_SOURCE 200809L

#include "buffer.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http.h"
#include "net.h"

enum { MUCH = 4 << 20 }; /* more than any socket takes at once */

static int fds[2];

static void open_sockets(void)
{
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == -1)
        exit(2);
    net_set_blocking(fds[0], false);
    net_set_blocking(fds[1], false);
}

/* One side writes all of a long text, whenever the other side has read some of it. */
static void test_write(void)
{
    static char text[MUCH], came[MUCH];
    struct buffer buffer = {.bytes = NULL};
    size_t len = 0;
    int full = 0, done;

    for (size_t i = 0; i < MUCH; i++)
        text[i] = (char)(i ^ i >> 8 ^ i >> 16);
    open_sockets();
    printf("kept: %d\n", buffer_keep(&buffer, text, MUCH));
    while ((done = buffer_write(&buffer, fds[0])) == 0) {
        ssize_t n = read(fds[1], came + len, MUCH - len);

        full++;
        len += n > 0 ? (size_t)n : 0;
    }
    while (len < MUCH) {
        ssize_t n = read(fds[1], came + len, MUCH - len);

        if (n <= 0)
            break;
        len += (size_t)n;
    }
    printf("written: %d, in pieces: %d, each byte came: %d, there is a text: %d\n", done, full > 0,
           len == MUCH && memcmp(text, came, MUCH) == 0, buffer.bytes != NULL);
    printf("kept: %d, ", buffer_keep(&buffer, "first", 5));
    printf("and another in its place: %d\n", buffer_keep(&buffer, "second", 6));
    close(fds[1]);
    printf("written to nobody: %d\n", buffer_write(&buffer, fds[0]));
    buffer_drop(&buffer);
    close(fds[0]);
}

static void show_read(struct buffer *buffer)
{
    ssize_t n = buffer_read(buffer, fds[0]);

    printf("read: %zd, not ready: %d, in all: %zu '%.*s'\n", n, n == -1 && net_not_ready(),
           buffer->len, buffer->len < 20 ? (int)buffer->len : 20,
           buffer->len == 0 ? "" : buffer->bytes);
}

static void test_read(void)
{
    static char text[HEAD_MAX];
    struct buffer buffer = {.bytes = NULL};

    memset(text, 'x', sizeof text);
    open_sockets();
    show_read(&buffer);
    net_write(fds[1], "one, ", 5);
    show_read(&buffer);
    net_write(fds[1], "two", 3);
    show_read(&buffer);
    net_write(fds[1], text, sizeof text);
    show_read(&buffer);
    show_read(&buffer); /* there is no room for more */
    buffer_drop(&buffer);
    show_read(&buffer);
    close(fds[1]);
    show_read(&buffer);
    buffer_drop(&buffer);
    buffer_drop(&buffer);
    close(fds[0]);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    test_write();
    test_read();
    return 0;
}
