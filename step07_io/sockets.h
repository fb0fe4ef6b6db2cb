/* sockets.h - library generators: what reads like a blocking call, and parks the task alone. As in
 * pyos, and so the tutorial's server reads as before, but for AWAIT:
 *
 *     AWAIT(GOT_CLIENT, f->client, accept_one(f->listener));
 *
 * Each function makes a generator (sleep_for() a system call); without memory it makes an error
 * instead, NO_MEMORY. A deadline is in ms, FOREVER is none, and TIMED_OUT is raised when it has
 * passed. Another failure is raised as an IO_ERROR with errno's text. */
#ifndef SOCKETS_H
#define SOCKETS_H

#include <stddef.h>

#include "support/net.h"
#include "value.h"

/* Gives the descriptor of the next connection, which the caller closes. When descriptors or the
 * kernel's memory have run out, it waits until there are some again. */
MUST_USE struct value accept_one(int listener);

/* Reads up to SIZE bytes into BUFFER, as soon as there are some. Gives how many; 0 is the end.
 * BUFFER is written only just before the caller goes on: several tasks may share one, if each uses
 * what is in it before its next pause. */
MUST_USE struct value recv_some(int fd, char *buffer, size_t size, long long ms);

/* Writes all LEN bytes of TEXT, which may change again when the caller is next paused. Each wait
 * may last MS. Gives none. */
MUST_USE struct value send_all(int fd, const char *text, size_t len, long long ms);

/* Connects to ADDRESS, which must stay. Gives the descriptor, which the caller closes. When
 * descriptors have run out, it waits until there is one again. */
MUST_USE struct value connect_to(const struct address *address, long long ms);

/* Gives none after MS. */
MUST_USE struct value sleep_for(long long ms);

#endif
