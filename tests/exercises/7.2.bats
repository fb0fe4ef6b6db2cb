#!/usr/bin/env bats
# Exercise 7.2: WaitFor, a Wait with a deadline.

load exercise

# Builds tasks a, b, c, ... (2, 3, 4, ...: the io task is 1), each of which does what the words of
# its part say, and returns its name:
#
#   for:TID:MS, wait:TID, kill:TID, sleep:MS    the system calls
#   pause                                       yields
#   read, write                                 waits until a pipe can be read; writes into it
#   fail                                        raises an error
setup_file() {
    build_test <<'EOF'
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "await.h"
#include "cli.h"
#include "io.h"
#include "sched.h"
#include "story.h"
#include "syscall.h"
#include "timer.h"

static struct sched sched;
static int fds[2];
static int io_runs;

struct actor {
    struct gen gen;
    const char *name;
    const char *words; /* those that are left */
    long long began;   /* the present one, in ms */
    struct value got;
};

static bool is(const struct actor *f, const char *word)
{
    return strncmp(f->words, word, strlen(word)) == 0;
}

/* The last number of the present word. */
static long number(const struct actor *f)
{
    const char *at = f->words + strcspn(f->words, " ");

    while (at[-1] != ':')
        at--;
    return strtol(at, NULL, 10);
}

static struct value to_await(const struct actor *f)
{
    if (is(f, "for:"))
        return WaitFor(strtol(f->words + 4, NULL, 10), number(f));
    if (is(f, "wait:"))
        return Wait(number(f));
    if (is(f, "kill:"))
        return Kill(number(f));
    if (is(f, "sleep:"))
        return Sleep(number(f));
    if (is(f, "read"))
        return ReadWait(fds[0], FOREVER);
    if (is(f, "write") && write(fds[1], "x", 1) != 1)
        die("cannot write");
    return Yield();
}

static void report(const struct actor *f)
{
    bool timed_out = f->got.tag == ERROR && f->got.code == TIMED_OUT;
    const char *what = f->got.tag == TEXT            ? f->got.text
                       : f->got.tag != ERROR         ? "nothing"
                       : f->got.code == TIMED_OUT    ? "TIMED_OUT"
                       : f->got.code == NO_SUCH_TASK ? "NO_SUCH_TASK"
                       : f->got.code == VALUE_ERROR  ? "VALUE_ERROR"
                                                     : f->got.text;

    if (is(f, "for:") || is(f, "wait:"))
        say("%s: %s\n", f->name, what);
    if ((timed_out || is(f, "sleep:")) && timer_now() - f->began < number(f) - 1)
        say("%s: too early\n", f->name); /* (the clock's ms are cut) */
}

static struct value actor_body(struct gen *gen, struct value sent)
{
    struct actor *f = (struct actor *)gen;

    BEGIN(DONE)
    while (*f->words != '\0') {
        if (is(f, "fail"))
            RAISE(error(RUNTIME_ERROR, "failed"));
        f->began = timer_now();
        AWAIT_CATCH(DONE, f->got, to_await(f));
        report(f);
        f->words += strcspn(f->words, " ");
        f->words += strspn(f->words, " ");
    }
    RETURN(text(f->name));
    END
}

static void count_io_runs(const struct sched *of, const struct task *task)
{
    (void)of;
    io_runs += task->tid == 1;
}

/* The arguments are the parts. */
int main(int argc, char **argv)
{
    static const char *const names[] = {"", "a", "b", "c", "d"};

    if (pipe(fds) == -1)
        die("no pipe");
    sched_open(&sched);
    io_open(&sched, poller_find(NULL));
    sched.on_switch = count_io_runs;
    for (int i = 1; i < argc; i++) {
        struct actor *f = gen_new(sizeof *f, "actor", actor_body, NULL);

        f->name = names[i];
        f->words = argv[i];
        sched_new(&sched, &f->gen);
    }
    sched_main_loop(&sched);
    sched_close(&sched);
    io_close();
    if (io_runs > 1000)
        say("the io task ran %d times\n", io_runs);
    return 0;
}
EOF
}

# Fails unless tasks that have PARTS print EXPECTED.
play() { # EXPECTED PART...
    local expected=$1
    shift
    prints "$expected" "$@" && return
    printf 'A task had the part: %s\n' "$@"
    return 1
}

@test "WaitFor gives what Wait gives, if that comes in time" {
    play "a: b" "for:3:60000" "pause pause"
    play "a: failed" "for:3:60000" "pause fail"
    play "a: nothing" "for:3:60000" "sleep:60000" "kill:3"
    play "a: NO_SUCH_TASK" "for:99:60000"
    play "a: b" "for:3:-1" "sleep:10"
}

@test "it refuses the caller, and a time that is none" {
    play $'a: VALUE_ERROR\na: VALUE_ERROR' "for:2:60000 for:3:-2" "pause pause pause"
}

@test "it raises TIMED_OUT after the time, and the task goes on" {
    play "a: TIMED_OUT" "for:3:20 kill:3" "read"
    play $'a: TIMED_OUT\na: b' "for:3:20 write for:3:60000" "read"
    play $'a: TIMED_OUT\nb: c' "for:4:20 write" "wait:4" "read"
}

@test "a wait that is over has no deadline any more" {
    play "a: b" "for:3:20 sleep:100" "pause"
    play "" "for:4:20" "kill:2 sleep:60 kill:4" "read"
}

@test "the io task goes on, and does not spin, while a deadline is all that there is" {
    play $'a: TIMED_OUT\nb: a' "for:3:200" "for:2:60000"
}

@test "without a deadline it can be a deadlock" {
    play "deadlock: task 2 waits for task 3, task 3 waits for task 2" "for:3:-1" "for:2:-1"
}
