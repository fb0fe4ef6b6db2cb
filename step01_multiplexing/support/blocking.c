/* blocking.c - what a server whose threads block needs besides. */
#define _POSIX_C_SOURCE 200809L

#include "blocking.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "http.h"
#include "story.h"

enum {
    PAUSE_MS = 10,     /* before accept() is tried again when descriptors or memory ran out */
    PATIENCE_MS = 500, /* with a client that does not disconnect after its answer */
    REFUSAL_MS = 20    /* the same, if it is refused */
};

static const struct service *service;
static int n_accepted;
static int most; /* clients at once: each takes a descriptor, and one for its call of the API */
static pthread_t watcher; /* the thread that waits for Ctrl-C, and takes the signals */
static sigset_t signals_before;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* over what follows */
static pthread_cond_t one_left = PTHREAD_COND_INITIALIZER;
static struct connection **connected; /* the clients */
static int n_connected;
static bool stopping;
static bool one_ended; /* a client's thread has ended, and is not joined yet: */
static pthread_t ended;

/* Waits until FD can be read, for TIMEOUT ms at most (-1: for ever), or until the program is told
 * to stop. Returns whether FD can be read. */
static bool wait_readable(int fd, int timeout)
{
    struct pollfd fds[] = {{.fd = fd, .events = POLLIN}, {.fd = service->stop, .events = POLLIN}};

    while (poll(fds, 2, timeout) == -1)
        if (errno != EINTR)
            die("cannot poll: %s", strerror(errno));
    return fds[0].revents != 0 && fds[1].revents == 0;
}

/* The thread that waits for Ctrl-C: a read that blocks would not notice it. It stays until the last
 * client has left, for a second Ctrl-C. */
static void *watch_stop(void *arg)
{
    wait_readable(-1, -1);
    pthread_mutex_lock(&mutex);
    stopping = true;
    for (int i = 0; i < n_connected; i++)
        shutdown(connected[i]->fd, SHUT_RD);
    while (n_connected > 0)
        pthread_cond_wait(&one_left, &mutex);
    pthread_mutex_unlock(&mutex);
    return arg;
}

/* Starts the watcher; no other thread takes signals from then on. */
static void start_watcher(void)
{
    sigset_t all;
    int error = pthread_create(&watcher, NULL, watch_stop, NULL);

    if (error != 0)
        die("cannot serve: %s", strerror(error));
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &signals_before);
}

static void end_watcher(void)
{
    pthread_join(watcher, NULL);
    pthread_sigmask(SIG_SETMASK, &signals_before, NULL);
}

void blocking_open(const struct service *what)
{
    service = what;
    stopping = false;
    n_accepted = 0;
    most = net_room() / 2;
    if (most == 0)
        die("cannot serve: too few file descriptors");
    connected = calloc((size_t)most, sizeof(struct connection *));
    if (connected == NULL)
        die("cannot serve: out of memory");
    if (service->stop != -1)
        start_watcher();
}

/* Waits until there is room for one client more. */
static void wait_for_room(void)
{
    pthread_mutex_lock(&mutex);
    while (n_connected == most)
        pthread_cond_wait(&one_left, &mutex);
    pthread_mutex_unlock(&mutex);
}

/* Keeps the client at FD among the others. Returns NULL if it has come too late, or if memory runs
 * out. */
static struct connection *keep(int fd)
{
    struct connection *client = malloc(sizeof *client);

    pthread_mutex_lock(&mutex);
    if (client != NULL && !stopping) {
        *client = (struct connection){.fd = fd, .id = ++n_accepted, .place = n_connected};
        connected[n_connected++] = client;
    } else {
        free(client);
        client = NULL;
    }
    pthread_mutex_unlock(&mutex);
    return client;
}

struct connection *accept_client(void)
{
    if (service->requests != 0 && n_accepted == service->requests)
        return NULL;
    wait_for_room();
    while (wait_readable(service->listener, -1)) {
        int fd = net_accept(service->listener, true);
        struct connection *client = fd == -1 ? NULL : keep(fd);

        if (client != NULL)
            return client;
        if (fd != -1)
            close(fd);
        else if (!net_not_ready())
            wait_readable(-1, PAUSE_MS); /* to look again at once would be to spin */
    }
    return NULL;
}

bool write_all(int fd, const char *text, size_t len)
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

static long long now_ms(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

/* Reads what FD still sends, until it disconnects or MS have passed. */
static void drain(int fd, int ms)
{
    long long until = now_ms() + ms;
    char unread[4096];
    long long left;

    while ((left = until - now_ms()) > 0) {
        struct timeval timeout = {.tv_usec = (suseconds_t)(left * 1000)};

        if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout) == -1 ||
            net_read(fd, unread, sizeof unread) <= 0)
            break;
    }
}

/* The thread that runs is at its end. It joins the one that ended before, so that one at most is
 * left, and blocking_close() joins that one. Called with the mutex, which it unlocks. */
static void end_thread(void)
{
    bool join = one_ended;
    pthread_t before = ended;

    ended = pthread_self();
    one_ended = true;
    pthread_mutex_unlock(&mutex);
    if (join)
        pthread_join(before, NULL);
}

/* Disconnects CLIENT with a patience of MS. */
static void disconnect_within(int ms, struct connection *client)
{
    bool ends_thread = client->own_thread;

    shutdown(client->fd, SHUT_WR);
    drain(client->fd, ms);
    pthread_mutex_lock(&mutex);
    connected[client->place] = connected[--n_connected];
    connected[client->place]->place = client->place;
    close(client->fd); /* here, for nobody may be given its number before it is off the list */
    free(client);
    pthread_cond_broadcast(&one_left);
    if (ends_thread)
        end_thread();
    else
        pthread_mutex_unlock(&mutex);
}

void disconnect(struct connection *client)
{
    disconnect_within(PATIENCE_MS, client);
}

void refuse(struct connection *client)
{
    struct answer answer = http_error(503);
    char text[2 * BODY_SIZE];

    write_all(client->fd, text, http_format_response(text, sizeof text, &answer));
    disconnect_within(REFUSAL_MS, client);
}

void blocking_close(void)
{
    pthread_mutex_lock(&mutex);
    while (n_connected > 0)
        pthread_cond_wait(&one_left, &mutex);
    pthread_mutex_unlock(&mutex);
    if (one_ended)
        pthread_join(ended, NULL);
    one_ended = false;
    if (service->stop != -1)
        end_watcher();
    free(connected);
}
