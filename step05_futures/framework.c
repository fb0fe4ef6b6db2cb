/* framework.c - what is between the loop and the business logic. */
#define _POSIX_C_SOURCE 200809L

#include "framework.h"

#include "api.h"
#include "app.h"
#include "driver.h"
#include "loop.h"
#include "pool.h"
#include "slot.h"
#include "support/story.h"

void on_request(struct client *client, const char *path)
{
    handler *found = get_handler(path);

    if (found == NULL)
        reply(client, http_error(404));
    else
        drive(client, found(client_id(client)));
}

void clients_watch(int fd, short events, void *who)
{
    loop_register(fd, events, clients_go_on, who);
}

void clients_unwatch(int fd)
{
    loop_unregister(fd);
}

void clients_done(void)
{
    loop_stop();
}

void serve_gateway(const struct service *service)
{
    int most;

    loop_open();
    pool_open();
    most = net_room() / 4; /* of the API's calls at once; the rest is for clients */
    if (most == 0)
        die("cannot serve: too few file descriptors");
    api_open(service, most);
    slot_open(most);
    clients_open(service, 3 * most);
    loop_run();
    pool_close();
    api_close();
    loop_close();
}
