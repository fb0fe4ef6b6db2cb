/* app.c - the business logic, and nothing else: cut in pieces, one for each wait. */
#define _POSIX_C_SOURCE 200809L

#include "app.h"

#include <stdlib.h>
#include <string.h>

#include "server.h"
#include "support/story.h"

static void hello(struct conn *conn)
{
    reply(conn, http_ok("hello"));
}

static void one_got_foo(void *arg, struct answer foo);

static void one(struct conn *conn)
{
    request(conn, one_got_foo, conn, "/foo");
}

static void one_got_foo(void *arg, struct answer foo)
{
    struct conn *conn = arg;

    reply(conn, foo);
}

/* What the local variables of two() have become. It belongs to the piece that is called next; the
 * one that replies frees it. */
struct two_vars {
    struct conn *conn;
    long began;
};

static void two_got_foo(void *arg, struct answer foo);
static void two_got_bar(void *arg, struct answer bar);

static void two(struct conn *conn)
{
    struct two_vars *vars = malloc(sizeof *vars);

    if (vars == NULL) {
        reply(conn, http_error(503));
        return;
    }
    vars->conn = conn;
    vars->began = story_ms();
    request(conn, two_got_foo, vars, "/foo");
}

static void two_got_foo(void *arg, struct answer foo)
{
    struct two_vars *vars = arg;

    if (foo.status != 200) {
        reply(vars->conn, foo);
        free(vars);
        return;
    }
    request(vars->conn, two_got_bar, vars, "/%s", foo.body);
}

static void two_got_bar(void *arg, struct answer bar)
{
    struct two_vars *vars = arg;

    tell(conn_id(vars->conn), RUNNING, "has made both calls in %ld ms", story_ms() - vars->began);
    reply(vars->conn, bar);
    free(vars);
}

static const struct route routes[] = {
    {.path = "/hello", .handler = hello},
    {.path = "/one", .handler = one},
    {.path = "/two", .handler = two},
    {.path = NULL},
};

const struct route *get_handler(const char *path)
{
    for (const struct route *route = routes; route->path != NULL; route++)
        if (strcmp(route->path, path) == 0)
            return route;
    return NULL;
}
