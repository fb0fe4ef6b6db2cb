/* waiters.c - measures what becomes of many tasks of step 6 that wait for the same one. Prints
 * lines, for N waiters of 1,000, 10,000 and 100,000:
 *
 *     wake_N NS   a task is killed that waits and has N waiters; for each of them, which is ready
 *                 then
 *     kill_N NS   N waiters are killed by the system call Kill(), the last in the queue first; for
 *                 each
 *
 * NS is the time in ns, in the fastest of some batches. */
#define _POSIX_C_SOURCE 200809L

#include "tasks.h"

enum { MOST = 100000, ENOUGH = 1000000 /* waiters in all batches */ };

static long awaited; /* the number of a task */
static long n_waiters;
static double fastest; /* batch, in ns */

struct waiter {
    struct gen gen;
    struct value got;
};

/* Waits for a task, and when that has ended for the next one. */
static struct value waiter_body(struct gen *gen, struct value sent)
{
    struct waiter *f = (struct waiter *)gen;

    BEGIN(IT_HAS_ENDED)
    while (awaited != 0)
        AWAIT(IT_HAS_ENDED, f->got, Wait(awaited));
    RETURN(none());
    END
}

/* Who does it and takes the time; the first task, and all others wait for it at last. */
struct conductor {
    struct gen gen;
    struct value got;
    struct timespec from;
    struct task *target;
    long left; /* batches */
    long tid;
};

static void count_batch(struct timespec from)
{
    double ns = ns_since(from);

    if (fastest == 0 || ns < fastest)
        fastest = ns;
}

/* Waits for task 1. */
static struct value target_body(struct gen *gen, struct value sent)
{
    struct waiter *f = (struct waiter *)gen;

    BEGIN(GOT)
    AWAIT(GOT, f->got, Wait(1));
    RETURN(none());
    END
}

static struct task *new_target(void)
{
    spawn(sizeof(struct waiter), "target", target_body);
    return sched_find(&sched, awaited = sched.last_tid);
}

static struct value waker_body(struct gen *gen, struct value sent)
{
    struct conductor *f = (struct conductor *)gen;

    BEGIN(ALL_WAIT)
    for (f->target = new_target(); f->left > 0; f->left--) {
        struct task *before;

        YIELD(ALL_WAIT, f->got, none());
        before = f->target;
        must(before->state == TASK_WAITING && sched.n_tasks == (size_t)n_waiters + 2,
             "somebody does not wait");
        f->target = new_target();
        clock_gettime(CLOCK_MONOTONIC, &f->from);
        sched_exit(&sched, before, none());
        count_batch(f->from);
    }
    sched_exit(&sched, f->target, none());
    awaited = 0;
    RETURN(none());
    END
}

static struct value killer_body(struct gen *gen, struct value sent)
{
    struct conductor *f = (struct conductor *)gen;

    BEGIN(ALL_WAIT, KILLED)
    awaited = 1;
    YIELD(ALL_WAIT, f->got, none());
    must(sched.n_tasks == (size_t)n_waiters + 1, "a waiter is gone");
    clock_gettime(CLOCK_MONOTONIC, &f->from);
    for (f->tid = sched.last_tid; f->tid > 1; f->tid--)
        AWAIT(KILLED, f->got, Kill(f->tid));
    count_batch(f->from);
    must(sched.n_tasks == 1, "a victim is alive");
    RETURN(none());
    END
}

/* Lets N wait, and BODY do with them what it does, in one batch or more. */
static void conduct(gen_body *body, long n, long batches)
{
    struct conductor *f;

    sched_open(&sched);
    n_waiters = n;
    f = spawn(sizeof *f, "conductor", body);
    f->left = batches;
    for (long i = 0; i < n; i++)
        spawn(sizeof(struct waiter), "waiter", waiter_body);
    run_sched();
}

int main(void)
{
    for (long n = 1000; n <= MOST; n *= 10) {
        fastest = 0;
        conduct(waker_body, n, ENOUGH / n);
        printf("wake_%ld %.3f\n", n, fastest / (double)n);
        fastest = 0;
        for (long batch = 0; batch < ENOUGH / n; batch++)
            conduct(killer_body, n, 1);
        printf("kill_%ld %.3f\n", n, fastest / (double)n);
    }
    return 0;
}
