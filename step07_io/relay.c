/* relay.c - the monitoring check of a relay. */
#define _POSIX_C_SOURCE 200809L

#include "relay.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "await.h"
#include "io.h"
#include "sockets.h"
#include "support/http.h"
#include "support/net.h"
#include "support/story.h"
#include "syscall.h"
#include "timer.h"
#include "web.h"

enum { IO_TID = 1 };

static const char register_body[] =
    "{\"TransProxy\": {\"Body\": {\"AuthCode\": \"0000\", \"SerialNumber\": \"0000\"}, "
    "\"Header\": {\"CSeq\": \"1\", \"MessageType\": \"MSG_TRANSPROXY_REGISTER_REQ\", "
    "\"TerminalType\": \"Camera\", \"Version\": \"1.0\"}}}";
static const char payload[] = "xmdevops";

/* --- messages */

/* Copies the text that VALUE begins with, up to END or one of STOP, into OUT, cut if it is too
 * long. */
static void copy_word(char *out, size_t size, const char *value, const char *end, const char *stop)
{
    size_t len = 0;

    while (value < end && len + 1 < size && *value != '\0' && strchr(stop, *value) == NULL)
        out[len++] = *value++;
    out[len] = '\0';
}

/* Finds "SerialNumber": "..." in a body. */
static void find_serial(struct relay_message *message)
{
    static const char key[] = "\"SerialNumber\"";
    const char *end = message->body + message->body_len;

    for (const char *p = message->body; p + sizeof key <= end; p++) {
        if (memcmp(p, key, sizeof key - 1) != 0)
            continue;
        p += sizeof key - 1;
        while (p < end && strchr(" \t:", *p) != NULL && *p != '\0')
            p++;
        p += p < end && *p == '"';
        copy_word(message->serial, sizeof message->serial, p, end, "\"");
        return;
    }
}

bool relay_parse(const char *text, size_t len, struct relay_message *message)
{
    size_t head = web_head_length(text, len);
    const char *value;
    long announced;

    *message = (struct relay_message){.len = 0};
    if (head == 0)
        return len < HEAD_MAX;
    value = web_header(text, head, "Content-Length");
    if (value != NULL && !isdigit((unsigned char)*value))
        return false; /* strtol() would pass over line ends, too, and leave the head */
    announced = value == NULL ? 0 : strtol(value, NULL, 10); /* the head's last LF stops it */
    if (announced > HEAD_MAX)
        return false;
    message->body = text + head;
    message->body_len = (size_t)announced;
    if (len - head < message->body_len)
        return len < HEAD_MAX;
    message->len = head + message->body_len;
    if (len - message->len >= 2 && memcmp(text + message->len, "\r\n", 2) == 0)
        message->len += 2;
    value = web_header(text, head, "DestUuid");
    if (value != NULL)
        copy_word(message->dest, sizeof message->dest, value, text + head, " \t\r\n");
    find_serial(message);
    return true;
}

/* Writes a message to PATH with MORE headers. Returns its length. */
static size_t format_post(char *out, size_t size, const char *path, const char *host,
                          const char *port, const char *more, const char *body)
{
    int len = snprintf(out, size,
                       "POST %s HTTP/1.1\r\n"
                       "Host: %s\r\n"
                       "Port: %s\r\n"
                       "Connection: keep-alive\r\n"
                       "Content-Length: %zu\r\n"
                       "%s"
                       "\r\n"
                       "%s\r\n",
                       path, host, port, strlen(body), more, body);

    return len < 0 || (size_t)len >= size ? 0 : (size_t)len;
}

/* Whether WORD stands in the LEN bytes of TEXT. */
static bool contains(const char *text, size_t len, const char *word)
{
    size_t n = strlen(word);

    for (size_t i = 0; i + n <= len; i++)
        if (memcmp(text + i, word, n) == 0)
            return true;
    return false;
}

/* --- peers */

struct relay_message relay_received;

void peer_drop(struct gen *gen)
{
    struct peer *peer = (struct peer *)gen;

    io_close_fd(peer->fd);
    buffer_drop(&peer->text);
}

void *peer_new(size_t size, const char *name, gen_body *body, gen_drop *drop, int fd)
{
    struct peer *peer = gen_new(size, name, body, drop);

    if (peer != NULL)
        peer->fd = fd;
    return peer;
}

struct receive {
    struct gen gen;
    struct peer *peer;
    struct value got;
};

static struct value receive_body(struct gen *gen, struct value sent)
{
    struct receive *f = (struct receive *)gen;
    struct buffer *text = &f->peer->text;
    ssize_t n;

    BEGIN(READABLE)
    text->len -= f->peer->dealt_with;
    if (text->len > 0)
        memmove(text->bytes, text->bytes + f->peer->dealt_with, text->len);
    f->peer->dealt_with = 0;
    for (;;) {
        if (text->len > 0 && !relay_parse(text->bytes, text->len, &relay_received))
            RAISE(error(IO_ERROR, "what came is no message"));
        if (text->len > 0 && relay_received.len > 0)
            break;
        AWAIT(READABLE, f->got,
              ReadWait(f->peer->fd, f->peer->until == 0 ? FOREVER : timer_left(f->peer->until)));
        n = buffer_read(text, f->peer->fd);
        if (n == 0)
            RAISE(error(IO_ERROR, "the connection was closed"));
        if (n == -1 && !net_not_ready())
            RAISE(error(IO_ERROR, strerror(errno)));
    }
    f->peer->dealt_with = relay_received.len;
    RETURN(none());
    END
}

struct value relay_receive(struct peer *peer)
{
    struct receive *f = gen_new(sizeof *f, "receive", receive_body, NULL);

    if (f != NULL)
        f->peer = peer;
    return generator((struct gen *)f);
}

/* --- the check */

static struct address proxy; /* the server that is checked */
static const char *proxy_host, *proxy_port;
static bool passed;
static char why[128]; /* it was not passed */

/* Makes the generator of a peer that has no connection yet. */
static struct gen *plain_peer(const char *name, gen_body *body)
{
    return peer_new(sizeof(struct peer), name, body, peer_drop, -1);
}

/* Sends the payload to the device, through the server. */
static struct value client_body(struct gen *gen, struct value sent)
{
    static char text[1024]; /* sent, or copied, before the next pause */
    struct peer *f = (struct peer *)gen;
    size_t len;

    BEGIN(CONNECTED, SENT, ANSWERED)
    io_running()->lane = CLIENT_LANE;
    f->until = timer_now() + RELAY_DEADLINE_MS;
    AWAIT(CONNECTED, f->got, connect_to(&proxy, RELAY_DEADLINE_MS));
    f->fd = (int)f->got.integer;
    len = format_post(text, sizeof text, "/PrivateData", proxy_host, proxy_port,
                      "AuthCode: e899060\r\nSrcUuid: 1111\r\nDestUuid: 0000\r\n", payload);
    tell(CLIENT_LANE, WAITING, "sends to device 0000: %s", payload);
    AWAIT(SENT, f->got, send_all(f->fd, text, len, RELAY_DEADLINE_MS));
    AWAIT_CATCH(ANSWERED, f->got, relay_receive(f)); /* some servers answer, some do not */
    RETURN(none());
    END
}

/* Registers, lets the client begin, and waits for the payload. */
static struct value device_body(struct gen *gen, struct value sent)
{
    static char text[1024]; /* the same */
    struct peer *f = (struct peer *)gen;
    size_t len;

    BEGIN(AWAITED, CONNECTED, SENT, REGISTERED, STARTED, RECEIVED)
    io_running()->lane = DEVICE_LANE;
    YIELD(AWAITED, f->got, none()); /* until the check waits for us: we could fail at once */
    f->until = timer_now() + RELAY_DEADLINE_MS;
    AWAIT(CONNECTED, f->got, connect_to(&proxy, RELAY_DEADLINE_MS));
    f->fd = (int)f->got.integer;
    len = format_post(text, sizeof text, "/TransProxy", proxy_host, proxy_port, "", register_body);
    tell(DEVICE_LANE, WAITING, "registers as 0000");
    AWAIT(SENT, f->got, send_all(f->fd, text, len, RELAY_DEADLINE_MS));
    AWAIT(REGISTERED, f->got, relay_receive(f));
    if (!contains(f->text.bytes, f->text.len, "TransProxy"))
        RAISE(error(IO_ERROR, "the device was not registered"));
    tell(DEVICE_LANE, WAITING, "is registered");
    AWAIT(STARTED, f->got, New(plain_peer("client", client_body)));
    do
        AWAIT(RECEIVED, f->got, relay_receive(f));
    while (!contains(relay_received.body, relay_received.body_len, payload));
    tell(DEVICE_LANE, GONE, "has received: %s", payload);
    RETURN(none());
    END
}

/* Waits until the device has ended, well or not, and then ends all the others. */
struct check {
    struct gen gen;
    struct task_info infos[8];
    long i, n;
    struct value got;
};

/* Without memory for a system call the others would not be ended, and the check would not end. */
static void must_succeed(struct value value)
{
    if (value.tag == ERROR && value.code == NO_MEMORY)
        die("cannot check the relay: out of memory");
}

static struct value check_body(struct gen *gen, struct value sent)
{
    struct check *f = (struct check *)gen;

    BEGIN(STARTED, ENDED_TOO, LISTED, KILLED)
    AWAIT_CATCH(STARTED, f->got, New(plain_peer("device", device_body)));
    must_succeed(f->got);
    AWAIT_CATCH(ENDED_TOO, f->got, Wait(f->got.integer));
    passed = f->got.tag != ERROR;
    if (passed || why[0] == '\0')
        snprintf(why, sizeof why, "%s", passed ? "" : f->got.text);
    AWAIT_CATCH(LISTED, f->got, ListTasks(f->infos, 8));
    must_succeed(f->got);
    f->n = f->got.integer;
    for (f->i = 0; f->i < f->n; f->i++)
        if (f->infos[f->i].tid != io_running()->tid && f->infos[f->i].tid != IO_TID) {
            AWAIT_CATCH(KILLED, f->got, Kill(f->infos[f->i].tid));
            must_succeed(f->got);
        }
    RETURN(none());
    END
}

/* The client's reason is the better one: all that the device can do then is to time out. */
static void note_failure(const struct task *task, struct value error)
{
    if (task->lane == CLIENT_LANE)
        snprintf(why, sizeof why, "%s", error.text);
}

bool relay_run_check(const struct address *address, const char *host, const char *port,
                     void (*begin)(struct sched *))
{
    struct sched sched;

    proxy = *address;
    proxy_host = host;
    proxy_port = port;
    sched_open(&sched);
    sched.on_failure = note_failure;
    io_open(&sched, poller_find(NULL));
    if (sched_new(&sched, gen_new(sizeof(struct check), "check", check_body, NULL)) == 0)
        die("cannot check the relay: out of memory");
    if (begin != NULL)
        begin(&sched);
    sched_main_loop(&sched);
    sched_close(&sched);
    io_close();
    say("{\"status\": %d, \"target\": %d, \"errors\": \"%s\"}\n", passed ? 0 : 1, passed ? 0 : 1,
        why);
    return passed;
}

void check_relay(const char *host, const char *port)
{
    struct address address;
    const char *reason = net_resolve(&address, host, port);

    if (reason != NULL)
        die("cannot find the relay %s:%s: %s", host, port, reason);
    if (!relay_run_check(&address, host, port, NULL)) {
        story_close_trace();
        exit(1);
    }
}
