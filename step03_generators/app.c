/* app.c - the business logic, and nothing else: straight lines that pause where they wait. */
#define _POSIX_C_SOURCE 200809L

#include "app.h"

#include <string.h>

#include "request.h"
#include "support/story.h"

static struct value hello_body(struct gen *gen, struct value sent)
{
    BEGIN()
    RETURN(text("hello"));
    END
}

static struct gen *hello(int id)
{
    (void)id;
    return gen_new(sizeof(struct gen), "hello", hello_body, NULL);
}

struct one {
    struct gen gen;
    int id;
    struct value foo;
};

static struct value one_body(struct gen *gen, struct value sent)
{
    struct one *f = (struct one *)gen;

    BEGIN(GOT_FOO)
    YIELD(GOT_FOO, f->foo, request(f->id, "/foo"));
    RETURN(f->foo);
    END
}

static struct gen *one(int id)
{
    struct one *f = gen_new(sizeof *f, "one", one_body, NULL);

    if (f != NULL)
        f->id = id;
    return (struct gen *)f;
}

struct two {
    struct gen gen;
    int id;
    long began;
    struct value foo, bar;
};

static struct value two_body(struct gen *gen, struct value sent)
{
    struct two *f = (struct two *)gen;

    BEGIN(GOT_FOO, GOT_BAR)
    f->began = story_ms();
    YIELD(GOT_FOO, f->foo, request(f->id, "/foo"));
    YIELD(GOT_BAR, f->bar, request(f->id, "/%s", f->foo.text));
    tell(f->id, RUNNING, "has made both calls in %ld ms", story_ms() - f->began);
    RETURN(f->bar);
    END
}

static struct gen *two(int id)
{
    struct two *f = gen_new(sizeof *f, "two", two_body, NULL);

    if (f != NULL)
        f->id = id;
    return (struct gen *)f;
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
        {"/nested", nested},
        /* clang-format on */
    };

    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++)
        if (strcmp(routes[i].path, path) == 0)
            return routes[i].handler;
    return NULL;
}
