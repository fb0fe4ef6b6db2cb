/* web.h - the gateway's side of HTTP/1.1: many requests over one connection. */
#ifndef WEB_H
#define WEB_H

#include <stdbool.h>
#include <stddef.h>

#include "server.h"
#include "support/http.h"

/* What stands at the beginning of what a client has sent. */
struct web_request {
    int status;           /* 200: it is sound; else what to refuse it with */
    char path[PATH_SIZE]; /* of a sound one */
    size_t head;          /* the length of its head; all there is, of one that is not sound */
    size_t body;          /* of its body, which may not have come yet */
    bool keep_alive;      /* more may follow over the same connection */
};

/* Looks at the LEN bytes of TEXT; LAST says that no more will come. Returns false: read on. */
bool web_parse(const char *text, size_t len, bool last, struct web_request *request);

/* The length of the head at the beginning of TEXT, or 0 if it has not come as a whole. Empty lines
 * before it are a part of it. */
size_t web_head_length(const char *text, size_t len);

/* The value of the header NAME in a complete head, without blanks before it, or NULL. It ends with
 * the line, and so within the head. */
const char *web_header(const char *text, size_t head, const char *name);

/* Makes the generator that serves a client of the gateway. */
client_maker web_client;

#endif
