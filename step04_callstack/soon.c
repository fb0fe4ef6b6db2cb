/* soon.c - what the loop calls soon. */
#define _POSIX_C_SOURCE 200809L

#include "soon.h"

#include <stddef.h>

#include "support/story.h"

/* The handles that wait, in a ring. This one is never called: it is where the ring begins. */
static struct handle waiting = {.next = &waiting, .prev = &waiting};

/* Puts HANDLE at the end of LIST, a ring of which one link is the list's own. */
static void handle_append(struct handle *list, struct handle *handle)
{
    if (handle->next != NULL)
        die("soon: a handle waits twice");
    handle->next = list;
    handle->prev = list->prev;
    handle->prev->next = handle;
    list->prev = handle;
}

void call_soon(struct handle *handle)
{
    handle_append(&waiting, handle);
}

void cancel_soon(struct handle *handle)
{
    if (handle->next == NULL)
        return;
    handle->prev->next = handle->next;
    handle->next->prev = handle->prev;
    handle->next = handle->prev = NULL;
}

bool soon_any(void)
{
    return waiting.next != &waiting;
}

void soon_call_all(void)
{
    static struct handle last; /* never called either: those behind it are for the next turn */

    call_soon(&last);
    while (waiting.next != &last) {
        struct handle *handle = waiting.next;

        cancel_soon(handle);
        handle->call(handle->arg);
    }
    cancel_soon(&last);
}

void soon_forget_all(void)
{
    while (soon_any())
        cancel_soon(waiting.next);
}
