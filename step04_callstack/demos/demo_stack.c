/* demo_stack.c - the stack at each push and pop, driven by hand. */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>

#include "../callstack.h"
#include "chain.h"
#include "demos.h"

static void draw_from_below(const struct gen *gen)
{
    if (gen == NULL)
        return;
    draw_from_below(gen->caller);
    say(" | %s", gen->name);
}

static void draw(const struct callstack *stack, const char *what, const struct gen *gen)
{
    char action[32];

    snprintf(action, sizeof action, "%s %s", what, gen->name);
    say("    %-14s", action);
    draw_from_below(stack->top);
    say(stack->top == NULL ? " (empty)\n" : "\n");
}

void demo_stack(void)
{
    struct callstack stack = {.top = NULL};
    struct value value;

    say("stack: func1 calls request, then func2, which calls request; driven by hand\n\n");
    callstack_shown = draw;
    callstack_push(&stack, func1());
    say("  send none\n");
    value = callstack_send(&stack, none());
    say("iojob of %s\n", value.text);
    say("  send bar\n");
    value = callstack_send(&stack, text("bar"));
    say("iojob of %s\n", value.text);
    say("  send barz\n");
    value = callstack_send(&stack, text("barz"));
    callstack_shown = NULL;
    if (stack.top == NULL && value.tag == TEXT)
        say("finished\n\n"
            "  The first one returned %s. Whoever drives a chain sends to the stack, and\n"
            "  never learns how many generators there are.\n\n",
            value.text);
}
