/* request.h - how a handler calls the API. Stage 0x02 of the article. */
#ifndef REQUEST_H
#define REQUEST_H

#include "api.h"
#include "support/story.h"
#include "value.h"

/* What a handler yields to wait for: a call of the API. */
struct io {
    int id; /* of the request for which it is made */
    char path[PATH_SIZE];
};

/* Makes the IO that calls the API, for request ID, for the path that FORMAT makes. Nothing happens
 * yet: the call is made when a handler yields the IO. The handler is then sent the answer's text,
 * which is valid until its next YIELD, or an error is thrown into it. Returns the IO, which the
 * receiver owns, or an error. */
MUST_USE struct value request(int id, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
