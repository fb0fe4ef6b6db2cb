/* nested.c - what two() of app.c does once more, in two functions: func1 calls func2 for its second
 * half. */
#define _POSIX_C_SOURCE 200809L

#include "app.h"
#include "request.h"
#include "support/story.h"

struct func2 {
    struct gen gen;
    int id;
    const char *foo;
    struct value bar;
};

static struct value func2_body(struct gen *gen, struct value sent)
{
    struct func2 *f = (struct func2 *)gen;

    BEGIN(GOT_BAR)
    YIELD(GOT_BAR, f->bar, request(f->id, "/%s", f->foo));
    RETURN(f->bar);
    END
}

static MUST_USE struct value func2(int id, const char *foo)
{
    struct func2 *f = gen_new(sizeof *f, "func2", func2_body, NULL);

    if (f != NULL) {
        f->id = id;
        f->foo = foo;
    }
    return generator((struct gen *)f);
}

struct func1 {
    struct gen gen;
    int id;
    long began;
    struct value foo, bar;
};

static struct value func1_body(struct gen *gen, struct value sent)
{
    struct func1 *f = (struct func1 *)gen;

    BEGIN(GOT_FOO, GOT_BAR)
    f->began = story_ms();
    YIELD(GOT_FOO, f->foo, request(f->id, "/foo"));
    YIELD_CATCH(GOT_BAR, f->bar, func2(f->id, f->foo.text));
    if (f->bar.tag == ERROR) {
        tell(f->id, RUNNING, "catches in func1 what func2 did not: %s", f->bar.text);
        RAISE(error(502, "the second call failed"));
    }
    tell(f->id, RUNNING, "has made both calls in %ld ms", story_ms() - f->began);
    RETURN(f->bar);
    END
}

struct gen *nested(int id)
{
    struct func1 *f = gen_new(sizeof *f, "func1", func1_body, NULL);

    if (f != NULL)
        f->id = id;
    return (struct gen *)f;
}
