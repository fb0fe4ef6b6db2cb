/* call.c - futures that the network fills. */
#define _POSIX_C_SOURCE 200809L

#include "call.h"

#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "future.h"
#include "slot.h"
#include "support/story.h"

struct api_future {
    struct future future;
    struct slot slot;  /* a call takes a descriptor, and may have to wait for one */
    struct call *call; /* NULL: it has not begun, or has ended */
    int id;
    char path[PATH_SIZE];
    char *text; /* the answer's, to which the future's result points */
};

static void fill(void *arg, struct answer answer)
{
    struct api_future *job = arg;

    job->call = NULL;
    slot_release(&job->slot);
    job->text = strdup(answer.body);
    if (job->text == NULL)
        answer = http_error(503);
    story_lane(job->id, WAITING); /* whoever waits for the future does not run yet */
    future_set_result(&job->future, answer.status == 200
                                        ? text(job->text)
                                        : error(answer.status, "no result from the API"));
}

static void begin(void *arg)
{
    struct api_future *job = arg;

    job->call = api_call(job->id, job->path, fill, job);
}

static void hang_up(struct future *future)
{
    struct api_future *job = (struct api_future *)future;

    if (job->call != NULL) {
        tell(job->id, WAITING, "hangs up on the API");
        end_call(job->call);
    }
    slot_release(&job->slot);
    free(job->text);
}

struct value call_api(int id, const char *path)
{
    struct api_future *job = future_new(sizeof *job, hang_up);
    size_t size = strlen(path) + 1;

    if (job == NULL)
        return error(503, "out of memory");
    job->id = id;
    if (size <= sizeof job->path) /* else it stays empty, and that is no path */
        memcpy(job->path, path, size);
    job->slot.handle.call = begin;
    job->slot.handle.arg = job;
    if (slot_take(&job->slot))
        begin(job);
    return future(&job->future);
}
