/* chain.h - generators that call each other, for chain.c and await.c. These say before what calling
 * is in their step: CALL(POINT, DEST, GEN) puts into DEST what the generator GEN returns. */
#ifndef CHAIN_H
#define CHAIN_H

#include "generators.h"

/* Calls the next one, until there are as many as are wanted. */
struct link {
    struct gen gen;
    int more; /* how many are still to come */
    struct value got;
};

static struct gen *new_chain(int length);

static struct value link_body(struct gen *gen, struct value sent)
{
    struct link *f = (struct link *)gen;

    BEGIN(GOT)
    CALL(GOT, f->got, new_chain(f->more));
    RETURN(f->got);
    END
}

/* The first of a chain of LENGTH generators, of which the last yields what it gets. */
static struct gen *new_chain(int length)
{
    struct link *f;

    if (length <= 1)
        return new_echo();
    f = gen_new(sizeof *f, "link", link_body, NULL);
    must(f != NULL, "out of memory");
    f->more = length - 1;
    return &f->gen;
}

/* Returns at once. Its own variables are a value, as those of struct echo. */
static struct value child_body(struct gen *gen, struct value sent)
{
    BEGIN()
    RETURN(integer(1));
    END
}

static struct gen *new_child(void)
{
    struct gen *gen = gen_new(sizeof(struct echo), "child", child_body, NULL);

    must(gen != NULL, "out of memory");
    return gen;
}

/* Calls as many children as it is told, one after the other, and yields how many have returned. */
struct caller {
    struct gen gen;
    struct value wanted, got;
    long returned;
};

static struct value caller_body(struct gen *gen, struct value sent)
{
    struct caller *f = (struct caller *)gen;

    BEGIN(GOT_WANTED, GOT_CHILD)
    for (;;) {
        YIELD(GOT_WANTED, f->wanted, integer(f->returned));
        for (f->returned = 0; f->returned < f->wanted.integer; f->returned += f->got.integer)
            CALL(GOT_CHILD, f->got, new_child());
    }
    END
}

static struct gen *new_caller(void)
{
    struct gen *gen = gen_new(sizeof(struct caller), "caller", caller_body, NULL);

    must(gen != NULL, "out of memory");
    return gen;
}

#endif
