/* api.h - asks the API: futures that the network fills. Stage 0x04 of the article. */
#ifndef API_H
#define API_H

#include "support/service.h"
#include "support/story.h"
#include "value.h"

enum { API_DEADLINE_MS = 5000 }; /* unless another is set */

/* Sets it up: WHAT says where the API is. At most so many calls are made AT_ONCE, for each takes a
 * descriptor; the others wait for their turn. */
void api_open(const struct service *what, int at_once);

/* The requests that follow are made for the gateway's request ID: for the story, and for the API,
 * which is told. */
void api_ask_for(int id);

/* From now on a call gets 504 if it has no answer after MS. */
void api_set_deadline(long ms);

/* Asks the API for the path that FORMAT makes: now, not when it is awaited; or when its turn comes,
 * if too many calls are being made. Returns a future that is filled with the
 * answer's text, or with the error 502, 503 or 504; or an error, 503 without memory. Cancelling it
 * hangs up. */
struct value request(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
