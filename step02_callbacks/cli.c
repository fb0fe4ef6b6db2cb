/* cli.c - the command line, the same in every step. */
#define _POSIX_C_SOURCE 200809L

#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "story.h"
#include "world.h"

enum { API_MS = 100 }; /* what our own API takes under "serve" */

/* What was said on the command line. */
static const char *word; /* a demo, "serve", or NULL for the whole lesson */
static const char *host = "127.0.0.1";
static const char *port = "8080";
static const char *api;
static const char *trace;
static const char *only_serve; /* an option that was given and goes with "serve" alone */

static int stop_pipe[2];

/* A mistake on the command line: says what was wrong and what is possible. */
_Noreturn static void misuse(const char *what, const char *wrong, const char *possible)
{
    fprintf(stderr, "%s: %s '%s'; possible: %s\n", program, what, wrong, possible);
    exit(2);
}

static void usage(const struct lesson *lesson)
{
    say("%s\n\n"
        "usage: %s                 the lesson: every demo in order\n"
        "       %s DEMO            one demo\n",
        lesson->title, program, program);
    if (lesson->serve != NULL)
        say("       %s serve [OPTION]  a real server, until Ctrl-C\n", program);
    say("\ndemos:\n");
    for (const struct demo *demo = lesson->demos; demo->name != NULL; demo++)
        say("  %-12s %s\n", demo->name, demo->what);
    say("\noptions:\n");
    if (lesson->serve != NULL)
        say("  --port P         serve: listen on port P, 0 for any free one (8080)\n"
            "  --host H         serve: listen at the address H (127.0.0.1)\n"
            "  --api HOST:PORT  serve: ask this API (one of our own: /foo is bar, /bar is baz)\n");
    if (lesson->option != NULL)
        say("  %s M        serve: M is %s (%s)\n", lesson->option->name, lesson->option->choices,
            lesson->option->value);
    say("  --trace FILE     also write the timeline as Chrome trace-event JSON\n"
        "  --help           this text\n");
}

/* Whether VALUE is a port number, from 0 or from 1 on. */
static bool is_port(const char *value, long least)
{
    char *end;
    long n = strtol(value, &end, 10);

    return *value >= '0' && *value <= '9' && *end == '\0' && end - value <= 5 && n >= least &&
           n <= 65535;
}

/* Whether VALUE is one of CHOICES, which '|' separates. */
static bool is_choice(const char *value, const char *choices)
{
    size_t len = strlen(value);

    for (const char *c = choices; c != NULL; c = strchr(c, '|')) {
        c += *c == '|';
        if (strncmp(c, value, len) == 0 && (c[len] == '|' || c[len] == '\0') && len > 0)
            return true;
    }
    return false;
}

static void parse_option(const struct lesson *lesson, const char *name, const char *value)
{
    struct option *own = lesson->option;
    bool serves = lesson->serve != NULL;
    bool is_own = own != NULL && strcmp(name, own->name) == 0;
    const char *colon;

    if (strcmp(name, "--trace") == 0)
        trace = value;
    else if (serves && strcmp(name, "--host") == 0)
        only_serve = name, host = value;
    else if (serves && strcmp(name, "--port") == 0)
        only_serve = name, port = value;
    else if (serves && strcmp(name, "--api") == 0)
        only_serve = name, api = value;
    else if (is_own)
        only_serve = name;
    else
        misuse("unknown option", name, "what --help lists");
    if (value == NULL)
        misuse("no value after", name, "what --help says");
    if (value == port && !is_port(port, 0))
        misuse("--port cannot be", port, "0 to 65535");
    if (value == api &&
        ((colon = strrchr(api, ':')) == NULL || colon == api || !is_port(colon + 1, 1)))
        misuse("--api cannot be", api, "HOST:PORT, as in 127.0.0.1:8000");
    if (is_own && !is_choice(value, own->choices))
        misuse("unknown value", value, own->choices);
    if (is_own)
        own->value = value;
}

static void parse(int argc, char **argv, const struct lesson *lesson)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            usage(lesson);
            exit(fflush(stdout) == 0 ? 0 : 1);
        } else if (argv[i][0] == '-') {
            parse_option(lesson, argv[i], argv[i + 1]);
            i++;
        } else if (word == NULL) {
            word = argv[i];
        } else {
            misuse("more than one demo:", argv[i], "one, or none for the whole lesson");
        }
    }
}

/* Ctrl-C once: finish what is being answered. Twice: end. */
static void on_signal(int number)
{
    int error = errno;

    (void)number;
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    if (write(stop_pipe[1], "", 1) == -1)
        _exit(1);
    errno = error;
}

static void serve(const struct lesson *lesson)
{
    struct sigaction action = {.sa_handler = on_signal};
    struct service service = {.host = api};
    struct address address;
    const char *why = net_resolve(&address, host, port);

    if (why != NULL || (service.listener = net_listen(&address)) == -1)
        die("cannot listen on %s:%s: %s", host, port, why != NULL ? why : strerror(errno));
    net_own_address(service.listener, &address);
    if (api != NULL) {
        char name[256];
        const char *colon = strrchr(api, ':');
        bool brackets = api[0] == '[' && colon[-1] == ']'; /* [::1]:80 */

        snprintf(name, sizeof name, "%.*s", (int)(colon - api) - 2 * brackets, api + brackets);
        why = net_resolve(&service.api, name, colon + 1);
        if (why != NULL)
            die("cannot find the API %s: %s", api, why);
    } else {
        world_start(NULL, service.listener, API_MS, &service.api);
        service.host = "127.0.0.1";
    }
    if (pipe(stop_pipe) == -1)
        die("cannot make a pipe: %s", strerror(errno));
    service.stop = stop_pipe[0];
    sigfillset(&action.sa_mask); /* the second signal waits until the first is dealt with */
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    say(strchr(host, ':') != NULL ? "listening on http://[%s]:%d\n" : "listening on http://%s:%d\n",
        host, net_port(&address));
    lesson->serve(&service);
    close(service.listener);
    close(stop_pipe[0]);
    close(stop_pipe[1]);
    if (api == NULL)
        world_end();
}

static void run_demos(const struct lesson *lesson)
{
    if (word == NULL)
        say("%s\n\n", lesson->title);
    for (const struct demo *demo = lesson->demos; demo->name != NULL; demo++)
        if (word == NULL || strcmp(word, demo->name) == 0)
            demo->run();
    if (word == NULL && lesson->closing != NULL)
        lesson->closing();
}

/* There is no demo of the name that was said. */
_Noreturn static void misuse_word(const struct lesson *lesson)
{
    char names[256];
    size_t len = 0;

    for (const struct demo *demo = lesson->demos; demo->name != NULL; demo++)
        len += (size_t)snprintf(names + len, sizeof names - len, ", %s", demo->name);
    snprintf(names + len, sizeof names - len, "%s", lesson->serve == NULL ? "" : ", serve");
    misuse("unknown demo", word, names + 2);
}

static bool is_demo(const struct lesson *lesson)
{
    for (const struct demo *demo = lesson->demos; demo->name != NULL; demo++)
        if (strcmp(word, demo->name) == 0)
            return true;
    return false;
}

/* The descriptors 0, 1 and 2 must be taken, or a socket would get such a number and be written to by
 * printf(). */
static void check_standard_files(void)
{
    bool no_stdout = fcntl(1, F_GETFD) == -1;

    while (true) {
        int fd = open("/dev/null", O_RDWR);

        if (fd > 2)
            close(fd);
        if (fd > 2 || fd == -1)
            break;
    }
    if (no_stdout)
        die("stdout is closed");
}

int cli_main(int argc, char **argv, const struct lesson *lesson)
{
    const char *slash = strrchr(argv[0], '/');
    bool serving;

    program = slash == NULL ? argv[0] : slash + 1;
    signal(SIGPIPE, SIG_IGN); /* write() tells us as well */
    setvbuf(stdout, NULL, _IOLBF, 0);
    check_standard_files();
    parse(argc, argv, lesson);
    serving = lesson->serve != NULL && word != NULL && strcmp(word, "serve") == 0;
    if (!serving && only_serve != NULL)
        misuse("only serve takes", only_serve, "what --help lists");
    if (word != NULL && !serving && !is_demo(lesson))
        misuse_word(lesson);
    if (trace != NULL)
        story_open_trace(trace);
    if (serving)
        serve(lesson);
    else
        run_demos(lesson);
    story_close_trace();
    if (fflush(stdout) == EOF || ferror(stdout))
        die("cannot write to stdout: %s", strerror(errno));
    return 0;
}
