/* gather.c - a handler that makes three calls at once. */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>

#include "app.h"
#include "await.h"
#include "future.h"
#include "request.h"
#include "support/http.h"

/* Three calls at once. They are awaited one after the other, but all have begun
 * before. The frame keeps a reference to each: so that the texts in got live on, and so that those
 * that are not awaited yet are cancelled if an earlier one fails. */
struct gather {
    struct gen gen;
    int id;
    struct value calls[3];
    struct value got[3];
};

static struct value gather_body(struct gen *gen, struct value sent)
{
    static char answer[3 * BODY_SIZE]; /* it is copied before anybody else runs */
    struct gather *f = (struct gather *)gen;

    BEGIN(GOT_FIRST, GOT_SECOND, GOT_THIRD)
    f->calls[0] = request(f->id, "/bar");
    f->calls[1] = request(f->id, "/foo");
    f->calls[2] = request(f->id, "/foo");
    AWAIT(GOT_FIRST, f->got[0], future_share(f->calls[0]));
    AWAIT(GOT_SECOND, f->got[1], future_share(f->calls[1]));
    AWAIT(GOT_THIRD, f->got[2], future_share(f->calls[2]));
    snprintf(answer, sizeof answer, "%s %s %s", f->got[0].text, f->got[1].text, f->got[2].text);
    RETURN(text(answer));
    END
}

static void gather_drop(struct gen *gen)
{
    for (int i = 0; i < 3; i++)
        value_drop(((struct gather *)gen)->calls[i]);
}

struct gen *gather(int id)
{
    struct gather *f = gen_new(sizeof *f, "gather", gather_body, gather_drop);

    if (f != NULL)
        f->id = id;
    return (struct gen *)f;
}
