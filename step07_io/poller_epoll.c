/* poller_epoll.c - asks the kernel by epoll, which Linux has: it remembers what is watched, and
 * tells of what is ready alone. */
#define _POSIX_C_SOURCE 200809L

#ifdef __linux__

#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "poller.h"

enum { AT_ONCE = 256 }; /* so many events are fetched; the others are still there next time */

static int epoll = -1;

static bool open_epoll(int n)
{
    (void)n;
    epoll = epoll_create1(EPOLL_CLOEXEC);
    return epoll != -1;
}

static void close_epoll(void)
{
    close(epoll);
}

static bool watch(int fd, int before, int events)
{
    struct epoll_event event = {.data.fd = fd};
    int what = before == UNWATCHED ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;

    if (events == UNWATCHED)
        what = EPOLL_CTL_DEL;
    else
        event.events =
            (events & POLLIN ? (uint32_t)EPOLLIN : 0) | (events & POLLOUT ? (uint32_t)EPOLLOUT : 0);
    return epoll_ctl(epoll, what, fd, &event) == 0;
}

static bool wait_epoll(int ms, void (*ready)(int fd, int events))
{
    struct epoll_event events[AT_ONCE];
    int n = epoll_wait(epoll, events, AT_ONCE, ms);

    for (int i = 0; i < n; i++) {
        uint32_t e = events[i].events;

        ready(events[i].data.fd, (e & EPOLLIN ? POLLIN : 0) | (e & EPOLLOUT ? POLLOUT : 0) |
                                     (e & EPOLLHUP ? POLLHUP : 0) | (e & EPOLLERR ? POLLERR : 0));
    }
    return n != -1;
}

const struct poller poller_epoll = {
    .name = "epoll", .open = open_epoll, .close = close_epoll, .watch = watch, .wait = wait_epoll};

#else
typedef int nothing_here; /* a file may not be empty */
#endif
