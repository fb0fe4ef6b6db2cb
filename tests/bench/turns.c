/* turns.c - prints a line "futures_switch NS": a hundred generators of step 5 take turns. Each
 * awaits a future that is done already, and so goes on when the ready list comes to it. NS is the
 * time of such a turn in ns, in the fastest of many short batches. */
#define _POSIX_C_SOURCE 200809L

#include "../../step05_futures/future.h"
#include "../../step05_futures/await.h"
#include "../../step05_futures/loop.h"

#include "measure.h"

enum { LIVE = 100 };

struct worker {
    struct gen gen;
    struct value got;
    long left; /* turns */
};

/* What drives a worker, as the server of step 5 does. */
static struct chain {
    struct handle advance;
    struct gen *gen;
    struct future *future; /* for which it waits, or NULL */
} chains[LIVE];
static int n_running;
static long turns;

/* A future that is done already. */
static struct value done(void)
{
    struct future *future = future_new(sizeof *future, NULL);

    must(future != NULL, "out of memory");
    future_set_result(future, none());
    return (struct value){.tag = FUTURE, .future = future};
}

static struct value worker_body(struct gen *gen, struct value sent)
{
    struct worker *f = (struct worker *)gen;

    BEGIN(GOT)
    for (; f->left > 0; f->left--) {
        AWAIT(GOT, f->got, done());
        turns++;
    }
    RETURN(none());
    END
}

static void advance(void *arg)
{
    struct chain *chain = arg;
    struct future *future = chain->future;
    struct value value =
        gen_send(chain->gen, future == NULL ? none() : future_result(chain->future));

    if (gen_outcome(chain->gen, value) == YIELDED && value.tag == FUTURE) {
        chain->future = value.future;
        future_add_done_callback(chain->future, &chain->advance);
    } else {
        gen_free(chain->gen);
        if (--n_running == 0)
            loop_stop();
    }
    future_unref(future);
}

/* Lets LIVE workers take N turns in all. */
static void take_turns(void *unused, long n)
{
    (void)unused;
    turns = 0;
    n_running = LIVE;
    for (int i = 0; i < LIVE; i++) {
        struct worker *f = gen_new(sizeof *f, "worker", worker_body, NULL);

        must(f != NULL, "out of memory");
        f->left = n / LIVE + (i < n % LIVE);
        chains[i] = (struct chain){.gen = &f->gen};
        chains[i].advance.call = advance;
        chains[i].advance.arg = &chains[i];
        call_soon(&chains[i].advance);
    }
    loop_run();
    must(turns == n, "taking turns is wrong");
}

int main(void)
{
    struct measured taking = {.run = take_turns};

    loop_open();
    measure(&taking, 1);
    loop_close();
    printf("futures_switch %.3f\n", taking.ns);
    return 0;
}
