/* soon.h - what the loop calls soon: when the callbacks that run now have returned, and whoever
 * asks for it with them. asyncio's call_soon, and its handles. */
#ifndef SOON_H
#define SOON_H

#include <stdbool.h>

#include "loop.h"

/* One such call. Its owner sets CALL and ARG, and keeps it until it has been called or cancelled.
 */
struct handle {
    callback *call;
    void *arg;
    struct handle *next, *prev; /* NULL: it does not wait to be called */
};

/* Lets the loop call HANDLE, after those that came before. It must not wait already. */
void call_soon(struct handle *handle);

/* HANDLE will not be called, and waits no more. Nothing happens if it does not wait. */
void cancel_soon(struct handle *handle);

/* For the loop: whether any handle waits. */
bool soon_any(void);

/* For the loop: calls all that wait now, but not those that they add. */
void soon_call_all(void);

/* For the loop: cancels all that wait. */
void soon_forget_all(void);

#endif
