/* relay.c - the monitoring check of a relay. */
#define _POSIX_C_SOURCE 200809L

#include "relay.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "examples.h"
#include "gen.h"
#include "io.h"
#include "sched.h"
#include "sockets.h"
#include "support/buffer.h"
#include "support/http.h"
#include "support/net.h"
#include "support/story.h"
#include "syscall.h"
#include "timer.h"
#include "web.h"

enum { DEVICE_LANE = 1, CLIENT_LANE = 2, RELAY_LANE = 3, IO_TID = 1, DEADLINE_MS = 5000 };

static const char register_body[] =
    "{\"TransProxy\": {\"Body\": {\"AuthCode\": \"0000\", \"SerialNumber\": \"0000\"}, "
    "\"Header\": {\"CSeq\": \"1\", \"MessageType\": \"MSG_TRANSPROXY_REGISTER_REQ\", "
    "\"TerminalType\": \"Camera\", \"Version\": \"1.0\"}}}";
static const char reply_body[] =
    "{\"TransProxy\": {\"Body\": {}, \"Header\": {\"CSeq\": \"1\", \"MessageType\": "
    "\"MSG_TRANSPROXY_REGISTER_RSP\", \"Version\": \"1.0\"}}}";
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

/* --- peers: each has one connection, and reads messages from it */

struct peer {
    struct gen gen;
    int fd;
    struct buffer text; /* what has come, and is not dealt with yet */
    size_t dealt_with;  /* but for so much of it */
    long long until;    /* by then the next message has to have come, a time in ms; 0: any time */
    char serial[32];    /* at the server: the device that has registered over this connection */
    struct peer *next;
    struct peer **link; /* the pointer that points here; NULL: it is not in the server's list */
    struct value got;
};

/* The last that somebody has read: used before the next pause. */
static struct relay_message message;

static void peer_drop(struct gen *gen)
{
    struct peer *peer = (struct peer *)gen;

    if (peer->link != NULL) {
        *peer->link = peer->next;
        if (peer->next != NULL)
            peer->next->link = peer->link;
    }
    io_close_fd(peer->fd);
    buffer_drop(&peer->text);
}

/* Makes the generator of a peer, which owns FD (-1: it has none yet). */
static struct gen *peer_new(const char *name, gen_body *body, int fd)
{
    struct peer *peer = gen_new(sizeof *peer, name, body, peer_drop);

    if (peer != NULL)
        peer->fd = fd;
    return (struct gen *)peer;
}

/* Reads the next message that PEER gets. */
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
        if (text->len > 0 && !relay_parse(text->bytes, text->len, &message))
            RAISE(error(IO_ERROR, "what came is no message"));
        if (text->len > 0 && message.len > 0)
            break;
        AWAIT(READABLE, f->got,
              ReadWait(f->peer->fd, f->peer->until == 0 ? FOREVER : timer_left(f->peer->until)));
        n = buffer_read(text, f->peer->fd);
        if (n == 0)
            RAISE(error(IO_ERROR, "the connection was closed"));
        if (n == -1 && !net_not_ready())
            RAISE(error(IO_ERROR, strerror(errno)));
    }
    f->peer->dealt_with = message.len;
    RETURN(none());
    END
}

static struct value receive(struct peer *peer)
{
    struct receive *f = gen_new(sizeof *f, "receive", receive_body, NULL);

    if (f == NULL)
        return error(NO_MEMORY, "out of memory");
    f->peer = peer;
    return generator(&f->gen);
}

/* --- the check */

static struct address proxy; /* the server that is checked */
static const char *proxy_host, *proxy_port;
static bool passed;
static char why[128]; /* it was not passed */

/* Sends the payload to the device, through the server. */
static struct value client_body(struct gen *gen, struct value sent)
{
    static char text[1024]; /* sent, or copied, before the next pause */
    struct peer *f = (struct peer *)gen;
    size_t len;

    BEGIN(CONNECTED, SENT, ANSWERED)
    io_running()->lane = CLIENT_LANE;
    f->until = timer_now() + DEADLINE_MS;
    AWAIT(CONNECTED, f->got, connect_to(&proxy, DEADLINE_MS));
    f->fd = (int)f->got.integer;
    len = format_post(text, sizeof text, "/PrivateData", proxy_host, proxy_port,
                      "AuthCode: e899060\r\nSrcUuid: 1111\r\nDestUuid: 0000\r\n", payload);
    tell(CLIENT_LANE, WAITING, "sends to device 0000: %s", payload);
    AWAIT(SENT, f->got, send_all(f->fd, text, len, DEADLINE_MS));
    AWAIT_CATCH(ANSWERED, f->got, receive(f)); /* some servers answer, some do not */
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
    f->until = timer_now() + DEADLINE_MS;
    AWAIT(CONNECTED, f->got, connect_to(&proxy, DEADLINE_MS));
    f->fd = (int)f->got.integer;
    len = format_post(text, sizeof text, "/TransProxy", proxy_host, proxy_port, "", register_body);
    tell(DEVICE_LANE, WAITING, "registers as 0000");
    AWAIT(SENT, f->got, send_all(f->fd, text, len, DEADLINE_MS));
    AWAIT(REGISTERED, f->got, receive(f));
    if (!contains(f->text.bytes, f->text.len, "TransProxy"))
        RAISE(error(IO_ERROR, "the device was not registered"));
    tell(DEVICE_LANE, WAITING, "is registered");
    AWAIT(STARTED, f->got, New(peer_new("client", client_body, -1)));
    do
        AWAIT(RECEIVED, f->got, receive(f));
    while (!contains(message.body, message.body_len, payload));
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
    AWAIT_CATCH(STARTED, f->got, New(peer_new("device", device_body, -1)));
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

/* Makes a task of TARGET. */
static void start(struct sched *sched, struct gen *target)
{
    if (sched_new(sched, target) == 0)
        die("cannot check the relay: out of memory");
}

static void open_check(struct sched *sched)
{
    sched_open(sched);
    sched->on_failure = note_failure;
    io_open(sched, poller_find(NULL));
    start(sched, gen_new(sizeof(struct check), "check", check_body, NULL));
}

/* Runs the check to its end, and prints what came of it, for a machine to read. */
static void run_check(struct sched *sched)
{
    sched_main_loop(sched);
    sched_close(sched);
    io_close();
    say("{\"status\": %d, \"target\": %d, \"errors\": \"%s\"}\n", passed ? 0 : 1, passed ? 0 : 1,
        why);
}

void check_relay(const char *host, const char *port)
{
    const char *reason = net_resolve(&proxy, host, port);
    struct sched sched;

    if (reason != NULL)
        die("cannot find the relay %s:%s: %s", host, port, reason);
    proxy_host = host;
    proxy_port = port;
    open_check(&sched);
    run_check(&sched);
    if (!passed) {
        story_close_trace();
        exit(1);
    }
}

/* --- a relay of our own, for the demo */

static int relay_listener;
static struct peer *devices; /* the connections over which devices have registered */

static struct peer *find_device(const char *serial)
{
    struct peer *device = devices;

    while (device != NULL && strcmp(device->serial, serial) != 0)
        device = device->next;
    return device;
}

static void add_device(struct peer *peer, const char *serial)
{
    snprintf(peer->serial, sizeof peer->serial, "%s", serial);
    if (peer->link != NULL)
        return; /* it has registered before */
    peer->next = devices;
    peer->link = &devices;
    if (devices != NULL)
        devices->link = &peer->next;
    devices = peer;
}

static size_t format_reply(char *out, size_t size, int status, const char *body)
{
    int len = snprintf(out, size,
                       "HTTP/1.1 %d %s\r\n"
                       "Content-Length: %zu\r\n"
                       "\r\n"
                       "%s\r\n",
                       status, status == 200 ? "OK" : http_error(status).body, strlen(body), body);

    return len < 0 || (size_t)len >= size ? 0 : (size_t)len;
}

/* One connection: registers a device, or relays what comes to the device that it is for. */
static struct value relay_body(struct gen *gen, struct value sent)
{
    static char text[1024]; /* sent, or copied, before the next pause */
    struct peer *f = (struct peer *)gen;
    struct peer *device;
    size_t len;

    BEGIN(RECEIVED, RELAYED, ANSWERED)
    for (;;) {
        AWAIT(RECEIVED, f->got, receive(f));
        device = find_device(message.dest);
        if (message.serial[0] != '\0') {
            tell(RELAY_LANE, WAITING, "registers device %s", message.serial);
            add_device(f, message.serial);
            len = format_reply(text, sizeof text, 200, reply_body);
        } else if (device != NULL) {
            tell(RELAY_LANE, WAITING, "relays to device %s", message.dest);
            AWAIT_CATCH(RELAYED, f->got,
                        send_all(device->fd, f->text.bytes, message.len, DEADLINE_MS));
            len = format_reply(text, sizeof text, f->got.tag == ERROR ? 502 : 200, "");
        } else {
            len = format_reply(text, sizeof text, 404, "");
        }
        AWAIT(ANSWERED, f->got, send_all(f->fd, text, len, DEADLINE_MS));
    }
    END
}

struct relay_server {
    struct gen gen;
    struct value got;
};

static struct value relay_server_body(struct gen *gen, struct value sent)
{
    struct relay_server *f = (struct relay_server *)gen;
    struct gen *peer;

    BEGIN(ACCEPTED, STARTED)
    for (;;) {
        AWAIT(ACCEPTED, f->got, accept_one(relay_listener));
        peer = peer_new("relay", relay_body, (int)f->got.integer);
        if (peer == NULL)
            io_close_fd((int)f->got.integer);
        AWAIT_CATCH(STARTED, f->got, New(peer));
    }
    END
}

void show_relay(void)
{
    struct sched sched;

    story_begin("#%d", "relay: a device, a client, and the relay between them, that is checked");
    story_name(DEVICE_LANE, "device");
    story_name(CLIENT_LANE, "client");
    story_name(RELAY_LANE, "relay");
    if (net_resolve(&proxy, "127.0.0.1", "0") != NULL ||
        (relay_listener = net_listen(&proxy)) == -1)
        die("cannot set up the relay: %s", strerror(errno));
    net_own_address(relay_listener, &proxy);
    proxy_host = "127.0.0.1";
    proxy_port = "6604";
    open_check(&sched);
    sched.on_switch = show_queues;
    start(&sched, gen_new(sizeof(struct relay_server), "server", relay_server_body, NULL));
    run_check(&sched);
    close(relay_listener);
    story_timeline();
    story_end();
    say("  Device, client and relay talk over sockets, on one thread. The line in braces\n"
        "  is for a machine; ./%s relay HOST PORT checks a real relay.\n\n",
        program);
}
