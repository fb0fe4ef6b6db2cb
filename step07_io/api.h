/* api.h - asks the API: a generator that connects, writes and reads, in straight lines. */
#ifndef API_H
#define API_H

#include "support/service.h"
#include "support/story.h"
#include "value.h"

enum { API_DEADLINE_MS = 5000 }; /* unless another is set */

/* Sets it up: WHAT says where the API is. */
void api_open(const struct service *what);

/* From now on a call gets 504 if it has no answer after MS. */
void api_set_deadline(long ms);

/* Makes a generator that asks the API for the path that FORMAT makes, and gives the answer's text,
 * good until the receiver's chain pauses. Raises 502, 503 or 504. For the story and for the API,
 * the caller's lane is the request for which it is done. */
MUST_USE struct value request(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
