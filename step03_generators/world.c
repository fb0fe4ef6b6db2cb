/* world.c - the outside world of a demo: a slow API and scripted clients, a thread for each. */
#define _POSIX_C_SOURCE 200809L

#include "world.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "http.h"
#include "story.h"

enum {
    ACTS_MAX = 64,
    SILENCE_S = 20 /* a story in which nothing happens for so long has lost its thread */
};

static pid_t child;       /* in the program: the world's process */
static int story_pipe[2]; /* from the program, which tells, to the world */
static int api_listener;  /* this and what follows is the world's */
static struct address gateway;
static const struct act *script;
static int default_ms;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t something_happened = PTHREAD_COND_INITIALIZER;
static bool happened[ACTS_MAX]; /* for each act: the event that it waits for has been told */

/* Waits MS, and until the event has been told that ACT (NULL: none) waits for. */
static void wait_for(const struct act *act, int ms)
{
    struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

    while (nanosleep(&left, &left) == -1 && errno == EINTR)
        ;
    if (act == NULL || act->after == NULL)
        return;
    pthread_mutex_lock(&mutex);
    while (!happened[act - script])
        pthread_cond_wait(&something_happened, &mutex);
    pthread_mutex_unlock(&mutex);
}

/* What the script says of the call for PATH that the gateway makes for REQUEST; NULL: nothing. */
static const struct act *find_act(const char *path, int request)
{
    for (const struct act *act = script; act != NULL && act->path != NULL; act++)
        if (act->who == API && act->request == request && strcmp(act->path, path) == 0)
            return act;
    return NULL;
}

/* One call of the API, on the descriptor that ARG points to: reads it, and answers in time. */
static void *run_call(void *arg)
{
    int fd = *(int *)arg;
    char text[HEAD_MAX];
    char path[PATH_SIZE];
    size_t len = 0;
    ssize_t n;
    int status;

    free(arg);
    do {
        n = net_read(fd, text + len, sizeof text - len);
        len += n > 0 ? (size_t)n : 0;
        status = http_parse_request(text, len, n <= 0, path);
    } while (status == 0);
    if (status == 200) {
        const struct act *act = find_act(path, http_request_id(text, len));
        struct answer answer = strcmp(path, "/foo") == 0   ? http_ok("bar")
                               : strcmp(path, "/bar") == 0 ? http_ok("baz")
                                                           : http_error(404);

        if (act != NULL && act->status != 0)
            answer = http_error(act->status);
        wait_for(act, act == NULL ? default_ms : act->ms);
        net_write(fd, text, http_format_response(text, sizeof text, &answer));
    }
    close(fd);
    return NULL;
}

/* Runs RUN with ARG in a thread of its own. */
static bool start_thread(void *run(void *), void *arg)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, run, arg) != 0)
        return false;
    pthread_detach(thread);
    return true;
}

/* The API: a thread for each call. Where there can be none, the call is hung up on. */
static void *run_api(void *arg)
{
    (void)arg;
    net_set_blocking(api_listener, true);
    for (;;) {
        int *fd = malloc(sizeof *fd);

        if (fd == NULL || (*fd = net_accept(api_listener, true)) == -1) {
            free(fd);
            wait_for(NULL, 10); /* until others have given something back */
        } else if (!start_thread(run_call, fd)) {
            close(*fd);
            free(fd);
        }
    }
    return NULL;
}

/* A client: comes, asks, and reads until the gateway hangs up. The story tells what it reads. */
static void *run_client(void *arg)
{
    const struct act *act = arg;
    char text[HEAD_MAX];
    int fd;

    wait_for(act, act->ms);
    fd = net_connect(&gateway, true);
    if (fd == -1)
        _exit(1);
    net_write(fd, text, http_format_request(text, sizeof text, "gateway", act->path, 0));
    while (net_read(fd, text, sizeof text) > 0)
        ;
    close(fd);
    return NULL;
}

/* Notes what LINE, which has been told, allows to happen. */
static void hear(const char *line)
{
    alarm(SILENCE_S); /* SIGALRM ends the world, and that the program */
    pthread_mutex_lock(&mutex);
    for (int i = 0; script != NULL && script[i].path != NULL; i++)
        if (script[i].after != NULL && strncmp(line, script[i].after, strlen(script[i].after)) == 0)
            happened[i] = true;
    pthread_cond_broadcast(&something_happened);
    pthread_mutex_unlock(&mutex);
}

_Noreturn static void run_world(void)
{
    FILE *story = fdopen(story_pipe[0], "r");
    char line[256];

    signal(SIGINT, SIG_IGN); /* Ctrl-C is for the program: we end when it does */
    signal(SIGTERM, SIG_IGN);
    if (story == NULL || !start_thread(run_api, NULL))
        _exit(1);
    for (const struct act *act = script; act != NULL && act->path != NULL; act++)
        if (act->who == CLIENT && !start_thread(run_client, (void *)act))
            _exit(1);
    if (script != NULL)
        alarm(SILENCE_S);
    while (fgets(line, sizeof line, story) != NULL)
        hear(line);
    _exit(0); /* the program has ended, or ends us */
}

/* The world has ended before its time. */
static void on_death(int number)
{
    static const char message[] = ": the outside world has failed\n";

    (void)number;
    _exit(write(2, program, strlen(program)) == -1 || write(2, message, sizeof message - 1) == -1
              ? 2
              : 1);
}

void world_start(const struct act *acts, int gateway_listener, int ms, struct address *api)
{
    const char *why = net_resolve(api, "127.0.0.1", "0");

    if (why == NULL && ((api_listener = net_listen(api)) == -1 || pipe(story_pipe) == -1))
        why = strerror(errno);
    if (why != NULL)
        die("cannot set up the API: %s", why);
    net_own_address(api_listener, api);
    net_own_address(gateway_listener, &gateway);
    for (script = acts; acts != NULL && acts->path != NULL; acts++)
        if (acts - script >= ACTS_MAX)
            die("world: more than %d acts", ACTS_MAX);
    default_ms = ms;
    fflush(NULL);
    signal(SIGCHLD, on_death);
    child = fork();
    if (child == -1)
        die("cannot start the API: %s", strerror(errno));
    if (child == 0) {
        close(gateway_listener);
        close(story_pipe[1]);
        run_world();
    }
    close(api_listener);
    close(story_pipe[0]);
    story_listener(story_pipe[1]);
}

void world_end(void)
{
    story_listener(-1);
    signal(SIGCHLD, SIG_DFL);
    kill(child, SIGKILL); /* it would end by itself, but for whoever else has the pipe open */
    close(story_pipe[1]);
    while (waitpid(child, NULL, 0) == -1 && errno == EINTR)
        ;
}
