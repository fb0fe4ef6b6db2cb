/* callstack.c - a stack that makes a chain of generators into one. */
#define _POSIX_C_SOURCE 200809L

#include "callstack.h"

static void show(const struct callstack *stack, const char *what, const struct gen *gen)
{
    if (stack->show != NULL)
        stack->show(stack, what, gen);
}

void callstack_push(struct callstack *stack, struct gen *gen)
{
    gen->called = true;
    gen->caller = stack->top;
    stack->top = gen;
    show(stack, "push", gen);
}

/* Takes off the top, which has ended, and frees it. */
static void pop(struct callstack *stack)
{
    struct gen *gen = stack->top;

    stack->top = gen->caller;
    show(stack, "pop", gen);
    gen_free(gen);
}

struct value callstack_send(struct callstack *stack, struct value sent)
{
    struct value value = sent;

    while (stack->top != NULL) {
        struct gen *gen = stack->top;

        value = gen_send(gen, value);
        if (gen_outcome(gen, value) != YIELDED) {
            pop(stack); /* its result, or its error, is for the one below */
        } else if (value.tag != GENERATOR) {
            return value;
        } else if (value.gen->called) {
            value = error(VALUE_ERROR, "generator already executing");
        } else {
            callstack_push(stack, value.gen);
            value = none(); /* which starts it */
        }
    }
    return value;
}

void callstack_free(struct callstack *stack)
{
    while (stack->top != NULL)
        pop(stack);
}
