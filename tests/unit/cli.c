/* cli.c - a program whose command line has all that a step's can have. It prints what it was asked
 * for; cli.txt is a transcript of it. */
#define _POSIX_C_SOURCE 200809L

#include "cli.h"

#include <stddef.h>

#include "story.h"

static struct option options[] = {
    {.name = "--manner",
     .choices = "this|that",
     .what = "how to serve",
     .value = "this",
     .only_serve = true},
    {.name = "--times", .choices = "NUMBER", .what = "how often", .value = "1"},
    {.name = "--loud", .what = "all in capitals"},
    {.name = "echo", .what = "say what is heard", .only_serve = true},
    {.name = NULL},
};

static void show_options(void)
{
    for (const struct option *o = options; o->name != NULL; o++)
        if (o->value != NULL)
            say(" %s %s", o->name, o->value);
    say("; 10 becomes %ld\n", story_delay(10));
}

static void first(void)
{
    say("the demo first:");
    show_options();
}

static void both(void)
{
    say("the demo both:");
    show_options();
}

static void closing(void)
{
    say("the end of the lesson\n");
}

static void serve(const char *host, const char *port, const char *api)
{
    say("serves at %s, port %s, API %s:", host, port, api == NULL ? "of its own" : api);
    show_options();
}

static void command(const char *host, const char *port)
{
    say("a command to %s, port %s:", host, port);
    show_options();
}

int main(int argc, char **argv)
{
    static const struct demo demos[] = {
        {"first", "what comes first", first},
        {"both", "a demo that is a command, too", both},
        {NULL, NULL, NULL},
    };
    static const struct command commands[] = {
        {"both", "with a server", "1234", command},
        {"call", "nothing but a command", "4321", command},
        {NULL, NULL, NULL, NULL},
    };
    const struct lesson lesson = {.title = "A lesson",
                                  .demos = demos,
                                  .closing = closing,
                                  .serve = serve,
                                  .options = options,
                                  .commands = commands};

    return cli_main(argc, argv, &lesson);
}
