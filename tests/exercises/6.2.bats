#!/usr/bin/env bats
# Exercise 6.2: a system call Nice.

load exercise

# Builds tasks that do what the letters of their part say, and prints in which order:
#
#   0 to 9   Nice() of that number     u, o     Nice(-1), Nice(20)
#   !        prints its name           .        yields, and does not print
#   (A)      makes a task of part A    w, k     waits for the task that it has made, and kills it
setup_file() {
    build_test <<'EOF'
#define _POSIX_C_SOURCE 200809L

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "await.h"
#include "sched.h"
#include "syscall.h"

static struct sched sched;

struct actor {
    struct gen gen;
    char name;
    const char *part; /* what is left of it */
    long child;
    struct value got;
};

static struct gen *actor(char name, const char *part);

static struct value to_await(struct actor *f)
{
    char letter = *f->part;

    if (letter == '(')
        return New(actor((char)(f->name + 1), f->part + 1));
    if (letter == 'w')
        return Wait(f->child);
    if (letter == 'k')
        return Kill(f->child);
    if (letter == 'u' || letter == 'o')
        return Nice(letter == 'u' ? -1 : 20);
    return isdigit((unsigned char)letter) ? Nice(letter - '0') : Yield();
}

static struct value actor_body(struct gen *gen, struct value sent)
{
    struct actor *f = (struct actor *)gen;

    BEGIN(DONE)
    for (; *f->part != '\0' && *f->part != ')'; f->part++) {
        if (*f->part == '!')
            putchar(f->name);
        AWAIT_CATCH(DONE, f->got, to_await(f));
        if (f->got.tag == ERROR)
            printf(f->got.code == VALUE_ERROR ? "<refused>" : "<%s>", f->got.text);
        else if (f->got.tag == INTEGER && *f->part != '(')
            printf("<%ld>", f->got.integer);
        else if (f->got.tag == INTEGER)
            f->child = f->got.integer;
        if (*f->part == '(')
            f->part += strcspn(f->part, ")");
    }
    RETURN(none());
    END
}

static struct gen *actor(char name, const char *part)
{
    struct actor *f = gen_new(sizeof *f, "actor", actor_body, NULL);

    f->name = name;
    f->part = part;
    return &f->gen;
}

/* Each argument is the part of a task: the first one's name is a, the second one's g, then m, s. */
int main(int argc, char **argv)
{
    sched_open(&sched);
    for (int i = 1; i < argc; i++)
        sched_new(&sched, actor((char)('a' + 6 * (i - 1)), argv[i]));
    if (!sched_main_loop(&sched))
        printf("<deadlock>");
    sched_close(&sched);
    return 0;
}
EOF
}

# Fails unless tasks that have PARTS print EXPECTED.
play() { # EXPECTED PART...
    local expected=$1
    shift
    prints "$expected" "$@" && return
    echo "The tasks had the parts $*, which are explained in tests/exercises/6.2.bats."
    return 1
}

@test "Nice gives the old niceness, and refuses what is not from 0 to 19" {
    play "<0><5><refused><9><refused><9>" "59u9o0"
}

@test "whoever is less nice runs first" {
    play "ggg<0>a<0>mamam" "5!!!" "!!!" "5!!!"
    play "<0>gggg<0>a<5>aa" "5!0!!" "3!!!!"
}

@test "equals take turns, as before" {
    play "agmagmgm" "!!" "!!!" "!!!"
    play "<0>g<0>sgs<0>a<0>mam" "2!!" "1!!" "2!!" "1!!"
}

@test "a new task is not nice, even if its maker is" {
    play "<0>bbaa" "7(!!)!!"
}

@test "a task that is woken is as nice as it was" {
    play "<0><0>bbaa<0>gggg" "3(8!!)w!!" "9!!!!"
}

@test "a nice task that is killed is gone" {
    play "aa<0>ggg" "(9!!!!)..k!!" "4!!!"
}
