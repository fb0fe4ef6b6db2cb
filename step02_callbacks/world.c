/* world.c - the outside world of a demo: a slow API and scripted clients. */
#define _POSIX_C_SOURCE 200809L

#include "world.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "http.h"
#include "story.h"

enum { TEXT_SIZE = 1024, ACTS_MAX = 64 };

/* A call to the API, or a scripted client. */
struct party {
    int fd; /* -1: a client that is yet to come */
    enum { READING, SLEEPING } phase;
    const struct act *act; /* NULL: an API call that the script does not know */
    long long due;         /* SLEEPING: not before this time, in ms */
    size_t len;
    char text[TEXT_SIZE]; /* what has been read */
};

static pid_t child;         /* in the program: the world's process; 0: there is none */
static int told_to = -1;    /* in the program: where the story's lines go */
static int story_from = -1; /* in the world: where they come from */
static int api_listener;    /* in the world, like all that follows */
static bool api_full;       /* no descriptor was left for a further call */
static const struct act *script;
static bool happened[ACTS_MAX]; /* for each act: the event that it waits for has been told */
static int default_ms;
static struct address gateway;
static struct party *parties;
static struct pollfd *polled; /* the story, the API's listener, and one for each party */
static size_t n_parties, room_for_parties;

static long long now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void make_room(size_t n)
{
    room_for_parties = n;
    parties = realloc(parties, n * sizeof *parties);
    polled = realloc(polled, (n + 2) * sizeof *polled);
    if (parties == NULL || polled == NULL)
        _exit(1);
}

static void add_party(int fd, const struct act *act)
{
    struct party *party;

    if (n_parties == room_for_parties)
        make_room(2 * room_for_parties);
    party = &parties[n_parties++];
    party->fd = fd;
    party->act = act;
    party->phase = fd == -1 ? SLEEPING : READING;
    party->due = now_ms() + (act == NULL ? 0 : act->ms);
    party->len = 0;
}

static void end_party(struct party *party)
{
    if (party->fd != -1)
        close(party->fd);
    api_full = false;
    *party = parties[--n_parties];
}

/* The API has read a whole call: when will it answer? */
static void on_call(struct party *party, const char *path)
{
    int request = http_request_id(party->text, party->len);

    party->phase = SLEEPING;
    for (const struct act *act = script; act != NULL && act->path != NULL; act++)
        if (act->who == API && act->request == request && strcmp(act->path, path) == 0)
            party->act = act;
    party->due = now_ms() + (party->act == NULL ? default_ms : party->act->ms);
}

/* The API answers, and hangs up. */
static void answer_call(struct party *party)
{
    struct answer answer = http_error(404);
    char path[PATH_SIZE];
    char text[BODY_SIZE * 2];

    http_parse_request(party->text, party->len, false, path);
    if (strcmp(path, "/foo") == 0)
        answer = http_ok("bar");
    else if (strcmp(path, "/bar") == 0)
        answer = http_ok("baz");
    net_write(party->fd, text, http_format_response(text, sizeof text, &answer));
    end_party(party);
}

/* A client comes and asks; then it reads until the gateway hangs up. */
static void send_request(struct party *party)
{
    char text[TEXT_SIZE];

    party->phase = READING;
    party->fd = net_connect(&gateway, true);
    net_write(party->fd, text,
              http_format_request(text, sizeof text, "gateway", party->act->path, 0));
}

/* The other side has sent something to PARTY, or has hung up. */
static void on_text(struct party *party)
{
    bool is_client = party->act != NULL && party->act->who == CLIENT;
    char path[PATH_SIZE];
    int status;
    ssize_t n = net_read(party->fd, party->text + party->len, sizeof party->text - party->len);

    if (n == -1 && net_not_ready())
        return;
    if (n <= 0) {
        end_party(party);
        return;
    }
    if (is_client) /* the story tells what it is answered */
        return;
    party->len += (size_t)n;
    status = http_parse_request(party->text, party->len, false, path);
    if (status == 200)
        on_call(party, path);
    else if (status != 0 || party->len == sizeof party->text)
        end_party(party);
}

static void on_story(void)
{
    static char line[TEXT_SIZE]; /* or the beginning of one */
    static size_t len;
    char *lf;
    ssize_t n = net_read(story_from, line + len, sizeof line - 1 - len);

    if (n <= 0)
        _exit(0); /* the program has ended, or ends us */
    len += (size_t)n;
    line[len] = '\0';
    while ((lf = strchr(line, '\n')) != NULL) {
        for (int i = 0; script != NULL && script[i].path != NULL; i++)
            if (script[i].after != NULL &&
                strncmp(line, script[i].after, strlen(script[i].after)) == 0)
                happened[i] = true;
        len -= (size_t)(lf + 1 - line);
        memmove(line, lf + 1, len + 1);
    }
}

static bool may_act(const struct party *party)
{
    const struct act *act = party->act;

    return party->phase == SLEEPING &&
           (act == NULL || act->after == NULL || happened[act - script]);
}

/* Lets all act whose time has come. Returns how many ms it is until the next; -1: nobody knows. */
static int act_all(void)
{
    long long now = now_ms();
    long long next = -1;

    for (size_t i = n_parties; i-- > 0;) {
        struct party *party = &parties[i];

        if (!may_act(party))
            continue;
        if (party->due > now)
            next = next == -1 || party->due < next ? party->due : next;
        else if (party->fd == -1)
            send_request(party);
        else
            answer_call(party);
    }
    return next == -1 ? -1 : (int)(next - now);
}

static void accept_calls(void)
{
    int fd;

    while ((fd = net_accept(api_listener, false)) != -1)
        add_party(fd, NULL);
    api_full = !net_not_ready();
}

_Noreturn static void run_world(void)
{
    make_room(16);
    for (const struct act *act = script; act != NULL && act->path != NULL; act++)
        if (act->who == CLIENT)
            add_party(-1, act);
    for (;;) {
        int timeout = act_all();
        size_t n = n_parties;

        polled[0] = (struct pollfd){.fd = story_from, .events = POLLIN};
        polled[1] = (struct pollfd){.fd = api_full ? -1 : api_listener, .events = POLLIN};
        for (size_t i = 0; i < n; i++)
            polled[2 + i] = (struct pollfd){.fd = parties[i].phase == READING ? parties[i].fd : -1,
                                            .events = POLLIN};
        if (poll(polled, (nfds_t)(2 + n), timeout) <= 0)
            continue;
        for (size_t i = n; i-- > 0;) /* downwards, because end_party() moves the last one */
            if (polled[2 + i].revents != 0)
                on_text(&parties[i]);
        if (polled[1].revents != 0)
            accept_calls();
        if (polled[0].revents != 0)
            on_story();
    }
}

void world_start(const struct act *acts, int gateway_listener, int ms, struct address *api)
{
    const char *why = net_resolve(api, "127.0.0.1", "0");
    int ends[2];

    if (why != NULL || (api_listener = net_listen(api)) == -1 || pipe(ends) == -1)
        die("cannot set up the API: %s", why != NULL ? why : strerror(errno));
    net_own_address(api_listener, api);
    net_own_address(gateway_listener, &gateway);
    script = acts;
    default_ms = ms;
    fflush(NULL);
    child = fork();
    if (child == -1)
        die("cannot start the API: %s", strerror(errno));
    if (child == 0) {
        signal(SIGINT, SIG_IGN); /* Ctrl-C is for the program; we end when it does */
        signal(SIGTERM, SIG_IGN);
        close(ends[1]);
        close(gateway_listener);
        story_from = ends[0];
        run_world();
    }
    close(ends[0]);
    close(api_listener);
    told_to = ends[1];
    story_listener(told_to);
}

void world_end(void)
{
    story_listener(-1);
    close(told_to);
    while (waitpid(child, NULL, 0) == -1 && errno == EINTR)
        ;
    child = 0;
}
