/* timer.c - timers, in a binary heap: the parent of place N is at N / 2 and is due first, so the
 * first of all is at 1.
 *
 * Most timers are deadlines: added, and removed long before they are due. So one that rests
 * stays in its place, and when it is added again, for a later time, too: its place says when it was
 * due first, and only when that time has come it is put where it belongs, or taken out. */
#define _POSIX_C_SOURCE 200809L

#include "timer.h"

#include <limits.h>
#include <stdlib.h>
#include <time.h>

#include "support/story.h"

enum { NS_PER_MS = 1000000 };

/* A place in the heap. TIMER is not due before this. */
struct place {
    long long due, order;
    struct timer *timer;
};

static struct place *heap; /* from 1 on */
static size_t n_timers, room;
static long long n_added;
static size_t n_waiting;

static long long now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec - story_paused_ns;
}

static bool is_before(const struct place *a, const struct place *b)
{
    return a->due != b->due ? a->due < b->due : a->order < b->order;
}

static void put(struct place what, size_t place)
{
    heap[place] = what;
    what.timer->place = place;
}

/* Puts WHAT into the gap at PLACE, or above it, so that its parent is before it. */
static void sift_up(struct place what, size_t place)
{
    while (place > 1 && is_before(&what, &heap[place / 2])) {
        put(heap[place / 2], place);
        place /= 2;
    }
    put(what, place);
}

/* Puts WHAT into the gap at PLACE, or below it, so that it is before its children. */
static void sift_down(struct place what, size_t place)
{
    size_t child;

    while ((child = 2 * place) <= n_timers) {
        if (child < n_timers && is_before(&heap[child + 1], &heap[child]))
            child++;
        if (is_before(&what, &heap[child]))
            break;
        put(heap[child], place);
        place = child;
    }
    put(what, place);
}

/* Takes the one at GAP out of the heap. */
static void take_out(size_t gap)
{
    struct place last = heap[n_timers--];

    heap[gap].timer->place = 0;
    if (gap > n_timers)
        return;
    if (gap > 1 && is_before(&last, &heap[gap / 2]))
        sift_up(last, gap);
    else
        sift_down(last, gap);
}

bool timer_add(struct timer *timer, long long ms)
{
    long long time = now(), most = (LLONG_MAX - time) / NS_PER_MS;
    long long due = time + (ms < most ? ms : most) * NS_PER_MS;

    if (timer->waits)
        die("timer: added twice");
    if (ms < 0)
        die("timer: a negative time");
    if (timer->place != 0 && due < heap[timer->place].due)
        take_out(timer->place);
    if (timer->place == 0 && n_timers + 1 >= room) {
        size_t more = 2 * room + 64;
        struct place *grown = realloc(heap, more * sizeof(struct place));

        if (grown == NULL)
            return false;
        heap = grown;
        room = more;
    }
    timer->due = due;
    timer->order = n_added++;
    timer->waits = true;
    n_waiting++;
    if (timer->place == 0)
        sift_up((struct place){due, timer->order, timer}, ++n_timers);
    return true;
}

void timer_rest(struct timer *timer)
{
    n_waiting -= timer->waits;
    timer->waits = false;
}

void timer_remove(struct timer *timer)
{
    timer_rest(timer);
    if (timer->place != 0)
        take_out(timer->place);
}

/* The first place's time has come: if its timer does not wait any more, it is taken out; if that is
 * due later, it is put where it belongs. Returns it if it is due, or NULL. */
static struct timer *settle_first(void)
{
    struct timer *timer = heap[1].timer;

    if (!timer->waits)
        take_out(1);
    else if (heap[1].order == timer->order)
        return timer;
    else
        sift_down((struct place){timer->due, timer->order, timer}, 1);
    return NULL;
}

int timer_next(void)
{
    long long time = n_waiting > 0 ? now() : 0, left;

    if (n_waiting == 0)
        return -1;
    while (heap[1].due <= time)
        if (settle_first() != NULL)
            return 0;
    left = (heap[1].due - time - 1) / NS_PER_MS + 1;
    return left < INT_MAX ? (int)left : INT_MAX;
}

void timer_call_due(void)
{
    long long time = n_waiting > 0 ? now() : 0, added = n_added;

    while (n_waiting > 0 && heap[1].due <= time && heap[1].order < added) {
        struct timer *timer = settle_first();

        if (timer != NULL) {
            timer_remove(timer);
            timer->call(timer->arg);
        }
    }
}

long long timer_now(void)
{
    return (now() + NS_PER_MS - 1) / NS_PER_MS;
}

long long timer_left(long long time)
{
    long long most = LLONG_MAX / NS_PER_MS;
    long long left = (time < most ? time : most) * NS_PER_MS - now();

    return left > 0 ? (left + NS_PER_MS - 1) / NS_PER_MS : 0;
}

void timer_close(void)
{
    while (n_timers > 0) {
        heap[n_timers].timer->waits = false;
        heap[n_timers--].timer->place = 0;
    }
    free(heap);
    heap = NULL;
    room = n_waiting = 0;
}
