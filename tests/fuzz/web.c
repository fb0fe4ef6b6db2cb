/* web.c - fuzzes the web server (web.c of step 7): the bytes are all that one client sends, before
 * it says that this was all. They are parsed, and then sent to a real server of one client, which
 * must answer what the parser said. */
#define _DEFAULT_SOURCE

#include "fuzz.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app.h"
#include "http.h"
#include "io.h"
#include "net.h"
#include "sched.h"
#include "server.h"
#include "web.h"

enum { INPUT_MAX = 2048, ANSWERS_SIZE = 1 << 16 };

/* --- the business, in place of app.c: /a answers at once, /b after a pause, /c fails. */

static struct value route_body(struct gen *gen, struct value sent)
{
    BEGIN(LATER)
    if (gen->name[0] == 'a')
        RETURN(text("hello"));
    YIELD(LATER, sent, none());
    if (gen->name[0] == 'b')
        RETURN(integer(-42));
    RAISE(error(502, "no result from the API"));
    END
}

static struct gen *a(int id)
{
    (void)id;
    return gen_new(sizeof(struct gen), "a", route_body, NULL);
}

static struct gen *b(int id)
{
    (void)id;
    return gen_new(sizeof(struct gen), "b", route_body, NULL);
}

static struct gen *c(int id)
{
    (void)id;
    return gen_new(sizeof(struct gen), "c", route_body, NULL);
}

static const struct {
    struct route route;
    int status;
    const char *body;
} routes[] = {
    {{"/a", a}, 200, "hello"},
    {{"/b", b}, 200, "-42"},
    {{"/c", c}, 502, "Bad Gateway"},
};

const struct route *get_handler(const char *path)
{
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++)
        if (strcmp(path, routes[i].route.path) == 0)
            return &routes[i].route;
    return NULL;
}

/* --- the parser */

static bool begins_with_head(const char *text, size_t len)
{
    while (len > 0 && (*text == '\r' || *text == '\n')) {
        text++;
        len--;
    }
    return len >= 4 && memcmp(text, "HEAD", 4) == 0;
}

static bool parse(const char *text, size_t len, bool last, struct web_request *request)
{
    char number[32];
    bool complete;

    if (!web_parse(text, len, last, request))
        return false;
    complete = request->status == 200 || request->status == 405;
    require(complete || request->status == 400 || request->status == 431,
            "a request has no such status");
    require(request->head > 0 && request->head <= len, "a head is longer than what has come");
    require(request->status != 200 || web_head_length(text, len) == request->head,
            "a sound request has no end");
    require(!request->keep_alive || web_head_length(text, len) == request->head,
            "nobody knows where the next request begins, and it is waited for");
    require(complete || (!request->keep_alive && request->body == 0),
            "something is said of a request that is not sound");
    snprintf(number, sizeof number, "%zu", request->body);
    require(request->body == 0 || has_word(text, request->head, number),
            "a body has another length than what is announced");
    require(!request->keep_alive || !begins_with_head(text, request->head),
            "a HEAD is answered with a body, and more after it");
    return true;
}

static bool same(const struct web_request *a, const struct web_request *b)
{
    return a->status == b->status && (a->status != 200 || strcmp(a->path, b->path) == 0) &&
           a->body == b->body && a->keep_alive == b->keep_alive;
}

/* Byte by byte, what is decided first is what the whole says. WHOLE is NULL if it says nothing. */
static void check_splits(const uint8_t *data, size_t size, const struct web_request *whole)
{
    struct web_request part;
    bool done = false;

    for (size_t len = 0; len <= size && !done; len++)
        done = parse(place(data, len), len, false, &part);
    require(done == (whole != NULL), "byte by byte it is complete, and as a whole not, or so");
    if (done)
        require(same(&part, whole) && (!part.keep_alive || part.head == whole->head),
                "byte by byte it is another request");
}

/* Empty lines before it make no difference, until there are too many. */
static void check_limit(const uint8_t *data, size_t size, const struct web_request *whole)
{
    struct web_request padded;

    require(parse(place_behind_blanks(data, size, HEAD_MAX), HEAD_MAX, false, &padded),
            "a head may be as long as it likes");
    if (whole != NULL)
        require(same(&padded, whole), "after empty lines it is another request");
    else
        require(!padded.keep_alive && (padded.status == 431 || padded.status == 405),
                "too long a head gets another status");
}

/* --- the answers that have to come */

static size_t expect_answer(char *out, const struct web_request *request)
{
    struct answer answer = http_error(request->status == 200 ? 404 : request->status);

    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++)
        if (request->status == 200 && strcmp(request->path, routes[i].route.path) == 0) {
            answer = http_ok(routes[i].body);
            answer.status = routes[i].status;
        }
    return (size_t)sprintf(out,
                           "HTTP/1.1 %d %s\r\n"
                           "Content-Type: text/plain\r\n"
                           "Content-Length: %zu\r\n"
                           "Connection: %s\r\n"
                           "%s\r\n"
                           "%s",
                           answer.status,
                           answer.status == 200 ? "OK" : http_error(answer.status).body,
                           strlen(answer.body), request->keep_alive ? "keep-alive" : "close",
                           answer.status == 405 ? "Allow: GET\r\n" : "", answer.body);
}

static bool is_blank(const uint8_t *text, size_t len)
{
    while (len > 0 && (text[len - 1] == '\r' || text[len - 1] == '\n'))
        len--;
    return len == 0;
}

/* Writes into OUT what has to be answered to the SIZE bytes of DATA. Returns its length. */
static size_t expect_answers(const uint8_t *data, size_t size, char out[ANSWERS_SIZE])
{
    struct web_request request = {.keep_alive = true};
    size_t len = 0;

    while (request.keep_alive && !is_blank(data, size)) {
        require(parse(place(data, size), size, true, &request), "a request has no end");
        len += expect_answer(out + len, &request);
        if (request.body > size - request.head)
            break;
        data += request.head + request.body;
        size -= request.head + request.body;
    }
    return len;
}

/* --- the server, with one client */

/* The client: sends a piece, lets the others run, and sends the next. */
struct sender {
    struct gen gen;
    int fd;
    const uint8_t *data;
    size_t size, piece;
    int turns;
    struct value got;
};

static struct value sender_body(struct gen *gen, struct value sent)
{
    struct sender *f = (struct sender *)gen;
    size_t len;

    BEGIN(OTHERS_RAN)
    while (f->size > 0) {
        len = f->size < f->piece ? f->size : f->piece;
        require(net_write(f->fd, f->data, len) == (ssize_t)len, "the server has hung up");
        f->data += len;
        f->size -= len;
        for (f->turns = 0; f->turns < 3; f->turns++)
            YIELD(OTHERS_RAN, f->got, none());
    }
    shutdown(f->fd, SHUT_WR);
    RETURN(none());
    END
}

static void start_sender(struct sched *sched, int fd, const uint8_t *data, size_t size,
                         size_t piece)
{
    struct sender *sender = gen_new(sizeof *sender, "sender", sender_body, NULL);

    require(sender != NULL, "no memory");
    sender->fd = fd;
    sender->data = data;
    sender->size = size;
    sender->piece = piece;
    require(sched_new(sched, &sender->gen) != 0, "no memory");
}

/* Descriptors that are not there need no table. */
static void set_limit(void)
{
    struct rlimit limit;

    require(getrlimit(RLIMIT_NOFILE, &limit) == 0, "no limit");
    limit.rlim_cur = limit.rlim_max < 64 ? limit.rlim_max : 64;
    require(setrlimit(RLIMIT_NOFILE, &limit) == 0, "no limit");
}

/* Sends DATA to a server in pieces of PIECE bytes, until both have ended. Writes what comes back
 * into OUT. Returns its length. */
static size_t get_answers(const uint8_t *data, size_t size, size_t piece, char out[ANSWERS_SIZE])
{
    struct sched sched;
    int fds[2];
    ssize_t len;

    require(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0, "no sockets");
    require(net_set_blocking(fds[0], false) && net_set_blocking(fds[1], false), "no sockets");
    sched_open(&sched);
    io_open(&sched, poller_find(NULL));
    require(sched_new(&sched, (struct gen *)web_client(fds[0], 1)) != 0, "no memory");
    start_sender(&sched, fds[1], data, size, piece);
    require(sched_main_loop(&sched), "a task is left");
    sched_close(&sched);
    io_close();
    len = recv(fds[1], out, ANSWERS_SIZE, MSG_WAITALL);
    close(fds[1]);
    return len < 0 ? 0 : (size_t)len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char expected[ANSWERS_SIZE], got[ANSWERS_SIZE];
    static bool is_set_up;
    struct web_request whole;
    bool done;
    size_t len;

    if (size == 0 || size > INPUT_MAX)
        return 0;
    if (!is_set_up)
        set_limit();
    is_set_up = true;
    done = parse((const char *)data, size, false, &whole);
    check_splits(data, size, done ? &whole : NULL);
    check_limit(data, size, done ? &whole : NULL);
    len = expect_answers(data, size, expected);
    require(get_answers(data, size, size, got) == len && memcmp(got, expected, len) == 0,
            "other answers than those to what was asked");
    /* The last byte says how long the pieces are. */
    require(get_answers(data, size, 1 + data[size - 1] % 64, got) == len &&
                memcmp(got, expected, len) == 0,
            "other answers if it comes in pieces");
    return 0;
}
