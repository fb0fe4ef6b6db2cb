/* cli.h - the command line, the same in every step. Support: no lesson needs it to be read. */
#ifndef CLI_H
#define CLI_H

#include <stdbool.h>

struct demo {
    const char *name;
    const char *what; /* what it shows, in half a line */
    void (*run)(void);
};

/* Something that this step can do besides its demos, with a server elsewhere. */
struct command {
    const char *name;
    const char *what;
    const char *port; /* of that server, unless another is said */
    void (*run)(const char *host, const char *port);
};

/* An option that this step has besides those of every step. */
struct option {
    const char *name;    /* "--model"; or "echo": a word that may follow "serve" */
    const char *choices; /* "blocking|threads|multiplexed": it takes one of them; "NUMBER": any from
                            1 on. NULL: it takes no value */
    const char *what;    /* what it does, in half a line */
    const char *value;   /* what was said, or the default; without a value: its name, or NULL */
    bool only_serve;
};

struct lesson {
    const char *title;
    const struct demo *demos; /* up to one whose name is NULL; the last is "limit" */
    void (*closing)(void);    /* prints the last lines of the whole lesson; NULL: none */
    /* Serves for real. API is "HOST:PORT" or NULL. NULL: this step has no "serve". */
    void (*serve)(const char *host, const char *port, const char *api);
    struct option *options;         /* up to one whose name is NULL; NULL: none */
    const struct command *commands; /* the same. HOST and PORT may follow, or --host and --port */
};

/* The program: runs what the command line asks for. Returns the exit status. */
int cli_main(int argc, char **argv, const struct lesson *lesson);

#endif
