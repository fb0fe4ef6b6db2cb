/* server.h - the server on the event loop, whose handlers are chains of generators. Stage 0x03 of
 * the article. */
#ifndef SERVER_H
#define SERVER_H

#include "support/http.h"
#include "support/service.h"
#include "support/story.h"
#include "value.h"

/* Accepts connections and answers one request over each, until it is told to stop and what it had
 * begun to answer is answered. One peer's failure never concerns another. */
void serve_multiplexed(const struct service *service);

/* Draws the ready list at each turn of the loop. */
void show_ready_list(bool on);

/* What a handler yields to wait for: a call to the API. */
struct io {
    char path[PATH_SIZE];
};

/* Makes the IO that asks the API for the path that FORMAT makes. Nothing happens yet: it happens
 * when a handler yields it. The handler is then sent the answer's text, good until its chain pauses
 * again, or an error is thrown into it. Returns the IO, which belongs to who receives it, or an
 * error. */
struct value request(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
