/* api.c - a call of the API. Nothing here may wait, so each wait has a callback: what the loop
 * calls when it is over. */
#define _POSIX_C_SOURCE 200809L

#include "api.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "loop.h"
#include "soon.h"
#include "support/buffer.h"
#include "support/story.h"

/* A call, and all that it must remember while others run. */
struct call {
    int id;             /* of the request for which it is made */
    int fd;             /* the socket to the API, or -1 */
    struct buffer text; /* what is being written or read */
    answer_callback *then;
    void *arg;          /* what THEN is given with the answer */
    int failure;        /* the status, if it cannot even begin */
    struct handle fail; /* tells that to THEN */
    struct call *next;  /* while it is free */
};

static const struct service *service;
static struct call *calls; /* all that there can be */
static struct call *free_calls;
static int n_calls; /* under way */

void api_open(const struct service *what, int most)
{
    service = what;
    calls = calloc((size_t)most, sizeof *calls);
    if (calls == NULL)
        die("cannot set up the calls of the API: out of memory");
    free_calls = NULL;
    for (int i = 0; i < most; i++) {
        calls[i].next = free_calls;
        free_calls = &calls[i];
    }
}

void api_close(void)
{
    if (n_calls > 0)
        die("api: closed while a call is under way");
    free(calls);
}

void end_call(struct call *call)
{
    cancel_soon(&call->fail);
    loop_unregister(call->fd);
    if (call->fd != -1)
        close(call->fd);
    buffer_drop(&call->text);
    call->next = free_calls;
    free_calls = call;
    n_calls--;
}

/* The API has answered, or failed to. */
static void finish_call(struct call *call, struct answer answer)
{
    answer_callback *then = call->then;
    void *arg = call->arg;

    if (answer.status == 200)
        tell(call->id, RUNNING, "hears from the API: %s", answer.body);
    else
        tell(call->id, RUNNING, "gets no result from the API");
    end_call(call);
    then(arg, answer);
}

static void read_answer(void *arg)
{
    struct call *call = arg;
    struct answer answer;
    ssize_t n = buffer_read(&call->text, call->fd);

    if (n == -1 && net_not_ready())
        return;
    if (n == -1)
        finish_call(call, http_error(errno == ENOMEM ? 503 : 502));
    else if (http_parse_response(call->text.bytes, call->text.len, n == 0, &answer))
        finish_call(call, answer);
}

static void write_call(void *arg)
{
    struct call *call = arg;
    int done = buffer_write(&call->text, call->fd);

    if (done == -1)
        finish_call(call, http_error(502));
    else if (done == 1)
        loop_register(call->fd, POLLIN, read_answer, call);
}

static void finish_connect(void *arg)
{
    struct call *call = arg;

    if (net_connected(call->fd) != 0) {
        finish_call(call, http_error(502));
        return;
    }
    loop_register(call->fd, POLLOUT, write_call, call);
    write_call(call); /* mostly it all goes at once; if not, the loop goes on with the rest */
}

static void fail_call(void *arg)
{
    struct call *call = arg;

    finish_call(call, http_error(call->failure));
}

/* CALL cannot begin. THEN is told with STATUS, but not before api_call() has returned. */
static void fail_soon(struct call *call, int status)
{
    call->failure = status;
    call->fail = (struct handle){.call = fail_call, .arg = call};
    call_soon(&call->fail);
}

struct call *api_call(int id, const char *path, answer_callback *then, void *arg)
{
    struct call *call = free_calls;
    char text[HEAD_MAX];
    size_t len = http_format_request(text, sizeof text, service->host, path, id);

    if (free_calls == NULL)
        die("api: more calls at once than it was set up for");
    tell(id, WAITING, "asks the API for %s", path);
    free_calls = call->next;
    n_calls++;
    *call = (struct call){.id = id, .then = then, .arg = arg};
    call->fd = net_connect(&service->api, false);
    if (call->fd == -1 || len == 0)
        fail_soon(call, 502);
    else if (!buffer_keep(&call->text, text, len))
        fail_soon(call, 503);
    else
        loop_register(call->fd, POLLOUT, finish_connect, call);
    return call;
}
