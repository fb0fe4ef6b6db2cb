/* contexts.c - prints the ns of a switch between a hundred stacks in turn, by swapcontext(). */
#define _XOPEN_SOURCE 600 /* POSIX.1-2008 no longer has swapcontext(), the issue before it has */

#include <ucontext.h>

#include "../measure.h"

enum { LIVE = 100, STACK_SIZE = 65536 };

static ucontext_t starter, contexts[LIVE];
static int running;
static long left, switched; /* switches */

static void go_round(void)
{
    for (;;) {
        int me = running;

        switched++;
        if (--left == 0) {
            swapcontext(&contexts[me], &starter);
        } else {
            running = (me + 1) % LIVE;
            swapcontext(&contexts[me], &contexts[running]);
        }
    }
}

static void switch_stacks(void *unused, long n)
{
    (void)unused;
    left = n;
    switched = 0;
    swapcontext(&starter, &contexts[running]);
    must(switched == n, "swapcontext is wrong");
}

static void make_context(ucontext_t *context, char *stack)
{
    must(getcontext(context) == 0, "cannot get a context");
    context->uc_stack.ss_sp = stack;
    context->uc_stack.ss_size = STACK_SIZE;
    makecontext(context, go_round, 0);
}

int main(void)
{
    static char stacks[LIVE][STACK_SIZE];
    struct measured switching = {.run = switch_stacks};

    for (int i = 0; i < LIVE; i++)
        make_context(&contexts[i], stacks[i]);
    measure(&switching, 1);
    printf("%.3f\n", switching.ns);
    return 0;
}
