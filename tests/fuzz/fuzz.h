/* fuzz.h - what the fuzz targets share. A target is a function that is given any bytes, and stops
 * the program if something that must always hold does not. libFuzzer looks for such bytes; replay.c
 * tries those that are kept in corpus/.
 *
 * Whoever includes this defines _DEFAULT_SOURCE first: MAP_ANONYMOUS is not in POSIX.1-2008. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#endif
#endif

/* The target. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Stops the program unless what WHAT says HOLDS. */
static inline void require(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "FAILED: %s\n", what);
    abort();
}

enum { ROOM = 1 << 16 }; /* bytes: of whole pages, whatever their size */

/* Nobody may touch the ROOM bytes at AT, which begin a page. (With clang's address sanitizer, they
 * are poisoned: libFuzzer itself peeps at what strncasecmp() need not look at.) */
static inline bool forbid(char *at)
{
#ifdef ASAN_POISON_MEMORY_REGION
    ASAN_POISON_MEMORY_REGION(at, ROOM);
    return true;
#else
    return mprotect(at, ROOM, PROT_NONE) == 0;
#endif
}

/* A copy of the LEN bytes of TEXT, ROOM at most, good until the next call. Behind it there is what
 * nobody may touch: who looks there is found out, without a sanitizer, too. */
static inline char *place(const void *text, size_t len)
{
    static char *room;
    char *at;

    if (room == NULL) {
        room = mmap(NULL, 2 * ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        require(room != MAP_FAILED && forbid(room + ROOM), "no memory");
    }
    at = room + ROOM - len;
    if (len > 0)
        memmove(at, text, len);
    return at;
}

/* The same for TEXT behind empty lines, so that it is LEN bytes in all, more than its SIZE. */
static inline char *place_behind_blanks(const void *text, size_t size, size_t len)
{
    char *at = place("", 0) - len;

    memset(at, '\r', len - size - 1);
    at[len - size - 1] = '\n';
    memcpy(at + len - size, text, size);
    return at;
}

/* Whether the LEN bytes of TEXT contain the string WORD. */
static inline bool has_word(const char *text, size_t len, const char *word)
{
    size_t n = strlen(word);

    for (size_t i = 0; i + n <= len; i++)
        if (memcmp(text + i, word, n) == 0)
            return true;
    return false;
}

#endif
