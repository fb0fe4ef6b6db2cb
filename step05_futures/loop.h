/* loop.h - the event loop: who waits for which descriptor, and what to call when the wait is over.
 * Stage 0x01 of the article, second half: register (IO, callback), collect the finished, call; and
 * 0x04, where timers (timer.h) and other threads can end a wait, too. */
#ifndef LOOP_H
#define LOOP_H

/* What is called when a descriptor is ready, with the ARG that was registered along with it. It
 * returns soon, for while it runs the loop stands still. It may register and unregister whatever it
 * wants. */
typedef void callback(void *arg);

/* Sets the loop up, with nothing registered; ends the program without memory. There is one loop. */
void loop_open(void);
void loop_close(void);

/* Calls CALL with ARG each time FD is ready for EVENTS (POLLIN or POLLOUT) or has failed, until it
 * is unregistered. In place of what was registered for FD before: a descriptor has one callback.
 * The loop owns neither FD nor ARG. */
void loop_register(int fd, short events, callback *call, void *arg);

/* Forgets FD. Do so before closing it. Nothing happens if it is not registered. */
void loop_unregister(int fd);

/* Something to be called soon. It is its owner's, who sets CALL and ARG, the rest zero, and keeps
 * it until it has been called or forgotten. It stands in one list at most: a ring, the list's own
 * member among them. */
struct soon {
    callback *call;
    void *arg;
    struct soon *next, *prev; /* NULL: it stands in no list */
};

/* Makes LIST an empty list; puts SOON at the end of LIST; takes SOON out of the list in which it
 * stands, if any, so that it is not called. */
void soon_clear(struct soon *list);
void soon_append(struct soon *list, struct soon *soon);
void soon_forget(struct soon *soon);

/* Puts SOON at the end of the ready list: it is called at the end of this turn, or of the next if
 * the ready list is being called. */
void loop_call_soon(struct soon *soon);

/* The same from another thread: wakes the loop. The loop has been told before, in its own thread,
 * to expect it: a loop that has nothing to wait for ends the program. */
void loop_call_soon_threadsafe(struct soon *soon);
void loop_expect(void);

/* Waits, calls, and waits again, until a callback calls loop_stop(). */
void loop_run(void);
void loop_stop(void);

#endif
