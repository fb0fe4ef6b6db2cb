/* loop.c - the event loop. It knows descriptors and callbacks, and not a word of HTTP. */
#define _POSIX_C_SOURCE 200809L

#include "loop.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/story.h"

enum { FDS_MAX = 65536 };

/* What is to be done for a descriptor. */
struct watch {
    callback *call; /* NULL: it is not registered */
    void *arg;
    int slot; /* its place in polled[] */
};

static struct watch *watches; /* by descriptor */
static struct pollfd *polled; /* what poll() watches, without gaps */
static int n_fds, n_polled;
static bool stopped;

void loop_open(void)
{
    long most = sysconf(_SC_OPEN_MAX);

    n_fds = most < 0 || most > FDS_MAX ? FDS_MAX : (int)most;
    n_polled = 0;
    watches = calloc((size_t)n_fds, sizeof *watches);
    polled = calloc((size_t)n_fds, sizeof *polled);
    if (watches == NULL || polled == NULL)
        die("cannot set up the loop: out of memory");
}

void loop_close(void)
{
    free(watches);
    free(polled);
}

void loop_register(int fd, short events, callback *call, void *arg)
{
    struct watch *watch;

    if (fd < 0 || fd >= n_fds)
        die("loop: descriptor %d is not from 0 to %d", fd, n_fds - 1);
    watch = &watches[fd];
    if (watch->call == NULL)
        watch->slot = n_polled++;
    watch->call = call;
    watch->arg = arg;
    /* No revents: what has been found for an earlier callback is not for this one. */
    polled[watch->slot] = (struct pollfd){.fd = fd, .events = events};
}

void loop_unregister(int fd)
{
    struct watch *watch;

    if (fd < 0 || fd >= n_fds || watches[fd].call == NULL)
        return;
    watch = &watches[fd];
    watch->call = NULL;
    polled[watch->slot] = polled[--n_polled];
    watches[polled[watch->slot].fd].slot = watch->slot;
}

/* Calls the callback of each descriptor that is ready. From the last slot down: a callback that
 * unregisters moves the last one into the gap, and that one is either still to come, or has been
 * called already, and its revents are 0. */
static void call_ready(void)
{
    for (int slot = n_polled - 1; slot >= 0; slot--) {
        if (slot < n_polled && polled[slot].revents != 0) {
            struct watch *watch = &watches[polled[slot].fd];

            polled[slot].revents = 0;
            watch->call(watch->arg);
        }
    }
}

void loop_run(void)
{
    stopped = false;
    while (!stopped) {
        if (n_polled == 0)
            die("loop: nothing is registered, and nobody stops it");
        if (poll(polled, (nfds_t)n_polled, -1) != -1)
            call_ready();
        else if (errno != EINTR)
            die("cannot poll: %s", strerror(errno));
    }
}

void loop_stop(void)
{
    stopped = true;
}
