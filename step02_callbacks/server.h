/* server.h - the server on the event loop. Stage 0x01 of the article, second half. */
#ifndef SERVER_H
#define SERVER_H

#include "support/http.h"
#include "support/service.h"
#include "support/story.h"

/* A connection, from accept() to close(). */
struct conn;

/* A piece of a handler: goes on with the API's ANSWER, or with the error 502 or 503. */
typedef void on_answer(void *arg, struct answer answer);

/* Accepts connections and answers one request over each, until it is told to stop and what it had
 * begun to answer is answered. One peer's failure never concerns another. */
void serve_multiplexed(const struct service *service);

/* Prints when a piece of a handler is entered and left, and how deep under the loop. */
void show_pieces(bool shown);

/* The number of the request that came over CONN. */
int conn_id(const struct conn *conn);

/* Asks the API for the path that FORMAT makes, and returns at once. The loop will call THEN with
 * the answer and with ARG, which stays the caller's. One call at a time for each connection. */
void request(struct conn *conn, on_answer *then, void *arg, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* Sends ANSWER; CONN is the server's again. */
void reply(struct conn *conn, struct answer answer);

#endif
