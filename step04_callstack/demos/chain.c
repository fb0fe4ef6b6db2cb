/* chain.c - the chain of the article. */
#define _POSIX_C_SOURCE 200809L

#include "chain.h"

#include <stdio.h>

#include "demos.h"

/* Yields an iojob, as the article's request does, and returns what comes of it. */
struct request {
    struct gen gen;
    char url[64];
    struct value got;
};

static struct value request_body(struct gen *gen, struct value sent)
{
    struct request *f = (struct request *)gen;

    BEGIN(GOT_RESULT)
    YIELD(GOT_RESULT, f->got, text(f->url));
    RETURN(f->got);
    END
}

static struct value request(const char *path)
{
    struct request *f = must(gen_new(sizeof *f, "request", request_body, NULL));

    snprintf(f->url, sizeof f->url, "http://test.com/%s", path);
    return generator(&f->gen);
}

struct func2 {
    struct gen gen;
    const char *data;
    struct value got;
};

static struct value func2_body(struct gen *gen, struct value sent)
{
    struct func2 *f = (struct func2 *)gen;

    BEGIN(GOT_RESULT)
    YIELD(GOT_RESULT, f->got, request(f->data));
    RETURN(f->got);
    END
}

static struct value func2(const char *data)
{
    struct func2 *f = must(gen_new(sizeof *f, "func2", func2_body, NULL));

    f->data = data;
    return generator(&f->gen);
}

struct func1 {
    struct gen gen;
    struct value got;
};

static struct value func1_body(struct gen *gen, struct value sent)
{
    struct func1 *f = (struct func1 *)gen;

    BEGIN(GOT_DATA, GOT_RESULT)
    YIELD(GOT_DATA, f->got, request("foo"));
    YIELD(GOT_RESULT, f->got, func2(f->got.text));
    RETURN(f->got);
    END
}

struct gen *func1(void)
{
    return must(gen_new(sizeof(struct func1), "func1", func1_body, NULL));
}
