/* loop.h - the event loop: who waits for which descriptor, and what to call when the wait is over.
 * Stage 0x01 of the article, second half: register (IO, callback), collect the finished, call. */
#ifndef LOOP_H
#define LOOP_H

#include <stdbool.h>

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

/* Calls CALL at the end of each turn, when all that was ready has been called. It returns whether
 * there is more to do at once: then the next turn does not wait. */
void loop_each_turn(bool (*call)(void));

/* Waits, calls, and waits again, until a callback calls loop_stop(). */
void loop_run(void);
void loop_stop(void);

#endif
