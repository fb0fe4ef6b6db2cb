/* timer.h - timers: what to call at which time. Stage 0x04 of the article, where a framework waits
 * for more than IO. */
#ifndef TIMER_H
#define TIMER_H

#include <stdbool.h>
#include <stddef.h>

/* One timer. It is its owner's, who sets CALL and ARG, and removes it before freeing it. */
struct timer {
    void (*call)(void *arg);
    void *arg;
    long long due;   /* in ns of the monotonic clock */
    long long order; /* of two that are due at the same time, the earlier added comes first */
    bool waits;      /* it has been added, and neither removed nor called */
    size_t place;    /* in the heap, counting from 1; 0: it is not there */
};

/* Lets TIMER be called once, MS milliseconds (from 0 on) from now and not earlier. It must not be
 * waiting already. Returns false without memory. */
bool timer_add(struct timer *timer, long long ms);

/* TIMER will not be called. Nothing happens if it does not wait. */
void timer_remove(struct timer *timer);

/* The same, cheaply, for who will soon add it again: it must not be freed before timer_remove(). */
void timer_rest(struct timer *timer);

/* How long timer_call_due() need not be called: until the first timer is due, or less. In ms,
 * rounded up, INT_MAX at most; -1 if none waits. */
int timer_next(void);

/* Calls those that are due, the earliest first; not those that they add meanwhile. */
void timer_call_due(void);

/* The time of the monotonic clock, in ms; and how many ms are left until TIME, at least 0. Both are
 * rounded up, so that nobody is woken early. */
long long timer_now(void);
long long timer_left(long long time);

/* Forgets all timers, and gives back the memory. */
void timer_close(void);

#endif
