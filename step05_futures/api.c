/* api.c - asks the API: futures that the network fills. */
#define _POSIX_C_SOURCE 200809L

#include "api.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "future.h"
#include "loop.h"
#include "support/buffer.h"
#include "support/http.h"
#include "timer.h"

/* One call of the API. */
struct call {
    struct future future;
    int id;             /* the request for which it is made */
    int fd;             /* -1: it has none, yet or any more */
    struct buffer text; /* what is being written or read */
    struct timer deadline;
    struct answer answer; /* into which the future's result points */
    struct call *next;    /* in the queue */
    struct call **link;   /* the pointer that points here; NULL: it is not in the queue */
};

static const struct service *service;
static long deadline_ms = API_DEADLINE_MS;
static int asking_for;     /* the id for the calls to come */
static int n_free;         /* so many calls more can be made at once */
static struct call *queue; /* those that wait for one of these to end, the oldest first */
static struct call **queue_end = &queue;

void api_open(const struct service *what, int at_once)
{
    service = what;
    n_free = at_once;
}

void api_ask_for(int id)
{
    asking_for = id;
}

void api_set_deadline(long ms)
{
    deadline_ms = ms;
}

/* Takes CALL off the queue, if it is there. */
static void take_off_queue(struct call *call)
{
    if (call->link == NULL)
        return;
    *call->link = call->next;
    if (call->next != NULL)
        call->next->link = call->link;
    else
        queue_end = call->link;
    call->next = NULL;
    call->link = NULL;
}

static void start_queued(void);

/* Ends CALL's use of the network: its socket is closed, and the next in the queue can have one. */
static void hang_up(struct call *call)
{
    timer_remove(&call->deadline);
    buffer_drop(&call->text);
    take_off_queue(call);
    if (call->fd == -1)
        return;
    loop_unregister(call->fd);
    close(call->fd);
    call->fd = -1;
    n_free++;
    start_queued();
}

/* Nobody wants the answer of FUTURE, a call, any more. */
static void cancel(struct future *future)
{
    hang_up((struct call *)future);
}

/* The API has answered. */
static void succeed(struct call *call)
{
    tell(call->id, WAITING, "hears from the API: %s", call->answer.body);
    future_set_result(&call->future, text(call->answer.body));
    hang_up(call);
}

static void fail(struct call *call, int status)
{
    tell(call->id, WAITING, "gets no result from the API");
    future_set_error(&call->future, error(status, "no result from the API"));
    hang_up(call);
}

static void give_up(void *arg)
{
    struct call *call = arg;

    tell(call->id, WAITING, "hangs up on the API after %ld ms", deadline_ms);
    future_set_error(&call->future, error(504, "no answer from the API in time"));
    hang_up(call);
}

static void read_answer(void *arg)
{
    struct call *call = arg;
    ssize_t n = buffer_read(&call->text, call->fd);

    if (n == -1 && net_not_ready())
        return;
    if (n == -1)
        fail(call, errno == ENOMEM ? 503 : 502);
    else if (!http_parse_response(call->text.bytes, call->text.len, n == 0, &call->answer))
        return;
    else if (call->answer.status == 200)
        succeed(call);
    else
        fail(call, call->answer.status);
}

static void write_call(void *arg)
{
    struct call *call = arg;
    int done = buffer_write(&call->text, call->fd);

    if (done == -1)
        fail(call, 502);
    else if (done == 1)
        loop_register(call->fd, POLLIN, read_answer, call);
}

static void finish_connect(void *arg)
{
    struct call *call = arg;

    if (net_connected(call->fd) != 0) {
        fail(call, 502);
        return;
    }
    loop_register(call->fd, POLLOUT, write_call, call);
    write_call(call);
}

/* Starts to connect, and leaves the rest to the callbacks that follow. */
static void start(struct call *call)
{
    call->fd = net_connect(&service->api, false);
    if (call->fd == -1) {
        fail(call, errno == EMFILE || errno == ENFILE ? 503 : 502);
        return;
    }
    n_free--;
    loop_register(call->fd, POLLOUT, finish_connect, call);
}

/* Starts as many calls as there can be at once. */
static void start_queued(void)
{
    while (queue != NULL && n_free > 0) {
        struct call *call = queue;

        take_off_queue(call);
        start(call);
    }
}

static void put_on_queue(struct call *call)
{
    call->link = queue_end;
    *queue_end = call;
    queue_end = &call->next;
}

struct value request(const char *format, ...)
{
    struct call *call = future_new(sizeof *call, cancel);
    char path[PATH_SIZE], text[HEAD_MAX];
    size_t len;
    va_list args;

    if (call == NULL)
        return error(503, "out of memory");
    call->id = asking_for;
    call->fd = -1;
    call->deadline.call = give_up;
    call->deadline.arg = call;
    va_start(args, format);
    if (vsnprintf(path, sizeof path, format, args) >= PATH_SIZE)
        path[0] = '\0'; /* too long: there is no call for an empty path */
    va_end(args);
    tell(call->id, WAITING, "asks the API for %s", path);
    len = http_format_request(text, sizeof text, service->host, path, call->id);
    if (len == 0)
        fail(call, 502);
    else if (!buffer_keep(&call->text, text, len) || !timer_add(&call->deadline, deadline_ms))
        fail(call, 503);
    else
        put_on_queue(call);
    start_queued();
    return future(&call->future);
}
