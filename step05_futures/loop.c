/* loop.c - the event loop. It knows descriptors, timers, wake-ups and callbacks, and not a word of
 * HTTP. */
#define _POSIX_C_SOURCE 200809L

#include "loop.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/net.h"
#include "support/story.h"
#include "timer.h"

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

static struct soon ready; /* a list: first come first */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct soon woken; /* a list, under the mutex: what other threads want to be called */
static int wake_pipe[2];  /* has a byte in it when there may be something in woken */
static int n_expected;    /* so much will still be put into woken */

void soon_clear(struct soon *list)
{
    list->next = list->prev = list;
}

void soon_append(struct soon *list, struct soon *soon)
{
    if (soon->next != NULL)
        die("loop: a callback is in two lists");
    soon->next = list;
    soon->prev = list->prev;
    soon->prev->next = list->prev = soon;
}

void soon_forget(struct soon *soon)
{
    if (soon->next == NULL)
        return;
    soon->prev->next = soon->next;
    soon->next->prev = soon->prev;
    soon->next = soon->prev = NULL;
}

/* Takes the first out of LIST. Returns NULL if there is none. */
static struct soon *take_first(struct soon *list)
{
    struct soon *soon = list->next != list ? list->next : NULL;

    if (soon != NULL)
        soon_forget(soon);
    return soon;
}

/* Somebody has woken us. */
static void hear_wake_up(void *arg)
{
    char bytes[64];
    struct soon *soon;

    (void)arg;
    if (read(wake_pipe[0], bytes, sizeof bytes) == -1)
        return;
    pthread_mutex_lock(&mutex);
    while ((soon = take_first(&woken)) != NULL) {
        loop_call_soon(soon);
        n_expected--;
    }
    pthread_mutex_unlock(&mutex);
}

void loop_open(void)
{
    long most = sysconf(_SC_OPEN_MAX);

    n_fds = most < 0 || most > FDS_MAX ? FDS_MAX : (int)most;
    n_polled = 0;
    n_expected = 0;
    soon_clear(&ready);
    soon_clear(&woken);
    watches = calloc((size_t)n_fds, sizeof *watches);
    polled = calloc((size_t)n_fds, sizeof *polled);
    if (watches == NULL || polled == NULL)
        die("cannot set up the loop: out of memory");
    if (pipe(wake_pipe) == -1 || !net_set_blocking(wake_pipe[0], false))
        die("cannot set up the loop: %s", strerror(errno));
    loop_register(wake_pipe[0], POLLIN, hear_wake_up, NULL);
}

void loop_close(void)
{
    close(wake_pipe[0]);
    close(wake_pipe[1]);
    timer_close();
    free(watches);
    free(polled);
    n_fds = 0;
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

void loop_call_soon(struct soon *soon)
{
    soon_append(&ready, soon);
}

void loop_expect(void)
{
    n_expected++;
}

void loop_call_soon_threadsafe(struct soon *soon)
{
    bool was_empty;

    pthread_mutex_lock(&mutex);
    was_empty = woken.next == &woken;
    soon_append(&woken, soon);
    pthread_mutex_unlock(&mutex);
    while (was_empty && write(wake_pipe[1], "", 1) == -1 && errno == EINTR)
        ;
}

/* Calls what stands on the ready list now. What is put there meanwhile waits for the next turn, so
 * that one that is ready at once, again and again, cannot keep the loop from turning. */
static void call_soon(void)
{
    struct soon last = {.call = NULL}, *soon;

    soon_append(&ready, &last);
    while ((soon = ready.next) != &last) {
        soon_forget(soon);
        soon->call(soon->arg);
    }
    soon_forget(&last);
}

/* How long poll() may wait, in ms; -1 for ever. (In a demo, timers can be held back.) */
static int poll_timeout(void)
{
    if (ready.next != &ready)
        return 0;
    return story_holds(TIMERS) ? -1 : timer_next();
}

void loop_run(void)
{
    stopped = false;
    while (!stopped) {
        /* (The one that is always registered is the pipe for wake-ups.) */
        if (n_polled == 1 && n_expected == 0 && ready.next == &ready && timer_next() == -1)
            die("loop: nothing is registered, and nobody stops it");
        if (poll(polled, (nfds_t)n_polled, poll_timeout()) != -1)
            call_ready();
        else if (errno != EINTR)
            die("cannot poll: %s", strerror(errno));
        if (!story_holds(TIMERS))
            timer_call_due();
        call_soon();
    }
}

void loop_stop(void)
{
    stopped = true;
}
