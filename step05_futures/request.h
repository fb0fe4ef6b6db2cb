/* request.h - how a handler calls the API. */
#ifndef REQUEST_H
#define REQUEST_H

#include "support/story.h"
#include "value.h"

/* Sets how many ms the API has to answer a call from now on. They are 5,000 at first. */
void request_deadline(long ms);

/* Calls the API, for request ID, for the path that FORMAT makes. Returns a future of the answer's
 * text, as call_api() does, but after the deadline it is filled with the error 504; or an error. */
MUST_USE struct value request(int id, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
