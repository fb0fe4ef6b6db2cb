/* scarce.c - the second generator that app.c makes finds no memory. (app.c is built with gen_new
 * called scarce_gen_new.) */
#define _POSIX_C_SOURCE 200809L

#include "gen.h"

void *scarce_gen_new(size_t size, const char *name, gen_body *body, gen_drop *drop);

void *scarce_gen_new(size_t size, const char *name, gen_body *body, gen_drop *drop)
{
    static int n;

    return ++n == 2 ? NULL : gen_new(size, name, body, drop);
}
