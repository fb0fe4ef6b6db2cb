/* slot.h - a call of the API takes a slot, which stands for a descriptor, and may have to wait for
 * one. No lesson needs this file to be read. */
#ifndef SLOT_H
#define SLOT_H

#include <stdbool.h>

#include "soon.h"

/* Its owner sets HANDLE's call and arg. */
struct slot {
    struct handle handle;
    bool taken;
};

/* From now on, there are N slots. */
void slot_open(int n);

/* Returns true if SLOT is taken now. Otherwise its handle is called when it is. */
bool slot_take(struct slot *slot);

/* SLOT is given back, or is not waited for any more. If it was taken, the next one in the queue
 * takes it.
 */
void slot_release(struct slot *slot);

#endif
