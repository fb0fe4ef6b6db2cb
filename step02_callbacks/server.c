/* server.c - one thread, one loop, and the kernel watches all sockets for us. Nothing here may
 * wait, so each wait is a callback: what the loop will call when it is over. */
#define _POSIX_C_SOURCE 200809L

#include "server.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app.h"
#include "loop.h"
#include "support/buffer.h"
#include "support/story.h"

enum { PAUSE_MS = 10 }; /* before accept() is tried again when descriptors or memory ran out */

/* One connection, and all that it must remember while others run. */
struct conn {
    enum { READING, ANSWERING, HANGING_UP } state;
    int id;
    int fd;             /* the client */
    int api;            /* the API, or -1 */
    struct buffer text; /* what is being read or written */
    struct conn *next;
    struct conn **link; /* the pointer that points here, to take this one out of the list */

    on_answer *then; /* what goes on with the API's answer, */
    void *arg;       /* what it is given, and */
    int failure;     /* the status that it hears of if the call cannot even begin */
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

void reply(struct conn *conn, struct answer answer)
{
    char text[2 * BODY_SIZE];
    size_t len = http_format_response(text, sizeof text, &answer);

    tell(conn->id, GONE, "is answered: %d %s, at %ld ms", answer.status, answer.body, story_ms());
    loop_register(conn->fd, POLLOUT, write_reply, conn);
    if (!buffer_keep(&conn->text, text, len))
        net_write(conn->fd, text, len); /* as much as goes at once */
    write_reply(conn); /* mostly it all goes at once; if not, the loop will call for the rest */
}

/* For the demo "limit" alone, down to leave_piece(). */
static bool shown;
static int n_pieces; /* so many have been entered */
static int depth;    /* so many are running, one inside the other */

void show_pieces(bool on)
{
    shown = on;
    n_pieces = 0;
}

static void enter_piece(void)
{
    depth++;
    n_pieces++;
    if (shown)
        say("       | enter piece %d, depth %d\n", n_pieces, depth);
}

static void leave_piece(void)
{
    depth--;
    if (shown)
        say("       | leave piece %d, depth %d\n", n_pieces, depth);
}

/* The API has answered, or failed to: the handler's next piece. */
static void finish_call(struct conn *conn, struct answer answer)
{
    loop_unregister(conn->api);
    if (conn->api != -1)
        close(conn->api);
    conn->api = -1;
    buffer_drop(&conn->text);
    if (answer.status == 200)
        tell(conn->id, RUNNING, "hears from the API: %s", answer.body);
    else
        tell(conn->id, RUNNING, "gets no result from the API");
    enter_piece();
    conn->then(conn->arg, answer);
    leave_piece();
}

static void read_answer(void *arg)
{
    struct conn *conn = arg;
    struct answer answer;
    ssize_t n = buffer_read(&conn->text, conn->api);

    if (n == -1 && net_not_ready())
        return;
    if (n == -1)
        finish_call(conn, http_error(errno == ENOMEM ? 503 : 502));
    else if (http_parse_response(conn->text.bytes, conn->text.len, n == 0, &answer))
        finish_call(conn, answer);
}

static void write_call(void *arg)
{
    struct conn *conn = arg;
    int done = buffer_write(&conn->text, conn->api);

    if (done == -1)
        finish_call(conn, http_error(502));
    else if (done == 1)
        loop_register(conn->api, POLLIN, read_answer, conn);
}

static void finish_connect(void *arg)
{
    struct conn *conn = arg;

    if (net_connected(conn->api) != 0) {
        finish_call(conn, http_error(502));
        return;
    }
    loop_register(conn->api, POLLOUT, write_call, conn);
    write_call(conn);
}

/* The call could not even begin. The handler hears of it as it hears of all else: from the loop. */
static void fail_call(void *arg)
{
    struct conn *conn = arg;

    loop_unregister(conn->fd);
    finish_call(conn, http_error(conn->failure));
}

/* Asks the API for PATH: starts to connect, and leaves the rest to the callbacks that follow. */
static void start_call(struct conn *conn, const char *path)
{
    char text[HEAD_MAX];
    size_t len = http_format_request(text, sizeof text, service->host, path, conn->id);

    tell(conn->id, WAITING, "asks the API for %s", path);
    conn->api = net_connect(&service->api, false);
    conn->failure = conn->api == -1 || len == 0 ? 502 : 503;
    if (conn->api != -1 && len > 0 && buffer_keep(&conn->text, text, len))
        loop_register(conn->api, POLLOUT, finish_connect, conn);
    else /* the client's socket can be written to, so the next turn of the loop will call this */
        loop_register(conn->fd, POLLOUT, fail_call, conn);
}

void request(struct conn *conn, on_answer *then, void *arg, const char *format, ...)
{
    char path[PATH_SIZE];
    va_list args;

    va_start(args, format);
    if (vsnprintf(path, sizeof path, format, args) >= PATH_SIZE)
        path[0] = '\0'; /* too long: there is no call for an empty path */
    va_end(args);
    conn->then = then;
    conn->arg = arg;
    start_call(conn, path);
}

/* The business logic is called from here, and from finish_call(): it never waits. */
static void start_handler(struct conn *conn, const char *path)
{
    const struct route *route = get_handler(path);

    if (route == NULL) {
        reply(conn, http_error(404));
        return;
    }
    enter_piece();
    route->handler(conn);
    leave_piece();
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
    *conn = (struct conn){.state = READING, .id = n_accepted, .fd = fd, .api = -1};
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
    service = what;
    n_accepted = 0;
    loop_open();
    most_conns = net_room() / 2; /* each takes a descriptor for its client and one for the API */
    if (most_conns == 0)
        die("cannot serve: too few file descriptors");
    if (service->stop != -1)
        loop_register(service->stop, POLLIN, stop, NULL);
    watch_listener();
    loop_run();
    loop_close();
}

int conn_id(const struct conn *conn)
{
    return conn->id;
}
