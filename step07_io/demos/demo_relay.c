/* demo_relay.c - a device, a client, and a relay of our own between them. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../await.h"
#include "../io.h"
#include "../relay.h"
#include "../sockets.h"
#include "../support/http.h"
#include "../support/net.h"
#include "../support/story.h"
#include "../syscall.h"
#include "common.h"

enum { RELAY_LANE = 3 };

static const char reply_body[] =
    "{\"TransProxy\": {\"Body\": {}, \"Header\": {\"CSeq\": \"1\", \"MessageType\": "
    "\"MSG_TRANSPROXY_REGISTER_RSP\", \"Version\": \"1.0\"}}}";

/* One connection of the relay. */
struct connection {
    struct peer peer;
    char serial[32]; /* of the device that has registered over it */
    struct connection *next;
    struct connection **link; /* the pointer that points here; NULL: it is not in the list */
};

static int relay_listener;
static struct connection *devices; /* the connections over which devices have registered */

static void connection_drop(struct gen *gen)
{
    struct connection *f = (struct connection *)gen;

    if (f->link != NULL) {
        *f->link = f->next;
        if (f->next != NULL)
            f->next->link = f->link;
    }
    peer_drop(gen);
}

static struct connection *find_device(const char *serial)
{
    struct connection *device = devices;

    while (device != NULL && strcmp(device->serial, serial) != 0)
        device = device->next;
    return device;
}

static void add_device(struct connection *f, const char *serial)
{
    snprintf(f->serial, sizeof f->serial, "%s", serial);
    if (f->link != NULL)
        return; /* it has registered before */
    f->next = devices;
    f->link = &devices;
    if (devices != NULL)
        devices->link = &f->next;
    devices = f;
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
    struct connection *f = (struct connection *)gen;
    struct connection *device;
    size_t len;

    BEGIN(RECEIVED, RELAYED, ANSWERED)
    for (;;) {
        AWAIT(RECEIVED, f->peer.got, relay_receive(&f->peer));
        device = find_device(relay_received.dest);
        if (relay_received.serial[0] != '\0') {
            tell(RELAY_LANE, WAITING, "registers device %s", relay_received.serial);
            add_device(f, relay_received.serial);
            len = format_reply(text, sizeof text, 200, reply_body);
        } else if (device != NULL) {
            tell(RELAY_LANE, WAITING, "relays to device %s", relay_received.dest);
            AWAIT_CATCH(RELAYED, f->peer.got,
                        send_all(device->peer.fd, f->peer.text.bytes, relay_received.len,
                                 RELAY_DEADLINE_MS));
            len = format_reply(text, sizeof text, f->peer.got.tag == ERROR ? 502 : 200, "");
        } else {
            len = format_reply(text, sizeof text, 404, "");
        }
        AWAIT(ANSWERED, f->peer.got, send_all(f->peer.fd, text, len, RELAY_DEADLINE_MS));
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
    struct connection *connection;

    BEGIN(ACCEPTED, STARTED)
    for (;;) {
        AWAIT(ACCEPTED, f->got, accept_one(relay_listener));
        connection =
            peer_new(sizeof *connection, "relay", relay_body, connection_drop, (int)f->got.integer);
        if (connection == NULL)
            io_close_fd((int)f->got.integer);
        AWAIT_CATCH(STARTED, f->got, New((struct gen *)connection));
    }
    END
}

static void begin_relay(struct sched *sched)
{
    struct gen *server = gen_new(sizeof(struct relay_server), "server", relay_server_body, NULL);

    sched->on_switch = show_queues;
    if (sched_new(sched, server) == 0)
        die("cannot start the relay: out of memory");
}

void demo_relay(void)
{
    struct address address;

    story_begin("#%d", "relay: a device, a client, and the relay between them, that is checked");
    story_name(DEVICE_LANE, "device");
    story_name(CLIENT_LANE, "client");
    story_name(RELAY_LANE, "relay");
    if (net_resolve(&address, "127.0.0.1", "0") != NULL ||
        (relay_listener = net_listen(&address)) == -1)
        die("cannot set up the relay: %s", strerror(errno));
    net_own_address(relay_listener, &address);
    relay_run_check(&address, "127.0.0.1", "6604", begin_relay);
    close(relay_listener);
    story_timeline();
    story_end();
    say("  Device, client and relay talk over sockets, on one thread. The line in braces\n"
        "  is for a machine; ./%s relay HOST PORT checks a real relay.\n\n",
        program);
}
