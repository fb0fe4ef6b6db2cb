/* nap.c - a handler that sleeps. */
#define _POSIX_C_SOURCE 200809L

#include "app.h"
#include "await.h"
#include "sleep.h"
#include "support/story.h"

struct nap {
    struct gen gen;
    int id;
    struct value got;
};

/* Sleeps, and blocks nobody. */
static struct value nap_body(struct gen *gen, struct value sent)
{
    struct nap *f = (struct nap *)gen;

    BEGIN(RESTED)
    tell(f->id, WAITING, "sleeps for 300 ms");
    AWAIT(RESTED, f->got, sleep_for(300));
    tell(f->id, RUNNING, "wakes up");
    RETURN(text("rested"));
    END
}

struct gen *nap(int id)
{
    struct nap *f = gen_new(sizeof *f, "nap", nap_body, NULL);

    if (f != NULL)
        f->id = id;
    return (struct gen *)f;
}
