/* api.c - a call of the API. Nothing here may wait, so a call keeps in a struct what a function
 * that waits would keep in its variables, and in the place where it stands. */
#define _POSIX_C_SOURCE 200809L

#include "api.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "framework.h"
#include "loop.h"
#include "support/buffer.h"
#include "support/story.h"

/* A call, and all that it must remember while others run. */
struct call {
    int id;             /* of the request for which it is made */
    int fd;             /* the socket to the API, or -1 */
    struct buffer text; /* what is being written or read */
    struct client *client;
    struct call *next; /* while it is free */
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

/* Disconnects CALL from the API. It is free for the next one then. */
static void end_call(struct call *call)
{
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
    struct client *client = call->client;

    if (answer.status == 200)
        tell(call->id, RUNNING, "hears from the API: %s", answer.body);
    else
        tell(call->id, RUNNING, "gets no result from the API");
    end_call(call);
    on_answer(client, answer);
}

void read_answer(struct call *call)
{
    struct answer answer;
    ssize_t n = buffer_read(&call->text, call->fd);

    if (n == -1 && net_not_ready())
        return;
    if (n == -1)
        finish_call(call, http_error(errno == ENOMEM ? 503 : 502));
    else if (http_parse_response(call->text.bytes, call->text.len, n == 0, &answer))
        finish_call(call, answer);
}

void write_call(struct call *call)
{
    int done = buffer_write(&call->text, call->fd);

    if (done == -1)
        finish_call(call, http_error(502));
    else if (done == 1)
        loop_register(call->fd, POLLIN, READING_ANSWER, call);
}

void finish_connect(struct call *call)
{
    if (net_connected(call->fd) != 0) {
        finish_call(call, http_error(502));
        return;
    }
    loop_register(call->fd, POLLOUT, WRITING_CALL, call);
    write_call(call); /* mostly it all goes at once; if not, the loop goes on with the rest */
}

void api_call(struct client *client, const char *path)
{
    struct call *call = free_calls;
    int id = client_id(client);
    char text[HEAD_MAX];
    size_t len = http_format_request(text, sizeof text, service->host, path, id);

    if (free_calls == NULL)
        die("api: more calls at once than it was set up for");
    tell(id, WAITING, "asks the API for %s", path);
    free_calls = call->next;
    n_calls++;
    *call = (struct call){.id = id, .client = client};
    call->fd = net_connect(&service->api, false);
    if (call->fd == -1 || len == 0)
        finish_call(call, http_error(502));
    else if (!buffer_keep(&call->text, text, len))
        finish_call(call, http_error(503));
    else
        loop_register(call->fd, POLLOUT, CONNECTING, call);
}
