/* loop.h - the loop: which descriptors are waited for, and what to call when a wait is over. Stage
 * 0x01 of the article, second half: register (IO, callback), collect what has finished, call. */
#ifndef LOOP_H
#define LOOP_H

/* What is called when a wait is over, with the ARG that was registered with it. It returns soon,
 * because the loop stands still while it runs. It may register and unregister what it wants. */
typedef void callback(void *arg);

/* Sets up the loop, with nothing registered; ends the program if memory runs out. There is one
 * loop. Nobody may wait for a descriptor when it is closed. */
void loop_open(void);
void loop_close(void);

/* Calls CALL with ARG, each time that FD is ready for EVENTS (POLLIN or POLLOUT) or has failed,
 * until FD is unregistered. Takes the place of what was registered for FD before. The loop owns
 * neither FD nor ARG. */
void loop_register(int fd, short events, callback *call, void *arg);

/* Forgets FD; do so before closing it. Nothing happens if FD is not registered. */
void loop_unregister(int fd);

/* Waits, goes on with what is ready, and waits again, until loop_stop() is called. */
void loop_run(void);
void loop_stop(void);

#endif
