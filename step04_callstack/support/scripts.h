/* scripts.h - who acts when, in the demos of all steps. Support: no lesson needs this file to be
 * read. */
#ifndef SCRIPTS_H
#define SCRIPTS_H

#include "world.h"

/* Three clients ask for /one, and the API takes 300, 200 and 100 ms to answer for them: all at
 * once; and with turns for what could come in any order. */
extern const struct act three_at_once[], three_ask_one[];

/* Three clients, and one, ask for /two; each call of the API takes 100 ms. */
extern const struct act three_ask_two[], one_asks_two[];

/* The calls of the last alone, for request 1, which has no client. */
extern const struct act two_calls[];

/* The same as one_asks_two, but the second call fails. */
extern const struct act one_asks_two_in_vain[];

/* The second of three clients asks for /nap, while the API is asked for the others. */
extern const struct act second_asks_for_nap[];

#endif
