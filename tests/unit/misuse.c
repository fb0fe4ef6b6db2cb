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

static struct value frees_in_cleanup(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;

    BEGIN(GOT)
    YIELD_FINALLY(GOT, f->got, none());
    gen_free(gen);
    END
}

static struct value pauses(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;

    BEGIN(GOT)
    YIELD(GOT, f->got, none());
    RETURN(none());
    END
}

static struct gen *tested;
static struct value kept; /* a value that hands it on, made when that was right */

static void frees_tested(struct gen *gen)
{
    (void)gen;
    gen_free(tested);
}

/* When it is closed it yields one whose drop frees it. */
static struct value yields_its_end(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;

    BEGIN(GOT, GOT_MORE)
    YIELD_FINALLY(GOT, f->got, none());
    YIELD_FINALLY(GOT_MORE, f->got,
                  generator(gen_new(sizeof(struct frame), "end", pauses, frees_tested)));
    RETURN(none());
    END
}

/* What it sends itself is refused, and so it is to be freed. */
static struct value sends_itself(struct gen *gen, struct value sent)
{
    BEGIN()
    RETURN(gen_send(gen, kept));
    END
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        gen_body *body;
        gen_drop *drop;
    } all[] = {
        {"never_closes", never_closes, NULL},    {"frees_itself", frees_itself, NULL},
        {"has_no_return", has_no_return, NULL},  {"frees_in_cleanup", frees_in_cleanup, NULL},
        {"frees_in_drop", pauses, frees_tested}, {"yields_its_end", yields_its_end, NULL},
        {"sends_itself", sends_itself, NULL},
    };

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (argc < 2 || strcmp(argv[1], all[i].name) != 0)
            continue;
        tested = gen_new(sizeof(struct frame), all[i].name, all[i].body, all[i].drop);
        if (tested == NULL)
            return 2;
        kept = generator(tested);
        gen_send(tested, none());
        if (all[i].body == has_no_return)
            gen_send(tested, none());
        gen_free(tested);
    }
    return 0;
}
