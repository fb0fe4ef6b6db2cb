/* ready.h - the ready list: the chains that are new, or whose wait is over, each with the result
 * that it is to be sent. Stage 0x03 of the article: its ready, and process_ready(). */
#ifndef READY_H
#define READY_H

#include <stdbool.h>

#include "value.h"

/* A place on the list. Its owner sets the first three. */
struct ready {
    int id; /* of the request, for whoever draws the list */
    void (*advance)(void *arg, struct value result);
    void *arg;
    struct value result;
    struct ready *next;
    bool waits; /* it is on the list */
};

/* Puts READY at the end of the list. Soon the loop calls ADVANCE with ARG and RESULT, after all
 * that were on the list before. READY must not be on it already. */
void ready_add(struct ready *ready, struct value result);

/* A demo that draws the list is given it here, before it is gone through. NULL: there is none. */
extern void (*ready_shown)(const struct ready *first);

#endif
