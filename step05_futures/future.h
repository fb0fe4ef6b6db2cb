/* future.h - a future: a placeholder for a result that is not there yet. Whoever does the work
 * fills it, whoever needs the result waits for it, and neither knows the other. Stage 0x04 of the
 * article. It behaves much as asyncio.Future does, except that it is cancelled when nobody refers
 * to it any more, and that awaiting one that is done takes a turn of the loop. */
#ifndef FUTURE_H
#define FUTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "soon.h"
#include "value.h"

/* A future is the first member of a struct in which whoever fills it keeps what the work needs. It
 * is counted: whoever keeps it holds a reference, and it is freed with the last one. */
struct future {
    bool done;
    int references;
    struct value result;   /* once it is done; the future owns it, and its text */
    struct handle waiting; /* a ring: the calls to be made when it is done, first come first */
    void (*stop)(struct future *future); /* see future_new() */
};

/* Makes a future that is pending, in SIZE bytes, which are zero behind it. STOP (NULL: there is
 * nothing to do) is called once, when the future is cancelled or, if it never is, before it is
 * freed: it stops the work if that still goes on, and gives back what the struct owns. The caller
 * holds the one reference. Returns NULL if memory runs out. */
MUST_USE void *future_new(size_t size, void (*stop)(struct future *future));

/* Takes one more reference to FUTURE, and returns it; gives one back (NULL: there is none). */
struct future *future_ref(struct future *future);
void future_unref(struct future *future);

/* Returns VALUE, with one more reference if it is a future: to await it and yet keep it, together
 * with the text that it is filled with. A generator has one owner: a TYPE_ERROR. */
MUST_USE struct value future_share(struct value value);

/* Fills FUTURE with RESULT, which may be an error, or with THROWN, which is one. The loop soon
 * calls all that wait for it. Return none. If FUTURE is done already, or THROWN is no error, or
 * RESULT is a generator or a future, nothing changes, and they return an error that says so. A text
 * must live as long as FUTURE does. */
struct value future_set_result(struct future *future, struct value result);
struct value future_set_error(struct future *future, struct value thrown);

/* Ends FUTURE with the error CANCELLED, and stops the work. Returns false, and nothing happens, if
 * it is done already. */
bool future_cancel(struct future *future);

/* What FUTURE was filled with; the future still owns it. An error if it is pending. */
struct value future_result(const struct future *future);

/* Lets the loop call HANDLE when FUTURE is done, after those that were added before; soon, if it is
 * done already. HANDLE stays the caller's, who holds a reference to FUTURE until
 * then. */
void future_add_done_callback(struct future *future, struct handle *handle);

#endif
