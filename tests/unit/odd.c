/* odd.c - handlers that do what they should not (step 7). web.c is built with get_handler called
 * odd_handler. */
#define _POSIX_C_SOURCE 200809L

#include <string.h>

#include "web.h"

#include "api.h"
#include "app.h"

const struct route *odd_handler(const char *path);

/* Answers with a text that is longer than an answer may be. */
static struct value long_body(struct gen *gen, struct value sent)
{
    static char page[100000];

    BEGIN()
    memset(page, 'x', sizeof page - 1);
    RETURN(text(page));
    END
}

/* Forgets to await its call. */
static struct value hasty_body(struct gen *gen, struct value sent)
{
    BEGIN()
    RETURN(request("/foo"));
    END
}

static struct gen *make_long(int id)
{
    (void)id;
    return gen_new(sizeof(struct gen), "long", long_body, NULL);
}

static struct gen *make_hasty(int id)
{
    (void)id;
    return gen_new(sizeof(struct gen), "hasty", hasty_body, NULL);
}

const struct route *odd_handler(const char *path)
{
    static const struct route make[] = {{"/long", make_long}, {"/hasty", make_hasty}};

    return strcmp(path, "/long") == 0 ? &make[0] : &make[1];
}
