#!/usr/bin/env bats
# Exercise 5.3: the handler of a client that has reset its connection is closed.

load exercise

# glibc overwrites what is freed, at once: who still looks there does not get away with it.
export MALLOC_PERTURB_=85 GLIBC_TUNABLES=glibc.malloc.tcache_count=0

# The API prints "call" when it is called, and "end" when that call is hung up on: long before the
# deadline, for that is in a minute.
hears() { # WORD...
    local word line
    for word in "$@"; do
        read -r -t 5 line <&6 || line="nothing in five seconds"
        is "$line" "$word"
    done
}

is_well() {
    client get:/hello recv
    is "$output" "me: 200 hello"
    stop_serve
}

@test "its call is hung up on" {
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

@test "those of others are not" {
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

# The server is stopped while the API answers and the client resets, so it hears of both in the same
# turn: of the answer first, and that puts the handler on the ready list.
@test "closed while it stands on the ready list" {
    mkfifo "$BATS_TEST_TMPDIR/cue"
    exec 7<>"$BATS_TEST_TMPDIR/cue"
    start_api call wait 'send:HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbar' call close
    start_serve --api "127.0.0.1:$api_port" --deadline 60000
    "$peer" limit 30 "$peer" client "$port" get:/one wait reset <&7 3>&- &
    local resets=$!
    hears call
    kill -STOP "$pid"
    echo >&5
    hears call
    echo >&7
    wait "$resets"
    kill -CONT "$pid"
    is_well
    exec 7<&-
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
@test "nothing is left of a connection that was reset: others find room" {
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
