/* future.c - a placeholder for a result that is not there yet. */
#define _POSIX_C_SOURCE 200809L

#include "future.h"

#include <stdlib.h>

void *future_new(size_t size, void (*cancel)(struct future *future))
{
    struct future *future = calloc(1, size);

    if (future == NULL)
        return NULL;
    future->references = 1;
    soon_clear(&future->waiting);
    future->cancel = cancel;
    return future;
}

struct future *future_ref(struct future *future)
{
    future->references++;
    return future;
}

void future_unref(struct future *future)
{
    if (future == NULL || --future->references > 0)
        return;
    if (!future->done && future->cancel != NULL)
        future->cancel(future);
    free(future);
}

struct value future_share(struct value value)
{
    if (value.tag == FUTURE)
        future_ref(value.future);
    return value;
}

/* Ends FUTURE's wait, and that of all who wait for it. */
static void finish(struct future *future, struct value result)
{
    struct soon *waiting = &future->waiting;

    future->done = true;
    future->result = result;
    while (waiting->next != waiting) {
        struct soon *soon = waiting->next;

        soon_forget(soon);
        loop_call_soon(soon);
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
    if (future->cancel != NULL)
        future->cancel(future);
    return true;
}

struct value future_result(const struct future *future)
{
    return future->done ? future->result : error(INVALID_STATE, "the result is not there yet");
}

void future_add_done_callback(struct future *future, struct soon *soon)
{
    if (future->done)
        loop_call_soon(soon);
    else
        soon_append(&future->waiting, soon);
}
