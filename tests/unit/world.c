/* world.c - tests of a demo's outside world: plays a gateway for its clients, and calls its API.
 * Prints what comes of it. Takes what to try alone: what ends the program. */
#define _POSIX_C_SOURCE 200809L

#include "world.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "http.h"
#include "story.h"

static int listener;
static struct address api;

/* Starts the world with the acts of SCRIPT. */
static void start(const struct act *script)
{
    struct address address;
    const char *why = net_resolve(&address, "127.0.0.1", "0");

    listener = why == NULL ? net_listen(&address) : -1;
    if (listener == -1)
        die("FAILED: cannot listen");
    net_set_blocking(listener, true);
    world_start(script, listener, 1, &api);
}

/* Lets the next client in, and prints how its request begins. */
static int let_in(int lane)
{
    char text[HEAD_MAX];
    int fd = net_accept(listener, true);
    ssize_t n = net_read(fd, text, sizeof text);

    tell(lane, RUNNING, "says %.*s", n > 10 ? 10 : (int)n, text);
    return fd;
}

static void answer(int lane, int fd, const char *text)
{
    tell(lane, GONE, "hears %s", text);
    net_write(fd, text, strlen(text));
    close(fd);
}

/* Calls the API for PATH, or says something else to it, for the request ID. */
static void call(int id, const char *path, const char *otherwise)
{
    char text[HEAD_MAX] = "";
    size_t len = http_format_request(text, sizeof text, "api", path, id);
    int fd = net_connect(&api, true);
    struct answer got = {.status = 0};
    ssize_t n;

    tell(id, WAITING, "calls for %s", path);
    if (otherwise != NULL)
        len = (size_t)snprintf(text, sizeof text, "%s", otherwise);
    net_write(fd, text, len);
    for (len = 0; (n = net_read(fd, text + len, sizeof text - len)) > 0;)
        len += (size_t)n;
    close(fd);
    if (len > 0 && http_parse_response(text, len, true, &got))
        tell(id, RUNNING, "hears of %s: %d %s", path, got.status, got.body);
    else
        tell(id, RUNNING, "hears nothing of %s", path);
}

/* They come one after the other, because each waits for what the one before it has done; whoever
 * would come by time alone would be the third first. */
static void test_clients(void)
{
    static const struct act script[] = {
        {.who = CLIENT, .path = "/third", .after = "#2 hears"},
        {.who = ECHO, .path = "second", .after = "#1 hears", .until = "#2 may speak", .times = 2},
        {.who = CLIENT, .path = "/first", .ms = 20},
        {.who = CLIENT, .path = "/fourth", .after = "#3", .until = "#4 shall break off"},
        {.who = ECHO, .path = "at once", .after = "#4 has broken off"},
        {.path = NULL},
    };
    char byte;
    int fd;

    story_begin("#%d", "clients");
    start(script);
    answer(1, let_in(1), "one");
    tell(2, RUNNING, "may speak");
    tell(2, RUNNING, "may speak");
    answer(2, let_in(2), "second");
    answer(3, let_in(3), "three");
    fd = let_in(4);
    tell(4, RUNNING, "shall break off");
    tell(4, GONE, "has broken off: %s", net_read(fd, &byte, 1) == -1 ? strerror(errno) : "FAILED");
    close(fd);
    answer(5, let_in(5), "at once");
    world_end();
    close(listener);
    story_end();
}

static void test_api(void)
{
    static const struct act script[] = {
        {.who = API, .request = 2, .path = "/foo", .status = 503},
        {.who = API, .request = 2, .path = "/bar", .ms = 20},
        {.who = API, .request = 3, .path = "/foo", .after = "#3 calls for /foo"},
        {.path = NULL},
    };

    story_begin("#%d", "the API");
    start(script);
    call(1, "/foo", NULL);
    call(1, "/bar", NULL);
    call(1, "/none", NULL);
    call(2, "/foo", NULL);
    call(2, "/foo", NULL);
    call(2, "/bar", NULL);
    call(3, "/foo", NULL);
    call(4, "/foo", "garbage\r\n\r\n");
    call(4, "/foo", "GET /foo HTTP/1.1\r\n\r\n");
    world_end();
    close(listener);
    story_end();
}

/* A child of the program that is not the world ends, and that is none of its business. */
static void test_other_child(void)
{
    pid_t child;

    story_begin("#%d", "another child");
    start(NULL);
    child = fork();
    if (child == 0)
        _exit(0);
    while (waitpid(child, NULL, 0) == -1 && errno == EINTR)
        ;
    call(1, "/foo", NULL);
    world_end();
    close(listener);
    story_end();
}

/* Tells more than the world can keep in mind. It ends, and that ends the program. */
static void tell_too_much(void)
{
    start(NULL);
    for (int i = 0; i < 2000; i++) {
        if (i % 500 == 0)
            story_begin("#%d", "much to tell");
        tell(1, RUNNING, "says much: %060d", i);
    }
    for (;;)
        pause();
}

static void too_many_acts(void)
{
    static struct act script[66];

    for (int i = 0; i < 65; i++)
        script[i].path = "/foo";
    start(script);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";

    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGPIPE, SIG_IGN);
    program = "world";
    if (strcmp(what, "much") == 0) {
        tell_too_much();
    } else if (strcmp(what, "acts") == 0) {
        too_many_acts();
    } else {
        test_clients();
        test_api();
        test_other_child();
    }
    return 0;
}
