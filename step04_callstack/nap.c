/* nap.c - a handler that sleeps. */
#define _POSIX_C_SOURCE 200809L

#include <time.h>

#include "app.h"
#include "support/story.h"

struct nap {
    struct gen gen;
    int id;
};

/* Sleeps as a C program does: blocks the thread. */
static struct value nap_body(struct gen *gen, struct value sent)
{
    struct nap *f = (struct nap *)gen;
    long ms = story_delay(300);
    struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

    BEGIN()
    tell(f->id, BLOCKED, "sleeps for 300 ms");
    while (nanosleep(&left, &left) == -1)
        ; /* interrupted */
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
