/* wait_for.h - a limit of time for a future: asyncio's wait_for. */
#ifndef WAIT_FOR_H
#define WAIT_FOR_H

#include "value.h"

/* Makes a future over AWAITED, which is a future. It is filled with the same result; or, if that
 * has not come after MS milliseconds, with the error 504, and then AWAITED is cancelled. Takes over
 * the reference. Returns an error instead: AWAITED if it is one (its maker has failed); a
 * VALUE_ERROR if it is something else, or MS is negative; 503 if memory runs out. */
MUST_USE struct value wait_for(struct value awaited, long ms);

#endif
