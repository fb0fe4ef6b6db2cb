/* relay.c - fuzzes what reads the messages of a relay's peers (relay.c of step 7): the bytes are
 * all that one peer sends. */
#define _DEFAULT_SOURCE

#include "fuzz.h"

#include "http.h"
#include "relay.h"

/* What has been made of a text: no message (not SOUND), none yet (LEN 0), or one. */
struct seen {
    bool sound;
    size_t body; /* where the body begins */
    struct relay_message message;
};

static struct seen parse(const char *text, size_t len)
{
    struct seen seen = {.sound = false};
    struct relay_message *message = &seen.message;

    seen.sound = relay_parse(text, len, message);
    if (!seen.sound || message->len == 0)
        return seen;
    seen.body = (size_t)(message->body - text);
    require(seen.body > 0 && seen.body + message->body_len <= message->len && message->len <= len &&
                message->len - seen.body - message->body_len <= 2,
            "a message is longer than what has come");
    require(memchr(message->serial, '\0', sizeof message->serial) != NULL &&
                memchr(message->dest, '\0', sizeof message->dest) != NULL,
            "a word has no end");
    require(has_word(message->body, message->body_len, message->serial) &&
                strchr(message->serial, '"') == NULL,
            "a serial number is not in the body");
    require(has_word(text, seen.body, message->dest) && strpbrk(message->dest, " \t\r\n") == NULL,
            "a destination is not in the head");
    return seen;
}

static bool decided(const struct seen *seen)
{
    return !seen->sound || seen->message.len > 0;
}

/* Whether they say the same, but for the CRLF that may have come or not. */
static bool same(const struct seen *a, const struct seen *b)
{
    if (a->sound != b->sound || decided(a) != decided(b))
        return false;
    return !a->sound || !decided(a) ||
           (a->body == b->body && a->message.body_len == b->message.body_len &&
            strcmp(a->message.serial, b->message.serial) == 0 &&
            strcmp(a->message.dest, b->message.dest) == 0);
}

/* The first message that begins at or after START, if TEXT comes byte by byte. *END is how much has
 * come when it is decided. */
static struct seen parse_bytes(const uint8_t *text, size_t start, size_t size, size_t *end)
{
    struct seen seen = {.sound = true};

    for (*end = start; *end <= size; ++*end) {
        seen = parse(place(text + start, *end - start), *end - start);
        if (decided(&seen))
            break;
    }
    return seen;
}

/* The messages that come in one piece are those that come byte by byte. */
static void check_splits(const uint8_t *data, size_t size)
{
    size_t at = 0, at_bytes = 0, end;
    struct seen whole, bytes;

    do {
        whole = parse(place(data + at, size - at), size - at);
        bytes = parse_bytes(data, at_bytes, size, &end);
        whole.body += at;
        bytes.body += at_bytes;
        if (!decided(&whole))
            whole.body = bytes.body = 0;
        require(same(&whole, &bytes), "byte by byte they are other messages");
        at += whole.message.len;
        at_bytes += bytes.message.len;
    } while (whole.sound && whole.message.len > 0 && at < size);
}

/* Nobody waits for more than HEAD_MAX bytes; empty lines before it make no other difference. */
static void check_limit(const uint8_t *data, size_t size)
{
    struct seen whole = parse(place(data, size), size);
    struct seen padded = parse(place_behind_blanks(data, size, HEAD_MAX), HEAD_MAX);

    if (!decided(&whole)) {
        require(!padded.sound, "a message may be as long as it likes");
        return;
    }
    whole.body += HEAD_MAX - size;
    require(same(&padded, &whole), "after empty lines it is another message");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size >= HEAD_MAX)
        return 0;
    parse((const char *)data, size);
    check_splits(data, size);
    check_limit(data, size);
    return 0;
}
