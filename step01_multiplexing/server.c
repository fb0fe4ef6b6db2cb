/* server.c - one thread, one loop, and the kernel watches all sockets for us. Nothing here may
 * wait, so each connection carries what a waiting function keeps by standing where it stands. */
#define _POSIX_C_SOURCE 200809L

#include "server.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app.h"
#include "support/buffer.h"
#include "support/story.h"

enum { PAUSE_MS = 10 }; /* before accept() is tried again when descriptors or memory ran out */

/* One connection, and all that it must remember while others run. */
struct conn {
    enum {
        READING,    /* the request */
        CONNECTING, /* to the API */
        ASKING,     /* writing the request to the API */
        HEARING,    /* reading the API's answer */
        REPLYING,   /* writing the answer */
        HANGING_UP  /* reading what the client still sends, until it hangs up as well */
    } state;
    int id;
    int fd;             /* the client */
    int api;            /* the API, or -1 */
    struct buffer text; /* what is being read or written */
    struct conn *next;
    struct conn **link; /* the pointer that points here, to take this one out of the list */
};

static struct conn *conns; /* all connections, the newest first */
static int n_conns, most_conns;
static int n_accepted;
static bool stopping; /* the program is told to stop */

/* Whether a further connection shall be accepted, now or later. */
static bool accepts(void)
{
    return !stopping && (service->requests == 0 || n_accepted < service->requests);
}

/* The oldest connection that waits for nothing but its client to hang up, or NULL. */
static struct conn *find_done(void)
{
    struct conn *done = NULL;

    for (struct conn *conn = conns; conn != NULL; conn = conn->next)
        if (conn->state == HANGING_UP)
            done = conn;
    return done;
}

/* Whether there is room for one more, or somebody who can make room. */
static bool has_room(void)
{
    return n_conns < most_conns || find_done() != NULL;
}

static void end_conn(struct conn *conn)
{
    *conn->link = conn->next;
    if (conn->next != NULL)
        conn->next->link = conn->link;
    close(conn->fd);
    buffer_drop(&conn->text);
    free(conn);
    n_conns--;
}

/* The client sends more than was asked of it, or hangs up. */
static void hear_hang_up(struct conn *conn)
{
    char unread[4096];
    ssize_t n = net_read(conn->fd, unread, sizeof unread);

    if (n == 0 || (n == -1 && !net_not_ready()))
        end_conn(conn);
}

static void write_reply(struct conn *conn)
{
    int done = buffer_write(&conn->text, conn->fd);

    if (done == -1 || (done == 1 && stopping)) {
        end_conn(conn);
    } else if (done == 1) {
        /* To close now, while input may be unread, would reset the connection and destroy the
         * answer on its way. So we say that this is all, and wait for the client to hang up. */
        shutdown(conn->fd, SHUT_WR);
        conn->state = HANGING_UP;
    }
}

static void reply(struct conn *conn, struct answer answer)
{
    char text[2 * BODY_SIZE];
    size_t len = http_format_response(text, sizeof text, &answer);

    tell(conn->id, GONE, "is answered: %d %s, at %ld ms", answer.status, answer.body, story_ms());
    conn->state = REPLYING;
    if (!buffer_keep(&conn->text, text, len))
        net_write(conn->fd, text, len); /* as much as goes at once */
    write_reply(conn);
}

/* The API has answered, or failed to: the second half of one(). */
static void finish_call(struct conn *conn, struct answer answer)
{
    if (conn->api != -1)
        close(conn->api);
    conn->api = -1;
    buffer_drop(&conn->text);
    if (answer.status == 200)
        tell(conn->id, RUNNING, "hears from the API: %s", answer.body);
    else
        tell(conn->id, RUNNING, "gets no result from the API");
    reply(conn, answer);
}

static void read_answer(struct conn *conn)
{
    struct answer answer;
    ssize_t n = buffer_read(&conn->text, conn->api);

    if (n == -1 && net_not_ready())
        return;
    if (n == -1)
        finish_call(conn, http_error(errno == ENOMEM ? 503 : 502));
    else if (http_parse_response(conn->text.bytes, conn->text.len, n == 0, &answer))
        finish_call(conn, answer);
}

static void write_call(struct conn *conn)
{
    int done = buffer_write(&conn->text, conn->api);

    if (done == -1)
        finish_call(conn, http_error(502));
    else if (done == 1)
        conn->state = HEARING;
}

static void finish_connect(struct conn *conn)
{
    if (net_connected(conn->api) != 0) {
        finish_call(conn, http_error(502));
        return;
    }
    conn->state = ASKING;
    write_call(conn);
}

/* Asks the API for PATH: starts to connect, and leaves the rest to the states that follow. */
static void start_call(struct conn *conn, const char *path)
{
    char text[HEAD_MAX];
    size_t len = http_format_request(text, sizeof text, service->host, path, conn->id);

    tell(conn->id, WAITING, "asks the API for %s", path);
    conn->api = net_connect(&service->api, false);
    conn->state = CONNECTING;
    if (conn->api == -1 || len == 0)
        finish_call(conn, http_error(502));
    else if (!buffer_keep(&conn->text, text, len))
        finish_call(conn, http_error(503));
}

/* The business logic, as far as it goes without waiting. A handler that asks the API cannot be
 * called from here: it would wait in the middle, and everybody with it. So what one() does is
 * written a second time, spread over the states from here to finish_call(). */
static void start_handler(struct conn *conn, const char *path)
{
    const struct route *route = get_handler(path);

    if (route == NULL)
        reply(conn, http_error(404));
    else if (route->calls == 0)
        reply(conn, route->handler(conn->id));
    else if (route->calls == 1)
        start_call(conn, "/foo");
    else
        reply(conn, http_error(501)); /* nothing remembers which call it is */
}

static void read_request(struct conn *conn)
{
    char path[PATH_SIZE] = "?";
    ssize_t n = buffer_read(&conn->text, conn->fd);
    int status;

    if (n == -1 && net_not_ready())
        return;
    if (n == -1 && errno == ENOMEM) {
        reply(conn, http_error(503));
        return;
    }
    if (n == -1 || conn->text.len == 0) {
        end_conn(conn);
        return;
    }
    status = http_parse_request(conn->text.bytes, conn->text.len, n == 0, path);
    if (status == 0)
        return;
    buffer_drop(&conn->text);
    tell(conn->id, RUNNING, "is let in: GET %s", path);
    if (status == 200)
        start_handler(conn, path);
    else
        reply(conn, http_error(status));
}

static void add_conn(int fd)
{
    struct conn *conn = malloc(sizeof *conn);

    if (conn == NULL) {
        struct answer answer = http_error(503);
        char text[2 * BODY_SIZE];

        net_write(fd, text, http_format_response(text, sizeof text, &answer));
        close(fd);
        return;
    }
    *conn = (struct conn){.state = READING, .id = n_accepted, .fd = fd, .api = -1};
    conn->next = conns;
    conn->link = &conns;
    if (conns != NULL)
        conns->link = &conn->next;
    conns = conn;
    n_conns++;
}

static void accept_all(void)
{
    while (accepts() && has_room()) {
        int fd = net_accept(service->listener, false);

        if (fd == -1) {
            if (!net_not_ready())
                poll(NULL, 0, PAUSE_MS); /* to look again at once would be to spin */
            return;
        }
        if (n_conns == most_conns)
            end_conn(find_done());
        n_accepted++;
        add_conn(fd);
    }
}

/* What is being answered will be answered; whoever has not asked yet is sent away. */
static void stop(void)
{
    stopping = true;
    for (struct conn *conn = conns, *next; conn != NULL; conn = next) {
        next = conn->next;
        if (conn->state == READING || conn->state == HANGING_UP)
            end_conn(conn);
    }
}

/* What CONN waits for has come about: goes on from where it was. */
static void advance(struct conn *conn)
{
    switch (conn->state) {
    case READING:
        read_request(conn);
        break;
    case CONNECTING:
        finish_connect(conn);
        break;
    case ASKING:
        write_call(conn);
        break;
    case HEARING:
        read_answer(conn);
        break;
    case REPLYING:
        write_reply(conn);
        break;
    case HANGING_UP:
        hear_hang_up(conn);
        break;
    }
}

/* What CONN waits for. */
static struct pollfd wanted(const struct conn *conn)
{
    switch (conn->state) {
    case CONNECTING:
    case ASKING:
        return (struct pollfd){.fd = conn->api, .events = POLLOUT};
    case HEARING:
        return (struct pollfd){.fd = conn->api, .events = POLLIN};
    case REPLYING:
        return (struct pollfd){.fd = conn->fd, .events = POLLOUT};
    case READING:
    case HANGING_UP:
        break;
    }
    return (struct pollfd){.fd = conn->fd, .events = POLLIN};
}

/* One turn of the loop: hands all that is waited for to the kernel, waits until some of it has come
 * about, and goes on with those whom it concerns. */
static void turn(struct pollfd fds[])
{
    bool listens = accepts() && has_room();
    nfds_t n = 2;

    fds[0] = (struct pollfd){.fd = stopping ? -1 : service->stop, .events = POLLIN};
    fds[1] = (struct pollfd){.fd = listens ? service->listener : -1, .events = POLLIN};
    for (struct conn *conn = conns; conn != NULL; conn = conn->next)
        fds[n++] = wanted(conn);
    if (poll(fds, n, -1) == -1) {
        if (errno != EINTR)
            die("cannot poll: %s", strerror(errno));
        return;
    }
    /* The list is as it was, so the order is the same; advance() may free the one that it is given,
     * and no other. Accepting comes last, because it changes the list. */
    n = 2;
    for (struct conn *conn = conns, *next; conn != NULL; conn = next) {
        next = conn->next;
        if (fds[n++].revents != 0)
            advance(conn);
    }
    if (fds[1].revents != 0)
        accept_all();
    if (fds[0].revents != 0)
        stop();
}

void serve_multiplexed(const struct service *what)
{
    struct pollfd *fds;

    service = what;
    n_accepted = 0;
    most_conns = net_room() / 2; /* each takes a descriptor for its client and one for the API */
    if (most_conns == 0)
        die("cannot serve: too few file descriptors");
    fds = malloc(((size_t)most_conns + 2) * sizeof *fds);
    if (fds == NULL)
        die("cannot serve: out of memory");
    while (accepts() || conns != NULL)
        turn(fds);
    free(fds);
}
