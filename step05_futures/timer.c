/* timer.c - timers, in a binary heap: the parent of place N is at N / 2 and is due first, so the
 * first of all is at 1. */
#define _POSIX_C_SOURCE 200809L

#include "timer.h"

#include <limits.h>
#include <stdlib.h>
#include <time.h>

#include "support/story.h"

enum { NS_PER_MS = 1000000 };

static struct timer **heap; /* from 1 on */
static size_t n_timers, room;
static long long n_added;

static long long now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec - story_paused_ns;
}

static bool is_before(const struct timer *a, const struct timer *b)
{
    return a->due != b->due ? a->due < b->due : a->order < b->order;
}

static void put(struct timer *timer, size_t place)
{
    heap[place] = timer;
    timer->place = place;
}

/* Puts TIMER into the gap at PLACE, or above it, so that its parent is before it. */
static void sift_up(struct timer *timer, size_t place)
{
    while (place > 1 && is_before(timer, heap[place / 2])) {
        put(heap[place / 2], place);
        place /= 2;
    }
    put(timer, place);
}

/* Puts TIMER into the gap at PLACE, or below it, so that it is before its children. */
static void sift_down(struct timer *timer, size_t place)
{
    size_t child;

    while ((child = 2 * place) <= n_timers) {
        if (child < n_timers && is_before(heap[child + 1], heap[child]))
            child++;
        if (is_before(timer, heap[child]))
            break;
        put(heap[child], place);
        place = child;
    }
    put(timer, place);
}

bool timer_add(struct timer *timer, long ms)
{
    long long time = now(), most = (LLONG_MAX - time) / NS_PER_MS;

    if (timer->place != 0)
        die("timer: added twice");
    if (ms < 0)
        die("timer: a negative time");
    if (n_timers + 1 >= room) {
        size_t more = 2 * room + 64;
        struct timer **grown = realloc(heap, more * sizeof(struct timer *));

        if (grown == NULL)
            return false;
        heap = grown;
        room = more;
    }
    timer->due = time + (ms < most ? ms : most) * NS_PER_MS;
    timer->order = n_added++;
    n_timers++;
    sift_up(timer, n_timers);
    return true;
}

void timer_remove(struct timer *timer)
{
    size_t gap = timer->place;
    struct timer *last;

    if (gap == 0)
        return;
    timer->place = 0;
    last = heap[n_timers--];
    if (last == timer)
        return;
    if (gap > 1 && is_before(last, heap[gap / 2]))
        sift_up(last, gap);
    else
        sift_down(last, gap);
}

int timer_next(void)
{
    long long left;

    if (n_timers == 0 || story_holds(TIMERS))
        return -1;
    left = heap[1]->due - now();
    if (left <= 0)
        return 0;
    left = (left - 1) / NS_PER_MS + 1;
    return left < INT_MAX ? (int)left : INT_MAX;
}

void timer_call_due(void)
{
    long long time = now(), added = n_added;

    if (story_holds(TIMERS)) /* in a demo: not before its time */
        return;
    while (n_timers > 0 && heap[1]->due <= time && heap[1]->order < added) {
        struct timer *timer = heap[1];

        timer_remove(timer);
        timer->call(timer->arg);
    }
}

void timer_close(void)
{
    while (n_timers > 0)
        heap[n_timers--]->place = 0;
    free(heap);
    heap = NULL;
    room = 0;
}
