/* await.c - delegation: the call stack of step 4, linked through the generators themselves. */
#define _POSIX_C_SOURCE 200809L

#include "await.h"

/* Puts GEN, or a chain of which it is the outermost, on top of TOP, which delegates to it. */
static void push(struct gen *top, struct gen *gen)
{
    gen->running = true; /* nobody else may resume or free it */
    gen->outer = top;
    top->inner = gen;
    top->top = gen_innermost(gen);
}

/* Takes TOP off, but does not free it. Returns the one below, which had delegated to it. */
static struct gen *pop(struct gen *top)
{
    top->running = false;
    top->outer->inner = NULL;
    return top->outer;
}

struct value gen_delegate(struct gen *gen, struct value awaited)
{
    if (is_yielded_once(awaited) || awaited.tag == ERROR)
        return awaited;
    if (awaited.tag != GENERATOR)
        return error(TYPE_ERROR, "it cannot be awaited");
    if (awaited.gen->running)
        return error(VALUE_ERROR, "generator already executing");
    push(gen, awaited.gen);
    return awaited;
}

struct value gen_go_on(struct gen *gen, struct gen *top, struct value value)
{
    for (;;) {
        if (top->inner != NULL) {
            /* It has delegated: the innermost begins, or goes on if it had paused before. */
            top = top->top;
            value = none();
        } else if (top->at == ENDED && top != gen) {
            /* Its result, or its error, is for the one that had delegated to it. */
            struct gen *outer = pop(top);

            gen_free(top);
            top = outer;
        } else {
            break;
        }
        if (top->at != ENDED) /* else it had ended before it was delegated to, and returns none */
            value = top->body(top, value);
    }
    gen->top = top;
    return value;
}

/* Each is closed by what the one inside it has raised, or by EXIT again if it has ended well. */
struct value gen_close_inner(struct gen *gen, struct value exit)
{
    struct gen *top = gen_innermost(gen);
    struct value thrown = exit;

    while (top != gen) {
        struct gen *outer = pop(top);

        thrown = gen_closed(top, gen_resume(top, thrown));
        if (thrown.tag != ERROR)
            thrown = exit;
        gen_free(top);
        top = outer;
    }
    return thrown;
}
