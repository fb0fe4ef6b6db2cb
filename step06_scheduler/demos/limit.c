/* limit.c - a task that blocks, and everybody with it. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../support/story.h"
#include "common.h"

/* Starts a child that writes into a pipe after MS, or ends as soon as nobody can read from it any
 * more. Returns the end to read from. */
static int start_slow_writer(long ms, pid_t *child)
{
    int fds[2];

    fflush(NULL);
    if (pipe(fds) == -1 || (*child = fork()) == -1)
        die("cannot start a child: %s", strerror(errno));
    if (*child == 0) {
        close(fds[0]);
        poll(&(struct pollfd){.fd = fds[1]}, 1, (int)ms);
        _exit(write(fds[1], "hello", 5) == 5 ? 0 : 1);
    }
    close(fds[1]);
    return fds[0];
}

static struct value alive_body(struct gen *gen, struct value sent)
{
    struct work *f = (struct work *)gen;

    BEGIN(GO_ON)
    for (; f->done < f->lines; f->done++) {
        print("I'm alive!");
        YIELD(GO_ON, f->got, none());
    }
    RETURN(none());
    END
}

/* Reads from a pipe as one reads in C. */
static struct value reader_body(struct gen *gen, struct value sent)
{
    char word[8] = "";
    pid_t child;
    ssize_t n;
    long began;
    int fd;

    BEGIN()
    began = story_ms();
    fd = start_slow_writer(story_delay(300), &child);
    print("I read from a pipe");
    story_lane((int)demo.running->tid, BLOCKED);
    do
        n = read(fd, word, sizeof word - 1);
    while (n == -1 && errno == EINTR);
    print("I have read: %s, and nobody was alive for %ld ms", word, story_ms() - began);
    close(fd);
    while (waitpid(child, NULL, 0) == -1 && errno == EINTR)
        ;
    RETURN(none());
    END
}

void demo_limit(void)
{
    begin("limit: a task reads from a pipe that is empty for 300 ms");
    start(work(alive_body, "alive", 5));
    start(work(reader_body, "reader", 0));
    run_all();
    say("  read() does not yield: it blocks the only thread, and the scheduler with it.\n"
        "  In step 7 a task can wait for a descriptor.\n\n");
}
