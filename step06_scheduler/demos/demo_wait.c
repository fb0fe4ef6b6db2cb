/* demo_wait.c - a task that waits for another. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

#include "../await.h"
#include "../support/story.h"
#include "../syscall.h"
#include "common.h"

/* Makes foo, prints its lines beside it, and then waits for it. */
static struct value waiter_body(struct gen *gen, struct value sent)
{
    struct work *f = (struct work *)gen;

    BEGIN(GOT_CHILD, GOT_TID, CHILD_ENDED)
    AWAIT(GOT_CHILD, f->got, New(work(numbered_body, "foo", 5)));
    f->child = f->got.integer;
    print("create a new task,the tid of the new task is %ld", f->child);
    for (; f->done < f->lines; f->done++) {
        AWAIT(GOT_TID, f->got, GetTid());
        print("I am %s,my tid is %ld", f->name, f->got.integer);
    }
    AWAIT_CATCH(CHILD_ENDED, f->got, Wait(f->child));
    if (f->got.tag == ERROR)
        print("wait for %ld: %s", f->child, f->got.text);
    print("stop bar");
    RETURN(none());
    END
}

void demo_wait(void)
{
    begin("wait: bar waits for foo, which still runs");
    start(work(waiter_body, "bar", 2));
    run_all();
    begin("      and for foo, which has ended already");
    start(work(waiter_body, "bar", 10));
    run_all();
    say("  A task that waits does not stand in the ready queue: it costs nothing until it\n"
        "  is woken.\n\n");
}
