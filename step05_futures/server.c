/* server.c - one thread, one loop, and the kernel watches all sockets for us. Nothing here may
 * wait, so each wait is a callback: what the loop will call when it is over. */
#define _POSIX_C_SOURCE 200809L

#include "server.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api.h"
#include "app.h"
#include "future.h"
#include "loop.h"
#include "pool.h"
#include "support/buffer.h"
#include "support/http.h"
#include "support/story.h"

enum { PAUSE_MS = 10 }; /* before accept() is tried again when descriptors or memory ran out */

/* One connection, and all that it must remember while others run. */
struct conn {
    enum { READING, ANSWERING, HANGING_UP } state;
    int id;
    int fd;             /* the client, or -1 when it is gone */
    struct buffer text; /* what is being read or written */
    struct conn *next;
    struct conn **link; /* the pointer that points here, to take this one out of the list */

    struct gen *handler;   /* while it is answering: the handler, with all to whom it delegates */
    struct future *future; /* what that waits for; NULL: nothing yet */
    struct soon advance;   /* on the ready list, or with the future: goes on with the handler */
};

static const struct service *service; /* what the server is told */
static struct conn *conns;            /* all connections, the newest first */
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

static void accept_all(void *arg);

/* Listens while there is room, and ends the loop when all is done. */
static void watch_listener(void)
{
    if (accepts() && has_room())
        loop_register(service->listener, POLLIN, accept_all, NULL);
    else
        loop_unregister(service->listener);
    if (!accepts() && conns == NULL)
        loop_stop();
}

static void end_conn(struct conn *conn)
{
    *conn->link = conn->next;
    if (conn->next != NULL)
        conn->next->link = conn->link;
    loop_unregister(conn->fd);
    if (conn->fd != -1)
        close(conn->fd);
    buffer_drop(&conn->text);
    free(conn);
    n_conns--;
    watch_listener();
}

/* The client sends more than was asked of it, or hangs up. */
static void hear_hang_up(void *arg)
{
    struct conn *conn = arg;
    char unread[4096];
    ssize_t n = net_read(conn->fd, unread, sizeof unread);

    if (n == 0 || (n == -1 && !net_not_ready()))
        end_conn(conn);
}

static void write_reply(void *arg)
{
    struct conn *conn = arg;
    int done = buffer_write(&conn->text, conn->fd);

    if (done == -1 || (done == 1 && stopping)) {
        end_conn(conn);
    } else if (done == 1) {
        /* To close now, while input may be unread, would reset the connection and destroy the
         * answer on its way. So we say that this is all, and wait for the client to hang up. */
        shutdown(conn->fd, SHUT_WR);
        conn->state = HANGING_UP;
        loop_register(conn->fd, POLLIN, hear_hang_up, conn);
        watch_listener();
    }
}

static void reply(struct conn *conn, struct answer answer)
{
    char text[2 * BODY_SIZE];
    size_t len = http_format_response(text, sizeof text, &answer);

    tell(conn->id, GONE, "is answered: %d %s, at %ld ms", answer.status, answer.body, story_ms());
    loop_register(conn->fd, POLLOUT, write_reply, conn);
    if (!buffer_keep(&conn->text, text, len))
        net_write(conn->fd, text, len); /* as much as goes at once */
    write_reply(conn); /* mostly it all goes at once; if not, the loop will call for the rest */
}

/* The client has reset its connection. Its handler works on: we are called for a socket, and nobody
 * knows what has been begun for its sake, or how to stop it. */
static void hear_reset(void *arg)
{
    struct conn *conn = arg;

    tell(conn->id, WAITING, "has lost its client, and its handler works on");
    loop_unregister(conn->fd);
    close(conn->fd);
    conn->fd = -1;
}

/* The handler has ended, or gone wrong, with VALUE: that is the answer. */
static void finish_handler(struct conn *conn, struct value value)
{
    struct answer answer = http_error(value.tag == ERROR && value.code >= 400 ? value.code : 500);
    bool returned = gen_outcome(conn->handler, value) == RETURNED;

    if (returned && value.tag == TEXT) {
        answer = http_ok(value.text);
    } else if (returned && value.tag == INTEGER) {
        answer = http_ok("");
        snprintf(answer.body, sizeof answer.body, "%ld", value.integer);
    } else {
        tell(conn->id, RUNNING, "fails: %s", value.tag == ERROR ? value.text : "not an answer");
        value_drop(value);
    }
    gen_free(conn->handler);
    conn->handler = NULL;
    if (conn->fd != -1) {
        reply(conn, answer);
    } else {
        tell(conn->id, GONE, "has an answer for nobody, at %ld ms", story_ms());
        end_conn(conn);
    }
}

/* Sends a chain the result of the future that woke it, and looks at what comes out: another future,
 * which will wake it again; what it returns or raises is the answer. */
static void advance(void *arg)
{
    struct conn *conn = arg;
    struct future *future = conn->future;
    struct value value;

    api_ask_for(conn->id); /* what is asked of the API from here on is for this client */
    value = gen_send(conn->handler, future == NULL ? none() : future_result(future));
    if (gen_outcome(conn->handler, value) == YIELDED && value.tag == FUTURE) {
        conn->future = value.future;
        future_add_done_callback(conn->future, &conn->advance);
    } else {
        finish_handler(conn, value);
    }
    future_unref(future); /* not before: what came out may be its text */
}

/* The business logic begins here, and goes on in advance(). */
static void start_handler(struct conn *conn, const char *path)
{
    const struct route *route = get_handler(path);

    if (route == NULL) {
        reply(conn, http_error(404));
        return;
    }
    conn->handler = route->handler(conn->id);
    if (conn->handler == NULL) {
        reply(conn, http_error(503));
        return;
    }
    loop_register(conn->fd, 0, hear_reset, conn); /* which poll() looks for in any case */
    loop_call_soon(&conn->advance);
}

static void read_request(void *arg)
{
    struct conn *conn = arg;
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
    loop_unregister(conn->fd);
    conn->state = ANSWERING;
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
    *conn = (struct conn){.state = READING, .id = n_accepted, .fd = fd};
    conn->advance.call = advance;
    conn->advance.arg = conn;
    conn->next = conns;
    conn->link = &conns;
    if (conns != NULL)
        conns->link = &conn->next;
    conns = conn;
    n_conns++;
    loop_register(fd, POLLIN, read_request, conn);
}

static void accept_all(void *arg)
{
    (void)arg;
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
    watch_listener();
}

/* What is being answered will be answered; whoever has not asked yet is sent away. */
static void stop(void *arg)
{
    (void)arg;
    stopping = true;
    loop_unregister(service->stop);
    for (struct conn *conn = conns, *next; conn != NULL; conn = next) {
        next = conn->next;
        if (conn->state == READING || conn->state == HANGING_UP)
            end_conn(conn);
    }
    watch_listener();
}

void serve_multiplexed(const struct service *what)
{
    int room;

    service = what;
    n_accepted = 0;
    loop_open();
    room = net_room();
    most_conns = room - room / 4; /* and the rest is for calls of the API */
    if (room < 4)
        die("cannot serve: too few file descriptors");
    api_open(service, room / 4);
    if (service->stop != -1)
        loop_register(service->stop, POLLIN, stop, NULL);
    watch_listener();
    loop_run();
    pool_close();
    loop_close();
}
