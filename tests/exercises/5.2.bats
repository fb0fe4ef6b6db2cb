#!/usr/bin/env bats
# Exercise 5.2: wait_for(), which awaits a future, but not for ever.

load exercise

# glibc overwrites what is freed, at once: who still looks there does not get away with it.
export MALLOC_PERTURB_=85 GLIBC_TUNABLES=glibc.malloc.tcache_count=0

# Built once for all tests: each is a function of it.
setup_file() {
    local BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
    build_test <<'EOF'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "future.h"
#include "gen.h"
#include "loop.h"
#include "story.h"
#include "timer.h"
#include "wait_for.h"

enum { LONG = 1000000 }; /* ms */

static int n_cancelled; /* so many futures of ours have been */

static void note_cancel(struct future *work)
{
    (void)work;
    n_cancelled++;
}

/* A future that we fill. */
static struct future *begin_work(void)
{
    return future_new(sizeof(struct future), note_cancel);
}

/* A handler that awaits something, once; and who drives it, as server.c does. */
struct handler {
    struct gen gen;
    struct value awaited;
    struct value got;
    struct soon advance;
    struct future *future; /* what it waits for, or whose text it has returned */
    struct value value;    /* what it has yielded, returned or raised */
};

static struct value handler_body(struct gen *gen, struct value sent)
{
    struct handler *f = (struct handler *)gen;

    BEGIN(GOT)
    AWAIT(GOT, f->got, f->awaited);
    RETURN(f->got);
    END
}

static void advance(void *arg)
{
    struct handler *f = arg;
    struct future *last = f->future;

    f->value = gen_send(&f->gen, last == NULL ? none() : future_result(last));
    if (f->gen.at == ENDED) {
        loop_stop();
        return; /* the text is still to be read */
    }
    if (f->value.tag != FUTURE)
        die("expected: a future comes out, got: something else");
    f->future = f->value.future;
    future_add_done_callback(f->future, &f->advance);
    future_unref(last);
}

/* Starts a handler that awaits AWAITED, as far as that goes at once. */
static struct handler *start(struct value awaited)
{
    struct handler *f = gen_new(sizeof *f, "handler", handler_body, NULL);

    f->awaited = awaited;
    f->advance = (struct soon){.call = advance, .arg = f};
    advance(f);
    return f;
}

/* Ends F wherever it is, with all that it awaits. */
static void end(struct handler *f)
{
    soon_forget(&f->advance);
    gen_close(&f->gen);
    future_unref(f->future);
    gen_free(&f->gen);
}

static void stop(void *arg)
{
    (void)arg;
    loop_stop();
}

/* Lets the loop turn a few times. */
static void turn(void)
{
    for (int i = 0; i < 5; i++) {
        struct soon last = {.call = stop};

        loop_call_soon(&last);
        loop_run();
        soon_forget(&last);
    }
}

static void expect(bool it_is_so, const char *what)
{
    if (!it_is_so)
        die("expected: %s", what);
}

static void expect_text(const struct handler *f, const char *expected)
{
    const char *got = f->value.tag == TEXT || f->value.tag == ERROR ? f->value.text : "no text";

    if (f->gen.at != ENDED)
        got = "nothing yet";
    if (strcmp(got, expected) != 0)
        die("expected: %s, got: %s", expected, got);
}

static void expect_error(const struct handler *f, int code)
{
    if (f->gen.at != ENDED)
        die("expected: the error %d, got: nothing yet", code);
    if (f->value.tag != ERROR)
        die("expected: the error %d, got: no error", code);
    if (f->value.code != code)
        die("expected: the error %d, got: %d, %s", code, f->value.code, f->value.text);
}

static void in_time(void)
{
    struct future *work = begin_work();
    struct handler *f = start(wait_for(future(work), LONG));

    turn();
    expect(f->gen.at != ENDED, "it waits");
    expect(timer_next() > LONG / 2 && timer_next() <= LONG, "there is a timer");
    future_set_result(work, text("bar"));
    turn();
    expect_text(f, "bar");
    expect(timer_next() == -1, "the timer is cancelled");
    end(f);
    expect(n_cancelled == 0, "the future is not cancelled, for it was done");
}

static void the_text(void)
{
    struct future *work = begin_work();
    struct handler *f = start(wait_for(future_share(future(work)), LONG));
    char word[] = "bar.";

    future_set_result(work, text(word));
    turn();
    if (work->references == 1)
        strcpy(word, "gone"); /* nobody but we refers to it any more */
    expect_text(f, "bar.");
    end(f);
    expect(work->references == 1, "all have given the future back");
    future_unref(work);
}

static void fails(void)
{
    struct future *work = begin_work();
    struct handler *f = start(wait_for(future(work), LONG));

    future_set_error(work, error(502, "no answer"));
    turn();
    expect_error(f, 502);
    expect(timer_next() == -1, "the timer is cancelled");
    end(f);
}

static void done_before(void)
{
    struct future *work = begin_work();
    struct handler *f;

    future_set_result(work, text("bar"));
    f = start(wait_for(future(work), LONG));
    turn();
    expect_text(f, "bar");
    expect(timer_next() == -1, "the timer is cancelled");
    end(f);
}

static void too_late(void)
{
    struct handler *f = start(wait_for(future(begin_work()), 1));

    loop_run(); /* until it has ended */
    expect_error(f, 504);
    expect(n_cancelled == 1, "the future is cancelled, once");
    end(f);
    turn();
}

static void shared(void)
{
    struct future *work = begin_work();
    struct handler *f = start(wait_for(future_share(future(work)), 1));

    loop_run();
    expect_error(f, 504);
    end(f);
    expect(n_cancelled == 0 && !work->done, "the future is not cancelled, for we have it, too");
    expect(work->references == 1, "all others have given it back");
    future_set_result(work, text("bar")); /* and nobody who has gone is called */
    turn();
    future_unref(work);
}

static void closed(void)
{
    struct handler *f = start(wait_for(future(begin_work()), LONG));

    turn();
    end(f);
    expect(n_cancelled == 1, "when it is closed, the future is cancelled");
    expect(timer_next() == -1, "and the timer");
    value_drop(wait_for(future(begin_work()), LONG));
    expect(n_cancelled == 2, "when nobody has awaited it, the future is cancelled");
    expect(timer_next() == -1, "and the timer");
    turn();
}

static void no_future(void)
{
    struct handler *f = start(wait_for(error(503, "out of memory"), LONG));

    turn();
    expect_error(f, 503);
    expect(timer_next() == -1, "there is no timer");
    end(f);
}

/* Every other one is in time. */
static void a_thousand(void)
{
    static struct future *works[1000];
    static struct handler *handlers[1000];

    for (int i = 0; i < 1000; i++) {
        works[i] = begin_work();
        handlers[i] = start(wait_for(future(works[i]), i % 2 == 0 ? LONG : 1));
    }
    for (int i = 0; i < 1000; i += 2)
        future_set_result(works[i], text("bar"));
    for (int i = 0; i < 1000; i++) {
        while (handlers[i]->gen.at != ENDED)
            loop_run();
        if (i % 2 == 0)
            expect_text(handlers[i], "bar");
        else
            expect_error(handlers[i], 504);
    }
    for (int i = 0; i < 1000; i++)
        end(handlers[i]);
    expect(n_cancelled == 500, "500 are cancelled");
    expect(timer_next() == -1, "no timer is left");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } scenes[] = {
        {"in_time", in_time},
        {"the_text", the_text},
        {"fails", fails},
        {"done_before", done_before},
        {"too_late", too_late},
        {"shared", shared},
        {"closed", closed},
        {"no_future", no_future},
        {"a_thousand", a_thousand},
    };

    program = "scene";
    loop_open();
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++)
        if (argc > 1 && strcmp(argv[1], scenes[i].name) == 0)
            scenes[i].run();
    loop_close();
    return 0;
}
EOF
}

goes_well() { # SCENE
    run limited "$BATS_FILE_TMPDIR/test" "$1"
    is "$status: $output" "0: "
}

@test "the future is filled in time: its result, and no timer is left" {
    goes_well in_time
}

@test "the text lives as long as if the future itself had been awaited" {
    goes_well the_text
}

@test "the future fails in time: its error" {
    goes_well fails
}

@test "the future is done before: its result" {
    goes_well done_before
}

@test "the time is over: the error 504, and the future is cancelled" {
    goes_well too_late
}

@test "the time is over: a future that somebody else has, too, is not cancelled" {
    goes_well shared
}

@test "closed while it waits, or never awaited: the future is cancelled, and no timer is left" {
    goes_well closed
}

@test "an error in place of the future is raised" {
    goes_well no_future
}

@test "a thousand at once, and every other one is in time" {
    goes_well a_thousand
}
