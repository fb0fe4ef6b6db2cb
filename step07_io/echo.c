/* echo.c - the tutorial's server: sends back what it reads. */
#define _POSIX_C_SOURCE 200809L

#include "echo.h"

#include "await.h"
#include "io.h"
#include "sockets.h"
#include "support/story.h"

struct echo {
    struct client client;
    struct value got;
};

static struct value echo_body(struct gen *gen, struct value sent)
{
    static char buffer[65536]; /* of all: filled after a pause, and copied before the next */
    struct echo *f = (struct echo *)gen;

    BEGIN(GOT_SOME, SENT)
    f->client.tid = io_running()->tid;
    io_running()->lane = f->client.id;
    story_print(f->client.id, "Connection from #%d", f->client.id);
    story_lane(f->client.id, WAITING);
    while (!server_stops()) {
        f->client.busy = false;
        AWAIT_CATCH(GOT_SOME, f->got,
                    recv_some(f->client.fd, buffer, sizeof buffer, server_idle_ms));
        if (f->got.tag == ERROR || f->got.integer == 0)
            break;
        f->client.busy = true;
        AWAIT_CATCH(SENT, f->got,
                    send_all(f->client.fd, buffer, (size_t)f->got.integer, server_idle_ms));
        if (f->got.tag == ERROR)
            break;
    }
    story_print(f->client.id, "Client closed");
    story_lane(f->client.id, GONE);
    RETURN(none());
    END
}

struct client *echo_client(int fd, int id)
{
    return client_new(sizeof(struct echo), "echo", echo_body, fd, id);
}
