#!/usr/bin/env bats
# Exercise 7.3: channels between tasks.

load exercise

# Builds tasks a, b, c, ... (2, 3, 4, ...: the io task is 1), each of which does what the words of
# its part say:
#
#   put:N, get           with the one channel that there is; says what it has got
#   kill:TID, sleep:MS   the system calls
#   pause                yields
#   set, until           sets a flag; yields until it is set
setup_file() {
    build_test <<'EOF'
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "await.h"
#include "channel.h"
#include "cli.h"
#include "io.h"
#include "sched.h"
#include "story.h"
#include "syscall.h"

static struct sched sched;
static struct channel *channel;
static bool flag;
static int io_runs;

struct actor {
    struct gen gen;
    char name;
    const char *words; /* those that are left */
    struct value got;
};

static bool is(const struct actor *f, const char *word)
{
    return strncmp(f->words, word, strlen(word)) == 0;
}

static struct value to_await(const struct actor *f)
{
    const char *colon = strchr(f->words, ':');
    long number = colon == NULL ? 0 : strtol(colon + 1, NULL, 10);

    if (is(f, "put:"))
        return Put(channel, integer(number));
    if (is(f, "get"))
        return Get(channel);
    if (is(f, "kill:"))
        return Kill(number);
    return is(f, "sleep:") ? Sleep(number) : Yield();
}

static void next_word(struct actor *f)
{
    f->words += strcspn(f->words, " ");
    f->words += strspn(f->words, " ");
}

static struct value actor_body(struct gen *gen, struct value sent)
{
    struct actor *f = (struct actor *)gen;

    BEGIN(DONE)
    while (*f->words != '\0') {
        flag = flag || is(f, "set");
        if (is(f, "set") || (is(f, "until") && flag)) {
            next_word(f);
            continue;
        }
        AWAIT(DONE, f->got, to_await(f));
        if (is(f, "get") && f->got.tag == INTEGER)
            say("%c gets %ld\n", f->name, f->got.integer);
        else if (is(f, "get"))
            say("%c gets no integer\n", f->name);
        if (!is(f, "until"))
            next_word(f);
    }
    RETURN(none());
    END
}

static void tell_failure(const struct task *task, struct value error)
{
    say("task %ld fails: %s\n", task->tid, error.text);
}

static void count_io_runs(const struct sched *of, const struct task *task)
{
    (void)of;
    io_runs += task->tid == 1;
}

/* The arguments: the size of the channel, and the tasks' parts. */
int main(int argc, char **argv)
{
    sched_open(&sched);
    io_open(&sched, poller_find(NULL));
    sched.on_switch = count_io_runs;
    sched.on_failure = tell_failure;
    channel = channel_new(&sched, "box", (size_t)atol(argv[1]));
    for (int i = 2; i < argc; i++) {
        struct actor *f = gen_new(sizeof *f, "actor", actor_body, NULL);

        f->name = (char)('a' + i - 2);
        f->words = argv[i];
        sched_new(&sched, &f->gen);
    }
    sched_main_loop(&sched);
    sched_close(&sched);
    channel_free(channel);
    io_close();
    if (io_runs > 10000)
        say("the io task ran %d times\n", io_runs);
    return 0;
}
EOF
}

# Lets tasks that have PARTS run, with a channel that has room for SIZE values. Sets output.
run_play() { # SIZE PART...
    run_test "$@" && return
    printf 'A task had the part: %s\n' "${@:2}"
    return 1
}

# The same. Fails unless it prints EXPECTED.
play() { # EXPECTED SIZE PART...
    local expected=$1
    shift
    prints "$expected" "$@" && return
    printf 'A task had the part: %.60s\n' "${@:2}"
    return 1
}

@test "values come out in the order in which they were put in" {
    local words size
    words=$(printf 'put:%d ' {1..200})
    for size in 1 3 300; do
        play "$(printf 'b gets %d\n' {1..200})" $size "$words" "$(printf 'get %.0s' {1..200})"
    done
}

@test "Get waits while the channel is empty, and Put while it is full" {
    play $'b gets 7' 1 "pause pause put:7" "get"
    play $'d gets 1\nd gets 2\nd gets 3' 1 "put:1" "put:2" "put:3" "pause pause pause get get get"
    play $'a gets 1\nb gets 2' 1 "get" "get" "pause pause put:1 put:2"
}

# Fails unless the values that have come out are EXPECTED, in whatever order.
values_are() { # EXPECTED
    is "$(grep -o '[0-9]*$' <<<"$output" | sort | tr '\n' ' ')" "$1 "
}

@test "each value is got once, even if a third task is quicker than the one that was woken" {
    run_play 1 "pause pause set put:5 put:6" "get" "until get"
    values_are "5 6"
    run_play 1 "put:1 put:2" "pause pause pause set get get get" "until put:3"
    values_are "1 2 3"
}

@test "a deadlock names the channel" {
    play "deadlock: task 2 waits for channel box" 3 "get"
    play "deadlock: task 2 waits for channel box" 2 "put:1 put:2 put:3"
    play "" 2 "put:1 put:2"
}

@test "the io task knows nothing of it" {
    play "b gets 9" 1 "sleep:200 put:9" "get"
    play "" 1 "get" "kill:2 sleep:20"
}

@test "a task that is killed while it waits leaves no trace" {
    play "c gets 5" 1 "pause kill:3 put:5" "get" "get"
    play $'c gets 1\nc gets 3' 1 "put:1 put:2" "put:3" "pause pause pause kill:2 get get"
}

@test "no value is lost with a task that is killed before it has got it" {
    play "c gets 5" 1 "pause pause set put:5" "get" "get" "until kill:3"
    play "c gets 5" 1 "pause pause set put:5" "get" "until kill:3 get"
}

@test "nobody waits for ever behind a task that is killed before it has put its value" {
    run_play 1 "put:1 put:2" "put:3" "pause pause pause set get get" "until kill:2"
    [[ $output == $'c gets 1\nc gets '[23] ]] && return
    is "$output" $'c gets 1\nc gets 2 or 3'
}
