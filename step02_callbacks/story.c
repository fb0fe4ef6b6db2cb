/* story.c - what a demo tells: its lines, its timeline, its trace. */
#define _POSIX_C_SOURCE 200809L

#include "story.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS_MAX = 1000, LANES_MAX = 64, LINE_SIZE = 74, ROW_SIZE = 81, MARGIN = 8 };

static const char *const state_name[] = {"gone", "running", "waiting", "blocked", "queued"};
static const char state_char[] = {' ', '#', '.', 'x', '-'};
const char *story_legend =
    "# runs  . waits, and blocks nobody  x blocks its thread  - not let in yet";

struct event {
    int lane;
    unsigned char after[LANES_MAX + 1];   /* the state of each lane then */
    unsigned char changed[LANES_MAX + 1]; /* whether that came after the event */
};

const char *program = "";
bool story_pauses;
double story_slowness = 1;
long long story_paused_ns;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* over all of the following */
static bool telling;                                      /* inside a story */
static const char *lane_format = "#%d";
static struct event events[EVENTS_MAX];
static int n_events;
static unsigned char states[LANES_MAX + 1]; /* of each lane, now */
static const char *names[LANES_MAX + 1];    /* of lanes that have one of their own */
static int n_lanes;
static struct timespec began;
static int listener = -1;
static const char *held_until[2]; /* for each source: the event that it waits for; NULL: none */
static pthread_cond_t let_go = PTHREAD_COND_INITIALIZER;

static FILE *trace;
static struct timespec trace_began;
static int n_stories;        /* so far; each is a process in the trace */
static unsigned char *spans; /* the state that each lane has in the trace */
static size_t n_spans;

void die(const char *format, ...)
{
    va_list args;

    fflush(stdout);
    fprintf(stderr, "%s: ", program);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

void say(const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vprintf(format, args);
    va_end(args);
    if (n < 0)
        die("cannot write to stdout: %s", strerror(errno));
}

/* Writes how LANE is called into NAME. Returns the length. */
static size_t lane_name(char *name, size_t size, int lane)
{
    const char *own = lane > 0 && lane <= LANES_MAX ? names[lane] : NULL;
    int len =
        own != NULL ? snprintf(name, size, "%s", own) : snprintf(name, size, lane_format, lane);

    return (size_t)len < size ? (size_t)len : size - 1;
}

void story_name(int lane, const char *name)
{
    names[lane] = name;
}

/* The monotonic clock, which stands still in pauses. */
static void get_time(struct timespec *time)
{
    long long ns;

    clock_gettime(CLOCK_MONOTONIC, time);
    ns = time->tv_sec * 1000000000LL + time->tv_nsec - story_paused_ns;
    time->tv_sec = ns / 1000000000LL;
    time->tv_nsec = ns % 1000000000LL;
}

static double ms_since(const struct timespec *start)
{
    struct timespec now;

    get_time(&now);
    return (double)(now.tv_sec - start->tv_sec) * 1e3 +
           (double)(now.tv_nsec - start->tv_nsec) / 1e6;
}

/* Writes TEXT as a JSON string. */
static void trace_string(const char *text)
{
    fputc('"', trace);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', trace);
        fputc(*text < ' ' || *text > '~' ? '?' : *text, trace);
    }
    fputc('"', trace);
}

/* Writes an event of KIND, Chrome's "ph": 'B' and 'E' around a span called NAME, 'i' for an
 * instant, 'M' to give what NAME says the name VALUE. */
static void trace_event(char kind, int lane, const char *name, const char *value)
{
    static const char *before = "[";

    fprintf(trace, "%s{\"ph\": \"%c\", \"pid\": %d, \"tid\": %d, \"ts\": %.3f, \"name\": ", before,
            kind, n_stories, lane, ms_since(&trace_began) * 1e3);
    before = ",\n";
    trace_string(name);
    if (value != NULL) {
        fprintf(trace, ", \"args\": {\"name\": ");
        trace_string(value);
        fputc('}', trace);
    }
    fputc('}', trace);
}

/* Ends the span that LANE is in, and begins that of STATE. */
static void trace_span(int lane, enum state state)
{
    if ((size_t)lane >= n_spans) {
        size_t n = (size_t)lane * 2 + 64;

        unsigned char *grown = realloc(spans, n);

        if (grown == NULL)
            die("no memory for the trace");
        spans = grown;
        memset(spans + n_spans, GONE, n - n_spans);
        n_spans = n;
    }
    if (spans[lane] != GONE) {
        trace_event('E', lane, state_name[spans[lane]], NULL);
    } else {
        char name[MARGIN];

        lane_name(name, sizeof name, lane);
        trace_event('M', lane, "thread_name", name);
    }
    if (state != GONE)
        trace_event('B', lane, state_name[state], NULL);
    spans[lane] = (unsigned char)state;
}

void story_open_trace(const char *file)
{
    trace = fopen(file, "w");
    if (trace == NULL)
        die("cannot write %s: %s", file, strerror(errno));
    get_time(&trace_began);
    began = trace_began;
    trace_event('M', 0, "process_name", program);
}

/* Ends the spans that are still open. */
static void trace_end_spans(void)
{
    for (size_t lane = 1; trace != NULL && lane < n_spans; lane++)
        if (spans[lane] != GONE)
            trace_span((int)lane, GONE);
}

void story_close_trace(void)
{
    bool failed;

    if (trace == NULL)
        return;
    trace_end_spans();
    fprintf(trace, "]\n");
    failed = ferror(trace) != 0;
    if (fclose(trace) != 0 || failed)
        die("cannot write the trace: %s", strerror(errno));
    trace = NULL;
    free(spans);
}

void story_begin(const char *lane, const char *headline)
{
    say("%s\n\n", headline);
    telling = true;
    lane_format = lane;
    n_events = 0;
    n_lanes = 0;
    memset(states, GONE, sizeof states);
    memset(names, 0, sizeof names);
    get_time(&began);
    n_stories++;
    if (trace != NULL)
        trace_event('M', 0, "process_name", headline);
}

/* Makes room for LANE in the picture, and puts it into STATE. */
static void set_state(int lane, enum state state)
{
    if (lane < 1 || lane > LANES_MAX)
        die("story: lane %d is not from 1 to %d", lane, LANES_MAX);
    while (n_lanes < lane)
        states[++n_lanes] = GONE;
    states[lane] = (unsigned char)state;
}

void story_lane(int lane, enum state state)
{
    if (!telling && trace == NULL)
        return;
    pthread_mutex_lock(&mutex);
    if (telling) {
        set_state(lane, state);
        if (n_events > 0 && !events[n_events - 1].changed[lane]) {
            events[n_events - 1].after[lane] = (unsigned char)state;
            events[n_events - 1].changed[lane] = true;
        }
    }
    if (trace != NULL)
        trace_span(lane, state);
    pthread_mutex_unlock(&mutex);
}

/* Writes LINE to whoever waits for it. */
static void tell_listener(const char *line)
{
    char text[LINE_SIZE + 1];
    size_t len = (size_t)snprintf(text, sizeof text, "%s\n", line);
    ssize_t n;

    do
        n = write(listener, text, len); /* as one piece: it is shorter than PIPE_BUF */
    while (n == -1 && errno == EINTR);
    if (n == -1 && errno != EPIPE) /* EPIPE: SIGCHLD is about to end us, and says why */
        die("the outside world has ended: %s", strerror(errno));
}

long story_delay(long ms)
{
    double delay = (double)ms * story_slowness;

    return delay < INT_MAX ? (long)delay : ms;
}

/* Waits for Enter; no more after the end of stdin. */
static void pause_story(void)
{
    struct timespec start;
    int c = 0;

    if (!story_pauses)
        return;
    get_time(&start);
    fflush(stdout);
    while (story_pauses && c != '\n')
        if ((c = getchar()) == EOF)
            story_pauses = false;
    story_paused_ns += (long long)(ms_since(&start) * 1e6);
}

/* Lets go whoever waits for LINE. */
static void tell_held(const char *line)
{
    for (int i = 0; i < 2; i++)
        if (held_until[i] != NULL && strncmp(line, held_until[i], strlen(held_until[i])) == 0)
            held_until[i] = NULL;
    pthread_cond_broadcast(&let_go);
}

/* Adds an event to the story. LINE is "#2 asks the API for /foo". */
static void tell_story(int lane, enum state state, const char *line, bool numbered)
{
    if (n_events == EVENTS_MAX)
        die("story: more than %d events", EVENTS_MAX);
    if (n_events == 0)
        get_time(&began);
    set_state(lane, state);
    events[n_events].lane = lane;
    memcpy(events[n_events].after, states, sizeof states);
    memset(events[n_events].changed, false, sizeof events[n_events].changed);
    n_events++;
    if (numbered)
        say("  %3d  %s\n", n_events, line);
    else
        say("%s\n", line);
    pause_story();
    tell_held(line);
    if (listener != -1)
        tell_listener(line);
}

/* Tells an event, whose LINE is in memory that may be changed. */
static void tell_line(int lane, enum state state, char line[], bool numbered)
{
    for (char *p = line; *p != '\0'; p++)
        if (*p < ' ' || *p > '~')
            *p = '?';
    pthread_mutex_lock(&mutex);
    if (telling)
        tell_story(lane, state, line, numbered);
    if (trace != NULL) {
        trace_span(lane, state);
        trace_event('i', lane, line, NULL);
    }
    pthread_mutex_unlock(&mutex);
}

bool story_told(void)
{
    return telling || trace != NULL;
}

void tell(int lane, enum state state, const char *format, ...)
{
    char line[LINE_SIZE]; /* the event's number stands before it */
    size_t name;
    va_list args;

    if (lane == 0 || !story_told())
        return;
    name = lane_name(line, sizeof line, lane);
    line[name++] = ' ';
    va_start(args, format);
    vsnprintf(line + name, sizeof line - name, format, args);
    va_end(args);
    tell_line(lane, state, line, true);
}

void story_print(int lane, const char *format, ...)
{
    char line[LINE_SIZE];
    va_list args;

    if (!telling && trace == NULL)
        return;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    tell_line(lane, RUNNING, line, false);
}

long story_ms(void)
{
    return (long)ms_since(&began);
}

const char *story_order(void)
{
    static char order[LANES_MAX * 4];
    size_t len = 0;

    order[0] = '\0';
    for (int i = 0; i < n_events; i++)
        if (events[i].after[events[i].lane] == GONE && len + 16 < sizeof order) {
            if (len > 0)
                order[len++] = ' ';
            len += lane_name(order + len, 16, events[i].lane);
        }
    return order;
}

/* Prints ROW without the blanks at its end. */
static void draw_row(char row[])
{
    size_t len = strlen(row);

    while (len > 0 && row[len - 1] == ' ')
        len--;
    say("%.*s\n", (int)len, row);
}

/* Whether anything has happened in LANE. */
static bool was_used(int lane)
{
    for (int i = 0; i < n_events; i++)
        if (events[i].lane == lane || events[i].after[lane] != GONE)
            return true;
    return false;
}

/* Prints the events FROM to TO (not included), each in a column of WIDTH characters. */
static void draw_band(int from, int to, int width)
{
    char row[ROW_SIZE];
    size_t len = (size_t)snprintf(row, sizeof row, "%*s", MARGIN, "");

    for (int i = from; i < to; i++)
        if (width == 3 || (i + 1 - from) * width % 10 == 0)
            len +=
                (size_t)snprintf(row + len, sizeof row - len, "%*d", width == 3 ? -3 : 10, i + 1);
    draw_row(row);
    for (int lane = 1; lane <= n_lanes; lane++) {
        char name[MARGIN];

        if (!was_used(lane))
            continue;
        lane_name(name, sizeof name, lane);
        len = (size_t)snprintf(row, sizeof row, "%*s ", MARGIN - 1, name);
        for (int i = from; i < to; i++) {
            memset(row + len, state_char[events[i].after[lane]], (size_t)width);
            if (events[i].lane == lane)
                row[len] = state_char[RUNNING];
            len += (size_t)width;
        }
        row[len] = '\0';
        draw_row(row);
    }
    say("\n");
}

void story_timeline(void)
{
    int width = n_events <= 23 ? 3 : n_events <= 35 ? 2 : 1;
    int band = (ROW_SIZE - 1 - MARGIN) / width;

    say("\n");
    for (int from = 0; from < n_events; from += band)
        draw_band(from, from + band < n_events ? from + band : n_events, width);
    say("%*s%s\n\n", MARGIN - 4, "", story_legend);
}

void story_end(void)
{
    trace_end_spans();
    telling = false;
}

void story_hold(enum source source, const char *event)
{
    held_until[source] = event;
}

bool story_holds(enum source source)
{
    bool held;

    pthread_mutex_lock(&mutex);
    held = held_until[source] != NULL;
    pthread_mutex_unlock(&mutex);
    return held;
}

void story_wait(enum source source)
{
    pthread_mutex_lock(&mutex);
    while (held_until[source] != NULL)
        pthread_cond_wait(&let_go, &mutex);
    pthread_mutex_unlock(&mutex);
}

void story_listener(int fd)
{
    listener = fd;
}

void story_silence(void)
{
    telling = false;
    trace = NULL;
}
