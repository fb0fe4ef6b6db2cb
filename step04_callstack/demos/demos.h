/* demos.h - the demos of this step: demo_X.c is what the command X runs. */
#ifndef DEMOS_H
#define DEMOS_H

#include "../framework.h"
#include "../support/scripts.h"
#include "../support/story.h"

/* Returns GEN; ends the program if it is NULL. What a handler does if memory runs out is no subject
 * of these demos. */
static inline void *must(void *gen)
{
    if (gen == NULL)
        die("out of memory");
    return gen;
}

void demo_stack(void);
void demo_nested(void);
void demo_two(void);
void demo_ready(void);
void demo_deep(void);
void demo_error(void);
void demo_limit(void);

#endif
