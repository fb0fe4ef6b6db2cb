/* slot.c - slots for calls of the API, and the queue for them. */
#define _POSIX_C_SOURCE 200809L

#include "slot.h"

#include <stddef.h>

#include "support/story.h"

static int n_slots, n_free;
static struct handle waiting = {.next = &waiting, .prev = &waiting};

void slot_open(int n)
{
    n_slots = n_free = n;
}

bool slot_take(struct slot *slot)
{
    if (n_slots == 0)
        die("slot: there are none");
    slot->taken = n_free > 0;
    if (slot->taken)
        n_free--;
    else
        handle_append(&waiting, &slot->handle);
    return slot->taken;
}

void slot_release(struct slot *slot)
{
    struct slot *next = (struct slot *)waiting.next; /* its handle is its first member */

    cancel_soon(&slot->handle);
    if (!slot->taken)
        return;
    slot->taken = false;
    if (&next->handle == &waiting) {
        n_free++;
        return;
    }
    next->taken = true;
    cancel_soon(&next->handle);
    call_soon(&next->handle);
}
