/* demo_subroutine.c - a task that calls, and system calls at each level. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

#include "../await.h"
#include "../support/story.h"
#include "../syscall.h"
#include "common.h"

/* Three levels, each of which makes system calls. */
static struct value inner_body(struct gen *gen, struct value sent)
{
    struct work *f = (struct work *)gen;

    BEGIN(GOT_TID, ENDED_TOO)
    AWAIT(GOT_TID, f->got, GetTid());
    print("inner: my tid is %ld, and I wait for task %ld", f->got.integer, f->child);
    AWAIT(ENDED_TOO, f->got, Wait(f->child));
    RETURN(text("what inner returns"));
    END
}

static struct value middle_body(struct gen *gen, struct value sent)
{
    struct work *f = (struct work *)gen;
    struct gen *inner;

    BEGIN(GOT_CHILD, GOT_RESULT)
    AWAIT(GOT_CHILD, f->got, New(work(chore_body, "cooking", 2)));
    print("middle: I have made task %ld", f->got.integer);
    inner = work(inner_body, "inner", 0);
    ((struct work *)inner)->child = f->got.integer;
    AWAIT(GOT_RESULT, f->got, generator(inner));
    RETURN(f->got);
    END
}

static struct value outer_body(struct gen *gen, struct value sent)
{
    struct work *f = (struct work *)gen;

    BEGIN(GOT_TID, GOT_RESULT)
    AWAIT(GOT_TID, f->got, GetTid());
    print("outer: my tid is %ld", f->got.integer);
    AWAIT(GOT_RESULT, f->got, generator(work(middle_body, "middle", 0)));
    print("outer: got %s", f->got.text);
    RETURN(none());
    END
}

void demo_subroutine(void)
{
    begin("subroutine: a task that calls, three levels deep, and each makes system calls");
    start(work(outer_body, "outer", 0));
    run_all();
    say("  The scheduler knows nothing of the levels: a system call goes out through all\n"
        "  of them, and its result comes back to where it was made.\n\n");
}
