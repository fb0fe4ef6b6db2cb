/* demo_kill.c - a task that kills another. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

#include "../await.h"
#include "../support/story.h"
#include "../syscall.h"
#include "common.h"

/* foo: prints its lines with its number, and cleans up when it is closed. */
static struct value tidy_body(struct gen *gen, struct value sent)
{
    struct work *f = (struct work *)gen;

    BEGIN(GOT_TID)
    for (; f->done < f->lines; f->done++) {
        AWAIT_FINALLY(GOT_TID, f->got, GetTid());
        if (f->got.tag == ERROR) {
            print("%s cleans up", f->name);
            RAISE(f->got);
        }
        print("I am %s,my tid is %ld", f->name, f->got.integer);
    }
    RETURN(none());
    END
}

/* Makes foo, and after two lines it kills it. */
static struct value killer_body(struct gen *gen, struct value sent)
{
    struct work *f = (struct work *)gen;

    BEGIN(GOT_CHILD, GOT_TID, KILLED)
    AWAIT(GOT_CHILD, f->got, New(work(tidy_body, "foo", 5)));
    f->child = f->got.integer;
    print("create a new task,the tid of the new task is %ld", f->child);
    for (; f->done < f->lines; f->done++) {
        AWAIT(GOT_TID, f->got, GetTid());
        print("I am %s,my tid is %ld", f->name, f->got.integer);
        if (f->done == 1) {
            AWAIT(KILLED, f->got, Kill(f->child));
            print("killed success");
        }
    }
    RETURN(none());
    END
}

void demo_kill(void)
{
    begin("kill: the same, but after two lines bar kills foo");
    start(work(killer_body, "bar", 10));
    run_all();
    say("  foo stood in the ready queue. It was closed where it paused: it cleaned up.\n\n");
}
