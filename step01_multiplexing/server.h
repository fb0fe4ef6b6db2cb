/* server.h - three servers for the same routes. Stage 0x01 of the article, first half. */
#ifndef SERVER_H
#define SERVER_H

#include "support/http.h"
#include "support/service.h"
#include "support/story.h"

/* Each of them accepts connections and answers one request over each, until it is told to stop and
 * what it had begun to answer is answered. One peer's failure never concerns another. (But with
 * serve_blocking, whoever is behind one that is silent waits.) */

/* One request at a time. */
void serve_blocking(const struct service *service);

/* A thread for each request. */
void serve_threads(const struct service *service);

/* One thread for all: poll(), and a state machine for each connection. */
void serve_multiplexed(const struct service *service);

/* What the server that runs is told. */
extern const struct service *service;

/* Asks the API for the path that FORMAT makes, for the request ID, and blocks until it has
 * answered. Returns its answer, or the error 502. For handlers under serve_blocking and
 * serve_threads. */
struct answer request(int id, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
