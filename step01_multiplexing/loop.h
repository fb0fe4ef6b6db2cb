/* loop.h - the loop: which descriptors are waited for, and how to go on when a wait is over. Stage
 * 0x01 of the article, first half: register the IO, collect what has finished. */
#ifndef LOOP_H
#define LOOP_H

/* What somebody waits for, and so what is done when the wait is over. */
enum io_state {
    SERVING_CLIENT, /* something happens with a client, or a new one comes */
    CONNECTING,     /* the API is connected */
    WRITING_CALL,   /* the API takes more of the call */
    READING_ANSWER  /* there is more of the API's answer */
};

/* Sets up the loop, with nothing registered; ends the program if memory runs out. There is one
 * loop. Nobody may wait for a descriptor when it is closed. */
void loop_open(void);
void loop_close(void);

/* Goes on with ARG as STATE says, each time that FD is ready for EVENTS (POLLIN or POLLOUT) or has
 * failed, until FD is unregistered. Takes the place of what was registered for FD before. The loop
 * owns neither FD nor ARG. */
void loop_register(int fd, short events, enum io_state state, void *arg);

/* Forgets FD; do so before closing it. Nothing happens if FD is not registered. */
void loop_unregister(int fd);

/* Waits, goes on with what is ready, and waits again, until loop_stop() is called. */
void loop_run(void);
void loop_stop(void);

#endif
