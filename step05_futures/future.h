/* future.h - a future: a placeholder for a result that is not there yet. Whoever does the work
 * fills it, whoever needs the result waits for it, and neither knows the other. Stage 0x04 of the
 * article. It behaves much as asyncio.Future does, but that it is cancelled when nobody refers to
 * it any more, and that to await one that is done costs a turn of the loop. */
#ifndef FUTURE_H
#define FUTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "loop.h"
#include "value.h"

/* A future is the first member of a struct in which whoever fills it keeps what the work needs. It
 * is counted: each who keeps it holds a reference. When the last one is gone it is freed; if it is
 * still pending, whoever fills it is told before, because nobody could see its result. */
struct future {
    bool done;
    int references;
    struct value result; /* once it is done; it is the future's, and so is its text */
    struct soon waiting; /* a list: who is to be told, in the order in which they came */
    void (*cancel)(struct future *future); /* see future_new() */
};

/* Makes a future that is pending, in SIZE bytes, which are zero behind it. CANCEL (NULL: nobody)
 * tells whoever fills it that it has been cancelled, and must not be filled any more. The caller
 * holds the one reference. Returns NULL without memory. */
void *future_new(size_t size, void (*cancel)(struct future *future));

/* Takes a further reference to FUTURE, and returns it; gives one back (NULL: none). */
struct future *future_ref(struct future *future);
void future_unref(struct future *future);

/* Returns VALUE, with a further reference if it is a future: to await it and yet keep it, and the
 * text that it is filled with. VALUE must not be a generator. */
struct value future_share(struct value value);

/* Fills FUTURE with RESULT, or with THROWN, an error. All who wait for it are called through the
 * loop, not here. Return none; or, and then nothing changes, an INVALID_STATE if it is done
 * already, or a TYPE_ERROR if THROWN is no error, or RESULT is a generator or a future. A text must
 * live as long as FUTURE does. */
struct value future_set_result(struct future *future, struct value result);
struct value future_set_error(struct future *future, struct value thrown);

/* Ends FUTURE with the error CANCELLED, and tells whoever fills it. Returns false, and nothing
 * happens, if it is done already. */
bool future_cancel(struct future *future);

/* What FUTURE was filled with; it stays the future's. An INVALID_STATE if it is still pending. */
struct value future_result(const struct future *future);

/* Lets SOON be called when FUTURE is done, after those that were added before; soon, if it is done
 * already. SOON stays the caller's, who holds a reference to FUTURE until then. */
void future_add_done_callback(struct future *future, struct soon *soon);

#endif
