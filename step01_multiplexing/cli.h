/* cli.h - the command line, the same in every step. Support: no lesson needs this file to be read. */
#ifndef CLI_H
#define CLI_H

#include <stddef.h>

#include "net.h"

struct demo {
    const char *name;
    const char *what; /* what it shows, in half a line */
    void (*run)(void);
};

/* An option of this step alone, for "serve". */
struct option {
    const char *name;    /* "--model" */
    const char *choices; /* its possible values: "blocking|threads|multiplexed" */
    const char *value;   /* the default; then what was said */
};

/* What "serve" is to do. */
struct service {
    int listener;       /* a listening socket */
    struct address api; /* where the API is */
    const char *host;   /* its "HOST:PORT" */
    int stop;           /* turns readable when the program is told to end; -1: never */
    int requests;       /* end by itself after so many; 0: never */
};

struct lesson {
    const char *title;
    const struct demo *demos; /* up to one whose name is NULL; the last is "limit" */
    void (*closing)(void);    /* prints the last lines of the whole lesson; NULL: none */
    void (*serve)(const struct service *service); /* NULL: there is no "serve" */
    struct option *option;                        /* NULL: none */
};

/* The program: runs what the command line asks for. Returns the exit status. */
int cli_main(int argc, char **argv, const struct lesson *lesson);

#endif
