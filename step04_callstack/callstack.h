/* callstack.h - a stack that makes a chain of generators, each called by the one before, into one.
 * Stage 0x03 of the article. */
#ifndef CALLSTACK_H
#define CALLSTACK_H

#include "gen.h"

struct callstack {
    struct gen *top; /* the innermost, which is the one that runs; NULL: the chain is finished */
    void (*show)(const struct callstack *stack, const char *what, const struct gen *gen);
    /* Is told of each push and pop, when the stack has changed; NULL: nobody is. */
};

/* Puts GEN, which now belongs to STACK, on top. The first one is pushed by who wants it run. */
void callstack_push(struct callstack *stack, struct gen *gen);

/* Sends SENT to the top, or throws it if it is an error; and goes on, for as long as generators
 * call generators and return to their callers. Returns what comes out of the chain: something
 * yielded that is no generator, and top is not NULL; or, when top is NULL, what the first one
 * returned or raised. A generator that is called but is on a stack already is refused: its caller
 * gets a VALUE_ERROR. */
struct value callstack_send(struct callstack *stack, struct value sent);

/* Ends the chain wherever it is: frees all of its generators, the innermost first. */
void callstack_free(struct callstack *stack);

#endif
