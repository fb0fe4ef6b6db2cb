#!/usr/bin/env bats
# Exercise 5.3: the handler of a client that has reset its connection is closed.

load exercise

# Builds the step, and a program in which the gateway, its one client and the API are together. The
# client calls /two, the API answers /foo, and the client resets: before the turn of the loop that
# sees the answer, or so many turns later as the argument says. In one of them the future of the
# handler is filled, and in the next one the loop would call the handler.
setup_file() {
    build_step && build_test -Dpoll=my_poll <<'EOF'
#define _POSIX_C_SOURCE 200809L

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "framework.h"
#include "net.h"
#include "request.h"
#include "story.h"

#undef poll
int poll(struct pollfd *fds, nfds_t n, int timeout);

static struct service service = {.host = "api"};
static int api, client, call; /* the API's listening socket; the client's; the call, the API's end */
static int stop_pipe[2];
static enum { CALLING, CALLED, ANSWERED, LOST, STOPPED } phase;
static int turns; /* since the answer, or since the reset */
static int reset_at;

/* Ends the test, with what was wrong. */
#define WRONG(...) (printf(__VA_ARGS__), printf("\n"), fflush(stdout), _Exit(1))

/* The client calls. */
static void send_request(void)
{
    static const char request[] = "GET /two HTTP/1.1\r\n\r\n";
    struct address address;

    net_own_address(service.listener, &address);
    client = net_connect(&address, true);
    if (client == -1 || net_write(client, request, strlen(request)) == -1)
        die("no client");
}

/* The API answers, if it has been called. Returns whether it has. */
static bool answer(void)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbar";
    char head[4096];

    if (call == -1)
        call = net_accept(api, false);
    if (call == -1 || net_read(call, head, sizeof head) <= 0)
        return false;
    return net_write(call, answer, strlen(answer)) != -1;
}

/* The client resets, and the kernel has told the server's end, which is the one of FDS at which
 * nothing else is waited for. */
static void reset(struct pollfd *fds, nfds_t n)
{
    struct linger at_once = {.l_onoff = 1};

    setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(client);
    for (nfds_t i = 0; i < n; i++) {
        struct pollfd one = {.fd = fds[i].fd};

        if (one.fd >= 0 && fds[i].events == 0 && poll(&one, 1, 5000) != 1)
            die("no reset");
    }
}

/* In the place of the loop's poll(): something happens, and then it looks. */
int my_poll(struct pollfd *fds, nfds_t n, int timeout)
{
    int n_ready;

    if (phase == CALLING) {
        phase = CALLED;
        send_request();
    } else if (phase == CALLED && answer()) {
        poll(fds, n, 5000); /* until the kernel has told it */
        phase = ANSWERED;
    } else if (phase == LOST && ++turns == 4) {
        phase = STOPPED;
        if (write(stop_pipe[1], "", 1) != 1)
            die("no pipe");
    }
    if (phase == ANSWERED && turns++ == reset_at) {
        reset(fds, n);
        phase = LOST;
        turns = 0;
    }
    if (phase == ANSWERED || phase == LOST)
        timeout = 0;
    else if (phase == STOPPED)
        timeout = 5000;
    n_ready = poll(fds, n, timeout);
    if (phase == STOPPED && n_ready == 0)
        WRONG("The client has reset its connection in turn %d after the answer. The server is told "
              "to stop, and should end, but somebody is still at work.", reset_at);
    return n_ready;
}

int main(int argc, char **argv)
{
    struct address here;

    (void)argc;
    program = "test";
    reset_at = atoi(argv[1]);
    call = -1;
    if (net_resolve(&here, "127.0.0.1", "0") != NULL || pipe(stop_pipe) == -1)
        die("cannot be set up");
    service.listener = net_listen(&here);
    service.stop = stop_pipe[0];
    api = net_listen(&here);
    if (service.listener == -1 || api == -1)
        die("cannot listen");
    net_own_address(api, &service.api);
    request_deadline(60000);
    serve_gateway(&service);
    return 0;
}
EOF
}

# The API prints "call" when it is called, and "end" when that call is hung up on: long before the
# deadline, for that is in a minute.
hears() { # WORD...
    local word line
    for word in "$@"; do
        read -r -t 5 line <&6 || line="nothing more, for five seconds"
        [ "$line" != "$word" ] || continue
        print_found "The API should hear: $word. It hears: $line."
        return 1
    done
}

is_well() {
    client get:/hello recv
    is "$output" "me: 200 hello"
    stop_serve
}

@test "the API hears that its call is hung up on" {
    start_api call end
    start_serve --api "127.0.0.1:$api_port" --deadline 60000
    limited "$peer" client "$port" get:/one wait reset <&6
    hears end
    is_well
}

@test "all three calls of /gather are hung up on" {
    start_api call end
    start_serve --api "127.0.0.1:$api_port" --deadline 60000
    limited "$peer" client "$port" get:/gather wait reset <&6
    hears end call end call end
    is_well
}

@test "the calls of others are not" {
    start_api call wait 'send:HTTP/1.1 200 OK\r\n\r\nbar' close
    start_serve --api "127.0.0.1:$api_port" --deadline 60000
    "$peer" limit 30 "$peer" client "$port" @other get:/one recv >"$BATS_TEST_TMPDIR/other" 3>&- &
    local other=$!
    hears call
    client @bad get:/one @hello get:/hello recv @bad reset @hello2 get:/hello recv
    printf '\n\n' >&5
    wait "$other"
    is "$(<"$BATS_TEST_TMPDIR/other")" "other: 200 bar"
    is_well
}

# The program that setup_file() builds decides, before each turn of the loop, what that will see.
@test "a handler that the loop is about to call is not called any more" {
    local turn
    for turn in 0 1 2 3; do
        run_test "$turn"
    done
}

@test "timers and threads: the server outlives their handlers" {
    start_serve
    client @nap get:/nap @sum get:/sum @two get:/two @gather get:/gather @hello get:/hello recv \
        @nap reset @sum reset @two reset @gather reset @one get:/one recv
    is "$output" "hello: 200 hello
one: 200 bar"
    is_well
}

# With so few descriptors there is room for a dozen connections and a few calls at once.
@test "nothing is left of a client that was lost: others find room" {
    descriptors=32 start_serve
    local round i
    for round in 1 2 3 4 5 6; do
        local words=()
        for i in 1 2 3 4 5 6 7 8; do words+=("@$i" get:/gather); done
        words+=(@hello get:/hello recv)
        for i in 1 2 3 4 5 6 7 8; do words+=("@$i" reset); done
        client "${words[@]}"
        is "$output" "hello: 200 hello"
    done
    client get:/one recv
    is "$output" "me: 200 bar"
    stop_serve
}
