/* poller_poll.c - asks the kernel by poll(), which every Unix has: it is told of all descriptors
 * each time, and so costs as much as there are. */
#define _POSIX_C_SOURCE 200809L

#include <poll.h>
#include <stdlib.h>

#include "poller.h"

static struct pollfd *polled; /* without gaps */
static int *slots;            /* by descriptor: its place in polled */
static int n_polled;

static bool open_poll(int n)
{
    n_polled = 0;
    polled = calloc((size_t)n, sizeof *polled);
    slots = calloc((size_t)n, sizeof *slots);
    if (polled != NULL && slots != NULL)
        return true;
    free(polled);
    free(slots);
    return false;
}

static void close_poll(void)
{
    free(polled);
    free(slots);
}

static bool watch(int fd, int before, int events)
{
    if (before == UNWATCHED)
        slots[fd] = n_polled++;
    if (events == UNWATCHED) {
        polled[slots[fd]] = polled[--n_polled];
        slots[polled[slots[fd]].fd] = slots[fd];
    } else {
        polled[slots[fd]] = (struct pollfd){.fd = fd, .events = (short)events};
    }
    return true;
}

/* From the last slot down: READY may stop watching, which moves the last one into the gap, and that
 * one is either still to come, or has been dealt with already, and its revents are 0. */
static bool wait_poll(int ms, void (*ready)(int fd, int events))
{
    int n = poll(polled, (nfds_t)n_polled, ms);

    for (int slot = n_polled - 1; slot >= 0 && n > 0; slot--) {
        int events;

        if (slot >= n_polled || polled[slot].revents == 0)
            continue;
        events = polled[slot].revents;
        if (events & POLLNVAL)
            events |= POLLERR; /* it was closed: whoever reads from it will hear so */
        polled[slot].revents = 0;
        n--;
        ready(polled[slot].fd, events);
    }
    return n != -1;
}

const struct poller poller_poll = {
    .name = "poll", .open = open_poll, .close = close_poll, .watch = watch, .wait = wait_poll};
