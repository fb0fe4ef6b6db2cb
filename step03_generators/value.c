/* value.c - what becomes of a value that nobody wants. */
#define _POSIX_C_SOURCE 200809L

#include "value.h"

#include <stdlib.h>

#include "gen.h"

void value_drop(struct value value)
{
    if (value.tag == IO)
        free(value.io);
    else if (value.tag == GENERATOR)
        gen_free(value.gen);
}
