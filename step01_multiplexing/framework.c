/* framework.c - what is between the loop and the business logic. Here it has the business logic in
 * it: a handler that waits would hold up everybody, so what one() of app.c does is written a second
 * time, in two halves. */
#define _POSIX_C_SOURCE 200809L

#include "framework.h"

#include <string.h>

#include "api.h"
#include "loop.h"
#include "support/story.h"

/* CLIENT asks for PATH: the first half, as far as it goes without waiting. */
void on_request(struct client *client, const char *path)
{
    if (strcmp(path, "/hello") == 0)
        reply(client, http_ok("hello"));
    else if (strcmp(path, "/one") == 0)
        api_call(client, "/foo");
    else if (strcmp(path, "/two") == 0)
        reply(client, http_error(501)); /* nothing would remember which of two calls it is */
    else
        reply(client, http_error(404));
}

/* The second half. */
void on_answer(struct client *client, struct answer answer)
{
    reply(client, answer);
}

void clients_watch(int fd, short events, void *who)
{
    loop_register(fd, events, SERVING_CLIENT, who);
}

void clients_unwatch(int fd)
{
    loop_unregister(fd);
}

void clients_done(void)
{
    loop_stop();
}

void serve_gateway(const struct service *service)
{
    int most;

    loop_open();
    most = net_room() / 2; /* each client takes a descriptor, and one for its call */
    if (most == 0)
        die("cannot serve: too few file descriptors");
    api_open(service, most);
    clients_open(service, most);
    loop_run();
    api_close();
    loop_close();
}
