/* straight.c - the two servers that are written in straight lines: read the request, call the
 * handler, write the answer; each line waits until it is done. With one thread, all clients stand
 * in one queue. With a thread for each, the kernel does the waiting, and we pay for the threads. */
#define _POSIX_C_SOURCE 200809L

#include "straight.h"

#include <pthread.h>
#include <stdarg.h>
#include <unistd.h>

#include "app.h"
#include "support/blocking.h"

static const struct service *service;

/* Reads a request from FD. Returns what http_parse_request() says of it; 0 if there is none. */
static int read_request(int fd, char path[PATH_SIZE])
{
    char head[HEAD_MAX];
    size_t len = 0;
    int status;

    do {
        ssize_t n = net_read(fd, head + len, sizeof head - len);

        if (n == -1 || (n == 0 && len == 0))
            return 0;
        len += (size_t)n;
        status = http_parse_request(head, len, n == 0, path);
    } while (status == 0);
    return status;
}

/* Sends the request for PATH to the API at FD, and reads the ANSWER. It stays the error 502 if no
 * sound one comes. */
static void call_api(int fd, int id, const char *path, struct answer *answer)
{
    char text[HEAD_MAX];
    size_t len = http_format_request(text, sizeof text, service->host, path, id);
    ssize_t n;

    if (len == 0 || !write_all(fd, text, len))
        return;
    len = 0;
    do {
        n = net_read(fd, text + len, sizeof text - len);
        if (n == -1)
            return;
        len += (size_t)n;
    } while (!http_parse_response(text, len, n == 0, answer));
}

struct answer request(int id, const char *format, ...)
{
    struct answer answer = http_error(502);
    char path[PATH_SIZE];
    va_list args;
    int fd;

    va_start(args, format);
    http_format_path(path, format, args);
    va_end(args);
    tell(id, BLOCKED, "asks the API for %s", path);
    fd = net_connect(&service->api, true);
    if (fd != -1) {
        call_api(fd, id, path, &answer);
        close(fd);
    }
    if (answer.status == 200)
        tell(id, RUNNING, "hears from the API: %s", answer.body);
    else
        tell(id, RUNNING, "gets no result from the API");
    return answer;
}

static void reply(struct connection *client, struct answer answer)
{
    char text[2 * BODY_SIZE];

    if (write_all(client->fd, text, http_format_response(text, sizeof text, &answer)))
        tell(client->id, GONE, "is answered: %d %s, at %ld ms", answer.status, answer.body,
             story_ms());
}

/* Serves CLIENT, from its request to its end. */
static void serve_client(struct connection *client)
{
    char path[PATH_SIZE] = "?";
    int status = read_request(client->fd, path);

    if (status != 0) {
        handler *found = status == 200 ? get_handler(path) : NULL;

        tell(client->id, RUNNING, "is let in: GET %s", path);
        if (found != NULL)
            reply(client, found(client->id));
        else
            reply(client, http_error(status == 200 ? 404 : status));
    }
    disconnect(client);
}

void serve_blocking(const struct service *what)
{
    struct connection *client;

    service = what;
    blocking_open(service);
    while ((client = accept_client()) != NULL)
        serve_client(client);
    blocking_close();
}

static void *run_thread(void *arg)
{
    struct connection *client = arg;

    client->own_thread = true; /* so blocking_close() joins it */
    serve_client(client);
    return NULL;
}

void serve_threads(const struct service *what)
{
    struct connection *client;
    pthread_t thread; /* nobody needs to keep it: blocking_close() joins all threads */

    service = what;
    blocking_open(service);
    while ((client = accept_client()) != NULL)
        if (pthread_create(&thread, NULL, run_thread, client) != 0)
            refuse(client);
    blocking_close();
}
