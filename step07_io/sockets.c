/* sockets.c - library generators: accept, recv, send, connect, sleep. */
#define _POSIX_C_SOURCE 200809L

#include "sockets.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "await.h"
#include "io.h"
#include "support/story.h"
#include "timer.h"

enum { PAUSE_MS = 10 }; /* before we try again when descriptors or memory ran out */

/* What all of them need. */
struct op {
    struct gen gen;
    int fd;
    long long ms; /* of recv and send */
    struct value got;
};

/* Makes an operation of SIZE bytes on FD. Returns NULL without memory. */
static void *op_new(size_t size, const char *name, gen_body *body, gen_drop *drop, int fd,
                    long long ms)
{
    struct op *op = gen_new(size, name, body, drop);

    if (op != NULL) {
        op->fd = fd;
        op->ms = ms;
    }
    return op;
}

static struct value accept_body(struct gen *gen, struct value sent)
{
    struct op *f = (struct op *)gen;

    BEGIN(READABLE, LATER)
    for (;;) {
        int fd = net_accept(f->fd, false);

        if (fd != -1)
            RETURN(integer(fd));
        if (net_not_ready())
            AWAIT(READABLE, f->got, ReadWait(f->fd, FOREVER));
        else if (errno == EBADF || errno == EINVAL || errno == ENOTSOCK || errno == EOPNOTSUPP)
            RAISE(error(IO_ERROR, strerror(errno))); /* it does not listen, and never will */
        else
            AWAIT(LATER, f->got, Sleep(PAUSE_MS)); /* to look again at once would be to spin */
    }
    END
}

struct value accept_one(int listener)
{
    return generator(op_new(sizeof(struct op), "accept", accept_body, NULL, listener, FOREVER));
}

struct recv {
    struct op op;
    char *buffer;
    size_t size;
};

/* It waits first, for mostly there is nothing yet: one read() for each piece that comes. */
static struct value recv_body(struct gen *gen, struct value sent)
{
    struct recv *f = (struct recv *)gen;
    ssize_t n;

    BEGIN(READABLE)
    do {
        AWAIT(READABLE, f->op.got, ReadWait(f->op.fd, f->op.ms));
        n = net_read(f->op.fd, f->buffer, f->size);
    } while (n == -1 && net_not_ready());
    if (n == -1)
        RAISE(error(IO_ERROR, strerror(errno)));
    RETURN(integer(n));
    END
}

struct value recv_some(int fd, char *buffer, size_t size, long long ms)
{
    struct recv *f = op_new(sizeof *f, "recv", recv_body, NULL, fd, ms);

    if (f != NULL) {
        f->buffer = buffer;
        f->size = size;
    }
    return generator((struct gen *)f);
}

struct send {
    struct op op;
    const char *text; /* what is left */
    size_t len;
    char *copy; /* what was left when we first had to wait; NULL: nothing */
};

/* It writes first, for mostly there is room. */
static struct value send_body(struct gen *gen, struct value sent)
{
    struct send *f = (struct send *)gen;

    BEGIN(WRITABLE)
    while (f->len > 0) {
        ssize_t n = net_write(f->op.fd, f->text, f->len);

        if (n == -1 && !net_not_ready())
            RAISE(error(IO_ERROR, strerror(errno)));
        f->text += n > 0 ? n : 0;
        f->len -= n > 0 ? (size_t)n : 0;
        if (n != -1)
            continue;
        if (f->copy == NULL) {
            if ((f->copy = malloc(f->len)) == NULL)
                RAISE(error(NO_MEMORY, "out of memory"));
            f->text = memcpy(f->copy, f->text, f->len);
        }
        AWAIT(WRITABLE, f->op.got, WriteWait(f->op.fd, f->op.ms));
    }
    RETURN(none());
    END
}

static void send_drop(struct gen *gen)
{
    free(((struct send *)gen)->copy);
}

struct value send_all(int fd, const char *text, size_t len, long long ms)
{
    struct send *f = op_new(sizeof *f, "send", send_body, send_drop, fd, ms);

    if (f != NULL) {
        f->text = text;
        f->len = len;
    }
    return generator((struct gen *)f);
}

struct connect {
    struct op op; /* its descriptor is ours until we give it */
    const struct address *address;
    long long until; /* a time in ms, or FOREVER */
};

/* Where no descriptor is left, it waits until there is one. */
static struct value connect_body(struct gen *gen, struct value sent)
{
    struct connect *f = (struct connect *)gen;
    int fd;

    BEGIN(LATER, WRITABLE)
    while ((f->op.fd = net_connect(f->address, false)) == -1) {
        if (errno != EMFILE && errno != ENFILE)
            RAISE(error(IO_ERROR, strerror(errno)));
        if (f->until != FOREVER && timer_left(f->until) == 0)
            RAISE(error(TIMED_OUT, "timed out"));
        AWAIT(LATER, f->op.got, Sleep(PAUSE_MS));
    }
    AWAIT(WRITABLE, f->op.got,
          WriteWait(f->op.fd, f->until == FOREVER ? FOREVER : timer_left(f->until)));
    errno = net_connected(f->op.fd);
    if (errno != 0)
        RAISE(error(IO_ERROR, strerror(errno)));
    fd = f->op.fd;
    f->op.fd = -1;
    RETURN(integer(fd));
    END
}

static void connect_drop(struct gen *gen)
{
    io_close_fd(((struct op *)gen)->fd);
}

struct value connect_to(const struct address *address, long long ms)
{
    struct connect *f = op_new(sizeof *f, "connect", connect_body, connect_drop, -1, ms);

    if (f != NULL) {
        f->address = address;
        f->until = ms == FOREVER || ms > LLONG_MAX - timer_now() ? FOREVER : timer_now() + ms;
    }
    return generator((struct gen *)f);
}

struct value sleep_for(long long ms)
{
    return Sleep(story_delay(ms));
}
