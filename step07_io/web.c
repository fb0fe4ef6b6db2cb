/* web.c - the gateway's side of HTTP/1.1: many requests over one connection. */
#define _POSIX_C_SOURCE 200809L

#include "web.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "app.h"
#include "await.h"
#include "io.h"
#include "sockets.h"
#include "support/buffer.h"
#include "support/net.h"
#include "support/story.h"
#include "timer.h"

/* --- parsing. http.c judges the request line; the rest is what one connection for many requests
 * needs: where each ends, and whether another may follow. */

/* How many bytes of TEXT stand in empty lines at its beginning. */
static size_t blank_length(const char *text, size_t len)
{
    size_t n = 0;

    while (n < len && (text[n] == '\r' || text[n] == '\n'))
        n++;
    return n;
}

size_t web_head_length(const char *text, size_t len)
{
    for (size_t at = blank_length(text, len); at < len; at++) {
        const char *lf = memchr(text + at, '\n', len - at);

        if (lf == NULL)
            return 0;
        at = (size_t)(lf - text);
        if (at + 1 < len && text[at + 1] == '\n')
            return at + 2;
        if (at + 2 < len && text[at + 1] == '\r' && text[at + 2] == '\n')
            return at + 3;
    }
    return 0;
}

const char *web_header(const char *text, size_t head, const char *name)
{
    const char *end = text + head;
    size_t len = strlen(name);

    for (const char *line = text; line < end; line++) {
        if ((size_t)(end - line) > len && line[len] == ':' && strncasecmp(line, name, len) == 0) {
            line += len + 1;
            return line + strspn(line, " \t");
        }
        line = memchr(line, '\n', (size_t)(end - line));
    }
    return NULL;
}

/* Whether one of the headers NAME has WORD in its list. */
static bool header_lists(const char *text, size_t head, const char *name, const char *word)
{
    const char *at = web_header(text, head, name);
    size_t len = strlen(word);

    for (; at != NULL; at = web_header(at, (size_t)(text + head - at), name))
        while (*(at += strspn(at, " \t,")) != '\r' && *at != '\n' && *at != '\0') {
            if (strncasecmp(at, word, len) == 0 && strchr(" \t,\r\n", at[len]) != NULL)
                return true;
            at += strcspn(at, ",\r\n");
        }
    return false;
}

/* Whether each line of a head is a name that a colon follows at once, and has no CR but at its end.
 * About others, we and whoever stands before us might not agree; then a body could pass for a
 * request. */
static bool has_sound_lines(const char *text, size_t head)
{
    const char *end = text + head;
    const char *line = text + blank_length(text, head);

    for (const char *cr = line; (cr = memchr(cr, '\r', (size_t)(end - cr))) != NULL; cr++)
        if (cr[1] != '\n') /* a head ends with LF, so there is one */
            return false;
    while ((line = (const char *)memchr(line, '\n', (size_t)(end - line)) + 1) < end) {
        size_t name = strcspn(line, ": \t\r\n");

        if (*line != '\r' && *line != '\n' && (name == 0 || line[name] != ':'))
            return false;
    }
    return true;
}

/* Finds where the body ends. Returns false if that cannot be told. */
static bool find_body(const char *text, struct web_request *request)
{
    const char *value = web_header(text, request->head, "Content-Length");
    char *end;
    long n;

    if (!has_sound_lines(text, request->head) ||
        web_header(text, request->head, "Transfer-Encoding") != NULL)
        return false;
    if (value == NULL)
        return true;
    if (!isdigit((unsigned char)*value))
        return false; /* strtol() would pass over line ends, too, and leave the head */
    errno = 0;
    n = strtol(value, &end, 10); /* the head's last LF stops it, at the latest */
    end += strspn(end, " \t");
    if (errno != 0 || (*end != '\n' && (*end != '\r' || end[1] != '\n')) ||
        web_header(value, (size_t)(text + request->head - value), "Content-Length") != NULL)
        return false;
    request->body = (size_t)n;
    return true;
}

/* Whether the request line, which is sound, ends with HTTP/1.0. */
static bool is_http_1_0(const char *text, size_t head)
{
    const char *line = text + blank_length(text, head);
    const char *end = memchr(line, '\n', head - (size_t)(line - text));

    return end[-1] == '0' || (end[-1] == '\r' && end[-2] == '0');
}

bool web_parse(const char *text, size_t len, bool last, struct web_request *request)
{
    size_t head = web_head_length(text, len);

    *request = (struct web_request){.head = head == 0 ? len : head};
    request->status = http_parse_request(text, request->head, last || head != 0, request->path);
    if (request->status == 0)
        return false;
    if (request->status == 405 && head == 0 && !last && len < HEAD_MAX)
        return false; /* the rest of its head says where the next one begins */
    if (head == 0 || (request->status != 200 && request->status != 405))
        return true; /* it is refused, and nobody knows where the next one would begin */
    if (!find_body(text, request)) {
        request->status = 400;
        return true;
    }
    if (memcmp(text + blank_length(text, head), "HEAD", 4) == 0)
        request->keep_alive = false; /* its answer should have no body, and has one */
    else if (is_http_1_0(text, head))
        request->keep_alive = header_lists(text, head, "Connection", "keep-alive");
    else
        request->keep_alive = !header_lists(text, head, "Connection", "close");
    return true;
}

enum { ANSWER_SIZE = 2 * BODY_SIZE }; /* with its head, which is much shorter than a body may be */

/* Writes an answer into OUT. Returns its length. (snprintf() would take as long as the rest.) */
static size_t format(char out[ANSWER_SIZE], int status, const char *body, bool keep_alive)
{
    size_t len = strnlen(body, BODY_SIZE - 1); /* it is cut if it is too long, as http_ok() does */
    size_t left = len;
    char number[32], *digit = number + sizeof number - 1;
    char *at = out;

    *digit = '\0';
    do
        *--digit = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    if (status == 200)
        at = stpcpy(at, "HTTP/1.1 200 OK");
    else
        at += snprintf(at, ANSWER_SIZE - BODY_SIZE, "HTTP/1.1 %d %s", status,
                       http_error(status).body);
    at = stpcpy(at, "\r\nContent-Type: text/plain\r\nContent-Length: ");
    at = stpcpy(at, digit);
    at = stpcpy(at, keep_alive ? "\r\nConnection: keep-alive\r\n" : "\r\nConnection: close\r\n");
    at = stpcpy(at, status == 405 ? "Allow: GET\r\n\r\n" : "\r\n");
    memcpy(at, body, len);
    return (size_t)(at - out) + len;
}

/* --- a client */

struct web {
    struct client client;
    struct buffer text; /* what it has sent, and we have not answered yet */
    size_t skip;        /* so much of a body is still to come, and is passed over */
    bool ended;         /* it sends no more */
    bool no_memory;     /* for what it sends: that is refused */
    bool keep_alive;
    bool told;       /* the story has said what is answered */
    long long until; /* by then it has to have sent what it has begun; 0: not set yet */
    struct value got;
};

/* Takes the first LEN bytes off what the client has sent, and off what it will send. */
static void take(struct web *f, size_t len)
{
    size_t here = len < f->text.len ? len : f->text.len;

    f->skip = len - here;
    f->text.len -= here;
    if (f->text.len == 0)
        buffer_drop(&f->text); /* who is idle holds no memory */
    else
        memmove(f->text.bytes, f->text.bytes + here, f->text.len);
}

/* Looks for the next request in what the client has sent. Returns false: read on. */
static bool next_request(struct web *f, struct web_request *request)
{
    if (f->skip > 0)
        take(f, f->skip);
    if (f->ended) /* an empty line at the end is no request */
        take(f, blank_length(f->text.bytes, f->text.len));
    if (f->no_memory) {
        *request = (struct web_request){.status = 503, .head = f->text.len};
        return true;
    }
    return f->text.len > 0 && web_parse(f->text.bytes, f->text.len, f->ended, request);
}

/* Reads what the client has sent. Returns false if that was all that we shall hear of it. */
static bool read_more(struct web *f)
{
    ssize_t n = buffer_read(&f->text, f->client.fd);

    if (n == -1) {
        f->no_memory = errno == ENOMEM;
        return f->no_memory || net_not_ready();
    }
    f->ended = n == 0;
    return f->text.len > 0 || !f->ended;
}

/* How long we wait for the client, in ms: until it begins a request, and then for all the rest. */
static long long patience(struct web *f)
{
    if (f->text.len == 0 && f->skip == 0)
        return server_idle_ms;
    if (f->until == 0)
        f->until = timer_now() + server_idle_ms;
    return timer_left(f->until);
}

/* Begins to answer REQUEST. Returns the handler, or the error to answer with. */
static struct value begin(struct web *f, const struct web_request *request)
{
    const struct route *route = get_handler(request->path);

    io_running()->lane = f->client.id;
    tell(f->client.id, RUNNING, "is let in: GET %s", request->status == 200 ? request->path : "?");
    f->client.busy = true;
    f->told = false;
    f->keep_alive = request->keep_alive;
    take(f, request->head + request->body);
    if (request->status != 200)
        return error(request->status, "a bad request");
    if (route == NULL)
        return error(404, "no such path");
    return generator(route->handler(f->client.id));
}

/* The status with which to answer VALUE, which is no text and no number. */
static int failure_status(struct value value)
{
    if (value.tag == ERROR && value.code == NO_MEMORY)
        return 503;
    return value.tag == ERROR && value.code >= 400 ? value.code : 500;
}

/* Makes the generator that sends VALUE, what the handler has returned or raised. */
static struct value answer(struct web *f, struct value value)
{
    static char out[ANSWER_SIZE]; /* sent, or copied, before the next pause */
    char number[32];
    const char *body = value.text;
    int status = 200;

    if (value.tag == INTEGER) {
        snprintf(number, sizeof number, "%ld", value.integer);
        body = number;
    } else if (value.tag != TEXT) {
        static struct answer failure;

        if (value.tag != ERROR)
            tell(f->client.id, RUNNING, "fails: not an answer");
        status = failure_status(value);
        value_drop(value);
        failure = http_error(status);
        body = failure.body;
    }
    f->keep_alive = f->keep_alive && !server_stops();
    if (story_told())
        tell(f->client.id, GONE, "is answered: %d %s, at %ld ms", status, body, story_ms());
    f->told = true;
    io_running()->lane = 0; /* until it asks again */
    return send_all(f->client.fd, out, format(out, status, body, f->keep_alive), server_idle_ms);
}

static struct value web_body(struct gen *gen, struct value sent)
{
    static struct web_request request; /* of all clients: used before the next pause */
    static char rest[4096];
    struct web *f = (struct web *)gen;

    BEGIN(OWNED, READABLE, ANSWERED, SENT, HUNG_UP)
    f->client.tid = io_running()->tid;
    AWAIT(OWNED, f->got, Own(f->client.fd));
    while (f->keep_alive && !server_stops()) {
        f->client.busy = false;
        f->until = 0;
        while (!next_request(f, &request)) {
            AWAIT_CATCH(READABLE, f->got, ReadWait(f->client.fd, patience(f)));
            if (f->got.tag == ERROR && f->got.code == TIMED_OUT)
                tell(f->client.id, GONE, "is sent away after %ld ms", server_idle_ms);
            if (f->got.tag == ERROR || !read_more(f))
                RETURN(none());
        }
        AWAIT_CATCH(ANSWERED, f->got, begin(f, &request));
        AWAIT(SENT, f->got, answer(f, f->got));
        if (f->ended && f->text.len == 0)
            f->keep_alive = false;
    }
    /* To close now, while input may be unread, would reset the connection and destroy the answer on
     * its way. So we say that this is all, and wait for the client to hang up. */
    shutdown(f->client.fd, SHUT_WR);
    f->client.busy = false;
    f->until = timer_now() + server_idle_ms;
    while (!server_stops() && !f->ended) {
        AWAIT(HUNG_UP, f->got, recv_some(f->client.fd, rest, sizeof rest, timer_left(f->until)));
        f->ended = f->got.integer == 0;
    }
    RETURN(none());
    END
}

static void web_drop(struct gen *gen)
{
    struct web *f = (struct web *)gen;

    if (f->client.busy && !f->told)
        tell(f->client.id, GONE, "has lost its client, and is killed");
    buffer_drop(&f->text);
    client_drop(gen);
}

struct client *web_client(int fd, int id)
{
    struct client *client = client_new(sizeof(struct web), "web", web_body, fd, id);

    if (client != NULL) {
        client->gen.drop = web_drop;
        ((struct web *)client)->keep_alive = true;
    }
    return client;
}
