/* service.c - where a server gets its sockets and its outside world from. */
#define _POSIX_C_SOURCE 200809L

#include "service.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "story.h"

enum { API_MS = 100 }; /* what our own API takes, unless a script says otherwise */

static int stop_pipe[2];

/* Ctrl-C once: finish what is being answered. Twice: end. */
static void on_signal(int number)
{
    static volatile sig_atomic_t times;
    int error = errno;

    if (times++ > 0 || write(stop_pipe[1], "", 1) == -1)
        _exit(128 + number);
    errno = error;
}

/* Returns a socket that listens at HOST and PORT. */
static int listen_at(const char *host, const char *port)
{
    struct address address;
    const char *why = net_resolve(&address, host, port);
    int fd = why != NULL ? -1 : net_listen(&address);

    if (fd == -1)
        die("cannot listen on %s:%s: %s", host, port, why != NULL ? why : strerror(errno));
    return fd;
}

/* Looks up API, "HOST:PORT" or "[HOST]:PORT". */
static void find_api(struct address *address, const char *api)
{
    const char *colon = strrchr(api, ':');
    bool brackets = api[0] == '[' && colon[-1] == ']';
    char host[256];
    const char *why;

    snprintf(host, sizeof host, "%.*s", (int)(colon - api) - 2 * brackets, api + brackets);
    why = net_resolve(address, host, colon + 1);
    if (why != NULL)
        die("cannot find the API %s: %s", api, why);
}

long service_demo(server *serve, const struct act *script, int requests)
{
    struct service service = {.host = "api", .stop = -1, .requests = requests};
    long ms;

    service.listener = listen_at("127.0.0.1", "0");
    world_start(script, service.listener, API_MS, &service.api);
    serve(&service);
    ms = story_ms();
    world_end();
    close(service.listener);
    return ms;
}

/* Lets the server open as many descriptors as it is allowed to. */
static void raise_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit); /* without it, fewer are served at once */
    }
}

void service_run(server *serve, const char *host, const char *port, const char *api)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    struct service service = {.host = api != NULL ? api : "api"};
    struct address address;

    raise_limit();
    service.listener = listen_at(host, port);
    net_own_address(service.listener, &address);
    if (api != NULL)
        find_api(&service.api, api);
    else
        world_start(NULL, service.listener, API_MS, &service.api);
    if (pipe(stop_pipe) == -1)
        die("cannot make a pipe: %s", strerror(errno));
    service.stop = stop_pipe[0];
    sigfillset(&action.sa_mask); /* the second signal waits until the first is dealt with */
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    say(strchr(host, ':') != NULL ? "listening on http://[%s]:%d\n" : "listening on http://%s:%d\n",
        host, net_port(&address));
    serve(&service);
    if (api == NULL)
        world_end();
    close(service.listener);
}
