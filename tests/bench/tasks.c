/* tasks.c - measures the scheduler of step 6 with a hundred tasks. Prints lines:
 *
 *     bare NS         a bare indirect call, with which all others are compared
 *     switch NS       a bare yield, which lets all others run before
 *     yield NS        the system call Yield(), which does the same
 *     get_tid NS      the system call GetTid()
 *     create NS       a task made by sched_new(), run once and ended
 *     create_new NS   the same, made by the system call New()
 *
 * NS is the time in ns, in the fastest of many short batches. To make the hundred tasks and to end
 * them belongs to each batch, and is less than a hundredth of it. */
#define _POSIX_C_SOURCE 200809L

#include "tasks.h"

#include "bare.h"

enum { LIVE = 100 };

/* Goes round as often as it is told. */
struct worker {
    struct gen gen;
    struct value got;
    long left;
};

static long switched; /* how often the workers went round, or what they got */

static struct value switcher_body(struct gen *gen, struct value sent)
{
    struct worker *f = (struct worker *)gen;

    BEGIN(GOT)
    for (; f->left > 0; f->left--) {
        YIELD(GOT, f->got, none());
        switched++;
    }
    RETURN(none());
    END
}

static struct value yielder_body(struct gen *gen, struct value sent)
{
    struct worker *f = (struct worker *)gen;

    BEGIN(GOT)
    for (; f->left > 0; f->left--) {
        AWAIT(GOT, f->got, Yield());
        switched++;
    }
    RETURN(none());
    END
}

static struct value getter_body(struct gen *gen, struct value sent)
{
    struct worker *f = (struct worker *)gen;

    BEGIN(GOT_TID)
    for (; f->left > 0; f->left--) {
        AWAIT(GOT_TID, f->got, GetTid());
        switched += f->got.integer;
    }
    RETURN(none());
    END
}

/* Lets LIVE workers go round, N times in all. */
static void let_work(gen_body *body, long n)
{
    sched_open(&sched);
    switched = 0;
    for (int i = 0; i < LIVE; i++) {
        struct worker *f = spawn(sizeof *f, "worker", body);

        f->left = n / LIVE + (i < n % LIVE);
    }
    run_sched();
}

static void switch_tasks(void *unused, long n)
{
    (void)unused;
    let_work(switcher_body, n);
    must(switched == n, "switching is wrong");
}

static void call_yield(void *unused, long n)
{
    (void)unused;
    let_work(yielder_body, n);
    must(switched == n, "Yield is wrong");
}

static void call_get_tid(void *unused, long n)
{
    long rounds = n / LIVE, more = n % LIVE;

    (void)unused;
    let_work(getter_body, n);
    must(switched == rounds * LIVE * (LIVE + 1) / 2 + more * (more + 1) / 2, "GetTid is wrong");
}

static long to_make; /* how many tasks are still to be made */

/* Makes another one and ends, so that there are always as many; with sched_new(). */
static struct value successor_body(struct gen *gen, struct value sent)
{
    BEGIN()
    if (to_make > 0) {
        to_make--;
        spawn(sizeof(struct worker), "successor", successor_body);
    }
    switched++;
    RETURN(none());
    END
}

/* The same with New(). */
static struct value child_body(struct gen *gen, struct value sent)
{
    struct worker *f = (struct worker *)gen;

    BEGIN(GOT_TID)
    if (to_make > 0) {
        to_make--;
        AWAIT(GOT_TID, f->got, New(gen_new(sizeof *f, "child", child_body, NULL)));
    }
    switched++;
    RETURN(none());
    END
}

/* Makes N tasks, of which LIVE are alive at a time. */
static void let_make(gen_body *body, long n)
{
    sched_open(&sched);
    switched = 0;
    to_make = n < LIVE ? 0 : n - LIVE;
    for (int i = 0; i < LIVE && i < n; i++)
        spawn(sizeof(struct worker), "first", body);
    run_sched();
    must(switched == n, "making tasks is wrong");
}

static void create(void *unused, long n)
{
    (void)unused;
    let_make(successor_body, n);
}

static void create_new(void *unused, long n)
{
    (void)unused;
    let_make(child_body, n);
}

int main(void)
{
    struct value got;
    struct measured all[] = {
        {.name = "bare", .run = call_bare, .what = &got},
        {.name = "switch", .run = switch_tasks},
        {.name = "yield", .run = call_yield},
        {.name = "get_tid", .run = call_get_tid},
        {.name = "create", .run = create},
        {.name = "create_new", .run = create_new},
    };
    enum { N = sizeof all / sizeof *all };

    measure(all, N);
    for (int i = 0; i < N; i++)
        printf("%s %.3f\n", all[i].name, all[i].ns);
    return 0;
}
