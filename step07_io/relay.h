/* relay.h - the monitoring check of a relay: a device registers with a TransProxy server, a client
 * sends it something through the server, and the check is passed when the device has received it.
 * The tutorial's device and client. */
#ifndef RELAY_H
#define RELAY_H

#include <stdbool.h>
#include <stddef.h>

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

/* The demo: the check against a server of our own. */
void show_relay(void);

/* Runs the check against the server at HOST and PORT. Prints what came of it as JSON, and ends the
 * program with 1 if it was not passed. */
void check_relay(const char *host, const char *port);

#endif
