/* response.c - fuzzes what reads an API's response (http.c): the bytes are a response, or its
 * beginning. */
#define _DEFAULT_SOURCE

#include "fuzz.h"

#include "http.h"

/* What has been made of a text. */
struct seen {
    bool done;
    struct answer answer; /* if it is done */
};

static struct seen parse(const char *text, size_t len, bool last)
{
    struct seen seen;

    seen.done = http_parse_response(text, len, last, &seen.answer);
    if (!seen.done)
        return seen;
    require(memchr(seen.answer.body, '\0', BODY_SIZE) != NULL, "a body has no end");
    require(seen.answer.status == 200 ||
                (seen.answer.status == 502 && strcmp(seen.answer.body, "Bad Gateway") == 0),
            "a response has become something else than itself or 502");
    return seen;
}

static bool same(const struct seen *a, const struct seen *b)
{
    return a->done == b->done && (!a->done || (a->answer.status == b->answer.status &&
                                               strcmp(a->answer.body, b->answer.body) == 0));
}

/* Byte by byte, what is decided first is what the whole says. */
static void check_splits(const uint8_t *data, size_t size, const struct seen *whole)
{
    struct seen part;

    for (size_t len = 0; len <= size; len++) {
        part = parse(place(data, len), len, false);
        if (part.done)
            break;
    }
    require(same(&part, whole), "byte by byte it is another response");
}

/* Nobody waits for more than HEAD_MAX bytes. What was decided before stays so. */
static void check_limit(const uint8_t *data, size_t size, const struct seen *whole)
{
    char text[HEAD_MAX];
    struct seen padded;

    memset(text, 'x', sizeof text);
    memcpy(text, data, size);
    padded = parse(text, sizeof text, false);
    require(padded.done, "a response may be as long as it likes");
    if (whole->done)
        require(same(&padded, whole), "what comes behind a response changes it");
}

/* A good answer comes from the text, and as our own response it says the same. */
static void check_answer(const uint8_t *data, size_t size, const struct answer *answer)
{
    char text[BODY_SIZE + 200];
    struct seen again;
    size_t len = http_format_response(text, sizeof text, answer);

    require(has_word((const char *)data, size, answer->body), "a body is not in the response");
    require(len > 0 && len == strlen(text), "an answer cannot be written");
    again = parse(place(text, len), len, false);
    require(again.done && again.answer.status == 200 &&
                strcmp(again.answer.body, answer->body) == 0,
            "an answer that is passed on is another one");
    again = parse(place(text, len - 1), len - 1, false);
    require(!again.done, "a response is read before its end");
    require(http_format_response(text, len + 1, answer) == len &&
                http_format_response(text, len, answer) == 0,
            "what does not fit is written, or what fits is not");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct seen whole, last;

    if (size >= HEAD_MAX)
        return 0;
    whole = parse((const char *)data, size, false);
    last = parse(place(data, size), size, true);
    require(last.done, "a response has no end");
    require(!whole.done || same(&whole, &last), "the end changes what was complete");
    check_splits(data, size, &whole);
    check_limit(data, size, &whole);
    if (last.answer.status == 200)
        check_answer(data, size, &last.answer);
    return 0;
}
