/* story.c - tests of what a demo tells: lines, timelines, traces. Prints them. Takes what to try
 * alone: what ends the program, or "trace" and the file to write it to. */
#define _POSIX_C_SOURCE 200809L

#include "story.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void test_lines(void)
{
    tell(1, RUNNING, "is told outside of a story: FAILED");
    story_print(1, "FAILED");
    story_lane(1, RUNNING);
    story_begin("#%d", "lanes come, wait and go");
    story_lane(2, QUEUED);
    tell(1, RUNNING, "runs, and 2 is in the queue");
    tell(1, WAITING, "waits%c for a \"\\\" and \xc3\xa9", '\t');
    story_name(3, "ping");
    tell(3, RUNNING, "has a name of its own");
    tell(0, RUNNING, "is nowhere: FAILED");
    story_lane(2, BLOCKED);
    story_lane(2, GONE);
    tell(5, BLOCKED, "is the next, for nobody knows of 4");
    story_print(3, "a line without a number, of %s", "ping");
    tell(3, GONE, "has a long line: %0100d", 7);
    tell(1, GONE, "ends");
    story_timeline();
    say("in this order: %s\n\n", story_order());
    story_end();
    tell(1, RUNNING, "is told after the end: FAILED");
}

/* Timelines of N events. */
static void test_wide(int n)
{
    story_begin("Task %d", "many events");
    for (int i = 0; i < n; i++)
        tell(i % 2 + 1, i % 3 == 0 ? WAITING : i + 2 < n ? RUNNING : GONE, "%s", "-");
    story_timeline();
    story_end();
}

static void *wait_for_threads(void *arg)
{
    (void)arg;
    story_wait(THREADS);
    return NULL;
}

static void test_sources(void)
{
    pthread_t thread;

    story_begin("#%d", "what is held back");
    say("timers %d, threads %d\n", story_holds(TIMERS), story_holds(THREADS));
    story_hold(TIMERS, "#1 lets the timers");
    story_hold(THREADS, "#2 lets");
    if (pthread_create(&thread, NULL, wait_for_threads, NULL) != 0)
        die("FAILED: there is no thread");
    tell(1, RUNNING, "lets nobody go");
    say("timers %d, threads %d\n", story_holds(TIMERS), story_holds(THREADS));
    tell(1, RUNNING, "lets the timers go");
    say("timers %d, threads %d\n", story_holds(TIMERS), story_holds(THREADS));
    tell(2, GONE, "lets the threads go");
    say("timers %d, threads %d\n", story_holds(TIMERS), story_holds(THREADS));
    pthread_join(thread, NULL);
    story_end();
}

static void test_listener(void)
{
    char heard[256];
    ssize_t n;
    int fds[2];

    if (pipe(fds) == -1)
        die("FAILED: there is no pipe");
    story_begin("#%d", "who listens");
    story_listener(fds[1]);
    tell(1, RUNNING, "is heard");
    story_print(1, "so is this");
    story_listener(-1);
    tell(1, GONE, "is not");
    n = read(fds[0], heard, sizeof heard);
    say("%.*s", (int)n, heard);
    close(fds[0]);
    story_listener(fds[1]);
    tell(1, RUNNING, "tells nobody, and that is no error yet");
    story_listener(-1);
    close(fds[1]);
    story_silence();
    tell(1, RUNNING, "is silenced: FAILED");
}

static void test_trace(const char *file)
{
    story_open_trace(file);
    tell(100, RUNNING, "is in no story, but in the trace");
    story_lane(100, GONE);
    story_begin("#%d", "a story with a trace");
    tell(1, RUNNING, "quotes \"\\\" and a %c", '\n');
    story_lane(2, QUEUED);
    tell(1, WAITING, "waits when the story ends");
    story_end();
    story_begin("#%d", "a story that does not end");
    tell(1, RUNNING, "runs");
    story_close_trace();
    story_close_trace();
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";

    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGPIPE, SIG_IGN);
    program = "story";
    if (strcmp(what, "trace") == 0 && argc > 2) {
        test_trace(argv[2]);
    } else if (strcmp(what, "lane") == 0) {
        story_begin("#%d", "a lane too many");
        tell(64, RUNNING, "is the last");
        tell(65, RUNNING, "FAILED");
    } else if (strcmp(what, "events") == 0) {
        test_wide(1001);
    } else if (strcmp(what, "listener") == 0) {
        story_begin("#%d", "a listener that is none");
        story_listener(0x7fff);
        tell(1, RUNNING, "is not heard");
    } else {
        test_lines();
        test_wide(24);
        test_wide(75);
        test_sources();
        test_listener();
    }
    return 0;
}
