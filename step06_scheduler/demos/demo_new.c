/* demo_new.c - a task that makes another. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

#include "../await.h"
#include "../support/story.h"
#include "../syscall.h"
#include "common.h"

/* Makes foo, and prints its lines beside it. */
static struct value maker_body(struct gen *gen, struct value sent)
{
    struct work *f = (struct work *)gen;

    BEGIN(GOT_CHILD, GOT_TID)
    AWAIT(GOT_CHILD, f->got, New(work(numbered_body, "foo", 5)));
    print("create a new task,the tid of the new task is %ld", f->got.integer);
    for (; f->done < f->lines; f->done++) {
        AWAIT(GOT_TID, f->got, GetTid());
        print("I am %s,my tid is %ld", f->name, f->got.integer);
    }
    RETURN(none());
    END
}

void demo_new(void)
{
    begin("new: bar makes another task, foo");
    start(work(maker_body, "bar", 10));
    run_all();
    say("  The new task is put at the tail of the ready queue, and then its maker.\n\n");
}
