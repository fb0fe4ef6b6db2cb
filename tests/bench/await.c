/* await.c - measures the delegation of step 5. Prints lines:
 *
 *     gen_send NS               a value sent to a generator that delegates to nobody and yields it
 *     await_D NS                a value sent to a generator that awaits, through D levels, another
 *                               one, which yields it; for D of 1, 10 and 100
 *     await_future NS           a generator that awaits one future after the other
 *     call_c NS                 a frame got from calloc(), a function called with it, and the frame
 *                               given to free(): what a call of a generator is at least
 *     call_bare NS              a generator made, sent none, which returns at once, and freed
 *     call_await NS             a generator made and awaited, which returns at once
 *     memory_futures B own N    the bytes of a generator that has paused, besides N of its own
 *                               variables; only where there is /proc
 *
 * NS is the time of a round trip in ns, in the fastest of many short batches. */
#define _POSIX_C_SOURCE 200809L

#include "../../step05_futures/future.h"
#include "../../step05_futures/await.h"

#define CALL(POINT, DEST, GEN) AWAIT(POINT, DEST, generator(GEN))

#include "chain.h"

static void send_to_gen(void *gen, long n)
{
    long sum = 0;

    for (long i = 0; i < n; i++)
        sum += gen_send(gen, integer(i)).integer;
    must(sum == n * (n - 1) / 2, "gen_send is wrong");
}

/* Awaits futures, or rather one that is never filled, again and again. */
struct waiter {
    struct gen gen;
    struct value got;
    long sum;
    struct future future;
};

static struct value waiter_body(struct gen *gen, struct value sent)
{
    struct waiter *f = (struct waiter *)gen;

    BEGIN(GOT)
    for (;; f->sum += f->got.integer)
        AWAIT(GOT, f->got, future(&f->future));
    END
}

static void send_to_waiter(void *gen, long n)
{
    struct waiter *f = gen;

    f->sum = 0;
    for (long i = 0; i < n; i++)
        must(gen_send(gen, integer(i)).tag == FUTURE, "awaiting a future is wrong");
    must(f->sum == n * (n - 1) / 2, "awaiting a future gets what is wrong");
}

/* Volatile, so that the compiler does not know whom it calls. */
static gen_body *volatile child = child_body;

static void call_c(void *unused, long n)
{
    long sum = 0;

    (void)unused;
    for (long i = 0; i < n; i++) {
        struct gen *gen = calloc(1, sizeof(struct echo));

        must(gen != NULL, "out of memory");
        sum += child(gen, none()).integer;
        free(gen);
    }
    must(sum == n, "a call in C is wrong");
}

static void call_bare(void *unused, long n)
{
    long sum = 0;

    (void)unused;
    for (long i = 0; i < n; i++) {
        struct gen *gen = new_child();

        sum += gen_send(gen, none()).integer;
        gen_free(gen);
    }
    must(sum == n, "a bare call is wrong");
}

static void call_await(void *gen, long n)
{
    must(gen_send(gen, integer(n)).integer == n, "a call is wrong");
}

int main(void)
{
    struct measured all[] = {
        {.name = "gen_send", .run = send_to_gen, .what = new_echo()},
        {.name = "await_1", .run = send_to_gen, .what = new_chain(2)},
        {.name = "await_10", .run = send_to_gen, .what = new_chain(11)},
        {.name = "await_100", .run = send_to_gen, .what = new_chain(101)},
        {.name = "await_future",
         .run = send_to_waiter,
         .what = gen_new(sizeof(struct waiter), "waiter", waiter_body, NULL)},
        {.name = "call_c", .run = call_c},
        {.name = "call_bare", .run = call_bare},
        {.name = "call_await", .run = call_await, .what = new_caller()},
    };
    enum { N = sizeof all / sizeof *all };

    must(all[4].what != NULL, "out of memory");
    for (int i = 0; i < N; i++)
        if (all[i].what != NULL)
            gen_send(all[i].what, none());
    measure(all, N);
    for (int i = 0; i < N; i++) {
        printf("%s %.3f\n", all[i].name, all[i].ns);
        gen_free(all[i].what);
    }
    print_memory("futures");
    return 0;
}
