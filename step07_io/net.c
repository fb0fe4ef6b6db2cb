/* net.c - TCP sockets without the ceremony. */
#define _POSIX_C_SOURCE 200809L

#include "net.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    MOST = 65536,     /* descriptors that we reckon with where the limit is higher */
    LOOKED_AT = 1024, /* those above are taken to be free without looking */
    SPARE = 3 /* for what libc may open by itself, and for a client that is let in too much */
};

const char *net_resolve(struct address *address, const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found, *chosen;
    int error = getaddrinfo(host, port, &hints, &found);

    if (error != 0)
        return error == EAI_SYSTEM ? strerror(errno) : gai_strerror(error);
    chosen = found;
    while (chosen->ai_family != AF_INET && chosen->ai_next != NULL)
        chosen = chosen->ai_next;
    memcpy(&address->sa, chosen->ai_addr, chosen->ai_addrlen);
    address->len = chosen->ai_addrlen;
    freeaddrinfo(found);
    return NULL;
}

/* Closes FD after a failure and keeps the errno that tells of it. Returns -1. */
static int give_up(int fd)
{
    int error = errno;

    close(fd);
    errno = error;
    return -1;
}

int net_listen(const struct address *address)
{
    int on = 1;
    int fd = socket(address->sa.ss_family, SOCK_STREAM, 0);

    if (fd == -1)
        return -1;
    /* Without it the port stays taken for a minute after a server has ended. */
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == -1 ||
        bind(fd, (const struct sockaddr *)&address->sa, address->len) == -1 ||
        listen(fd, SOMAXCONN) == -1 || !net_set_blocking(fd, false))
        return give_up(fd);
    return fd;
}

void net_own_address(int fd, struct address *address)
{
    address->len = sizeof address->sa;
    if (getsockname(fd, (struct sockaddr *)&address->sa, &address->len) == -1)
        abort(); /* FD is a bound socket */
}

int net_port(const struct address *address)
{
    if (address->sa.ss_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)&address->sa)->sin6_port);
    return ntohs(((const struct sockaddr_in *)&address->sa)->sin_port);
}

int net_accept(int listener, bool blocking)
{
    int fd;

    do
        fd = accept(listener, NULL, NULL);
    while (fd == -1 && (errno == EINTR || errno == ECONNABORTED || errno == EPROTO));
    if (fd == -1)
        return -1;
    if (!net_set_blocking(fd, blocking))
        return give_up(fd);
    return fd;
}

int net_connect(const struct address *address, bool blocking)
{
    int fd = socket(address->sa.ss_family, SOCK_STREAM, 0);
    struct pollfd writable = {.fd = fd, .events = POLLOUT};

    if (fd == -1)
        return -1;
    if (!net_set_blocking(fd, false))
        return give_up(fd);
    /* After EINTR a connect goes on by itself, just as after EINPROGRESS. */
    if (connect(fd, (const struct sockaddr *)&address->sa, address->len) == -1 &&
        errno != EINPROGRESS && errno != EINTR)
        return give_up(fd);
    if (!blocking)
        return fd;
    while (poll(&writable, 1, -1) == -1 && errno == EINTR)
        ;
    errno = net_connected(fd);
    if (errno != 0 || !net_set_blocking(fd, true))
        return give_up(fd);
    return fd;
}

int net_connected(int fd)
{
    int error = 0;
    socklen_t len = sizeof error;

    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
        return errno;
    return error;
}

ssize_t net_read(int fd, void *data, size_t len)
{
    ssize_t n;

    do
        n = read(fd, data, len);
    while (n == -1 && errno == EINTR);
    return n;
}

ssize_t net_write(int fd, const void *data, size_t len)
{
    ssize_t n;

    do
        n = send(fd, data, len, MSG_NOSIGNAL);
    while (n == -1 && errno == EINTR);
    return n;
}

bool net_not_ready(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK;
}

bool net_set_blocking(int fd, bool blocking)
{
    int flags = fcntl(fd, F_GETFL);

    if (flags == -1)
        return false;
    flags = blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
    return fcntl(fd, F_SETFL, flags) != -1;
}

int net_room(void)
{
    struct rlimit limit;
    int room = MOST;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < MOST)
        room = (int)limit.rlim_cur;
    for (int fd = 0, most = room; fd < most && fd < LOOKED_AT; fd++)
        if (fcntl(fd, F_GETFD) != -1)
            room--;
    return room > SPARE ? room - SPARE : 0;
}
