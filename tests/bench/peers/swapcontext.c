/* swapcontext.c - prints the ns of a round trip between two stacks, switched by swapcontext(). */
#define _XOPEN_SOURCE 600 /* POSIX.1-2008 no longer has swapcontext(), the issue before it has */

#include <ucontext.h>

#include "../measure.h"

static ucontext_t caller, callee;
static long passed; /* what they hand to each other */

static void echo(void)
{
    for (;;)
        swapcontext(&callee, &caller);
}

static void switch_stacks(void *unused, long n)
{
    long sum = 0;

    (void)unused;
    for (long i = 0; i < n; i++) {
        passed = i;
        swapcontext(&caller, &callee);
        sum += passed;
    }
    must(sum == n * (n - 1) / 2, "swapcontext is wrong");
}

int main(void)
{
    static char stack[65536];
    struct measured switching = {.run = switch_stacks};

    must(getcontext(&callee) == 0, "cannot get a context");
    callee.uc_stack.ss_sp = stack;
    callee.uc_stack.ss_size = sizeof stack;
    makecontext(&callee, echo, 0);
    measure(&switching, 1);
    printf("%.3f\n", switching.ns);
    return 0;
}
