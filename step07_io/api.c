/* api.c - asks the API. */
#define _POSIX_C_SOURCE 200809L

#include "api.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "await.h"
#include "io.h"
#include "sockets.h"
#include "support/buffer.h"
#include "support/http.h"
#include "timer.h"

static const struct service *service;
static long deadline_ms = API_DEADLINE_MS;
static struct answer answer; /* the last one: used before any other task can run */

void api_open(const struct service *what)
{
    service = what;
}

void api_set_deadline(long ms)
{
    deadline_ms = ms;
}

/* One call of the API, as it would be written if it could block. */
struct ask {
    struct gen gen;
    const char *path; /* its maker's */
    int id;
    int fd;          /* -1: not connected */
    long long until; /* a time, in ms */
    struct buffer text;
    struct value got;
};

static struct value ask_body(struct gen *gen, struct value sent)
{
    static char text[HEAD_MAX]; /* used before the next pause */
    struct ask *f = (struct ask *)gen;
    size_t len;
    ssize_t n;

    BEGIN(CONNECTED, SENT, READABLE)
    if (http_format_request(text, sizeof text, service->host, f->path, f->id) == 0)
        RAISE(error(IO_ERROR, "there can be no such path"));
    AWAIT(CONNECTED, f->got, connect_to(&service->api, timer_left(f->until)));
    f->fd = (int)f->got.integer;
    /* Again: in the meantime others have used the text. */
    len = http_format_request(text, sizeof text, service->host, f->path, f->id);
    AWAIT(SENT, f->got, send_all(f->fd, text, len, timer_left(f->until)));
    do {
        AWAIT(READABLE, f->got, ReadWait(f->fd, timer_left(f->until)));
        n = buffer_read(&f->text, f->fd);
        if (n == -1 && !net_not_ready())
            RAISE(error(errno == ENOMEM ? NO_MEMORY : IO_ERROR, strerror(errno)));
    } while (n == -1 || !http_parse_response(f->text.bytes, f->text.len, n == 0, &answer));
    RETURN(none());
    END
}

static void ask_drop(struct gen *gen)
{
    struct ask *f = (struct ask *)gen;

    io_close_fd(f->fd);
    buffer_drop(&f->text);
}

static struct value ask(const char *path, int id)
{
    struct ask *f = gen_new(sizeof *f, "ask", ask_body, ask_drop);

    if (f != NULL) {
        f->path = path;
        f->id = id;
        f->fd = -1;
        f->until = timer_now() + deadline_ms;
    }
    return generator((struct gen *)f);
}

/* The same with a story around it, and with the statuses that a gateway answers with. */
struct request {
    struct gen gen;
    char path[PATH_SIZE];
    int id;
    struct value got;
};

static struct value request_body(struct gen *gen, struct value sent)
{
    struct request *f = (struct request *)gen;
    int status;

    BEGIN(ANSWERED)
    f->id = io_running()->lane;
    tell(f->id, WAITING, "asks the API for %s", f->path);
    AWAIT_CATCH(ANSWERED, f->got, ask(f->path, f->id));
    status = f->got.tag != ERROR        ? answer.status
             : f->got.code == TIMED_OUT ? 504
             : f->got.code == NO_MEMORY ? 503
                                        : 502;
    if (status == 200) {
        tell(f->id, WAITING, "hears from the API: %s", answer.body);
        RETURN(text(answer.body));
    }
    tell(f->id, WAITING,
         status == 504 ? "hangs up on the API, which is too slow" : "gets no result from the API");
    RAISE(error(status, "no result from the API"));
    END
}

struct value request(const char *format, ...)
{
    struct request *f = gen_new(sizeof *f, "request", request_body, NULL);
    va_list args;

    if (f == NULL)
        return error(503, "out of memory");
    va_start(args, format);
    if (vsnprintf(f->path, sizeof f->path, format, args) >= PATH_SIZE)
        f->path[0] = '\0'; /* too long: there is no call for an empty path */
    va_end(args);
    return generator(&f->gen);
}
