/* http.c - as much of HTTP/1.0 and 1.1 as the gateway speaks. */
#define _POSIX_C_SOURCE 200809L

#include "http.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MISSING = -2 };

static const char *phrase(int status)
{
    static const struct {
        int status;
        const char *phrase;
    } known[] = {
        {200, "OK"},
        {400, "Bad Request"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].status == status)
            return known[i].phrase;
    return "Unknown";
}

struct answer http_error(int status)
{
    struct answer answer = {.status = status};

    snprintf(answer.body, sizeof answer.body, "%s", phrase(status));
    return answer;
}

struct answer http_ok(const char *body)
{
    struct answer answer = {.status = 200};

    snprintf(answer.body, sizeof answer.body, "%s", body);
    return answer;
}

/* The length of the head, its empty line included; 0 if the empty line has not come yet. A line
 * ends with LF, and a CR before it is passed over. */
static size_t head_length(const char *text, size_t len)
{
    const char *end = text + len;
    const char *line = text;

    while (line < end) {
        const char *lf = memchr(line, '\n', (size_t)(end - line));

        if (lf == NULL)
            return 0;
        if (lf == line || (lf == line + 1 && *line == '\r'))
            return (size_t)(lf + 1 - text);
        line = lf + 1;
    }
    return 0;
}

/* Reads the request line "GET PATH HTTP/1.x", of which all or only the beginning may be there.
 * Returns 0 while it may still become one, 200 when PATH is set, or the status to refuse with. */
static int parse_request_line(const char *text, size_t len, char path[PATH_SIZE])
{
    const char *lf = memchr(text, '\n', len);
    const char *end = lf == NULL ? text + len : lf;
    const char *target = text;
    const char *version;
    size_t path_len;

    if (lf > text && lf[-1] == '\r')
        end--;
    while (target < end && isupper((unsigned char)*target))
        target++;
    if (target == end && lf == NULL)
        return 0;
    if (target == text || target == end || *target != ' ')
        return 400;
    if (lf == NULL)
        return 0;
    target++;
    version = memchr(target, ' ', (size_t)(end - target));
    if (version == NULL || *target != '/' || end - version != 9 ||
        (memcmp(version, " HTTP/1.1", 9) != 0 && memcmp(version, " HTTP/1.0", 9) != 0))
        return 400;
    if (memcmp(text, "GET ", 4) != 0)
        return 405;
    path_len = (size_t)(version - target);
    if (memchr(target, '?', path_len) != NULL)
        path_len = (size_t)((const char *)memchr(target, '?', path_len) - target);
    if (path_len >= PATH_SIZE || memchr(target, '\0', path_len) != NULL)
        path_len = 0; /* no route has such a path: the empty one gets the same 404 */
    memcpy(path, target, path_len);
    path[path_len] = '\0';
    return 200;
}

int http_parse_request(const char *text, size_t len, bool last, char path[PATH_SIZE])
{
    const size_t came = len;
    int status;

    while (len > 0 && (*text == '\r' || *text == '\n')) { /* as RFC 9112 asks, 2.2 */
        text++;
        len--;
    }
    status = parse_request_line(text, len, path);
    if (status == 200 && head_length(text, len) == 0)
        status = 0;
    if (status == 0 && came >= HEAD_MAX)
        return 431;
    return status == 0 && last ? 400 : status;
}

/* The value of the header NAME in a complete head, or NULL. */
static const char *header(const char *text, size_t head, const char *name)
{
    size_t len = strlen(name);
    const char *line = text;

    while ((line = memchr(line, '\n', (size_t)(text + head - line))) != NULL) {
        line++;
        if ((size_t)(text + head - line) > len + 1 && strncasecmp(line, name, len) == 0 &&
            line[len] == ':')
            return line + len + 1;
    }
    return NULL;
}

/* The number that the header NAME has as its value; -1 if it is none, or over INT_MAX; MISSING if
 * there is no such header. */
static long header_number(const char *text, size_t head, const char *name)
{
    const char *value = header(text, head, name);
    char *end;
    long n;

    if (value == NULL)
        return MISSING;
    value += strspn(value, " \t");
    if (!isdigit((unsigned char)*value))
        return -1;
    n = strtol(value, &end, 10); /* the head's last LF stops it, at the latest */
    end += strspn(end, " \t\r");
    return *end == '\n' && n <= INT_MAX ? n : -1;
}

bool http_parse_response(const char *text, size_t len, bool last, struct answer *answer)
{
    size_t head = head_length(text, len);
    size_t body = len - head;
    long announced;

    last = last || len >= HEAD_MAX;
    *answer = http_error(502);
    if (head == 0)
        return last;
    if (head < 13 || memcmp(text, "HTTP/1.", 7) != 0 || !isdigit((unsigned char)text[7]) ||
        memcmp(text + 8, " 200", 4) != 0 || isdigit((unsigned char)text[12]) ||
        header(text, head, "Transfer-Encoding") != NULL)
        return true;
    announced = header_number(text, head, "Content-Length");
    if (announced == MISSING && !last && body < BODY_SIZE)
        return false;
    if (announced != MISSING) {
        if (announced < 0 || announced >= BODY_SIZE)
            return true;
        if (body < (size_t)announced)
            return last;
        body = (size_t)announced;
    }
    if (body >= BODY_SIZE || memchr(text + head, '\0', body) != NULL)
        return true;
    answer->status = 200;
    memcpy(answer->body, text + head, body);
    answer->body[body] = '\0';
    return true;
}

/* What snprintf() returned, as a length; 0 if SIZE was too small for it. */
static size_t fitting(int n, size_t size)
{
    return n < 0 || (size_t)n >= size ? 0 : (size_t)n;
}

size_t http_format_request(char *out, size_t size, const char *host, const char *path, int request)
{
    if (*path != '/')
        return 0;
    for (const char *p = path; *p != '\0'; p++)
        if (*p <= ' ' || *p > '~')
            return 0;
    return fitting(snprintf(out, size,
                            "GET %s HTTP/1.0\r\n"
                            "Host: %s\r\n"
                            "X-Request-Id: %d\r\n"
                            "Connection: close\r\n"
                            "\r\n",
                            path, host, request),
                   size);
}

size_t http_format_response(char *out, size_t size, const struct answer *answer)
{
    return fitting(snprintf(out, size,
                            "HTTP/1.1 %d %s\r\n"
                            "Content-Type: text/plain\r\n"
                            "Content-Length: %zu\r\n"
                            "Connection: close\r\n"
                            "%s"
                            "\r\n"
                            "%s",
                            answer->status, phrase(answer->status), strlen(answer->body),
                            answer->status == 405 ? "Allow: GET\r\n" : "", answer->body),
                   size);
}

int http_request_id(const char *text, size_t len)
{
    size_t head = head_length(text, len);
    long id = head == 0 ? MISSING : header_number(text, head, "X-Request-Id");

    return id > 0 ? (int)id : 0;
}
