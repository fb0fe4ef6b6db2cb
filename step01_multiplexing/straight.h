/* straight.h - the two servers that are written in straight lines. Stage 0x01 of the article: how
 * every network program begins. */
#ifndef STRAIGHT_H
#define STRAIGHT_H

#include "support/http.h"
#include "support/service.h"
#include "support/story.h"

/* Serves one request at a time: whoever comes after a slow one waits. */
void serve_blocking(const struct service *service);

/* Serves each request in a thread of its own. */
void serve_threads(const struct service *service);

/* Calls the API, for request ID, for the path that FORMAT makes, and blocks until it has answered.
 * Returns its answer, or the error 502. */
struct answer request(int id, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
