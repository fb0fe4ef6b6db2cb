/* app.c - the business logic, and nothing else: cut in pieces, one for each wait. */
#define _POSIX_C_SOURCE 200809L

#include "app.h"

#include <stdlib.h>
#include <string.h>

#include "request.h"
#include "support/story.h"

static void hello(struct client *client)
{
    reply(client, http_ok("hello"));
}

static void one_got_foo(void *arg, struct answer foo);

static void one(struct client *client)
{
    request(client, one_got_foo, client, "/foo");
}

static void one_got_foo(void *arg, struct answer foo)
{
    struct client *client = arg;

    reply(client, foo);
}

/* What the local variables of two() have become. It belongs to the piece that is called next; the
 * one that replies frees it. */
struct two_vars {
    struct client *client;
    long began;
};

static void two_got_foo(void *arg, struct answer foo);
static void two_got_bar(void *arg, struct answer bar);

static void two(struct client *client)
{
    struct two_vars *vars = malloc(sizeof *vars);

    if (vars == NULL) {
        reply(client, http_error(503));
        return;
    }
    vars->client = client;
    vars->began = story_ms();
    request(client, two_got_foo, vars, "/foo");
}

static void two_got_foo(void *arg, struct answer foo)
{
    struct two_vars *vars = arg;

    if (foo.status != 200) {
        reply(vars->client, foo);
        free(vars);
        return;
    }
    request(vars->client, two_got_bar, vars, "/%s", foo.body);
}

static void two_got_bar(void *arg, struct answer bar)
{
    struct two_vars *vars = arg;

    tell(client_id(vars->client), RUNNING, "has made both calls in %ld ms",
         story_ms() - vars->began);
    reply(vars->client, bar);
    free(vars);
}

handler *get_handler(const char *path)
{
    static const struct {
        const char *path;
        handler *handler;
    } routes[] = {
        /* clang-format off */
        {"/hello", hello},
        {"/one", one},
        {"/two", two},
        /* clang-format on */
    };

    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++)
        if (strcmp(routes[i].path, path) == 0)
            return routes[i].handler;
    return NULL;
}
