/* call.h - a call of the API, to wait for. Stage 0x04 of the article. */
#ifndef CALL_H
#define CALL_H

#include "value.h"

/* Calls the API for PATH, for request ID: now, not when the result is awaited. Returns a future
 * that is filled with the answer's text, or with the error 502 or 503; or an error, if memory runs
 * out. Cancelling it hangs up. */
MUST_USE struct value call_api(int id, const char *path);

#endif
