/* starve.c - prints a line "tasks_starved MS": a task of step 7 computes for 200 ms and does not
 * yield, and another wants to run each ms: its longest wait. */
#define _POSIX_C_SOURCE 200809L

#include "../../step07_io/await.h"
#include "../../step07_io/io.h"
#include "../../step07_io/sched.h"

#include "measure.h"

enum { COMPUTE_NS = 200000000 };

static bool ended;
static double longest;

struct frame {
    struct gen gen;
    struct value got;
    struct timespec from;
};

static struct value compute_body(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;

    BEGIN(RESTED)
    AWAIT(RESTED, f->got, Sleep(20));
    clock_gettime(CLOCK_MONOTONIC, &f->from);
    while (ns_since(f->from) < COMPUTE_NS)
        ;
    ended = true;
    RETURN(none());
    END
}

static struct value look_on_body(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;
    double ns;

    BEGIN(RESTED)
    while (!ended) {
        clock_gettime(CLOCK_MONOTONIC, &f->from);
        AWAIT(RESTED, f->got, Sleep(1));
        ns = ns_since(f->from);
        longest = ns > longest ? ns : longest;
    }
    RETURN(none());
    END
}

int main(void)
{
    struct sched sched;

    sched_open(&sched);
    io_open(&sched, poller_find(NULL));
    must(sched_new(&sched, gen_new(sizeof(struct frame), "compute", compute_body, NULL)) != 0 &&
             sched_new(&sched, gen_new(sizeof(struct frame), "look on", look_on_body, NULL)) != 0,
         "out of memory");
    must(sched_main_loop(&sched), "a task waits for ever");
    sched_close(&sched);
    io_close();
    printf("tasks_starved %.3f\n", longest / 1e6);
    return 0;
}
