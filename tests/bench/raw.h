/* raw.h - a server without tasks, as fast as we can make it: a loop around epoll_wait(), level-
 * triggered. What a program does for a client is its serve(). */
#define _GNU_SOURCE /* POSIX has no accept4() */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCH = 256 }; /* events that are taken from the kernel at once */

static int epoll;
static char **words; /* of the command line */

/* Reads what the client FD has sent, and answers. Returns false: close FD. */
static bool serve(int fd);

static int open_listener(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd == -1 || bind(fd, (struct sockaddr *)&address, len) == -1 ||
        listen(fd, SOMAXCONN) == -1 || getsockname(fd, (struct sockaddr *)&address, &len) == -1)
        exit(1);
    printf("listening on http://127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

static void watch(int fd, unsigned events)
{
    struct epoll_event event = {.events = events, .data.fd = fd};

    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == -1)
        exit(1);
}

static void accept_all(int listener)
{
    static const int on = 1;
    int fd;

    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) != -1) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        watch(fd, EPOLLIN);
    }
}

static void end_now(int number)
{
    (void)number;
    _exit(0);
}

int main(int argc, char **argv)
{
    struct epoll_event events[BATCH];
    int listener = open_listener();

    (void)argc;
    words = argv;
    signal(SIGTERM, end_now);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    watch(listener, EPOLLIN);
    for (;;) {
        int n = epoll_wait(epoll, events, BATCH, -1);

        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;

            if (fd == listener)
                accept_all(listener);
            else if (!serve(fd))
                close(fd);
        }
    }
}
