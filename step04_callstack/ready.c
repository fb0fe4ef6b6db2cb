/* ready.c - the ready list. */
#define _POSIX_C_SOURCE 200809L

#include "ready.h"

#include <stddef.h>

#include "soon.h"
#include "support/story.h"

static struct ready *first, *last;

void (*ready_shown)(const struct ready *first);

/* Advances each chain that is on the list. Those that are ready again meanwhile are on a new list,
 * for the next turn. */
static void process_ready(void *arg)
{
    struct ready *ready = first;

    (void)arg;
    if (ready_shown != NULL)
        ready_shown(ready);
    while (ready != NULL) {
        struct ready *next = ready->next;

        ready->waits = false;
        ready->advance(ready->arg, ready->result);
        ready = next;
    }
}

void ready_add(struct ready *ready, struct value result)
{
    static struct handle next_turn = {.call = process_ready};

    if (ready->waits)
        die("ready: #%d is on the list twice", ready->id);
    ready->waits = true;
    if (next_turn.next == NULL) { /* the loop is not told yet: a new list begins */
        first = NULL;
        call_soon(&next_turn);
    }
    ready->result = result;
    ready->next = NULL;
    if (first == NULL)
        first = ready;
    else
        last->next = ready;
    last = ready;
}
