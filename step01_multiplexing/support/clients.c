/* clients.c - the clients, each a small state machine as in step 1, whatever the step. */
#define _POSIX_C_SOURCE 200809L

#include "clients.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "buffer.h"
#include "story.h"

enum { PAUSE_MS = 10 }; /* before accept() is tried again when descriptors or memory ran out */

enum client_state {
    LISTENING,    /* not a client: the listening socket */
    STOPPING,     /* not a client: the pipe that Ctrl-C writes to */
    READING,      /* the request */
    ANSWERING,    /* the step is at work for it: waits for nothing but a reset */
    REPLYING,     /* writing the answer */
    DISCONNECTING /* reading what it still sends, until it disconnects as well */
};

struct client {
    enum client_state state;
    int id;
    int fd;             /* -1: it has reset its connection */
    struct buffer text; /* what is being read or written */
    struct client *next;
    struct client **link; /* the pointer that points here, to take this one out of the list */
};

static const struct service *service;
static struct client listener = {.state = LISTENING}, stopper = {.state = STOPPING};
static struct client *clients; /* all of them, the newest first */
static int n_clients, most_clients;
static int n_accepted;
static bool stopping; /* the program is told to stop */

/* Lets CLIENT wait in STATE for EVENTS. */
static void wait_in(enum client_state state, struct client *client, short events)
{
    client->state = state;
    clients_watch(client->fd, events, client);
}

/* Whether a further client shall be accepted, now or later. */
static bool accepts(void)
{
    return !stopping && (service->requests == 0 || n_accepted < service->requests);
}

/* The oldest client that has its answer, and only has to disconnect; or NULL. */
static struct client *find_answered(void)
{
    struct client *done = NULL;

    for (struct client *client = clients; client != NULL; client = client->next)
        if (client->state == DISCONNECTING)
            done = client;
    return done;
}

/* Whether there is room for one more, or somebody who can make room. */
static bool has_room(void)
{
    return n_clients < most_clients || find_answered() != NULL;
}

/* Listens while there is room, and says so when all is done. */
static void watch_listener(void)
{
    if (accepts() && has_room())
        wait_in(LISTENING, &listener, POLLIN);
    else
        clients_unwatch(listener.fd);
    if (!accepts() && clients == NULL)
        clients_done();
}

/* Closes the socket of CLIENT. */
static void close_client(struct client *client)
{
    if (client->fd == -1)
        return;
    clients_unwatch(client->fd);
    close(client->fd);
    client->fd = -1;
}

static void end_client(struct client *client)
{
    close_client(client);
    *client->link = client->next;
    if (client->next != NULL)
        client->next->link = client->link;
    buffer_drop(&client->text);
    free(client);
    n_clients--;
    watch_listener();
}

/* CLIENT sends what nobody reads any more, or disconnects. */
static void drain(struct client *client)
{
    char unread[4096];
    ssize_t n = net_read(client->fd, unread, sizeof unread);

    if (n == 0 || (n == -1 && !net_not_ready()))
        end_client(client);
}

static void write_reply(struct client *client)
{
    int done = buffer_write(&client->text, client->fd);

    if (done == -1 || (done == 1 && stopping)) {
        end_client(client);
    } else if (done == 1) {
        /* To close now, while input may be unread, would reset the connection and destroy the
         * answer on its way. So we say that this is all, and wait for the client to do so. */
        shutdown(client->fd, SHUT_WR);
        wait_in(DISCONNECTING, client, POLLIN);
        watch_listener();
    }
}

void reply(struct client *client, struct answer answer)
{
    char text[2 * BODY_SIZE];
    size_t len = http_format_response(text, sizeof text, &answer);

    if (client->fd == -1) {
        tell(client->id, GONE, "has an answer for nobody, at %ld ms", story_ms());
        end_client(client);
        return;
    }
    tell(client->id, GONE, "is answered: %d %s, at %ld ms", answer.status, answer.body, story_ms());
    wait_in(REPLYING, client, POLLOUT);
    if (!buffer_keep(&client->text, text, len))
        net_write(client->fd, text, len); /* as much as goes at once */
    write_reply(client); /* mostly it all goes at once; if not, we wait to write the rest */
}

/* CLIENT has reset its connection. The work for it goes on: it is not ours to stop. */
static void on_reset(struct client *client)
{
    tell(client->id, WAITING, "has lost its client, and its handler works on");
    close_client(client);
}

static void read_request(struct client *client)
{
    char path[PATH_SIZE] = "?";
    ssize_t n = buffer_read(&client->text, client->fd);
    int status;

    if (n == -1 && net_not_ready())
        return;
    if (n == -1 && errno == ENOMEM) {
        reply(client, http_error(503));
        return;
    }
    if (n == -1 || client->text.len == 0) {
        end_client(client);
        return;
    }
    status = http_parse_request(client->text.bytes, client->text.len, n == 0, path);
    if (status == 0)
        return;
    buffer_drop(&client->text);
    wait_in(ANSWERING, client, 0);
    tell(client->id, RUNNING, "is let in: GET %s", path);
    if (status == 200)
        on_request(client, path);
    else
        reply(client, http_error(status));
}

static void add_client(int fd)
{
    struct client *client = malloc(sizeof *client);

    if (client == NULL) {
        struct answer answer = http_error(503);
        char text[2 * BODY_SIZE];

        net_write(fd, text, http_format_response(text, sizeof text, &answer));
        close(fd);
        return;
    }
    *client = (struct client){.id = n_accepted, .fd = fd, .next = clients, .link = &clients};
    if (clients != NULL)
        clients->link = &client->next;
    clients = client;
    n_clients++;
    wait_in(READING, client, POLLIN);
}

static void accept_all(void)
{
    while (accepts() && has_room()) {
        int fd = net_accept(listener.fd, false);

        if (fd == -1) {
            if (!net_not_ready())
                poll(NULL, 0, PAUSE_MS); /* to look again at once would be to spin */
            return;
        }
        if (n_clients == most_clients)
            end_client(find_answered());
        n_accepted++;
        add_client(fd);
    }
    watch_listener();
}

/* What is being answered will be answered; whoever has sent no whole request is disconnected. */
static void stop(void)
{
    stopping = true;
    clients_unwatch(stopper.fd);
    for (struct client *client = clients, *next; client != NULL; client = next) {
        next = client->next;
        if (client->state == READING || client->state == DISCONNECTING)
            end_client(client);
    }
    watch_listener();
}

void clients_go_on(void *who)
{
    struct client *client = who;

    switch (client->state) {
    case LISTENING:
        accept_all();
        break;
    case STOPPING:
        stop();
        break;
    case READING:
        read_request(client);
        break;
    case ANSWERING:
        on_reset(client);
        break;
    case REPLYING:
        write_reply(client);
        break;
    case DISCONNECTING:
        drain(client);
        break;
    }
}

void clients_open(const struct service *what, int most)
{
    service = what;
    most_clients = most;
    n_accepted = 0;
    listener.fd = service->listener;
    stopper.fd = service->stop;
    if (stopper.fd != -1)
        wait_in(STOPPING, &stopper, POLLIN);
    watch_listener();
}

int client_id(const struct client *client)
{
    return client->id;
}
