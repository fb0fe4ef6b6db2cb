/* demo_errors.c - what can go wrong: tasks that do what they are told to, step by step. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

#include "../await.h"
#include "../support/story.h"
#include "../syscall.h"
#include "common.h"

enum what { KILL, WAIT, YIELD_ONCE, FAIL, STOP };

struct order {
    enum what what;
    long tid;
};

struct obedient {
    struct gen gen;
    const struct order *order;
    struct value got;
};

static struct value obey(const struct order *order)
{
    if (order->what == KILL)
        return Kill(order->tid);
    return order->what == WAIT ? Wait(order->tid) : Yield();
}

static struct value obedient_body(struct gen *gen, struct value sent)
{
    struct obedient *f = (struct obedient *)gen;

    BEGIN(DONE)
    for (; f->order->what != STOP; f->order++) {
        if (f->order->what == FAIL)
            RAISE(error(RUNTIME_ERROR, "as it was told to"));
        if (f->order->what != YIELD_ONCE)
            print("%s %ld ...", f->order->what == KILL ? "kill" : "wait for", f->order->tid);
        AWAIT_CATCH(DONE, f->got, obey(f->order));
        if (f->order->what != YIELD_ONCE)
            print("... %s", f->got.tag == ERROR ? f->got.text : "done");
    }
    RETURN(none());
    END
}

static struct gen *obedient(const struct order *orders)
{
    struct obedient *f = made(gen_new(sizeof *f, "obedient", obedient_body, NULL));

    f->order = orders;
    return &f->gen;
}

/* Runs two tasks that do what A and B say. */
static void run_two(const char *headline, const struct order *a, const struct order *b)
{
    begin(headline);
    start(obedient(a));
    start(obedient(b));
    run_all();
}

void demo_errors(void)
{
    static const struct order rest[] = {{YIELD_ONCE, 0}, {YIELD_ONCE, 0}, {STOP, 0}};
    static const struct order stop[] = {{STOP, 0}};
    static const struct order kill_itself[] = {{KILL, 1}, {STOP, 0}};
    static const struct order kill_nobody[] = {{KILL, 99}, {YIELD_ONCE, 0}, {KILL, 2}, {STOP, 0}};
    static const struct order wait_for_1[] = {{WAIT, 1}, {STOP, 0}};
    static const struct order wait_for_2[] = {{WAIT, 2}, {STOP, 0}};
    static const struct order kill_2_later[] = {{YIELD_ONCE, 0}, {KILL, 2}, {STOP, 0}};
    static const struct order fail[] = {{FAIL, 0}};

    run_two("errors: task 1 kills itself, and is not heard of again", kill_itself, rest);
    run_two("        task 1 kills a task that never was, and one that has ended", kill_nobody,
            stop);
    run_two("        task 1 kills task 2, which waits for it", kill_2_later, wait_for_1);
    run_two("        task 1 waits for itself", wait_for_1, stop);
    run_two("        task 1 fails, and task 2 goes on", fail, rest);
    run_two("        each waits for the other", wait_for_2, wait_for_1);
    say("  The deadlock was noticed because nobody was ready: both tasks were closed.\n\n");
}
