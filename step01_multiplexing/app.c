/* app.c - the business logic, and nothing else: straight lines that wait where they stand. */
#define _POSIX_C_SOURCE 200809L

#include "app.h"

#include <string.h>

#include "straight.h"
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
