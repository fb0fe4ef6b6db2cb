#!/usr/bin/env bats
# Exercise 7.1: an echo server that greets, and answers in capitals.

load exercise

# (For the client of the tests, what is no answer to a request is "no HTTP".)

SERVE_OPTIONS="--workers 1" # so that clients are numbered in the order in which they come

# Sends to the server what comes on stdin, and prints the first COUNT bytes that come back, with a
# dot in the place of a byte that is 0.
talk() { # COUNT
    exec 8<>"/dev/tcp/127.0.0.1/$port"
    cat >&8
    limited head -c "$1" <&8 | tr '\0' .
    exec 8>&-
}

@test "each client is greeted before it has sent anything" {
    start_serve echo
    client @a shut recv @b shut recv
    is "$output" $'a: no HTTP: You are #1.\n\nb: no HTTP: You are #2.'
    stop_serve
}

@test "the greeting ends with its line, and no byte that is 0 comes after it" {
    start_serve echo
    is "$(printf ABC | talk 15)" $'You are #1.\nABC'
    stop_serve
}

@test "what a client sends comes back in capitals" {
    start_serve echo
    client @a send:one @b 'send:b2 \r\nnaïve {z}' @a 'send: Two' @a shut recv @b shut recv
    is "$output" $'a: no HTTP: You are #1.\nONE TWO
b: no HTTP: You are #2.\nB2 \r\nNAïVE {Z}'
    stop_serve
}

@test "a byte that is 0 is one of the bytes: what comes after it is in capitals as well" {
    start_serve echo
    is "$(printf 'one\0two\0\0three' | talk 26)" $'You are #1.\nONE.TWO..THREE'
    stop_serve
}

# The server is built once more, so that it goes on to read until its buffer is full.
@test "only what has been read is changed, even if the buffer is full" {
    cat >"$test.c" <<'EOF'
#define _POSIX_C_SOURCE 200809L

#include <poll.h>
#include <sys/types.h>
#include <sys/uio.h>

ssize_t my_read(int fd, void *data, size_t size);

/* In the place of read(): until all of SIZE is there, if that is much. */
ssize_t my_read(int fd, void *data, size_t size)
{
    struct pollfd readable = {.fd = fd, .events = POLLIN};
    size_t len = 0;
    ssize_t n;

    do {
        struct iovec rest = {(char *)data + len, size - len};

        n = readv(fd, &rest, 1);
        len += n > 0 ? (size_t)n : 0;
    } while (size > 10000 && len < size && n != 0 && poll(&readable, 1, 10000) == 1);
    return len > 0 ? (ssize_t)len : n;
}
EOF
    program=$BATS_TEST_TMPDIR/filling
    # shellcheck disable=SC2046 # they are several
    ${CC:-cc} -g $(sanitizers) -Dread=my_read "$dir"/*.c "$dir"/*/*.c "$test.c" -pthread -o "$program"
    start_serve echo
    output=$(head -c 65536 /dev/zero | tr '\0' x | talk 65548)
    is "$(tr -s X <<<"$output")" $'You are #1.\nX'
    is "$(wc -c <<<"$output")" 65549 # and a newline
    stop_serve
}
