/* talk.c - the tutorial's client: sends what is typed, and prints what comes back. */
#define _POSIX_C_SOURCE 200809L

#include "talk.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "support/net.h"
#include "support/story.h"

/* Writes all LEN bytes of TEXT. Returns false if the server is gone. */
static bool write_all(int fd, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t n = net_write(fd, text, len);

        if (n == -1)
            return false;
        text += n;
        len -= (size_t)n;
    }
    return true;
}

/* Prints as many bytes as have been sent. Returns false if the server is gone. */
static bool print_echo(int fd, size_t len)
{
    char text[4096];

    while (len > 0) {
        ssize_t n = net_read(fd, text, len < sizeof text ? len : sizeof text);

        if (n <= 0)
            return false;
        if (fwrite(text, 1, (size_t)n, stdout) != (size_t)n || fflush(stdout) == EOF)
            die("cannot write to stdout: %s", strerror(errno));
        len -= (size_t)n;
    }
    return true;
}

void talk(const char *host, const char *port)
{
    struct address address;
    const char *why = net_resolve(&address, host, port);
    int fd = why != NULL ? -1 : net_connect(&address, true);
    char line[4096];
    ssize_t n;

    if (fd == -1)
        die("cannot connect to %s:%s: %s", host, port, why != NULL ? why : strerror(errno));
    for (;;) {
        if (isatty(0))
            say("please input message: ");
        fflush(stdout);
        n = net_read(0, line, sizeof line);
        if (n <= 0)
            break;
        if (!write_all(fd, line, (size_t)n) || !print_echo(fd, (size_t)n))
            die("%s:%s has hung up", host, port);
    }
    close(fd);
}
