/* http.h - as much of HTTP/1.0 and 1.1 as the gateway speaks: GET, one request per connection.
 * Support: no lesson needs this file to be read. */
#ifndef HTTP_H
#define HTTP_H

#include <stdbool.h>
#include <stddef.h>

enum {
    HEAD_MAX = 8192, /* bytes of a request's head, or of an API's whole response */
    PATH_SIZE = 256, /* of a path, its NUL included; no route is as long */
    BODY_SIZE = 1024 /* of a body, its NUL included */
};

/* What a handler answers, and what the API answers to a handler: a status and a text. */
struct answer {
    int status;
    char body[BODY_SIZE];
};

/* An answer with STATUS and its standard phrase, "Bad Gateway", as the body. */
struct answer http_error(int status);

/* An answer with status 200 and BODY, cut if it is too long. */
struct answer http_ok(const char *body);

/* Looks at the LEN bytes of a request that have come so far; LAST says that no more will come.
 * Returns 0: read on. 200: the head is complete, and PATH is the path without its query. Else the
 * status to refuse the request with: 400, 405, or 431 for a head over HEAD_MAX. */
int http_parse_request(const char *text, size_t len, bool last, char path[PATH_SIZE]);

/* The same for a response. Returns false: read on. True: ANSWER is what it says; anything but a
 * sound response with status 200 has become the error 502. */
bool http_parse_response(const char *text, size_t len, bool last, struct answer *answer);

/* Writes a request to HOST for PATH, or a response, into OUT. Return its length; 0 if it does not
 * fit, or if PATH has a character that has no place there. REQUEST is the number that goes along as
 * X-Request-Id: for whom the gateway asks. */
size_t http_format_request(char *out, size_t size, const char *host, const char *path, int request);
size_t http_format_response(char *out, size_t size, const struct answer *answer);

/* The value of the header X-Request-Id, or 0 if there is none. */
int http_request_id(const char *text, size_t len);

#endif
