#!/usr/bin/env bats
# Exercise 5.2: first_of(), which awaits two futures, until one of them is done.

load exercise

# Built once for all tests: each is a function of it.
setup_file() {
    build_test -Dmalloc=my_malloc -Dcalloc=my_calloc <<'EOF'
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "await.h"
#include "first_of.h"
#include "future.h"
#include "await.h"
#include "loop.h"
#include "soon.h"
#include "story.h"

static int n_left = -1; /* after so many allocations more, memory runs out; -1: never */

void *my_malloc(size_t size)
{
    if (n_left == 0)
        return NULL;
    n_left -= n_left > 0;
    return realloc(NULL, size);
}

void *my_calloc(size_t n, size_t size)
{
    void *memory = my_malloc(n * size);

    if (memory != NULL)
        memset(memory, 0, n * size);
    return memory;
}

/* Fails the test unless CONDITION holds: says what should be. */
#define SHOULD(condition, ...)                                                                     \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            printf(__VA_ARGS__);                                                                   \
            printf("\n");                                                                          \
            fflush(stdout);                                                                        \
            _Exit(1);                                                                              \
        }                                                                                          \
    } while (0)

/* A future that we fill. */
struct work {
    struct future future;
    bool stopped;
};

static struct work *a, *b; /* to which we hold a reference of our own */
static int n_stopped;      /* so many futures were stopped before they were done, all in all */

static void note_stop(struct future *future)
{
    bool cancelled = future->result.tag == ERROR && future->result.code == CANCELLED;

    ((struct work *)future)->stopped = !future->done || cancelled;
    n_stopped += !future->done || cancelled;
}

static struct future *begin_work(void)
{
    return future_new(sizeof(struct work), note_stop);
}

/* A handler that awaits something, once; and who drives it, as driver.c does. */
struct chain {
    struct gen gen;
    struct value awaited;
    struct value got;
    struct handle ready;
    struct future *future; /* what it waits for, or whose text it has returned */
    struct value value;    /* what it has yielded, returned or raised */
};

static struct value chain_body(struct gen *gen, struct value sent)
{
    struct chain *f = (struct chain *)gen;

    BEGIN(GOT)
    AWAIT(GOT, f->got, f->awaited);
    RETURN(f->got);
    END
}

static void advance(void *arg)
{
    struct chain *f = arg;
    struct future *last = f->future;

    f->value = gen_send(&f->gen, last == NULL ? none() : future_result(last));
    if (f->gen.at == ENDED)
        return; /* the text is still to be read */
    SHOULD(f->value.tag == FUTURE, "What is awaited should hand out futures, and nothing else.");
    f->future = f->value.future;
    future_add_done_callback(f->future, &f->ready);
    future_unref(last);
}

/* Starts a handler that awaits AWAITED, as far as that goes at once. */
static struct chain *start(struct value awaited)
{
    struct chain *f = gen_new(sizeof *f, "handler", chain_body, NULL);

    f->awaited = awaited;
    f->ready = (struct handle){.call = advance, .arg = f};
    advance(f);
    return f;
}

/* Closes F wherever it is, with all that it awaits. */
static void end(struct chain *f)
{
    cancel_soon(&f->ready);
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
        struct handle last = {.call = stop};

        call_soon(&last);
        loop_run();
    }
}

/* What F has come to: the text that it has returned, or that of an error. */
static const char *outcome(const struct chain *f)
{
    return f->gen.at != ENDED ? "nothing yet"
           : f->value.tag == TEXT || f->value.tag == ERROR ? f->value.text : "no text";
}

static void should_get(const struct chain *f, enum tag tag, const char *text)
{
    SHOULD(strcmp(outcome(f), text) == 0 && f->value.tag == tag,
           "Whoever awaits it should get %s \"%s\". It gets %s\"%s\".",
           tag == ERROR ? "the error" : "the text", text,
           f->gen.at == ENDED && f->value.tag == ERROR ? "the error " : "", outcome(f));
}

/* first_of(a, b), of two futures to which nobody else refers. */
static struct value race(void)
{
    a = (struct work *)begin_work();
    b = (struct work *)begin_work();
    return first_of(future(&a->future), future(&b->future));
}

/* The same, but we hold a reference to each. */
static struct value shared_race(void)
{
    a = (struct work *)begin_work();
    b = (struct work *)begin_work();
    return first_of(future_share(future(&a->future)), future_share(future(&b->future)));
}

/* Gives our own references back: they must be the last ones. */
static void give_back(void)
{
    SHOULD(a->future.references == 1 && b->future.references == 1,
           "All should have given a and b back. %d references to a are left, and %d to b.",
           a->future.references - 1, b->future.references - 1);
    future_unref(&a->future);
    future_unref(&b->future);
}

static void comes_first(bool a_first)
{
    struct chain *f = start(race());
    struct future *winner = a_first ? &a->future : &b->future;

    turn();
    SHOULD(f->gen.at != ENDED, "It should wait while neither is done.");
    SHOULD(n_stopped == 0, "Neither should be stopped while neither is done.");
    future_set_result(winner, text("bar"));
    turn();
    should_get(f, TEXT, "bar");
    SHOULD(n_stopped == 1, "When one is done, the other one should be stopped: at once, and not "
                           "when whoever has awaited them goes on.");
    end(f);
    SHOULD(n_stopped == 1, "One should be stopped, and not both.");
}

static void a_first(void)
{
    comes_first(true);
}

static void b_first(void)
{
    comes_first(false);
}

static void fails(void)
{
    struct chain *f = start(race());

    future_set_error(&b->future, error(502, "no answer"));
    turn();
    should_get(f, ERROR, "no answer");
    SHOULD(f->value.code == 502, "The error should be 502, and is %d.", f->value.code);
    SHOULD(n_stopped == 1, "When one has failed, the other one should be stopped.");
    end(f);
}

static void the_text(void)
{
    struct chain *f = start(shared_race());
    char word[] = "bar.";

    future_set_result(&a->future, text(word));
    turn();
    if (a->future.references == 1)
        strcpy(word, "gone"); /* nobody but we refers to it any more */
    should_get(f, TEXT, "bar.");
    end(f);
    give_back();
}

static void shared(void)
{
    struct chain *f = start(shared_race());

    future_set_result(&a->future, text("bar"));
    turn();
    should_get(f, TEXT, "bar");
    SHOULD(!b->stopped && !b->future.done,
           "The loser should not be stopped, because somebody else refers to it.");
    SHOULD(b->future.references == 1, "The loser should be given back when the winner is done.");
    SHOULD(b->future.waiting.next == &b->future.waiting,
           "Nobody should wait for the loser any more: its list should be empty.");
    end(f);
    future_set_result(&b->future, text("late"));
    turn();
    give_back();
}

/* Both are done before the loop turns: the first decides. */
static void same_turn(void)
{
    struct chain *f = start(shared_race());

    future_set_result(&b->future, text("first"));
    future_set_result(&a->future, text("second"));
    turn();
    should_get(f, TEXT, "first");
    end(f);
    give_back();

    f = start(shared_race());
    future_set_result(&a->future, text("first"));
    future_set_error(&b->future, error(502, "second"));
    end(f); /* and neither callback is called any more */
    turn();
    give_back();
}

static void done_before(void)
{
    struct chain *f;

    a = (struct work *)begin_work();
    b = (struct work *)begin_work();
    future_set_result(&b->future, text("bar"));
    f = start(first_of(future(&a->future), future(&b->future)));
    turn();
    should_get(f, TEXT, "bar");
    SHOULD(n_stopped == 1, "The other one should be stopped.");
    end(f);
}

/* An error in the place of a future, first or second. */
static void no_future(void)
{
    struct value failure = error(503, "out of memory"), got;

    got = first_of(failure, future(begin_work()));
    SHOULD(got.tag == ERROR && got.code == 503, "If a is an error, first_of() should return it.");
    SHOULD(n_stopped == 1, "If a is an error, b should be given back.");
    got = first_of(future(begin_work()), failure);
    SHOULD(got.tag == ERROR && got.code == 503, "If b is an error, first_of() should return it.");
    SHOULD(n_stopped == 2, "If b is an error, a should be given back.");
    got = first_of(failure, failure);
    SHOULD(got.tag == ERROR && got.code == 503, "If both are errors, it should return one.");
    turn();
}

/* It makes do with so many allocations: each may fail. */
static void no_memory(void)
{
    struct value got = {.tag = ERROR};

    for (int most = 0; got.tag == ERROR && most < 10; most++) {
        a = (struct work *)begin_work();
        b = (struct work *)begin_work();
        n_left = most;
        got = first_of(future_share(future(&a->future)), future_share(future(&b->future)));
        n_left = -1;
        SHOULD(most > 0 || got.tag == ERROR, "If memory runs out, it should return an error.");
        SHOULD(got.tag != ERROR || got.code == 503, "The error should be 503.");
        if (got.tag == ERROR)
            turn();
        else
            value_drop(got);
        give_back();
    }
}

static void closed(void)
{
    struct chain *f = start(race());

    turn();
    end(f);
    SHOULD(n_stopped == 2, "Both should be stopped when whoever awaits them is closed.");
    f = start(shared_race());
    turn();
    end(f);
    SHOULD(n_stopped == 2, "Neither should be stopped if somebody else refers to both.");
    future_set_result(&a->future, text("bar"));
    turn();
    give_back();
    n_stopped = 0;
    value_drop(race());
    SHOULD(n_stopped == 2, "Both should be stopped if nobody has awaited them.");
    turn();
}

/* In each, a or b is first, and the handlers are closed in another order. */
static void a_thousand(void)
{
    static struct future *works[1000];
    static struct chain *chains[1000];

    for (int i = 0; i < 1000; i++) {
        struct value other = future(begin_work()), mine = future(works[i] = begin_work());

        chains[i] = start(i % 2 == 0 ? first_of(mine, other) : first_of(other, mine));
    }
    for (int i = 0; i < 1000; i += 3)
        future_set_result(works[i], text("bar"));
    turn();
    for (int i = 0; i < 1000; i++) {
        if (i % 3 == 0)
            should_get(chains[i], TEXT, "bar");
        else
            SHOULD(chains[i]->gen.at != ENDED, "One of another pair is done, and this one goes on.");
    }
    SHOULD(n_stopped == 334, "334 losers should be stopped, and %d are.", n_stopped);
    for (int i = 0; i < 1000; i++)
        end(chains[i * 7 % 1000]);
    SHOULD(n_stopped == 334 + 2 * 666, "All who are not done should be stopped in the end.");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } scenes[] = {
        {"a_first", a_first},
        {"b_first", b_first},
        {"fails", fails},
        {"the_text", the_text},
        {"shared", shared},
        {"same_turn", same_turn},
        {"done_before", done_before},
        {"no_future", no_future},
        {"no_memory", no_memory},
        {"closed", closed},
        {"a_thousand", a_thousand},
    };

    program = "test";
    loop_open();
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++)
        if (argc > 1 && strcmp(argv[1], scenes[i].name) == 0)
            scenes[i].run();
    loop_close();
    return 0;
}
EOF
}

@test "a is done first: its result, and b is stopped" {
    run_test a_first
}

@test "b is done first: its result, and a is stopped" {
    run_test b_first
}

@test "an error comes first: that decides, too" {
    run_test fails
}

@test "the text of the winner lives as long as what is awaited" {
    run_test the_text
}

@test "a loser to which somebody else refers is left to go on, and calls nobody here" {
    run_test shared
}

@test "both are done in the same turn: the first decides, and the second is not heard" {
    run_test same_turn
}

@test "one is done before it is awaited" {
    run_test done_before
}

@test "an error in the place of a future is returned, and the other one given back" {
    run_test no_future
}

@test "memory runs out: the error 503, and both are given back" {
    run_test no_memory
}

@test "closed while it waits, or never awaited: both are given back" {
    run_test closed
}

@test "a thousand at once do not disturb each other" {
    run_test a_thousand
}
