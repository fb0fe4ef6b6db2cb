/* request.c - fuzzes what reads a request (http.c): the bytes are a request, or its beginning. */
#define _DEFAULT_SOURCE

#include "fuzz.h"

#include "http.h"

/* What has been made of a text. */
struct seen {
    int status;
    char path[PATH_SIZE]; /* if the status is 200 */
};

static struct seen parse(const char *text, size_t len, bool last)
{
    struct seen seen = {.status = 0};
    char path[PATH_SIZE];

    seen.status = http_parse_request(text, len, last, path);
    if (seen.status == 200)
        strcpy(seen.path, path);
    return seen;
}

static bool same(const struct seen *a, const struct seen *b)
{
    return a->status == b->status && strcmp(a->path, b->path) == 0;
}

static void check_status(const struct seen *seen, bool last)
{
    require(seen->status == 200 || seen->status == 400 || seen->status == 405 ||
                seen->status == 431 || (seen->status == 0 && !last),
            "a request has no such status");
}

/* Byte by byte, what is decided first is what the whole says. */
static void check_splits(const uint8_t *data, size_t size, const struct seen *whole)
{
    struct seen part;

    for (size_t len = 0; len <= size; len++) {
        part = parse(place(data, len), len, false);
        check_status(&part, false);
        if (part.status != 0)
            break;
    }
    require(same(&part, whole), "byte by byte it is another request");
}

/* Empty lines before it make no difference, until there are too many. */
static void check_limit(const uint8_t *data, size_t size, const struct seen *whole)
{
    struct seen padded = parse(place_behind_blanks(data, size, HEAD_MAX), HEAD_MAX, false);

    if (whole->status == 0)
        require(padded.status == 431, "a head may be as long as it likes");
    else
        require(same(&padded, whole), "after empty lines it is another request");
}

/* A path is a part of the text, and asking somebody else for it gets there. */
static void check_path(const uint8_t *data, size_t size, const struct seen *whole)
{
    char text[2 * PATH_SIZE + 100];
    struct seen again;
    size_t len;

    require(whole->path[0] == '/' || whole->path[0] == '\0', "a path begins with no slash");
    require(strpbrk(whole->path, "? \n") == NULL, "a path has what ends a path");
    require(has_word((const char *)data, size, whole->path), "a path is not in the request");
    len = http_format_request(text, sizeof text, "api", whole->path, (int)size + 1);
    if (len == 0)
        return;
    require(len == strlen(text) && http_request_id(text, len) == (int)size + 1, "the id is lost");
    again = parse(place(text, len), len, false);
    require(same(&again, whole), "a request that is passed on is another one");
    again = parse(place(text, len - 1), len - 1, false);
    require(again.status == 0, "a request is read before its end");
    require(http_format_request(text, len + 1, "api", whole->path, (int)size + 1) == len &&
                http_format_request(text, len, "api", whole->path, (int)size + 1) == 0,
            "what does not fit is written, or what fits is not");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct seen whole, last;

    if (size >= HEAD_MAX)
        return 0;
    whole = parse((const char *)data, size, false);
    last = parse(place(data, size), size, true);
    check_status(&whole, false);
    check_status(&last, true);
    require(whole.status == 0 ? last.status == 400 : same(&last, &whole), "the end changes it");
    check_splits(data, size, &whole);
    check_limit(data, size, &whole);
    if (whole.status == 200)
        check_path(data, size, &whole);
    require(http_request_id(place(data, size), size) >= 0, "an id is negative");
    return 0;
}
