/* loop.c - the event loop. It knows descriptors and callbacks, and nobody who uses it. */
#define _POSIX_C_SOURCE 200809L

#include "loop.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "soon.h"
#include "support/story.h"

enum { FDS_MAX = 65536 };

/* What is waited for with a descriptor. */
struct watch {
    callback *call;
    void *arg;
};

/* Both are indexed by descriptor. poll() skips an entry whose fd is -1: nobody waits for it. */
static struct watch *watches;
static struct pollfd *polled;

static int n_fds;    /* the length of both */
static int n_polled; /* poll() looks at the first n_polled; no higher one was ever registered */
static int n_registered;
static bool running, stopped;

void loop_open(void)
{
    long most = sysconf(_SC_OPEN_MAX);

    if (watches != NULL)
        die("loop: opened twice");
    n_fds = most < 0 || most > FDS_MAX ? FDS_MAX : (int)most;
    watches = calloc((size_t)n_fds, sizeof *watches);
    polled = calloc((size_t)n_fds, sizeof *polled);
    if (watches == NULL || polled == NULL)
        die("cannot set up the loop: out of memory");
}

void loop_close(void)
{
    if (running)
        die("loop: closed while it runs");
    if (n_registered > 0)
        die("loop: closed while somebody waits for a descriptor");
    soon_forget_all();
    free(watches);
    free(polled);
    watches = NULL;
    polled = NULL;
    n_fds = n_polled = 0;
}

void loop_register(int fd, short events, callback *call, void *arg)
{
    if (fd < 0 || fd >= n_fds)
        die("loop: descriptor %d is not from 0 to %d", fd, n_fds - 1);
    while (n_polled <= fd)
        polled[n_polled++].fd = -1;
    if (polled[fd].fd == -1)
        n_registered++;
    watches[fd] = (struct watch){call, arg};
    /* revents is 0: what poll() has just found was for an earlier wait with this descriptor. */
    polled[fd] = (struct pollfd){.fd = fd, .events = events};
}

void loop_unregister(int fd)
{
    if (fd < 0 || fd >= n_polled || polled[fd].fd == -1)
        return;
    polled[fd] = (struct pollfd){.fd = -1};
    n_registered--;
}

/* Goes on with each descriptor that is ready. That may register and unregister any of them. */
static void go_on_with_ready(void)
{
    for (int fd = 0; fd < n_polled; fd++) {
        if (polled[fd].revents & POLLNVAL)
            die("loop: descriptor %d was closed while somebody waits for it", fd);
        if (polled[fd].revents != 0) {
            polled[fd].revents = 0;
            watches[fd].call(watches[fd].arg);
        }
    }
}

void loop_run(void)
{
    if (running)
        die("loop: run inside itself");
    running = true;
    while (!stopped) {
        int ms = soon_any() ? 0 : -1;

        if (ms == -1 && n_registered == 0)
            die("loop: nothing is waited for, and nobody stops it");
        if (poll(polled, (nfds_t)n_polled, ms) != -1)
            go_on_with_ready();
        else if (errno != EINTR)
            die("cannot poll: %s", strerror(errno));
        soon_call_all();
    }
    running = stopped = false;
}

void loop_stop(void)
{
    stopped = true;
}
