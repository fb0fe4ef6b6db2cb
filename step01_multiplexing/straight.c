/* straight.c - the two servers that are written as one thinks: read the request, call the handler,
 * write the answer, each line waiting until it is done. With one thread that makes a queue of all
 * clients; with a thread for each, the kernel does the waiting and we pay for the threads. */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app.h"
#include "server.h"
#include "support/story.h"

enum {
    PAUSE_MS = 10,    /* before accept() is tried again when descriptors or memory ran out */
    PATIENCE_MS = 500 /* with a peer that does not hang up after its answer */
};

const struct service *service;

/* Blocks until FD can be read, for TIMEOUT ms at the most (-1: for ever). Returns false if it
 * cannot, or if the program is told to stop. This poll() is no multiplexing: it waits for one
 * socket, as a read() that blocks would do, and for Ctrl-C, which read() would not notice. */
static bool wait_readable(int fd, int timeout)
{
    struct pollfd fds[] = {{.fd = fd, .events = POLLIN}, {.fd = service->stop, .events = POLLIN}};

    while (poll(fds, 2, timeout) == -1)
        if (errno != EINTR)
            die("cannot poll: %s", strerror(errno));
    return fds[0].revents != 0 && fds[1].revents == 0;
}

/* Reads a request from FD. Returns what http_parse_request() says of it; 0 if there is none. */
static int read_request(int fd, char path[PATH_SIZE])
{
    char head[HEAD_MAX];
    size_t len = 0;
    int status;

    do {
        ssize_t n = wait_readable(fd, -1) ? net_read(fd, head + len, sizeof head - len) : -1;

        if (n == -1 || (n == 0 && len == 0))
            return 0;
        len += (size_t)n;
        status = http_parse_request(head, len, n == 0, path);
    } while (status == 0);
    return status;
}

/* Writes all of TEXT to FD. Returns false if the peer is gone. */
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

static bool call_api(int fd, int id, const char *path, struct answer *answer)
{
    char text[HEAD_MAX];
    size_t len = http_format_request(text, sizeof text, service->host, path, id);
    ssize_t n;

    if (len == 0 || !write_all(fd, text, len))
        return false;
    len = 0;
    do {
        n = net_read(fd, text + len, sizeof text - len);
        if (n == -1)
            return false;
        len += (size_t)n;
    } while (!http_parse_response(text, len, n == 0, answer));
    return answer->status == 200;
}

struct answer request(int id, const char *format, ...)
{
    struct answer answer;
    char path[PATH_SIZE];
    va_list args;
    int fd;

    va_start(args, format);
    if (vsnprintf(path, sizeof path, format, args) >= PATH_SIZE)
        path[0] = '\0'; /* too long: there is no call for an empty path */
    va_end(args);
    tell(id, BLOCKED, "asks the API for %s", path);
    fd = net_connect(&service->api, true);
    if (fd != -1 && call_api(fd, id, path, &answer)) {
        tell(id, RUNNING, "hears from the API: %s", answer.body);
    } else {
        tell(id, RUNNING, "gets no result from the API");
        answer = http_error(502);
    }
    if (fd != -1)
        close(fd);
    return answer;
}

/* Closes FD so that the peer can still read its answer: to close while input is unread would reset
 * the connection and destroy what is on its way. */
static void hang_up(int fd)
{
    long until = story_ms() + PATIENCE_MS;
    char unread[4096];
    long left;

    shutdown(fd, SHUT_WR);
    while ((left = until - story_ms()) > 0 && wait_readable(fd, (int)left))
        if (net_read(fd, unread, sizeof unread) <= 0)
            break;
    close(fd);
}

static void reply(int fd, int id, const struct answer *answer)
{
    char text[2 * BODY_SIZE];

    if (write_all(fd, text, http_format_response(text, sizeof text, answer)))
        tell(id, GONE, "is answered: %d %s, at %ld ms", answer->status, answer->body, story_ms());
}

/* The life of connection number ID, from accept() to close(). */
static void handle_connection(int fd, int id)
{
    char path[PATH_SIZE] = "?";
    int status = read_request(fd, path);

    if (status != 0) {
        const struct route *route = status == 200 ? get_handler(path) : NULL;
        struct answer answer;

        tell(id, RUNNING, "is let in: GET %s", path);
        answer = route != NULL ? route->handler(id) : http_error(status == 200 ? 404 : status);
        reply(fd, id, &answer);
    }
    hang_up(fd);
}

/* Waits for a connection. Returns its descriptor, or -1 if the program is told to stop. */
static int accept_next(void)
{
    while (wait_readable(service->listener, -1)) {
        int fd = net_accept(service->listener, true);

        if (fd != -1)
            return fd;
        if (!net_not_ready())
            wait_readable(-1, PAUSE_MS); /* just waits: -1 is no descriptor */
    }
    return -1;
}

/* Whether there shall be a connection number ID. */
static bool is_wanted(int id)
{
    return service->requests == 0 || id <= service->requests;
}

void serve_blocking(const struct service *what)
{
    int fd;

    if (net_room() < 2) /* one for the client and one for the API */
        die("cannot serve: too few file descriptors");
    service = what;
    for (int id = 1; is_wanted(id) && (fd = accept_next()) != -1; id++)
        handle_connection(fd, id);
}

/* A thread that answers one request. It belongs to who joins it. */
struct thread {
    pthread_t thread;
    int fd;
    int id;
    struct thread *next;
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* over the two below */
static pthread_cond_t one_ended = PTHREAD_COND_INITIALIZER;
static int n_running;
static struct thread *ended; /* and not joined yet */

static void *run_thread(void *arg)
{
    struct thread *thread = arg;

    handle_connection(thread->fd, thread->id);
    pthread_mutex_lock(&mutex);
    n_running--;
    thread->next = ended;
    ended = thread;
    pthread_cond_signal(&one_ended);
    pthread_mutex_unlock(&mutex);
    return NULL;
}

/* Starts the thread for connection number ID. Without memory for one, that client gets 503. */
static void start_thread(int fd, int id)
{
    struct thread *thread = malloc(sizeof *thread);

    if (thread != NULL) {
        *thread = (struct thread){.fd = fd, .id = id};
        pthread_mutex_lock(&mutex);
        n_running++;
        pthread_mutex_unlock(&mutex);
        if (pthread_create(&thread->thread, NULL, run_thread, thread) == 0)
            return;
        pthread_mutex_lock(&mutex);
        n_running--;
        pthread_mutex_unlock(&mutex);
        free(thread);
    }
    struct answer answer = http_error(503);
    reply(fd, id, &answer);
    hang_up(fd);
}

/* Waits until no more than MOST threads run, and joins those that have ended. */
static void join_threads(int most)
{
    struct thread *thread;

    pthread_mutex_lock(&mutex);
    while (n_running > most)
        pthread_cond_wait(&one_ended, &mutex);
    thread = ended;
    ended = NULL;
    pthread_mutex_unlock(&mutex);
    while (thread != NULL) {
        struct thread *next = thread->next;

        pthread_join(thread->thread, NULL);
        free(thread);
        thread = next;
    }
}

void serve_threads(const struct service *what)
{
    int most = net_room() / 2; /* each takes a descriptor for its client and one for the API */
    int fd;

    if (most == 0)
        die("cannot serve: too few file descriptors");
    service = what;
    for (int id = 1; is_wanted(id); id++) {
        join_threads(most - 1);
        if ((fd = accept_next()) == -1)
            break;
        start_thread(fd, id);
    }
    join_threads(0);
}
