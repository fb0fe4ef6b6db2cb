/* driver.c - drives the handlers: sends each what it waits for. */
#define _POSIX_C_SOURCE 200809L

#include "driver.h"

#include <stdlib.h>

#include "request.h"
#include "support/story.h"

/* A handler at work. */
struct work {
    struct client *client;
    struct gen *handler;
    struct answer answer; /* the API's last, into which the handler's texts point */
};

static void advance(struct work *work, struct value result);

/* The handler has ended, or is given up, with ANSWER. */
static void finish(struct work *work, struct answer answer)
{
    struct client *client = work->client;

    gen_free(work->handler);
    free(work);
    reply(client, answer);
}

/* VALUE, which has come out of the handler, is neither an answer nor something to wait for. */
static void fail(struct work *work, struct value value)
{
    tell(client_id(work->client), RUNNING, "fails: %s",
         value.tag == ERROR       ? value.text
         : value.tag == GENERATOR ? "it yields a generator, and the driver only knows IOs"
                                  : "what it hands out is no answer");
    finish(work, http_error(value.tag == ERROR && value.code >= 400 ? value.code : 500));
}

/* The API has given the ANSWER for which the handler waits. */
static void got_answer(void *arg, struct answer answer)
{
    struct work *work = arg;

    work->answer = answer;
    advance(work, answer.status == 200 ? text(work->answer.body)
                                       : error(answer.status, "no result from the API"));
}

/* Sends the handler the RESULT of its wait, and looks at what comes out. An IO is started, and the
 * handler is sent its result when that is there. What the handler returns is the answer. */
static void advance(struct work *work, struct value result)
{
    struct value value = gen_send(work->handler, result);
    bool finished = gen_outcome(work->handler, value) != YIELDED;

    if (!finished && value.tag == IO)
        api_call(value.io->id, value.io->path, got_answer, work);
    else if (finished && value.tag == TEXT)
        finish(work, http_ok(value.text));
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
    advance(work, none());
}
