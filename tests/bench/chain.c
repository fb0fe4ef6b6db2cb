/* chain.c - measures the call stack of step 4.
 *
 *     chain [LENGTH...]
 *
 * Prints lines:
 *
 *     chain_N NS                 a value sent to a chain of N generators, each called by the one
 *                                before, of which the last yields it; for N from 1 to 1,000, or for
 *                                each LENGTH
 *     call_callstack NS          a generator made and called, which returns at once
 *     memory_callstack B own N   the bytes of a generator that has paused, besides N of its own
 *                                variables; only where there is /proc
 *
 * NS is the time of a round trip in ns, in the fastest of many short batches. */
#define _POSIX_C_SOURCE 200809L

#include "../../step04_callstack/callstack.h"

#define CALL(POINT, DEST, GEN) YIELD(POINT, DEST, generator(GEN))

#include "chain.h"

static void send_to_chain(void *stack, long n)
{
    long sum = 0;

    for (long i = 0; i < n; i++)
        sum += callstack_send(stack, integer(i)).integer;
    must(sum == n * (n - 1) / 2, "callstack_send is wrong");
}

static void call(void *stack, long n)
{
    must(callstack_send(stack, integer(n)).integer == n, "a call is wrong");
}

int main(int argc, char **argv)
{
    enum { MOST = 8 };
    struct callstack stacks[MOST + 1] = {{.top = NULL}};
    struct measured all[MOST + 1];
    int lengths[MOST] = {1, 10, 100, 1000}, n = 4;

    if (argc > 1)
        for (n = 0; n < argc - 1 && n < MOST; n++)
            lengths[n] = atoi(argv[n + 1]);
    for (int i = 0; i <= n; i++) {
        callstack_push(&stacks[i], i < n ? new_chain(lengths[i]) : new_caller());
        callstack_send(&stacks[i], none());
        all[i] = (struct measured){.run = i < n ? send_to_chain : call, .what = &stacks[i]};
    }
    measure(all, n + 1);
    for (int i = 0; i < n; i++)
        printf("chain_%d %.3f\n", lengths[i], all[i].ns);
    printf("call_callstack %.3f\n", all[n].ns);
    for (int i = 0; i <= n; i++)
        callstack_free(&stacks[i]);
    print_memory("callstack");
    return 0;
}
