/* app.c - the business logic, and nothing else: straight lines that wait where they stand. */
#define _POSIX_C_SOURCE 200809L

#include "app.h"

#include <string.h>

#include "server.h"
#include "support/story.h"

static struct answer hello(int id)
{
    (void)id;
    return http_ok("hello");
}

static struct answer one(int id)
{
    return request(id, "/foo");
}

static struct answer two(int id)
{
    long began = story_ms();
    struct answer foo = request(id, "/foo");
    struct answer bar;

    if (foo.status != 200)
        return foo;
    bar = request(id, "/%s", foo.body);
    tell(id, RUNNING, "has made both calls in %ld ms", story_ms() - began);
    return bar;
}

static const struct route routes[] = {
    {.path = "/hello", .handler = hello, .calls = 0},
    {.path = "/one", .handler = one, .calls = 1},
    {.path = "/two", .handler = two, .calls = 2},
    {.path = NULL},
};

const struct route *get_handler(const char *path)
{
    for (const struct route *route = routes; route->path != NULL; route++)
        if (strcmp(route->path, path) == 0)
            return route;
    return NULL;
}
