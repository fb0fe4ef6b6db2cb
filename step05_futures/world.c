/* world.c - the outside world of a demo: a slow API and scripted clients, a thread for each. */
#define _POSIX_C_SOURCE 200809L

#include "world.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "http.h"
#include "story.h"

enum {
    ACTS_MAX = 64,
    TOLD_SIZE = 80000, /* of a story's lines, all together */
    SILENCE_S = 20     /* a story in which nothing happens for so long has lost its thread */
};

static pid_t child;       /* in the program: the world's process */
static int story_pipe[2]; /* from the program, which tells, to the world */
static int api_listener;  /* this and what follows is the world's */
static struct address gateway;
static const struct act *script;
static int default_ms;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t something_happened = PTHREAD_COND_INITIALIZER;
static char told[TOLD_SIZE];    /* the story so far, line after line */
static bool happened[ACTS_MAX]; /* for each act of the API: a call has taken it */

/* How often a line that begins with EVENT has been told. */
static int times_told(const char *event)
{
    int times = 0;

    for (const char *line = told; *line != '\0'; line = strchr(line, '\n') + 1)
        times += strncmp(line, event, strlen(event)) == 0;
    return times;
}

/* Waits MS, and until EVENT (NULL: none) has been told so many TIMES. */
static void wait_for(const char *event, int times, int ms)
{
    long delay = story_delay(ms);
    struct timespec left = {.tv_sec = delay / 1000, .tv_nsec = delay % 1000 * 1000000L};

    while (nanosleep(&left, &left) == -1 && errno == EINTR)
        ;
    pthread_mutex_lock(&mutex);
    while (event != NULL && times_told(event) < times)
        pthread_cond_wait(&something_happened, &mutex);
    pthread_mutex_unlock(&mutex);
}

/* Takes what the script says of a call for PATH that the gateway makes for REQUEST; NULL: nothing,
 * or no more. */
static const struct act *take_act(const char *path, int request)
{
    const struct act *found = NULL;

    pthread_mutex_lock(&mutex);
    for (const struct act *act = script; act != NULL && act->path != NULL; act++)
        if (found == NULL && act->who == API && act->request == request &&
            strcmp(act->path, path) == 0 && !happened[act - script])
            found = act;
    if (found != NULL)
        happened[found - script] = true;
    pthread_mutex_unlock(&mutex);
    return found;
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
        const struct act *act = take_act(path, http_request_id(text, len));
        struct answer answer = strcmp(path, "/foo") == 0   ? http_ok("bar")
                               : strcmp(path, "/bar") == 0 ? http_ok("baz")
                                                           : http_error(404);

        if (act != NULL && act->status != 0)
            answer = http_error(act->status);
        wait_for(act == NULL ? NULL : act->after, 1, act == NULL ? default_ms : act->ms);
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
            wait_for(NULL, 0, 10); /* until others have given something back */
        } else if (!start_thread(run_call, fd)) {
            close(*fd);
            free(fd);
        }
    }
    return NULL;
}

/* Sends TEXT and reads it back. */
static void echo(int fd, const char *text)
{
    char back[256];
    ssize_t n = 1;

    net_write(fd, text, strlen(text));
    for (size_t left = strlen(text); left > 0 && n > 0; left -= n > 0 ? (size_t)n : 0)
        n = net_read(fd, back, left < sizeof back ? left : sizeof back);
}

/* Asks for PATH, and reads until the gateway hangs up; or breaks off at the event UNTIL. The story
 * tells what is read. */
static void ask(int fd, const char *path, const char *until)
{
    const struct linger reset = {.l_onoff = 1};
    char text[HEAD_MAX];

    net_write(fd, text, http_format_request(text, sizeof text, "gateway", path, 0));
    if (until != NULL) {
        wait_for(until, 1, 0);
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        return;
    }
    while (net_read(fd, text, sizeof text) > 0)
        ;
}

static void *run_client(void *arg)
{
    const struct act *act = arg;
    int fd;

    wait_for(act->after, 1, act->ms);
    fd = net_connect(&gateway, true);
    if (fd == -1)
        _exit(1);
    if (act->who == ECHO) {
        wait_for(act->until, act->times > 0 ? act->times : 1, 0);
        echo(fd, act->path);
    } else {
        ask(fd, act->path, act->until);
    }
    close(fd);
    return NULL;
}

/* If nothing more is told for long, SIGALRM ends the world, and that the program. */
static void watch_silence(void)
{
    if (!story_pauses)
        alarm(SILENCE_S + (unsigned)story_delay(1));
}

/* Notes LINE, which has been told, for those who wait for it. */
static void hear(const char *line)
{
    static size_t len;

    watch_silence();
    pthread_mutex_lock(&mutex);
    len += (size_t)snprintf(told + len, sizeof told - len, "%s", line);
    if (len >= sizeof told)
        _exit(1); /* more than a story holds */
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
        if (act->who != API && !start_thread(run_client, (void *)act))
            _exit(1);
    if (script != NULL)
        watch_silence();
    while (fgets(line, sizeof line, story) != NULL)
        hear(line);
    _exit(0); /* the program has ended, or ends us */
}

/* The world has ended before its time. */
static void on_death(int number)
{
    static const char message[] = ": the outside world has failed\n";

    int error = errno;

    (void)number;
    if (child > 0 && waitpid(child, NULL, WNOHANG) != child) {
        errno = error;
        return; /* it is another child of the program */
    }
    _exit(write(2, program, strlen(program)) == -1 || write(2, message, sizeof message - 1) == -1
              ? 2
              : 1);
}

void world_start(const struct act *acts, int gateway_listener, int ms, struct address *api)
{
    const struct sigaction action = {.sa_handler = on_death, .sa_flags = SA_RESTART | SA_NOCLDSTOP};
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
    sigaction(SIGCHLD, &action, NULL);
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
