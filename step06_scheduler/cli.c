/* cli.c - the command line, the same in every step. */
#define _POSIX_C_SOURCE 200809L

#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "story.h"

/* What was said on the command line. */
static const char *word; /* a demo, "serve", or NULL for the whole lesson */
static const char *host = "127.0.0.1";
static const char *port; /* NULL: the usual one */
static const char *api;
static const char *trace;
static const char *slowness = "1";
static const char *only_serve; /* an option that was given and goes with "serve" alone */
static int n_words;            /* how many have followed the name of a command */

/* A mistake on the command line: says what was wrong and what is possible. */
_Noreturn static void misuse(const char *what, const char *wrong, const char *possible)
{
    fprintf(stderr, "%s: %s '%s'; possible: %s\n", program, what, wrong, possible);
    exit(2);
}

static void usage(const struct lesson *lesson)
{
    bool serves = lesson->serve != NULL;

    say("%s\n\nusage: %s                 the lesson: every demo in order\n", lesson->title,
        program);
    say("       %s DEMO            one demo\n", program);
    if (serves)
        say("       %s serve [OPTION]  a real server, until Ctrl-C\n", program);
    for (const struct command *c = lesson->commands; c != NULL && c->name != NULL; c++)
        say("       %s %-6s [HOST PORT]  %s\n", program, c->name, c->what);
    say("\ndemos:\n");
    for (const struct demo *demo = lesson->demos; demo->name != NULL; demo++)
        say("  %-12s %s\n", demo->name, demo->what);
    say("\noptions:\n");
    if (serves)
        say("  --port P         serve: listen on port P, 0 for any free one (8080)\n"
            "  --host H         serve: listen at the address H (127.0.0.1)\n"
            "  --api HOST:PORT  serve: ask this API (our own: /foo is bar, /bar baz)\n");
    for (const struct option *own = lesson->options; own != NULL && own->name != NULL; own++)
        say("  %s%-*s %s%s\n", own->name, 16 - (int)strlen(own->name),
            own->choices == NULL ? "" : " X", own->only_serve ? "serve: " : "", own->what);
    say("  --pause          wait for Enter after each line of a story\n"
        "  --slow X         all delays X times as long, or as short: 3, 0.1\n");
    say("  --trace FILE     also write the timeline as Chrome trace-event JSON\n"
        "  --help           this text\n");
}

/* Whether VALUE is a number from LEAST to MOST, in digits alone. */
static bool is_number(const char *value, long least, long most)
{
    char *end;
    long n = strtol(value, &end, 10);

    return *value >= '0' && *value <= '9' && *end == '\0' && end - value <= 10 && n >= least &&
           n <= most;
}

static bool is_address(const char *value)
{
    const char *colon = strrchr(value, ':');

    return colon != NULL && colon != value && is_number(colon + 1, 1, 65535);
}

/* Whether VALUE is one of CHOICES, which '|' separates, or a number if that is the choice. */
static bool is_choice(const char *value, const char *choices)
{
    size_t len = strcspn(value, "|");

    if (strcmp(choices, "NUMBER") == 0)
        return is_number(value, 0, LONG_MAX);
    for (const char *c = choices; c != NULL; c = strchr(c, '|')) {
        c += *c == '|';
        if (len > 0 && value[len] == '\0' && strncmp(c, value, len) == 0 &&
            (c[len] == '|' || c[len] == '\0'))
            return true;
    }
    return false;
}

/* Takes the option NAME, which this step alone has. Returns whether VALUE belongs to it. */
static bool parse_own(const struct lesson *lesson, const char *name, const char *value)
{
    struct option *own = lesson->options;

    while (own != NULL && own->name != NULL && strcmp(name, own->name) != 0)
        own++;
    if (own == NULL || own->name == NULL)
        misuse("unknown option", name, "what --help lists");
    if (own->only_serve)
        only_serve = name;
    own->value = own->choices == NULL ? name : value;
    if (own->value == NULL || (own->choices != NULL && !is_choice(value, own->choices)))
        misuse(name, value == NULL ? "" : value,
               strcmp(own->choices, "NUMBER") == 0 ? "a number" : own->choices);
    return own->choices != NULL;
}

/* Takes the option NAME. Returns whether VALUE, the word after it, belongs to it. */
static bool parse_option(const struct lesson *lesson, const char *name, const char *value)
{
    static const struct {
        const char *name;
        const char **value;
        bool only_serve;
    } common[] = {{"--trace", &trace, false},
                  {"--slow", &slowness, false},
                  {"--host", &host, true},
                  {"--port", &port, true},
                  {"--api", &api, true}};
    char *end;

    if (strcmp(name, "--pause") == 0) {
        story_pauses = true;
        return false;
    }
    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++) {
        if (strcmp(name, common[i].name) != 0 || (common[i].only_serve && lesson->serve == NULL))
            continue;
        if (value == NULL)
            misuse("no value after", name, "what --help says");
        *common[i].value = value;
        if (common[i].only_serve)
            only_serve = name;
        story_slowness = strtod(slowness, &end);
        if (end == slowness || *end != '\0' || !(story_slowness >= 0 && story_slowness <= 1000))
            misuse("--slow cannot be", slowness, "0 to 1000, as in 0.1 or 3");
        if (api != NULL && !is_address(api))
            misuse("--api cannot be", api, "HOST:PORT, as in 127.0.0.1:8000");
        return true;
    }
    return parse_own(lesson, name, value);
}

/* Returns the demo called NAME, or NULL. */
static const struct demo *find_demo(const struct lesson *lesson, const char *name)
{
    for (const struct demo *demo = lesson->demos; demo->name != NULL; demo++)
        if (strcmp(name, demo->name) == 0)
            return demo;
    return NULL;
}

/* Returns the command called NAME, or NULL. */
static const struct command *find_command(const struct lesson *lesson, const char *name)
{
    for (const struct command *c = lesson->commands; c != NULL && c->name != NULL; c++)
        if (strcmp(name, c->name) == 0)
            return c;
    return NULL;
}

/* Takes NEXT, which follows the word: an option of "serve" without the dashes, such as "echo", or
 * the host or the port of a command. Returns false if it is neither. */
static bool parse_next_word(const struct lesson *lesson, const char *next)
{
    if (find_command(lesson, word) != NULL && n_words++ < 2) {
        *(n_words == 1 ? &host : &port) = next;
        only_serve = word;
        return true;
    }
    for (struct option *own = lesson->options; own != NULL && own->name != NULL; own++)
        if (strcmp(word, "serve") == 0 && strcmp(next, own->name) == 0)
            return !parse_own(lesson, next, NULL);
    return false;
}

/* Whether the word that was said is one that there is, or none. */
static bool is_known(const struct lesson *lesson)
{
    return word == NULL || strcmp(word, "--help") == 0 || find_demo(lesson, word) != NULL ||
           find_command(lesson, word) != NULL ||
           (lesson->serve != NULL && strcmp(word, "serve") == 0);
}

/* There is no demo of the name that was said. */
_Noreturn static void misuse_word(const struct lesson *lesson)
{
    char names[512] = "";

    for (const struct demo *demo = lesson->demos; demo->name != NULL; demo++)
        snprintf(names + strlen(names), sizeof names - strlen(names), " %s", demo->name);
    snprintf(names + strlen(names), sizeof names - strlen(names), "%s",
             lesson->serve == NULL ? "" : " serve");
    for (const struct command *c = lesson->commands; c != NULL && c->name != NULL; c++)
        if (find_demo(lesson, c->name) == NULL)
            snprintf(names + strlen(names), sizeof names - strlen(names), " %s", c->name);
    misuse("unknown demo", word, names + 1);
}

static void parse(int argc, char **argv, const struct lesson *lesson)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0)
            word = argv[i];
        else if (argv[i][0] == '-')
            i += parse_option(lesson, argv[i], argv[i + 1]);
        else if (word == NULL)
            word = argv[i];
        else if (strcmp(word, "--help") != 0 && !parse_next_word(lesson, argv[i]))
            misuse("more than one demo:", argv[i], "one, or none for the whole lesson");
    }
    if (port != NULL && !is_number(port, 0, 65535))
        misuse("--port cannot be", port, "0 to 65535");
    if (only_serve != NULL &&
        (word == NULL || (strcmp(word, "serve") != 0 && strcmp(word, "--help") != 0 &&
                          find_command(lesson, word) == NULL)))
        misuse("only serve takes", only_serve, "what --help lists");
    if (!is_known(lesson))
        misuse_word(lesson);
}

static void run(const struct lesson *lesson)
{
    const struct demo *demo = word == NULL ? NULL : find_demo(lesson, word);
    const struct command *command = word == NULL ? NULL : find_command(lesson, word);

    if (word == NULL) {
        say("%s\n\n", lesson->title);
        for (demo = lesson->demos; demo->name != NULL; demo++)
            demo->run();
        if (lesson->closing != NULL)
            lesson->closing();
    } else if (strcmp(word, "--help") == 0) {
        usage(lesson);
    } else if (command != NULL && (demo == NULL || only_serve != NULL)) {
        command->run(host, port != NULL ? port : command->port);
    } else if (demo != NULL) {
        demo->run();
    } else {
        lesson->serve(host, port != NULL ? port : "8080", api);
    }
}

/* The descriptors 0, 1 and 2 must be taken, or a socket would get such a number and be written to
 * by printf(). */
static void check_standard_files(void)
{
    bool no_stdout = fcntl(1, F_GETFD) == -1;
    int fd;

    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= 2);
    if (fd > 2)
        close(fd);
    if (no_stdout)
        die("stdout is closed");
}

int cli_main(int argc, char **argv, const struct lesson *lesson)
{
    const char *slash = strrchr(argv[0], '/');

    program = slash == NULL ? argv[0] : slash + 1;
    signal(SIGPIPE, SIG_IGN); /* write() tells us as well */
    signal(SIGCHLD, SIG_DFL); /* if it were ignored, nobody could be waited for */
    setvbuf(stdout, NULL, _IOLBF, 0);
    check_standard_files();
    parse(argc, argv, lesson);
    if (trace != NULL)
        story_open_trace(trace);
    run(lesson);
    story_close_trace();
    if (fflush(stdout) == EOF || ferror(stdout))
        die("cannot write to stdout: %s", strerror(errno));
    return 0;
}
