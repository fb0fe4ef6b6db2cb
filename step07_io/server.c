/* server.c - accepts connections, and makes a task for each. */
#define _POSIX_C_SOURCE 200809L

#include "server.h"

#include <poll.h>

#include "await.h"
#include "io.h"
#include "sockets.h"
#include "support/net.h"
#include "support/story.h"
#include "syscall.h"
#include "timer.h"

enum {
    GRACE_MS = 50, /* a new client is not sent away before */
    PAUSE_MS = 10  /* before we look again whether there is room for one more */
};

const struct poller *server_poller;
long server_idle_ms = 10000;
int server_lane;

static const struct service *service;
static client_maker *make_client;
static struct client *clients; /* the oldest first */
static struct client **end_of_clients = &clients;
static int n_clients, most_clients, n_accepted;
static long server_tid, stopper_tid;
static bool stopping;

bool server_stops(void)
{
    return stopping;
}

void *client_new(size_t size, const char *name, gen_body *body, int fd, int id)
{
    struct client *client = gen_new(size, name, body, client_drop);

    if (client == NULL)
        return NULL;
    client->fd = fd;
    client->id = id;
    client->since = timer_now();
    client->link = end_of_clients;
    *end_of_clients = client;
    end_of_clients = &client->next;
    n_clients++;
    return client;
}

void client_drop(struct gen *gen)
{
    struct client *client = (struct client *)gen;

    *client->link = client->next;
    if (client->next != NULL)
        client->next->link = client->link;
    else
        end_of_clients = client->link;
    n_clients--;
    io_close_fd(client->fd);
}

/* Whether CLIENT has had a moment to ask, and has sent nothing that only we have not read yet. */
static bool is_silent(const struct client *client)
{
    struct pollfd sent = {.fd = client->fd, .events = POLLIN};

    return timer_now() - client->since >= GRACE_MS && poll(&sent, 1, 0) == 0;
}

/* The idle client that has been here longest, or NULL; without hurry, a silent one alone. */
static struct client *find_idle(bool hurry)
{
    for (struct client *client = clients; client != NULL; client = client->next)
        if (!client->busy && client->tid != 0 && (hurry || is_silent(client)))
            return client;
    return NULL;
}

struct server {
    struct gen gen;
    int fd;
    struct value got;
};

static void server_drop(struct gen *gen)
{
    io_close_fd(((struct server *)gen)->fd);
}

static struct value server_body(struct gen *gen, struct value sent)
{
    struct server *f = (struct server *)gen;
    struct client *client; /* used before the next pause */

    BEGIN(GOT_CLIENT, AGAIN, SENT_AWAY, LATER, STILL_FULL, STARTED)
    if (server_lane != 0) {
        story_print(server_lane, "Server starting");
        story_lane(server_lane, WAITING);
    }
    while (service->requests == 0 || n_accepted < service->requests) {
        AWAIT_CATCH(GOT_CLIENT, f->got, accept_one(service->listener));
        if (f->got.tag == ERROR) { /* without memory, or worse: others may give some back */
            YIELD(AGAIN, f->got, none());
            continue;
        }
        f->fd = (int)f->got.integer;
        while (n_clients >= most_clients) {
            client = find_idle(false);
            if (client != NULL)
                AWAIT_CATCH(SENT_AWAY, f->got, Kill(client->tid));
            else
                AWAIT_CATCH(LATER, f->got, Sleep(PAUSE_MS));
            if (f->got.tag == ERROR)
                YIELD(STILL_FULL, f->got, none());
        }
        client = make_client(f->fd, ++n_accepted);
        if (client == NULL)
            io_close_fd(f->fd);
        f->fd = -1; /* it is the client's now */
        AWAIT_CATCH(STARTED, f->got, New((struct gen *)client));
    }
    if (server_lane != 0)
        story_lane(server_lane, GONE);
    RETURN(none());
    END
}

/* Waits until the program is told to end: nobody is accepted any more, and who is not being
 * answered is sent away. */
static struct value stopper_body(struct gen *gen, struct value sent)
{
    struct server *f = (struct server *)gen;

    BEGIN(TOLD, SERVER_ENDED, SENT_AWAY)
    AWAIT(TOLD, f->got, ReadWait(service->stop, FOREVER));
    stopping = true;
    AWAIT_CATCH(SERVER_ENDED, f->got, Kill(server_tid));
    if (f->got.tag == ERROR && f->got.code == NO_MEMORY)
        RAISE(f->got);
    while (find_idle(true) != NULL)
        AWAIT(SENT_AWAY, f->got, Kill(find_idle(true)->tid));
    RETURN(none());
    END
}

/* Without memory the stopper cannot do its work: then the program ends as it is. */
static void see_failure(const struct task *task, struct value error)
{
    if (task->tid == stopper_tid)
        die("cannot stop: %s", error.text);
}

/* Makes a task of BODY. Returns its number. */
static long start(struct sched *sched, const char *name, gen_body *body)
{
    struct server *f = gen_new(sizeof(struct server), name, body, server_drop);
    long tid;

    if (f != NULL)
        f->fd = -1;
    tid = sched_new(sched, (struct gen *)f);
    if (tid == 0)
        die("cannot serve: out of memory");
    return tid;
}

void serve_clients(const struct service *what, client_maker *make, void (*before)(struct sched *))
{
    struct sched sched;
    int room;

    service = what;
    make_client = make;
    n_accepted = 0;
    stopping = false;
    room = net_room();
    most_clients = room - room / 4; /* and the rest is for calls of the API and for threads */
    if (room < 4)
        die("cannot serve: too few file descriptors");
    sched_open(&sched);
    io_open(&sched, server_poller != NULL ? server_poller : poller_find(NULL));
    sched.on_failure = see_failure;
    if (before != NULL)
        before(&sched);
    server_tid = start(&sched, "server", server_body);
    if (service->stop != -1)
        stopper_tid = start(&sched, "stopper", stopper_body);
    sched_main_loop(&sched);
    sched_close(&sched);
    io_close();
}
