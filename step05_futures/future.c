/* future.c - a placeholder for a result that is not there yet. */
#define _POSIX_C_SOURCE 200809L

#include "future.h"

#include <stdlib.h>

#include "support/story.h"

void *future_new(size_t size, void (*stop)(struct future *future))
{
    struct future *future = calloc(1, size);

    if (future == NULL)
        return NULL;
    future->references = 1;
    future->waiting.next = future->waiting.prev = &future->waiting;
    future->stop = stop;
    return future;
}

struct future *future_ref(struct future *future)
{
    if (future->references == 0)
        die("future: kept by what stops its work");
    future->references++;
    return future;
}

/* Stops the work for FUTURE, unless that has been done. */
static void stop(struct future *future)
{
    void (*stop_work)(struct future *) = future->stop;

    future->stop = NULL;
    if (stop_work != NULL)
        stop_work(future);
}

void future_unref(struct future *future)
{
    if (future == NULL)
        return;
    if (future->references == 0)
        die("future: given back too often");
    if (--future->references > 0)
        return;
    stop(future);
    if (future->waiting.next != &future->waiting)
        die("future: freed while somebody waits for it");
    free(future);
}

struct value future_share(struct value value)
{
    if (value.tag == GENERATOR)
        return error(TYPE_ERROR, "a generator has one owner");
    if (value.tag == FUTURE)
        future_ref(value.future);
    return value;
}

/* FUTURE is done, with RESULT: calls all that wait for it. */
static void finish(struct future *future, struct value result)
{
    struct handle *waiting = &future->waiting;

    future->done = true;
    future->result = result;
    while (waiting->next != waiting) {
        struct handle *handle = waiting->next;

        cancel_soon(handle); /* out of this list, */
        call_soon(handle);   /* and into the loop's */
    }
}

struct value future_set_result(struct future *future, struct value result)
{
    if (result.tag == GENERATOR || result.tag == FUTURE)
        return error(TYPE_ERROR, "no result can be awaited");
    if (future->done)
        return error(INVALID_STATE, "the future is done already");
    finish(future, result);
    return none();
}

struct value future_set_error(struct future *future, struct value thrown)
{
    if (thrown.tag != ERROR)
        return error(TYPE_ERROR, "what is thrown must be an error");
    return future_set_result(future, thrown);
}

bool future_cancel(struct future *future)
{
    if (future->done)
        return false;
    finish(future, error(CANCELLED, "cancelled"));
    stop(future); /* which may drop the last reference */
    return true;
}

struct value future_result(const struct future *future)
{
    return future->done ? future->result : error(INVALID_STATE, "the result is not there yet");
}

void future_add_done_callback(struct future *future, struct handle *handle)
{
    if (future->done)
        call_soon(handle);
    else
        handle_append(&future->waiting, handle);
}
