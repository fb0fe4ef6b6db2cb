/* command_line.c - fuzzes the command line (cli.c): the bytes are its words, one a line. Whatever
 * is said, the program either runs what was asked for, or prints one line on stderr and exits
 * with 2. Here nothing is really run: what is asked for is written down. */
#define _DEFAULT_SOURCE

#include "fuzz.h"

#include <setjmp.h>
#include <stdarg.h>

/* The parser keeps what was said in static variables, prints to stderr and exits. So it is included
 * here: the first to be reset, and the others to be caught. */
static void complain(FILE *stream, const char *format, ...);
_Noreturn static void leave(int status);

#define fprintf complain
#define exit    leave
#include "cli.c"
#undef fprintf
#undef exit

/* --- what a command line has led to */

struct outcome {
    int status;
    char asked[512];     /* what was run: its name and its arguments */
    char complaint[512]; /* what was printed on stderr, cut */
    int lines;           /* of that */
    int traces;          /* that have been opened, or opened and closed: -1 */
};

static struct outcome *outcome;
static jmp_buf end;

static void complain(FILE *stream, const char *format, ...)
{
    char line[512];
    va_list args;

    require(stream == stderr, "a complaint goes elsewhere");
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    strcpy(outcome->complaint, line);
    outcome->lines++;
}

static void leave(int status)
{
    outcome->status = status;
    longjmp(end, 1);
}

static void note(const char *format, ...) PRINTF_LIKE(1, 2);

static void note(const char *format, ...)
{
    size_t len = strlen(outcome->asked);
    va_list args;

    va_start(args, format);
    vsnprintf(outcome->asked + len, sizeof outcome->asked - len, format, args);
    va_end(args);
}

/* --- in place of story.c */

const char *program = "";
bool story_pauses;
double story_slowness = 1;

void die(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    abort();
}

void say(const char *format, ...)
{
    va_list args;
    char line[1024];

    va_start(args, format);
    require(vsnprintf(line, sizeof line, format, args) >= 0, "a line cannot be printed");
    va_end(args);
    if (strstr(line, "usage:") != NULL)
        note("usage ");
}

void story_open_trace(const char *file)
{
    require(file != NULL && outcome->traces++ == 0, "a trace is opened twice");
}

void story_close_trace(void)
{
    outcome->traces = -outcome->traces;
}

/* --- a lesson that is as step 7's */

static void show_first(void)
{
    note("first ");
}

static void show_relay(void)
{
    note("relay ");
}

static void show_limit(void)
{
    note("limit ");
}

static void close_lesson(void)
{
    note("closing ");
}

static bool is_port(const char *text)
{
    size_t len = strspn(text, "0123456789");

    return len > 0 && text[len] == '\0' && strtol(text, NULL, 10) <= 65535;
}

static void check_options(void);

static void serve(const char *at, const char *on, const char *of)
{
    const char *colon = of == NULL ? NULL : strrchr(of, ':');

    require(at != NULL && on != NULL && is_port(on), "a server is told no port");
    require(of == NULL || (colon != NULL && colon > of && is_port(colon + 1)),
            "a server is told of an API that has no port");
    check_options();
    note("serve(%.100s, %s, %.100s) ", at, on, of == NULL ? "-" : of);
}

static void talk_to(const char *at, const char *on)
{
    require(at != NULL && on != NULL && is_port(on), "a command is told no port");
    note("command(%.100s, %s) ", at, on);
}

static const struct demo demos[] = {
    {"first", "the first", show_first},
    {"relay", "a demo and a command", show_relay},
    {"limit", "the last", show_limit},
    {NULL, NULL, NULL},
};

enum { ECHO, WORKERS, POLLER, WATCH, N_OPTIONS };

static const struct option defaults[N_OPTIONS + 1] = {
    [ECHO] = {.name = "echo", .what = "a word", .only_serve = true},
    [WORKERS] = {.name = "--workers",
                 .choices = "NUMBER",
                 .what = "a number",
                 .value = "0",
                 .only_serve = true},
    [POLLER] = {.name = "--poller", .choices = "epoll|poll", .what = "a choice"},
    [WATCH] = {.name = "--watch", .what = "a flag"},
    {.name = NULL},
};

static struct option options[N_OPTIONS + 1];

static const struct command commands[] = {
    {"client", "a command", "8080", talk_to},
    {"relay", "a command and a demo", "6604", talk_to},
    {NULL, NULL, NULL, NULL},
};

static const struct lesson lesson = {
    .title = "Fuzzing",
    .demos = demos,
    .closing = close_lesson,
    .serve = serve,
    .options = options,
    .commands = commands,
};

/* What an option takes is what it says that it takes. */
static void check_options(void)
{
    const char *number = options[WORKERS].value, *choice = options[POLLER].value;

    require(number[0] != '\0' && number[strspn(number, "0123456789")] == '\0', "a number is none");
    require(choice == NULL || strcmp(choice, "epoll") == 0 || strcmp(choice, "poll") == 0,
            "a choice is none of those that there are");
    require(options[ECHO].value == NULL || strcmp(options[ECHO].value, "echo") == 0,
            "an option without a value has one");
}

/* --- the target */

/* As if nothing had been said yet. */
static void reset(struct outcome *new_outcome)
{
    outcome = new_outcome;
    *outcome = (struct outcome){.status = 0};
    memcpy(options, defaults, sizeof options);
    word = port = api = trace = only_serve = endpoint = NULL;
    host = "127.0.0.1";
    slowness = "1";
    n_words = 0;
    story_slowness = 1;
    story_pauses = false;
}

static void run_words(int argc, char **argv, struct outcome *new_outcome)
{
    reset(new_outcome);
    if (setjmp(end) == 0)
        outcome->status = cli_main(argc, argv, &lesson);
}

/* What has to hold of everything that can be said. */
static void check(void)
{
    const char *complaint = outcome->complaint;

    if (outcome->status == 2) {
        require(outcome->asked[0] == '\0' && outcome->traces == 0,
                "something is done, and then refused");
        require(outcome->lines == 1, "a refusal is not one line");
        require(strncmp(complaint, "step7: ", 7) == 0, "a refusal does not say who refuses");
        require(strlen(complaint) == sizeof outcome->complaint - 1 ||
                    (strstr(complaint, "; possible: ") != NULL &&
                     strchr(complaint, '\n') == complaint + strlen(complaint) - 1),
                "a refusal does not say what is possible");
        return;
    }
    require(outcome->status == 0 && outcome->lines == 0, "the program ends in another way");
    require(outcome->traces == (trace == NULL ? 0 : -1),
            "a trace is not written, or not to its end");
    require(story_slowness >= 0 && story_slowness <= 1000, "how slow it shall be is no number");
    check_options();
    require(outcome->asked[0] != '\0', "nothing is run");
}

enum { WORDS_MAX = 30, INPUT_MAX = 1000 };

/* Splits TEXT, which ends with a NUL, into words. Returns how many there are, the program's name
 * included. */
static int split(char *text, char *argv[WORDS_MAX])
{
    static char name[] = "./step7";
    int argc = 0;

    argv[argc++] = name;
    while (*text != '\0' && argc < WORDS_MAX - 1) {
        argv[argc++] = text;
        text += strcspn(text, "\n");
        if (*text == '\n')
            *text++ = '\0';
    }
    argv[argc] = NULL;
    return argc;
}

/* An option that means nothing else, said first, means nothing else. */
static void check_pause(int argc, char **argv, const struct outcome *first)
{
    static char pause[] = "--pause", *words[WORDS_MAX + 2];
    static struct outcome again;

    words[0] = argv[0];
    words[1] = pause;
    memcpy(words + 2, argv + 1, (size_t)argc * sizeof argv[0]);
    run_words(argc + 1, words, &again);
    check();
    require(story_pauses && first->status == again.status &&
                strcmp(first->asked, again.asked) == 0 &&
                strcmp(first->complaint, again.complaint) == 0,
            "--pause changes what is run");
}

/* Who says what can be run, and then --help, is helped. */
static void check_help(int argc, char **argv)
{
    static char help[] = "--help", *words[WORDS_MAX + 2];
    static struct outcome again;

    memcpy(words, argv, (size_t)argc * sizeof argv[0]);
    words[argc] = help;
    words[argc + 1] = NULL;
    run_words(argc + 1, words, &again);
    require(again.status == 0 && strcmp(again.asked, "usage ") == 0, "--help does not help");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char *argv[WORDS_MAX];
    static struct outcome first;
    char text[INPUT_MAX + 1];
    int argc;

    if (size > INPUT_MAX)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    argc = split(text, argv);
    run_words(argc, argv, &first);
    check();
    check_pause(argc, argv, &first);
    if (first.status == 0)
        check_help(argc, argv);
    return 0;
}
