/* api.h - a call of the API, cut in pieces: between them it waits, and others run. Stage
 * 0x01 of the article. */
#ifndef API_H
#define API_H

#include "support/clients.h"
#include "support/http.h"
#include "support/service.h"

struct call;

/* Sets it up: SERVICE says where the API is, and MOST calls can be made at once. Ends the program
 * if memory runs out. */
void api_open(const struct service *service, int most);
void api_close(void);

/* Calls the API for PATH, for CLIENT, and returns at once. on_answer() is called with its answer,
 * or with the error 502 or 503: later, or, if the call cannot even begin, before this returns. */
void api_call(struct client *client, const char *path);

/* What a call does when a wait of it is over. */
void finish_connect(struct call *call);
void write_call(struct call *call);
void read_answer(struct call *call);

#endif
