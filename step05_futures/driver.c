/* driver.c - drives the handlers: sends each what it waits for. */
#define _POSIX_C_SOURCE 200809L

#include "driver.h"

#include <stdlib.h>

#include "future.h"
#include "support/story.h"

/* A handler at work. */
struct work {
    struct client *client;
    struct gen *handler;   /* and the generators to which it delegates */
    struct future *future; /* for which it waits; NULL: it has not begun */
    struct handle ready;   /* called when the future is done */
};

/* The handler has ended, or is given up, with ANSWER. */
static void finish(struct work *work, struct answer answer)
{
    struct client *client = work->client;

    gen_free(work->handler);
    future_unref(work->future);
    free(work);
    reply(client, answer);
}

/* VALUE, which has come out of the handler, is neither an answer nor something to wait for. */
static void fail(struct work *work, struct value value)
{
    tell(client_id(work->client), RUNNING, "fails: %s",
         value.tag == ERROR ? value.text : "what it hands out is no answer");
    finish(work, http_error(value.tag == ERROR && value.code >= 400 ? value.code : 500));
}

/* The handler is ready again when FUTURE is done. */
static void wait_until_done(struct work *work, struct future *future)
{
    future_unref(work->future);
    work->future = future_ref(future); /* advance() gives back the one that came out */
    future_add_done_callback(future, &work->ready);
}

/* Sends the handler the result of the future for which it waits, and looks at what comes out.
 * Another future makes it ready again when it is done. What the handler returns is the answer. */
static void advance(void *arg)
{
    struct work *work = arg;
    struct future *future = work->future;
    struct value value = gen_send(work->handler, future != NULL ? future_result(future) : none());
    bool finished = gen_outcome(work->handler, value) != YIELDED;

    if (!finished && value.tag == FUTURE)
        wait_until_done(work, value.future);
    else if (finished && value.tag == TEXT)
        finish(work, http_ok(value.text));
    else if (finished && value.tag == INTEGER)
        finish(work, http_ok_integer(value.integer));
    else
        fail(work, value);
    value_drop(value);
}

void drive(struct client *client, struct gen *handler)
{
    struct work *work = malloc(sizeof *work);

    if (work == NULL || handler == NULL) {
        free(work);
        gen_free(handler);
        reply(client, http_error(503));
        return;
    }
    *work = (struct work){.client = client, .handler = handler};
    work->ready = (struct handle){.call = advance, .arg = work};
    call_soon(&work->ready);
}
