#!/usr/bin/env bats
# Exercise 6.1: a system call Parent.

load exercise

# glibc overwrites who has ended, so that nobody can read on there unseen.
export MALLOC_PERTURB_=165 GLIBC_TUNABLES=glibc.malloc.tcache_count=0

setup_file() {
    build_test <<'EOF'
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>

#include "sched.h"
#include "syscall.h"

static struct sched sched;

/* A task that asks for its parent, makes its children, and asks again when its parent has ended. */
struct person {
    struct gen gen;
    const char *name;
    const char *children; /* a letter for each */
    long tid, parent;     /* 0: nobody */
    struct value got;
};

static struct gen *person(const char *name, const char *children, long parent);

static void compare(const struct person *f, const char *when)
{
    if (f->got.tag == INTEGER && f->got.integer == f->parent)
        printf("%.1s is right %s\n", f->name, when);
    else
        printf("%.1s was made by task %ld, and is told otherwise %s\n", f->name, f->parent, when);
}

static struct value person_body(struct gen *gen, struct value sent)
{
    struct person *f = (struct person *)gen;

    BEGIN(GOT_TID, GOT_PARENT, GOT_CHILD, GOT_END, GOT_PARENT_AGAIN)
    AWAIT(GOT_TID, f->got, GetTid());
    f->tid = f->got.integer;
    AWAIT(GOT_PARENT, f->got, Parent());
    compare(f, "in the beginning");
    for (; *f->children != '\0'; f->children++)
        AWAIT(GOT_CHILD, f->got, New(person(f->children, *f->children == 'a' ? "xy" : "", f->tid)));
    AWAIT_CATCH(GOT_END, f->got, Wait(f->parent));
    AWAIT(GOT_PARENT_AGAIN, f->got, Parent());
    compare(f, "after its parent's end");
    RETURN(none());
    END
}

static struct gen *person(const char *name, const char *children, long parent)
{
    struct person *f = gen_new(sizeof *f, "person", person_body, NULL);

    f->name = name;
    f->children = children;
    f->parent = parent;
    return &f->gen;
}

int main(void)
{
    sched_open(&sched);
    sched_new(&sched, person("e", "abc", 0));
    sched_new(&sched, person("f", "d", 0));
    sched_main_loop(&sched);
    sched_close(&sched);
    return 0;
}
EOF
}

@test "Parent gives the number of the task that has made the caller" {
    run limited "$test"
    is "$status: $(sort <<<"$output")" "0: $(
        for name in a b c d e f x y; do
            echo "$name is right after its parent's end"
            echo "$name is right in the beginning"
        done)"
}
