/* api.h - a call of the API, cut in pieces: between them it waits, and others run. Stage
 * 0x01 of the article. */
#ifndef API_H
#define API_H

#include "support/http.h"
#include "support/service.h"

struct call;

/* Is given the ANSWER of a call, and the ARG that was given with it. */
typedef void answer_callback(void *arg, struct answer answer);

/* Sets it up: SERVICE says where the API is, and MOST calls can be made at once. Ends the program
 * if memory runs out. */
void api_open(const struct service *service, int most);
void api_close(void);

/* Calls the API for PATH, for request ID, and returns at once. THEN will be called by the loop,
 * with ARG and with the API's answer, or with the error 502 or 503. Returns the call, which is
 * there until then. */
struct call *api_call(int id, const char *path, answer_callback *then, void *arg);

/* Ends CALL before it is answered: THEN will not be called. */
void end_call(struct call *call);

#endif
