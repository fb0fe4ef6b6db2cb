/* misuse.c - generators that are wrong (step 3 on): the program must stop by their name. Takes
 * which. */
#define _POSIX_C_SOURCE 200809L

#include "gen.h"

#include <stdlib.h>
#include <string.h>

struct frame {
    struct gen gen;
    struct value got;
};

static struct value never_closes(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;

    BEGIN(GOT)
    for (;;)
        YIELD_FINALLY(GOT, f->got, none());
    END
}

static struct value frees_itself(struct gen *gen, struct value sent)
{
    BEGIN()
    gen_free(gen);
    END
}

static struct value has_no_return(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;

    BEGIN(GOT)
    YIELD(GOT, f->got, none());
    END
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    gen_body *body = strcmp(name, "never_closes") == 0   ? never_closes
                     : strcmp(name, "frees_itself") == 0 ? frees_itself
                                                         : has_no_return;
    struct gen *gen = gen_new(sizeof(struct frame), name, body, NULL);

    if (gen == NULL)
        return 2;
    gen_send(gen, none());
    if (strcmp(name, "has_no_return") == 0)
        gen_send(gen, none());
    gen_free(gen);
    return 0;
}
