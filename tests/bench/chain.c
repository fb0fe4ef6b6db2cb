/* chain.c - measures the call stack of step 4. Prints lines:
 *
 *     chain_D NS                 a value sent to a chain of D generators, each called by the one
 *                                before, of which the last yields it; for D from 1 to 1,000
 *     memory_callstack B own N   the bytes of a generator that has paused, besides N of its own
 *                                variables; only where there is /proc
 *
 * NS is the time of a round trip in ns, in the fastest of many short batches. */
#define _POSIX_C_SOURCE 200809L

#include "../../step04_callstack/callstack.h"

#include "generators.h"

/* Calls the next one, until there are as many as are wanted. */
struct link {
    struct gen gen;
    int more; /* how many are still to come */
    struct value got;
};

static struct gen *new_link(int more);

static struct value link_body(struct gen *gen, struct value sent)
{
    struct link *f = (struct link *)gen;

    BEGIN(GOT)
    YIELD(GOT, f->got, generator(f->more == 1 ? new_echo() : new_link(f->more - 1)));
    RETURN(f->got);
    END
}

static struct gen *new_link(int more)
{
    struct link *f = gen_new(sizeof *f, "link", link_body, NULL);

    must(f != NULL, "out of memory");
    f->more = more;
    return &f->gen;
}

static void send_to_chain(void *stack, long n)
{
    long sum = 0;

    for (long i = 0; i < n; i++)
        sum += callstack_send(stack, integer(i)).integer;
    must(sum == n * (n - 1) / 2, "callstack_send is wrong");
}

int main(void)
{
    static const int depths[] = {1, 10, 100, 1000};
    enum { N = sizeof depths / sizeof *depths };
    struct callstack stacks[N] = {{.top = NULL}};
    struct measured all[N];

    for (int i = 0; i < N; i++) {
        callstack_push(&stacks[i], depths[i] == 1 ? new_echo() : new_link(depths[i] - 1));
        callstack_send(&stacks[i], none());
        all[i] = (struct measured){.run = send_to_chain, .what = &stacks[i]};
    }
    measure(all, N);
    for (int i = 0; i < N; i++) {
        printf("chain_%d %.3f\n", depths[i], all[i].ns);
        callstack_free(&stacks[i]);
    }
    print_memory("callstack");
    return 0;
}
