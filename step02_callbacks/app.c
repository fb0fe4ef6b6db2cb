/* app.c - the business logic, and nothing else: cut in pieces, one for each wait. */
#define _POSIX_C_SOURCE 200809L

#include "app.h"

#include <stdlib.h>
#include <string.h>

#include "server.h"
#include "story.h"

static void hello(struct conn *conn)
{
    reply(conn, http_ok("hello"));
}

static void one_got_foo(void *arg, struct answer foo)
{
    struct conn *conn = arg;

    reply(conn, foo);
}

static void one(struct conn *conn)
{
    request(conn, one_got_foo, conn, "/foo");
}

/* What the local variables of two() have become. It belongs to the piece that is called next; the one
 * that replies frees it. */
struct two {
    struct conn *conn;
    struct answer foo;
};

static void two_got_bar(void *arg, struct answer bar)
{
    struct two *two = arg;

    if (bar.status == 200)
        tell(conn_id(two->conn), RUNNING, "went from %s to %s", two->foo.body, bar.body);
    reply(two->conn, bar);
    free(two);
}

static void two_got_foo(void *arg, struct answer foo)
{
    struct two *two = arg;

    if (foo.status != 200) {
        reply(two->conn, foo);
        free(two);
        return;
    }
    two->foo = foo;
    request(two->conn, two_got_bar, two, "/%s", foo.body);
}

static void two(struct conn *conn)
{
    struct two *two = malloc(sizeof *two);

    if (two == NULL) {
        reply(conn, http_error(503));
        return;
    }
    two->conn = conn;
    request(conn, two_got_foo, two, "/foo");
}

static const struct route routes[] = {
    {"/hello", hello},
    {"/one", one},
    {"/two", two},
    {NULL, NULL},
};

const struct route *get_handler(const char *path)
{
    for (const struct route *route = routes; route->path != NULL; route++)
        if (strcmp(route->path, path) == 0)
            return route;
    return NULL;
}
