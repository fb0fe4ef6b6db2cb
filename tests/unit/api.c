/* api.c - tests of calls of the API (steps 1 to 5): when and to whom they are answered, how many
 * there can be at once, and how they are ended. The test is the API as well. Prints what happens;
 * takes the name of what stops the program. In step 1, whose calls know their users, it is built
 * with BY_STATE, and is these users. */
#define _POSIX_C_SOURCE 200809L

#include "api.h"

#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http.h"
#include "loop.h"
#include "net.h"
#include "service.h"

#ifdef BY_STATE
#include "framework.h"
typedef void callback(void *arg);
#else
#include "soon.h"
#endif

enum { MOST = 3 };

static _Noreturn void fail(const char *what)
{
    printf("FAILED: %s\n", what);
    exit(1);
}

/* What has happened, and what is to have happened before the loop is stopped. */
static struct events {
    int answers, held, hang_ups;
} happened, expected;
static bool runs; /* the loop does, until then */

static bool all_has_happened(void)
{
    return happened.answers >= expected.answers && happened.held >= expected.held &&
           happened.hang_ups >= expected.hang_ups;
}

static void count(int *event)
{
    ++*event;
    if (runs && all_has_happened())
        loop_stop();
}

/* Runs the loop until MORE has happened. */
static void run(struct events more)
{
    expected.answers += more.answers;
    expected.held += more.held;
    expected.hang_ups += more.hang_ups;
    runs = !all_has_happened();
    if (runs)
        loop_run();
    runs = false;
}

/* --- the API: answers /NAME with NAME, but holds back what begins with "/held" */

static struct service service = {.host = "api", .stop = -1};

/* Somebody who is waited for, and how to go on then. */
struct peer {
    int fd;
    callback *call;
};

static struct peer listener;

static void watch(struct peer *peer, callback *call)
{
    peer->call = call;
#ifdef BY_STATE
    loop_register(peer->fd, POLLIN, SERVING_CLIENT, peer);
#else
    loop_register(peer->fd, POLLIN, call, peer);
#endif
}

static void hang_up(struct peer *peer)
{
    loop_unregister(peer->fd);
    close(peer->fd);
    free(peer);
}

static void hear_call(void *arg)
{
    struct peer *peer = arg;
    char text[HEAD_MAX], name[PATH_SIZE];
    ssize_t n = net_read(peer->fd, text, sizeof text - 1);

    if (n <= 0) {
        hang_up(peer);
        count(&happened.hang_ups);
        return;
    }
    text[n] = '\0';
    if (sscanf(text, "GET /%99s", name) != 1)
        fail("that is no call");
    if (strncmp(name, "held", 4) == 0) {
        count(&happened.held);
        return;
    }
    n = snprintf(text, sizeof text, "HTTP/1.0 200 OK\r\n\r\n%s", name);
    if (net_write(peer->fd, text, (size_t)n) != n)
        fail("the answer is not written");
    hang_up(peer);
}

static void accept_call(void *arg)
{
    struct peer *peer = malloc(sizeof *peer);

    (void)arg;
    if (peer == NULL || (peer->fd = net_accept(listener.fd, false)) == -1)
        fail("nobody calls");
    watch(peer, hear_call);
}

static void listen_for_calls(void)
{
    struct address any;

    if (net_resolve(&any, "127.0.0.1", "0") != NULL || (listener.fd = net_listen(&any)) == -1)
        fail("cannot listen");
    net_own_address(listener.fd, &service.api);
    watch(&listener, accept_call);
}

/* --- those who call it */

struct user {
    int id;
    struct call *call;
};

static struct user users[] = {{.id = 1}, {.id = 2}, {.id = 3}, {.id = 4}};
static bool one_by_one; /* each answer is printed; if not, those of calls at once are counted */

static int n_asked_again; /* calls that are made as soon as there is an answer */

static void ask(struct user *user, const char *path);

static void hear(struct user *user, struct answer answer)
{
    if (n_asked_again > 0) {
        n_asked_again--;
        ask(user, "/foo");
    }
    if (one_by_one)
        printf("  #%d: %d %s\n", user->id, answer.status, answer.body);
    count(&happened.answers);
}

#ifdef BY_STATE
void clients_go_on(void *who)
{
    ((struct peer *)who)->call(who);
}

int client_id(const struct client *client)
{
    return ((const struct user *)client)->id;
}

void on_answer(struct client *client, struct answer answer)
{
    hear((struct user *)client, answer);
}
#else
static void got_answer(void *arg, struct answer answer)
{
    hear(arg, answer);
}
#endif

static void ask(struct user *user, const char *path)
{
    if (one_by_one)
        printf("  #%d asks for '%s'\n", user->id, path);
#ifdef BY_STATE
    api_call((struct client *)user, path);
#else
    user->call = api_call(user->id, path, got_answer, user);
    if (one_by_one)
        printf("  #%d goes on\n", user->id);
#endif
}

/* As many as there can be at once, of which one may fail. */
static void ask_most(const char *second)
{
    one_by_one = false;
    for (int i = 0; i < MOST; i++)
        ask(&users[i], i == 1 ? second : "/foo");
    run((struct events){.answers = MOST});
    printf("  %d at once\n", MOST);
    one_by_one = true;
}

static void test_answers(void)
{
    printf("one after the other, more than there can be at once\n");
    for (int i = 0; i < 2 * MOST; i++) {
        ask(&users[i % 2], i % 2 == 0 ? "/foo" : "/bar");
        run((struct events){.answers = 1});
    }
    printf("as many as there can be at once, and again\n");
    ask_most("/foo");
    n_asked_again = MOST;
    ask_most("/foo");
    one_by_one = false;
    run((struct events){.answers = MOST});
    one_by_one = true;
    printf("  and one more for each that is answered\n");
}

static void test_failures(void)
{
    struct address api;
    int closed;

    printf("calls that cannot begin\n");
    ask(&users[0], "/no path");
    ask(&users[1], "");
    run((struct events){.answers = 2, .hang_ups = 2});

    printf("an API that is not there\n");
    if (net_resolve(&api, "127.0.0.1", "0") != NULL || (closed = net_listen(&api)) == -1)
        fail("cannot listen");
    net_own_address(closed, &service.api);
    close(closed);
    ask(&users[0], "/foo");
    run((struct events){.answers = 1});
    net_own_address(listener.fd, &service.api);
    ask_most("/no path");
    run((struct events){.hang_ups = 1});
}

#ifndef BY_STATE
static void stop(void *arg)
{
    (void)arg;
    loop_stop();
}

/* Lets the loop turn once. */
static void turn(void)
{
    static struct handle last = {.call = stop};

    printf("  (the loop turns)\n");
    call_soon(&last);
    loop_run();
}

/* Ends the call of USER: it is not answered, and the API is hung up on. */
static void end(const struct user *user)
{
    int before = happened.answers;

    end_call(user->call);
    run((struct events){.hang_ups = 1});
    turn();
    printf("  ended, the API is hung up on, and so many answers come: %d\n",
           happened.answers - before);
}

static void test_ended(void)
{
    printf("ended before it has failed\n");
    ask(&users[0], "/no path");
    end(&users[0]);

    printf("ended before it is connected, and while it waits for the answer\n");
    ask(&users[0], "/held");
    end(&users[0]);
    ask(&users[0], "/held");
    run((struct events){.held = 1});
    end(&users[0]);
    ask_most("/foo");
}
#endif

static void misuse(const char *how)
{
    if (strcmp(how, "too_many") == 0)
        for (int i = 0; i <= MOST; i++)
            ask(&users[i], "/foo");
    if (strcmp(how, "under_way") == 0) {
        ask(&users[0], "/foo");
        ask(&users[1], "/held");
        run((struct events){.answers = 1, .held = 1});
        api_close();
    }
    fail("the program goes on");
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    loop_open();
    listen_for_calls();
    one_by_one = true;
    api_open(&service, MOST);
    if (argc > 1)
        misuse(argv[1]);
    test_answers();
    test_failures();
#ifndef BY_STATE
    test_ended();
#endif
    api_close();
    loop_unregister(listener.fd);
    close(listener.fd);
    loop_close();
    return 0;
}
