#!/usr/bin/env bats
# Exercise 6.1: a system call Parent.

load exercise

setup_file() {
    build_test <<'EOF'
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>

#include "await.h"
#include "sched.h"
#include "syscall.h"

static struct sched sched;
static enum { FIRST, CHILDREN, ORPHANS } scene; /* how far the tasks go */

/* A task that asks for its parent, makes its children, and asks again when its parent has ended. */
struct person {
    struct gen gen;
    const char *name;
    const char *children; /* a letter for each */
    long tid, parent;     /* 0: nobody */
    int turns;
    struct value got;
};

static struct gen *person(const char *name, const char *children, long parent);

/* Ends the test if Parent() has not given what it should. */
static void compare(const struct person *f, const char *when)
{
    if (f->got.tag == INTEGER && f->got.integer == f->parent)
        return;
    if (f->parent == 0)
        printf("Task %ld was made before any task ran: Parent() should give it 0", f->tid);
    else
        printf("Task %ld was made by task %ld: Parent() should give it that number%s", f->tid,
               f->parent, when);
    if (f->got.tag == INTEGER)
        printf(", and gives %ld.\n", f->got.integer);
    else
        printf(", and gives %s.\n", f->got.tag == ERROR ? f->got.text : "no number");
    fflush(stdout);
    _Exit(1);
}

static struct value person_body(struct gen *gen, struct value sent)
{
    struct person *f = (struct person *)gen;

    BEGIN(GOT_TID, GOT_PARENT, GOT_CHILD, STAYED, GOT_END, GOT_PARENT_AGAIN)
    AWAIT(GOT_TID, f->got, GetTid());
    f->tid = f->got.integer;
    AWAIT(GOT_PARENT, f->got, Parent());
    compare(f, "");
    if (scene == FIRST)
        RETURN(none());
    for (; *f->children != '\0'; f->children++)
        AWAIT(GOT_CHILD, f->got, New(person(f->children, *f->children == 'a' ? "xy" : "", f->tid)));
    for (; scene == CHILDREN && f->turns < 10; f->turns++)
        AWAIT(STAYED, f->got, Yield()); /* its children have asked by then */
    if (scene == CHILDREN)
        RETURN(none());
    AWAIT_CATCH(GOT_END, f->got, Wait(f->parent));
    AWAIT(GOT_PARENT_AGAIN, f->got, Parent());
    compare(f, " after the end of that task, too");
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

int main(int argc, char **argv)
{
    scene = argc < 2 ? ORPHANS : (unsigned)atoi(argv[1]);
    sched_open(&sched);
    sched_new(&sched, person("e", "abc", 0));
    sched_new(&sched, person("f", "d", 0));
    sched_main_loop(&sched);
    sched_close(&sched);
    return 0;
}
EOF
}

@test "a task that was made before any task ran has no parent: Parent gives 0" {
    run_test 0
}

@test "Parent gives the number of the task that has made the caller" {
    run_test 1
}

@test "Parent gives the same when that task has ended" {
    run_test 2
}
