/* relay.h - the monitoring check of a relay: a device registers with a TransProxy server, a client
 * sends it something through the server, and the check is passed when the device has received it.
 * The tutorial's device and client. */
#ifndef RELAY_H
#define RELAY_H

#include <stdbool.h>
#include <stddef.h>

#include "gen.h"
#include "sched.h"
#include "support/buffer.h"
#include "support/net.h"

/* What stands at the beginning of what a peer has sent: a head, and a body of the announced length,
 * which a CRLF follows that is not counted. */
struct relay_message {
    size_t len;       /* of all, the CRLF included if it has come; 0: it has not come as a whole */
    char serial[32];  /* the body's SerialNumber; "": none */
    char dest[32];    /* the header DestUuid; "": none */
    const char *body; /* in the text */
    size_t body_len;
};

/* Reads the message at the beginning of the LEN bytes of TEXT. Returns false if it is none. */
bool relay_parse(const char *text, size_t len, struct relay_message *message);

/* One side of a connection over which messages come: the first member of the frame that reads
 * them. */
struct peer {
    struct gen gen;
    int fd;
    struct buffer text; /* what has come, and is not dealt with yet */
    size_t dealt_with;  /* but for so much of it */
    long long until;    /* by then the next message has to have come, a time in ms; 0: any time */
    struct value got;
};

/* Makes the frame of a peer, of SIZE bytes, which owns FD (-1: it has none yet). Returns NULL
 * without memory; FD stays the caller's then. DROP is peer_drop(), or calls it. */
MUST_USE void *peer_new(size_t size, const char *name, gen_body *body, gen_drop *drop, int fd);

/* Closes the peer's descriptor, and drops what has come. */
void peer_drop(struct gen *gen);

/* The last message that somebody has read: used before the next pause. */
extern struct relay_message relay_received;

/* A generator that reads the next message which PEER gets. */
MUST_USE struct value relay_receive(struct peer *peer);

enum { RELAY_DEADLINE_MS = 5000 };         /* of each message of the check */
enum { DEVICE_LANE = 1, CLIENT_LANE = 2 }; /* where its two sides tell their stories */

/* Runs the check against the server at ADDRESS, which is called HOST and PORT in what is sent.
 * BEGIN (NULL: nobody) may make tasks of its own first. Prints what came of it as JSON, for a
 * machine to read. Returns whether it was passed. */
bool relay_run_check(const struct address *address, const char *host, const char *port,
                     void (*begin)(struct sched *));

/* Runs the check against the server at HOST and PORT. Prints what came of it as JSON, and ends the
 * program with 1 if it was not passed. */
void check_relay(const char *host, const char *port);

#endif
