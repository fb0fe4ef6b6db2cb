#!/usr/bin/env bats
# The server of one step, with friendly and with hostile peers.

load common

get='GET /one HTTP/1.1\r\nHost: x\r\n'

# A good client is half-way through its request while a bad one does WORDS; then it is served.
# Another one waits for the API meanwhile. A server that serves one at a time meets them in a row.
good_beside_bad() {
    if [[ $SERVE_OPTIONS == *blocking* ]]; then
        client "$@" @early get:/one recv @good "send:$get\r\n" recv
    else
        client @early get:/one @good "send:$get" "$@" @good 'send:\r\n' recv @early recv
    fi
    is "$status" 0
    is "$(grep good: <<<"$output")" "good: 200 bar"
    is "$(grep early: <<<"$output")" "early: 200 bar"
    bad=$(grep bad: <<<"$output") || true
}

survives() {
    start_serve
    good_beside_bad "$@"
    stop_serve
}

@test "answers its routes" {
    start_serve
    client @a get:/hello recv @b get:/one recv @c get:/none recv @d get:/hello?a=b recv
    is "$output" "a: 200 hello
b: 200 bar
c: 404 Not Found
d: 200 hello"
    stop_serve
}

@test "answers /two, unless it is the state machine" {
    start_serve
    client get:/two recv
    if [ "$STEP$SERVE_OPTIONS" = 1 ]; then
        is "$output" "me: 501 Not Implemented"
    else
        is "$output" "me: 200 baz"
    fi
    stop_serve
}

@test "speaks HTTP/1.0, and forgives a missing CR" {
    start_serve
    client @a 'send:GET /hello HTTP/1.0\r\n\r\n' recv @b 'send:\r\nGET /hello HTTP/1.1\n\n' recv
    is "$output" "a: 200 hello
b: 200 hello"
    stop_serve
}

# What a crowd asks for, and the answer: for the blocking server something that takes no time.
set_path() {
    path=/one body=bar
    [[ $SERVE_OPTIONS != *blocking* ]] || path=/hello body=hello
}

@test "a hundred clients at once" {
    start_serve
    set_path
    client "crowd:100:$path"
    is "$output" "100 times: 200 $body"
    stop_serve
}

@test "survives a reset before the request" {
    survives @bad reset
}

@test "survives a reset during the request" {
    survives @bad 'send:GET /on' reset
}

@test "survives a reset while the API is asked" {
    survives @bad get:/one reset
}

@test "survives a reset in the middle of /two" {
    survives @bad get:/two reset
}

@test "survives a reset after the answer" {
    survives @bad get:/hello @other get:/hello recv @bad reset
}

@test "survives 60 kB and a close without reading" {
    survives @bad "send:$get" fill:60000 close
    survives @bad fill:60000 close
}

@test "survives a client that never reads its answer" {
    survives @bad get:/one
}

@test "survives a client that leaves at once" {
    survives @bad close
    survives @bad shut recv
    is "$bad" "bad: nothing"
}

@test "serves a client that shuts down its sending side" {
    survives @bad get:/one shut recv
    is "$bad" "bad: 200 bar"
}

@test "serves a request that comes byte by byte" {
    survives @bad "drip:$get\r\n" recv
    is "$bad" "bad: 200 bar"
}

@test "431 for a head over 8 KiB" {
    survives @bad "send:${get}X: " fill:60000 recv
    is "$bad" "bad: 431 Request Header Fields Too Large"
    survives @bad 'send:GET /' fill:60000 recv
    is "$bad" "bad: 431 Request Header Fields Too Large"
}

@test "400 for garbage" {
    survives @bad 'send:garbage\r\n\r\n' recv
    is "$bad" "bad: 400 Bad Request"
    survives @bad 'send:GET /one\r\n' recv
    is "$bad" "bad: 400 Bad Request"
    survives @bad 'send:GET /one HTTP/9.9\r\n\r\n' recv
    is "$bad" "bad: 400 Bad Request"
    survives @bad 'send:GET /one HTTP/1.1\r\n' shut recv
    is "$bad" "bad: 400 Bad Request"
    survives @bad fill:60000 recv
    is "$bad" "bad: 400 Bad Request"
}

# To close before all has been read would be a reset, which can destroy the answer on its way. The
# server is stopped for as long as it should take to send all.
@test "who has sent more than was read gets the answer and a clean end" {
    start_serve
    kill -STOP "$pid"
    "$peer" limit 30 "$peer" client "$port" fill:60000 keep end >"$BATS_TEST_TMPDIR/me" 3>&- &
    local waiting=$!
    sleep 0.3
    kill -CONT "$pid"
    wait $waiting
    is "$(<"$BATS_TEST_TMPDIR/me")" "me: 400 Bad Request
me: end"
    stop_serve
}

@test "405 for POST" {
    survives @bad 'send:POST /one HTTP/1.1\r\nContent-Length: 60000\r\n\r\n' fill:60000 recv
    is "$bad" "bad: 405 Method Not Allowed"
}

@test "404 for an unknown path" {
    survives @bad get:/none recv
    is "$bad" "bad: 404 Not Found"
    survives @bad "get:/$(printf 'x%.0s' {1..400})" recv
    is "$bad" "bad: 404 Not Found"
}

# The API does WORDS with each call: 502, and who does not need it is served.
bad_api() {
    start_api "$@"
    start_serve --api "127.0.0.1:$api_port"
    client @a get:/one recv @b get:/hello recv @c get:/one recv
    is "$output" "a: 502 Bad Gateway
b: 200 hello
c: 502 Bad Gateway"
    if [ "$STEP$SERVE_OPTIONS" != 1 ]; then # the state machine has no /two
        client get:/two recv
        is "$output" "me: 502 Bad Gateway"
    fi
    stop_serve
}

@test "502 when the API refuses" {
    start_serve --api "127.0.0.1:$("$peer" unused)"
    client @a get:/one recv @b get:/hello recv
    is "$output" "a: 502 Bad Gateway
b: 200 hello"
    stop_serve
}

@test "502 when the API resets" {
    bad_api reset
}

@test "502 when the API closes early" {
    bad_api close
    bad_api 'send:HTTP/1.1 200 OK\r\nContent-Le' close
    bad_api 'send:HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nba' close
}

@test "502 when the API answers garbage" {
    bad_api 'send:garbage\r\n\r\n' close
    bad_api 'send:HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nbar' close
    bad_api 'send:HTTP/1.1 2000 OK\r\n\r\nbar' close
    bad_api 'send:HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nbar' close
    bad_api "send:$(printf 'x%.0s' {1..9000})" close
}

@test "502 when the API has an error of its own" {
    bad_api 'send:HTTP/1.1 500 Internal Server Error\r\nContent-Length: 3\r\n\r\nbar' close
}

# bats test_tags=not:multiplexed
@test "502 when the API gives what cannot be asked for" {
    for foo in 'x y' "$(printf 'x%.0s' {1..600})"; do
        start_api "send:HTTP/1.1 200 OK\r\n\r\n$foo" close
        start_serve --api "127.0.0.1:$api_port"
        client get:/two recv
        is "$output" "me: 502 Bad Gateway"
        stop_serve
    done
}

@test "takes an API that announces no length, or does not hang up" {
    start_api 'send:HTTP/1.0 200 OK\r\n\r\nbar' close
    start_serve --api "127.0.0.1:$api_port"
    client get:/one recv
    is "$output" "me: 200 bar"
    stop_serve
    start_api 'send:HTTP/1.1 200 OK\r\ncontent-length:3\r\n\r\nbar' hold
    start_serve --api "127.0.0.1:$api_port"
    client get:/one recv
    is "$output" "me: 200 bar"
    stop_serve
}

@test "32 descriptors are enough for a hundred clients" {
    set_path
    descriptors=32 start_serve
    client "crowd:100:$path"
    is "$output" "100 times: 200 $body"
    stop_serve
}

# bats test_tags=measures
@test "with hardly a descriptor it serves, or says why it cannot" {
    # The second of two workers has one more open, and may end where the first can serve.
    SERVE_OPTIONS=${SERVE_OPTIONS/workers 2/workers 1}
    # A leak sanitizer would want one, too.
    export ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0
    for descriptors in {7..20}; do
        start_serve 2>"$BATS_TEST_TMPDIR/stderr" || true
        run limited "$peer" client "${port:-0}" get:/hello recv
        if [ "$output" = "me: 200 hello" ]; then
            stop_serve
            continue
        fi
        status=0
        wait "$pid" || status=$?
        everybody_has_gone
        is "$status" 1
        grep "^step$STEP: cannot " "$BATS_TEST_TMPDIR/stderr"
        refute grep -vE "^step$STEP: (cannot |a worker has failed$)" "$BATS_TEST_TMPDIR/stderr"
    done
    is "$output" "me: 200 hello"
}

@test "clients that have their answers and do not hang up keep nobody out" {
    descriptors=32 start_serve
    local words=() i n=40
    [[ $SERVE_OPTIONS == *blocking* ]] && n=3 # it waits half a second for each
    for ((i = 0; i < n; i++)); do words+=("@$i" get:/hello keep); done
    client "${words[@]}"
    is "$(grep -c '200 hello' <<<"$output")" $n
    stop_serve
}

@test "a full house: when those leave who have not asked yet, the next one is let in" {
    descriptors=32 start_serve
    local words=() i
    for i in {1..40}; do words+=("@$i" 'send:GET /he'); done
    words+=(@next get:/hello)
    for i in {1..40}; do words+=("@$i" reset); done
    client "${words[@]}" @next recv
    is "$output" "next: 200 hello"
    stop_serve
}

@test "a client that goes on sending after its answer keeps nobody out" {
    start_serve
    mkfifo "$BATS_TEST_TMPDIR/bad"
    exec 5<>"$BATS_TEST_TMPDIR/bad"
    "$peer" limit 30 "$peer" client "$port" @bad get:/hello keep trickle >&5 2>/dev/null 3>&- &
    local bad=$! line
    read -r -t 20 line <&5
    is "$line" "bad: 200 hello"
    client @a get:/hello recv @b get:/hello recv
    is "$output" "a: 200 hello
b: 200 hello"
    kill $bad
    stop_serve
}

# With 32 descriptors a hundred clients have to wait for each other, most of a second in all. The
# seconds of processor time that our children took meanwhile stand in the second line of "times".
@test "does not spin while it has no descriptor for those who wait" {
    descriptors=32 start_serve
    set_path
    client "crowd:100:$path"
    stop_serve
    times >"$BATS_TEST_TMPDIR/times"
    read -r user system < <(sed -n 2p "$BATS_TEST_TMPDIR/times")
    echo "user $user, system $system"
    [[ $user == 0m0.[0-3]* && $system == 0m0.[0-3]* ]]
}

@test "finishes what it is answering, and then ends" {
    start_api call wait 'send:HTTP/1.1 200 OK\r\n\r\nbar' close
    start_serve --api "127.0.0.1:$api_port"
    "$peer" limit 30 "$peer" client "$port" @a get:/one recv >"$BATS_TEST_TMPDIR/a" 3>&- &
    local waiting=$!
    read -r -t 20 _ <&6
    kill -TERM "$pid"
    echo >&5
    wait "$pid"
    wait $waiting
    is "$(<"$BATS_TEST_TMPDIR/a")" "a: 200 bar"
    everybody_has_gone
}

# Another one who comes later is answered, so the idle one is let in. (Not where one at a time is
# served: there it may come too late.)
@test "does not wait for who has not asked yet" {
    start_serve
    local words=(@idle 'send:GET /he' recv) answers=$BATS_TEST_TMPDIR/answers
    [[ $SERVE_OPTIONS == *blocking* ]] || words=("${words[@]:0:2}" @b get:/hello recv @idle recv)
    mkfifo "$answers"
    "$peer" limit 30 "$peer" client "$port" "${words[@]}" >"$answers" 3>&- &
    local waiting=$!
    exec 5<"$answers"
    if [[ $SERVE_OPTIONS != *blocking* ]]; then
        read -r -t 20 line <&5
        is "$line" "b: 200 hello"
    fi
    SECONDS=0
    stop_serve
    [ "$SECONDS" -lt 15 ]
    wait $waiting || true
}

# bats test_tags=signals
@test "ends at the second signal, busy or not" {
    start_api call hold
    start_serve --api "127.0.0.1:$api_port"
    "$peer" limit 30 "$peer" client "$port" @a get:/one recv >/dev/null 3>&- &
    read -r -t 20 _ <&6
    kill -TERM "$pid"
    kill -INT "$pid"
    status=0
    wait "$pid" || status=$?
    [ "$status" = 130 ] || [ "$status" = 143 ] # not by the limit's SIGALRM
    everybody_has_gone
}

@test "its API does not outlive it, even if it is killed" {
    start_serve
    kill -KILL "$pid"
    wait "$pid" || true
    everybody_has_gone
}

@test "serves at an IPv6 address" {
    start_serve --host ::1 || skip "this system has no IPv6"
    exec 7<>"/dev/tcp/::1/$port"
    printf 'GET /hello HTTP/1.0\r\n\r\n' >&7
    [[ $(limited cat <&7) == *hello ]]
    exec 7>&-
    stop_serve
}

@test "says that its port is taken" {
    start_serve
    # shellcheck disable=SC2086 # several words
    run limited "$program" serve --port "$port" $SERVE_OPTIONS
    is "$status" 1
    # (musl has its own words for it.)
    is "${output/ already/}" "step$STEP: cannot listen on 127.0.0.1:$port: Address in use"
    stop_serve
}

@test "writes a trace of what it served" {
    trace=$BATS_TEST_TMPDIR/trace.json
    [ "$STEP" -lt 7 ] || SERVE_OPTIONS+=" --workers 1" # several would write over each other
    start_serve --trace "$trace"
    client @a get:/one recv @b get:/hello recv
    stop_serve
    is "$(grep -c '"ph": "B"' "$trace")" "$(grep -c '"ph": "E"' "$trace")"
    [ "$(grep -c 'is answered: 200 bar' "$trace")" = 1 ]
}

# (Step 7's is in io.bats; and where each has a thread, memory is what threads have left.)
# bats test_tags=not:io,not:blocking,not:threads
@test "memory is flat after thousands of requests" {
    ! grep -qE '__(asan|tsan)_init' "$program" || skip "a sanitizer holds memory back"
    [ -e "/proc/$$/status" ] || skip "this system does not tell how much memory a process has"
    start_serve
    local before after path=/two expected="300 times: 200 bar
300 times: 200 baz"
    [ "$STEP$SERVE_OPTIONS" != 1 ] || path=/one expected="300 times: 200 bar" # the state machine
    client crowd:300:/one "crowd:300:$path"
    before=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status")
    local crowds=()
    for _ in {1..8}; do crowds+=(crowd:300:/one "crowd:300:$path"); done
    client "${crowds[@]}"
    after=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status")
    echo "$before KB before, $after KB after"
    [ "$after" -lt $((before + 100)) ]
    is "$(sort -u <<<"$output")" "$expected"
    stop_serve
}

# They all have asked when the server, which was stopped, looks: so it lets them in together.
# bats test_tags=not:threads
@test "who is let in first goes on first" {
    trace=$BATS_TEST_TMPDIR/trace.json
    [ "$STEP" -lt 7 ] || SERVE_OPTIONS+=" --workers 1"
    start_serve --trace "$trace"
    kill -STOP "$pid"
    client @a get:/one @b get:/one @c get:/one
    kill -CONT "$pid"
    client get:/hello recv
    stop_serve
    let_in=$(grep -o '#[0-9]* is let in: GET /one' "$trace" | cut -d ' ' -f 1)
    is "$(sort <<<"$let_in" | paste -sd ' ' -)" "#1 #2 #3"
    is "$(grep -o '#[0-9]* asks' "$trace" | cut -d ' ' -f 1)" "$let_in"
}

# --- what steps from 5 on can wait for

# bats test_tags=needs:sum
@test "answers /nap and /sum" {
    start_serve
    client @nap get:/nap @sum get:/sum @one get:/one recv @nap recv @sum recv
    is "$output" "one: 200 bar
nap: 200 rested
sum: 200 45150"
    stop_serve
}

# bats test_tags=needs:gather
@test "answers /gather" {
    start_serve
    client get:/gather recv
    is "$output" "me: 200 baz bar bar"
    stop_serve
}

# bats test_tags=needs:timer
@test "crowds that nap, and that gather" {
    start_serve
    client crowd:100:/nap
    is "$output" "100 times: 200 rested"
    if has gather; then
        client crowd:100:/gather
        is "$output" "100 times: 200 baz bar bar"
    fi
    stop_serve
}

# bats test_tags=needs:sum
@test "more sums at once than threads" {
    start_serve
    client crowd:10:/sum
    is "$output" "10 times: 200 45150"
    stop_serve
}

# bats test_tags=needs:gather
@test "32 descriptors are enough for a hundred clients with three calls each" {
    start_api 'send:HTTP/1.1 200 OK\r\n\r\nbar' close
    descriptors=32 start_serve --api "127.0.0.1:$api_port"
    client crowd:100:/gather
    is "$output" "100 times: 200 bar bar bar"
    stop_serve
}

# bats test_tags=needs:deadline
@test "504 when the API is silent, and its socket is closed; others are answered meanwhile" {
    local third=/gather
    has gather || third=/two
    start_api call end
    start_serve --api "127.0.0.1:$api_port" --deadline 200
    client @a get:/one @b get:/two @c get:$third @d get:/hello recv @a recv @b recv @c recv
    is "$output" "d: 200 hello
a: 504 Gateway Timeout
b: 504 Gateway Timeout
c: 504 Gateway Timeout"
    for word in call end; do
        read -r -t 20 line <&6
        is "$line" $word
    done
    stop_serve
}

# bats test_tags=needs:deadline
@test "504 when the API never ends its answer" {
    start_api 'send:HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbar' hold
    start_serve --api "127.0.0.1:$api_port" --deadline 200
    client get:/one recv
    is "$output" "me: 504 Gateway Timeout"
    stop_serve
}

# bats test_tags=needs:deadline
@test "refuses a deadline that is none" {
    for deadline in -1 1e3 '' x; do
        run limited "$program" serve --port 0 --deadline "$deadline"
        is "$status" 2
        is "$output" "step$STEP: --deadline '$deadline'; possible: a number"
    done
    run limited "$program" serve --port 0 --deadline
    is "$status" 2
}

# The requests before the last are read before it, so when the API is called for that one, the
# others wait for their timer and their thread.
# bats test_tags=needs:sum
@test "finishes calls, naps and sums, and then ends" {
    start_api call wait 'send:HTTP/1.1 200 OK\r\n\r\nbar' close
    start_serve --api "127.0.0.1:$api_port"
    "$peer" limit 30 "$peer" client "$port" @nap get:/nap @sum get:/sum @one get:/one \
        recv @nap recv @sum recv >"$BATS_TEST_TMPDIR/answers" 3>&- &
    local waiting=$!
    read -r -t 20 _ <&6
    kill -TERM "$pid"
    echo >&5
    wait "$pid"
    wait $waiting
    is "$(<"$BATS_TEST_TMPDIR/answers")" "one: 200 bar
nap: 200 rested
sum: 200 45150"
    everybody_has_gone
}

# bats test_tags=needs:sum,signals
@test "ends at the second signal, whatever it waits for" {
    start_api call hold
    start_serve --api "127.0.0.1:$api_port"
    "$peer" limit 30 "$peer" client "$port" @nap get:/nap @sum get:/sum @one get:/one recv \
        >/dev/null 3>&- &
    read -r -t 20 _ <&6
    kill -TERM "$pid"
    kill -INT "$pid"
    status=0
    wait "$pid" || status=$?
    [ "$status" = 130 ] || [ "$status" = 143 ] # not by the limit's SIGALRM
    everybody_has_gone
}

# bats test_tags=needs:sum
@test "survives a reset in the middle of /nap, /sum and /gather" {
    survives @bad get:/nap reset
    survives @bad get:/sum reset
    if has gather; then survives @bad get:/gather reset; fi
}

# The API is called for the last of the three, so the first two are on their way; and it answers
# when all three clients have gone.
# bats test_tags=needs:future
@test "works on for clients that have reset" {
    start_api call wait 'send:HTTP/1.1 200 OK\r\n\r\nbar' close
    start_serve --api "127.0.0.1:$api_port" --trace "$BATS_TEST_TMPDIR/trace.json"
    limited "$peer" client "$port" @nap get:/nap @sum get:/sum @gather get:/gather \
        wait reset @nap reset @sum reset <&6
    client get:/hello recv
    is "$output" "me: 200 hello"
    printf '\n\n\n' >&5
    stop_serve
    grep -q '"name": "#3 has an answer for nobody' "$BATS_TEST_TMPDIR/trace.json"
}

# bats test_tags=needs:timer
@test "does not spin while it waits for timers" {
    start_serve
    client crowd:100:/nap
    stop_serve
    times >"$BATS_TEST_TMPDIR/times"
    read -r user system < <(sed -n 2p "$BATS_TEST_TMPDIR/times")
    echo "user $user, system $system"
    [[ $user == 0m0.[0-3]* && $system == 0m0.[0-3]* ]]
}
