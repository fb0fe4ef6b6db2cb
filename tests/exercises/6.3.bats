#!/usr/bin/env bats
# Exercise 6.3: semaphores.

load exercise

# Builds tasks a, b, c, ... (1, 2, 3, ...) that do what the letters of their part say:
#
#   l, L, r, R    acquires the semaphore left, releases it; acquires right, releases it: prints that
#   .             yields             1 to 9    kills that task
#   !, ?          sets a flag, yields until it is set         w         waits for task 2
#
# A task that ends, or is killed, releases what it still has, in its drop.
setup_file() {
    build_test <<'EOF'
#define _POSIX_C_SOURCE 200809L

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "await.h"
#include "sched.h"
#include "semaphore.h"
#include "story.h"
#include "syscall.h"

static struct sched sched;
static struct semaphore left, right;
static bool flag;

struct actor {
    struct gen gen;
    char name;
    const char *part; /* what is left of it */
    int has_left, has_right;
    struct value got;
};

static void actor_drop(struct gen *gen)
{
    struct actor *f = (struct actor *)gen;

    if (f->has_left > 0)
        semaphore_release(&left);
    if (f->has_right > 0)
        semaphore_release(&right);
}

static struct value to_await(struct actor *f)
{
    char letter = *f->part;

    if (isdigit((unsigned char)letter))
        return Kill(letter - '0');
    if (letter == 'w')
        return Wait(2);
    if (letter != 'L' && letter != 'R')
        return letter == 'l' ? Acquire(&left) : letter == 'r' ? Acquire(&right) : Yield();
    say("%c%c ", f->name, letter);
    if (letter == 'L')
        f->has_left--;
    else
        f->has_right--;
    return Release(letter == 'L' ? &left : &right);
}

static struct value actor_body(struct gen *gen, struct value sent)
{
    struct actor *f = (struct actor *)gen;

    BEGIN(DONE)
    for (; *f->part != '\0'; f->part += *f->part != '?' || flag) {
        flag = flag || *f->part == '!';
        if (*f->part == '!' || (*f->part == '?' && flag))
            continue;
        AWAIT(DONE, f->got, to_await(f));
        f->has_left += *f->part == 'l';
        f->has_right += *f->part == 'r';
        if (*f->part == 'l' || *f->part == 'r')
            say("%c%c ", f->name, *f->part);
    }
    RETURN(none());
    END
}

static void tell_failure(const struct task *task, struct value error)
{
    say("(%c fails: %s) ", (char)('a' + task->tid - 1), error.text);
}

/* The arguments: how many may have left at a time, and the tasks' parts. */
int main(int argc, char **argv)
{
    sched_open(&sched);
    sched.on_failure = tell_failure;
    semaphore_open(&left, &sched, "left", atol(argv[1]));
    semaphore_open(&right, &sched, "right", 1);
    for (int i = 2; i < argc; i++) {
        struct actor *f = gen_new(sizeof *f, "actor", actor_body, actor_drop);

        f->name = (char)('a' + i - 2);
        f->part = argv[i];
        sched_new(&sched, &f->gen);
    }
    sched_main_loop(&sched);
    sched_close(&sched);
    return 0;
}
EOF
}

# Fails unless tasks that have PARTS print EXPECTED. COUNT of them may have left at a time.
play() { # EXPECTED COUNT PART...
    local expected=$1
    shift
    prints "$expected" "$@" && return
    echo "Count $1, and the parts ${*:2}, which are explained in tests/exercises/6.3.bats."
    return 1
}

@test "as many as the count says have a semaphore at a time" {
    play "al bl aL bL cl cL " 2 "l...L" "l...L" "l...L"
    play "bL al aL " 0 "lL" "..L"
    play "al aL bl bL cl cL " 1 "l.L" "l...L" "...l.L"
}

@test "whoever has waited longest is the next, and nobody overtakes" {
    play "al aL bl bL cl cL al aL " 1 "l..Ll.L" "lL" "lL"
    play "al aL bl bL cl cL " 1 "l..!L" "l.L" "?lL"
}

@test "a task that is killed while it waits leaves no trace" {
    play "al aL cl cL dl dL el eL " 1 "l...2...L" "lL" "lL!" "?l..L" "?l..L"
}

@test "a task that is killed before it knows that it has a semaphore has not got it" {
    play "al aL cl cL " 1 "l...!L" "lL" "lL" "?2"
    play "al aL cl cL " 1 "l...!L" "lL" "?2lL"
}

@test "what a task has released is not released once more when it is killed" {
    play "al aL bl bL cl cL dl dL " 1 "l.L" "lL!..." "?2l......L" "?...l..L"
}

@test "a cleanup can release" {
    play "al bl bL " 1 "l!........." "lL" "?1"
}

@test "a deadlock names the semaphores" {
    play "al br deadlock: task 1 waits for semaphore right, task 2 waits for semaphore left" \
        1 "l.r" "r.l"
    play "al deadlock: task 1 waits for task 2, task 2 waits for semaphore left" 1 "lw" "l"
}
