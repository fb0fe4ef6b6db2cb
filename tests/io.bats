#!/usr/bin/env bats
# What the servers of step 7 can do besides: keep a connection, echo, send the slow away, lose a
# worker; and its commands, which talk to a server elsewhere.

load common

# Starts a client that does WORDS beside us. Sets beside; its output goes into the file beside.
start_client() {
    "$peer" limit 30 "$peer" client "$port" "$@" >"$BATS_TEST_TMPDIR/beside" 3>&- &
    beside=$!
}

# Waits for it, and fails unless it has printed EXPECTED.
client_says() {
    wait "$beside"
    is "$(<"$BATS_TEST_TMPDIR/beside")" "$1"
}

# The children of the server: its workers, and its API unless it is told of another one.
children() {
    if [ -e "/proc/$$/stat" ]; then
        cat /proc/[0-9]*/stat 2>/dev/null | sed 's/(.*)//' | awk -v of="$pid" '$3 == of { print $1 }'
    else
        ps -A -o pid=,ppid= | awk -v of="$pid" '$2 == of { print $1 }'
    fi
}

# Waits until there are two of them, and none is KILLED. Sets workers.
two_workers() { # [KILLED]
    SECONDS=0
    until mapfile -t workers < <(children) && [ "${#workers[@]}" = 2 ] &&
        [[ " ${workers[*]} " != *" ${1:-none} "* ]]; do
        [ "$SECONDS" -lt 15 ] || return
        sleep 0.05
    done
}

# The memory of the server and of its workers, in KB.
memory() {
    local process sum=0
    for process in "$pid" $(children); do
        sum=$((sum + $(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$process/status")))
    done
    echo "$sum"
}

# --- one connection, many requests

@test "many requests over one connection" {
    start_serve
    client @a get:/hello keep get:/one keep @b get:/two @a get:/none keep @b keep get:/nap keep \
        get:/sum keep @a get:/hello keep
    is "$output" "a: 200 hello
a: 200 bar
a: 404 Not Found
b: 200 baz
b: 200 rested
b: 200 45150
a: 200 hello"
    stop_serve
}

@test "requests that are sent together are answered in their order" {
    start_serve
    local get='HTTP/1.1\r\nHost: x\r\n\r\n' words
    client "send:GET /one ${get}GET /hello ${get}GET /two $get" keep keep keep get:/hello keep
    is "$output" "me: 200 bar
me: 200 hello
me: 200 baz
me: 200 hello"
    client "drip:GET /hello $get\r\nGET /none $get" keep keep
    is "$output" "me: 200 hello
me: 404 Not Found"
    local many # more than fits into a buffer of 8 KiB (a loop would take bats a second)
    many=$(yes "GET /hello $get" | head -n 1000 | tr -d '\n')
    mapfile -t words < <(yes keep | head -n 1000)
    client "send:$many" "${words[@]}" get:/one keep
    is "$(sort <<<"$output" | uniq -c | tr -s ' ')" " 1 me: 200 bar
 1000 me: 200 hello"
    stop_serve
}

@test "a body is passed over, and the next request is answered" {
    start_serve
    local post='POST /one HTTP/1.1\r\nContent-Length:'
    client "send:$post 5\r\n\r\nhello" keep get:/hello keep \
        "send:$post 60000\r\n\r\n" fill:60000 keep get:/hello keep \
        "drip:$post 3\r\n\r\nGETGET /one HTTP/1.1\r\n\r\n" keep keep \
        'send:GET /hello HTTP/1.1\r\nContent-Length: 2\r\n\r\nxxGET /none HTTP/1.1\r\n\r\n' keep keep
    is "$output" "me: 405 Method Not Allowed
me: 200 hello
me: 405 Method Not Allowed
me: 200 hello
me: 405 Method Not Allowed
me: 200 bar
me: 200 hello
me: 404 Not Found"
    stop_serve
}

@test "400, and no more, if nobody knows where the next request would begin" {
    start_serve
    local length
    for length in 'Content-Length: x' 'Content-Length: -1' 'Content-Length: 3x' 'Content-Length:' \
        'Content-Length: 99999999999999999999' 'Transfer-Encoding: chunked'; do
        client "send:GET /hello HTTP/1.1\r\n$length\r\n\r\nGET /one HTTP/1.1\r\n\r\n" keep end
        is "$output" "me: 400 Bad Request
me: end"
    done
    client 'send:garbage\r\n\r\nGET /one HTTP/1.1\r\n\r\n' keep end
    is "$output" "me: 400 Bad Request
me: end"
    stop_serve
}

@test "HTTP/1.0, and Connection: close, end the connection; keep-alive keeps it" {
    start_serve
    client 'send:GET /hello HTTP/1.0\r\n\r\nGET /one HTTP/1.0\r\n\r\n' keep end
    is "$output" "me: 200 hello
me: end"
    client 'send:GET /hello HTTP/1.1\r\nConnection: close\r\n\r\nGET /one HTTP/1.1\r\n\r\n' keep end
    is "$output" "me: 200 hello
me: end"
    client 'send:GET /hello HTTP/1.0\r\nconnection:Keep-Alive\r\n\r\n' keep \
        'send:GET /one HTTP/1.1\r\n\r\n' keep shut end
    is "$output" "me: 200 hello
me: 200 bar
me: end"
    stop_serve
}

@test "a client that sends no more gets all the answers that it has asked for" {
    start_serve
    local get='HTTP/1.1\r\n\r\n'
    client "send:GET /one ${get}GET /nap ${get}GET /hello $get" shut keep keep keep end
    is "$output" "me: 200 bar
me: 200 rested
me: 200 hello
me: end"
    stop_serve
}

# The API is asked for /foo when the client resets, and would be waited for much longer.
@test "the API is hung up on when the client resets" {
    start_api call end
    start_serve --api "127.0.0.1:$api_port" --deadline 60000
    limited "$peer" client "$port" get:/two wait reset <&6
    read -r -t 10 line <&6
    is "$line" end
    client get:/hello recv
    is "$output" "me: 200 hello"
    stop_serve
}

@test "a storm of resets" {
    start_serve
    start_client storm:2000
    client crowd:50:/one
    is "$output" "50 times: 200 bar"
    client_says ""
    client get:/two recv
    is "$output" "me: 200 baz"
    stop_serve
}

@test "it ends although clients come at that moment" {
    local i
    for i in 1 2 3 4 5; do
        start_serve
        start_client storm:5000
        sleep "0.0$i"
        kill -TERM "$pid"
        SECONDS=0
        wait "$pid"
        everybody_has_gone
        [ "$SECONDS" -lt 5 ]
        kill "$beside" 2>/dev/null || true # there is nobody to connect to
        wait "$beside" || true
    done
}

# --- the slow

@test "who sends a byte now and then is sent away at the deadline, and others do not notice" {
    local most n=1000
    most=$(ulimit -Hn)
    [ "$most" = unlimited ] || [ "$most" -ge 2000 ] || n=300 # or there is no room for all of them
    start_serve --idle 500
    start_client "slow:$n"
    for _ in 1 2 3; do
        client crowd:50:/one
        is "$output" "50 times: 200 bar"
    done
    wait "$beside"
    line=$(<"$BATS_TEST_TMPDIR/beside")
    echo "$line"
    [[ $line =~ ^"$n lived "([0-9]+)' to '([0-9]+)' ms'$ ]]
    [ "${BASH_REMATCH[1]}" -ge 490 ] # the clocks are read in whole ms
    [ "${BASH_REMATCH[2]}" -lt 10000 ]
    stop_serve
}

@test "who says nothing is sent away at the deadline, before a request and between two" {
    start_serve --idle 200
    client @a end @b get:/hello keep end
    is "$output" "a: end
b: 200 hello
b: end"
    stop_serve
    start_serve echo --idle 200
    client @a end @b echo:100 end
    is "$output" "a: end
b: 100 echoed
b: end"
    stop_serve
}

@test "refuses an idle time, workers and pollers that are none" {
    local words option poller
    for option in --idle --workers; do
        run limited "$program" serve --port 0 $option x
        is "$status: $output" "2: step7: $option 'x'; possible: a number"
    done
    for poller in kqueue 'epoll|poll' 'poll|'; do
        run limited "$program" serve --port 0 --poller "$poller"
        is "$status" 2
        [[ $output == "step7: --poller '$poller'; possible: "*poll ]]
    done
}

# --- echo

@test "echoes each byte" {
    start_serve echo
    client @a echo:1 @b echo:64 @a echo:100000 @b echo:20000000 @a shut end
    is "$output" "a: 1 echoed
b: 64 echoed
a: 100000 echoed
b: 20000000 echoed
a: end"
    stop_serve
}

@test "echoes to a client that sends no more" {
    start_serve echo
    client sent:50000 shut back:50000 end
    is "$output" "me: 50000 echoed
me: end"
    stop_serve
}

@test "a client that never reads its echo costs no memory, and others do not notice" {
    [ -e "/proc/$$/status" ] || skip "this system does not tell how much memory a process has"
    start_serve echo
    client echo:1000000
    is "$output" "me: 1000000 echoed"
    before=$(memory)
    start_client sent:100000000
    sleep 0.5
    client echo:1000000
    is "$output" "me: 1000000 echoed"
    after=$(memory)
    echo "$before KB before, $after KB after"
    [ "$after" -lt $((before + 2000)) ]
    kill "$beside"
    wait "$beside" || true
    stop_serve
}

@test "a client that is stopped for a while gets all of its echo" {
    start_serve echo
    "$peer" client "$port" echo:30000000 >"$BATS_TEST_TMPDIR/beside" 3>&- &
    beside=$!
    client echo:1000
    kill -STOP "$beside"
    client echo:1000000
    is "$output" "me: 1000000 echoed"
    kill -CONT "$beside"
    client_says "me: 30000000 echoed"
    stop_serve
}

@test "an echo ends when its client resets, and others do not notice" {
    start_serve echo
    client @a sent:10 reset @b echo:1000 @c sent:3000000 reset @b echo:1000
    is "$output" "b: 1000 echoed
b: 1000 echoed"
    stop_serve
}

# bats test_tags=measures
@test "memory is flat after thousands of clients" {
    ! grep -qE '__(asan|tsan)_init' "$program" || skip "a sanitizer holds memory back"
    [ -e "/proc/$$/status" ] || skip "this system does not tell how much memory a process has"
    start_serve
    client storm:1000 crowd:100:/one
    before=$(memory)
    client storm:4000 crowd:100:/one crowd:100:/nap
    after=$(memory)
    echo "$before KB before, $after KB after"
    [ "$after" -lt $((before + 1000)) ]
    stop_serve
}

# --- workers

# While a worker is stopped, it accepts nobody, and so we know that the other one does.
@test "a worker that is killed is replaced, and the others' clients do not notice" {
    start_api 'send:HTTP/1.1 200 OK\r\n\r\nbar' close
    SERVE_OPTIONS+=" --workers 2" start_serve --api "127.0.0.1:$api_port"
    two_workers
    local killed=${workers[0]} other=${workers[1]}
    kill -STOP "$killed"
    start_client @a get:/nap @b get:/nap @c get:/one @a recv @b recv @c recv
    client get:/hello recv # so all are let in
    is "$output" "me: 200 hello"
    kill -KILL "$killed"
    client_says "a: 200 rested
b: 200 rested
c: 200 bar"
    two_workers "$killed"
    kill -STOP "$other"
    client get:/one recv # by the new one
    is "$output" "me: 200 bar"
    kill -CONT "$other"
    stop_serve
}

@test "workers are killed under load" {
    start_api 'send:HTTP/1.1 200 OK\r\n\r\nbar' close
    SERVE_OPTIONS+=" --workers 2" start_serve --api "127.0.0.1:$api_port"
    local i
    for i in 1 2 3 4 5; do
        start_client crowd:200:/nap
        two_workers
        sleep 0.1
        kill -KILL "${workers[i % 2]}"
        wait "$beside"
        # Its clients are lost, and nobody else's: each other answer is right.
        refute grep -vE ' times: (200 rested|reset|nothing)$' "$BATS_TEST_TMPDIR/beside"
        client crowd:20:/one
        is "$output" "20 times: 200 bar"
    done
    stop_serve
}

@test "workers finish what they answer, however many" {
    SERVE_OPTIONS+=" --workers 4" start_serve
    start_client crowd:100:/nap
    client get:/hello recv
    is "$output" "me: 200 hello"
    sleep 0.1
    kill -TERM "$pid"
    wait "$pid"
    everybody_has_gone
    client_says "100 times: 200 rested"
}

@test "workers end when the program is killed, busy or not" {
    start_api call hold
    SERVE_OPTIONS+=" --workers 2" start_serve --api "127.0.0.1:$api_port"
    start_client @a get:/one @b end @a recv
    read -r -t 20 _ <&6
    kill -KILL "$pid"
    wait "$pid" || true
    everybody_has_gone
    wait "$beside" || true
}

# --- the commands

@test "client: sends lines, prints what comes back, ends at the end of its input" {
    start_serve echo
    printf 'one\ntwo\n\nand a NUL: \0.\nno line feed' >"$BATS_TEST_TMPDIR/lines"
    seq 20000 | tr '\n' ' ' >>"$BATS_TEST_TMPDIR/lines" # longer than any buffer
    seq 3000 >>"$BATS_TEST_TMPDIR/lines"
    limited "$program" client 127.0.0.1 "$port" <"$BATS_TEST_TMPDIR/lines" >"$BATS_TEST_TMPDIR/echo"
    cmp "$BATS_TEST_TMPDIR/lines" "$BATS_TEST_TMPDIR/echo"
    limited "$program" client --host 127.0.0.1 --port "$port" </dev/null >"$BATS_TEST_TMPDIR/echo"
    [ ! -s "$BATS_TEST_TMPDIR/echo" ]
    stop_serve
}

@test "client: nobody listens, or hangs up" {
    nobody=$("$peer" unused)
    run limited "$program" client 127.0.0.1 "$nobody"
    is "$status: $output" "1: step7: cannot connect to 127.0.0.1:$nobody: Connection refused"
    start_serve echo --idle 200
    if [ -e /dev/full ]; then
        run bash -c "echo a | '$peer' limit 30 '$program' client 127.0.0.1 $port 2>&1 >/dev/full"
        is "$status: $output" "1: step7: cannot write to stdout: No space left on device"
    fi
    run bash -c "(echo a; sleep 1; echo b) | '$peer' limit 30 '$program' client 127.0.0.1 $port"
    is "$status: $output" "1: a
step7: 127.0.0.1:$port has hung up"
    stop_serve
}

# Checks the relay that does WORDS (see peer.c).
check_relay() {
    start_api "$@"
    run limited "$program" relay 127.0.0.1 "$api_port"
}

@test "relay: the device registers, and gets the payload" {
    local reply='HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{"TransProxy":1}\r\n'
    local sent='POST /PrivateData HTTP/1.1\r\nContent-Length: 8\r\n\r\nxmdevops\r\n'
    check_relay show "send:$reply" "send:$sent" hold
    is "$status: $output" '0: {"status": 0, "target": 0, "errors": ""}'
    local body='{"TransProxy": {"Body": {"AuthCode": "0000", "SerialNumber": "0000"}, "Header":'
    body+=' {"CSeq": "1", "MessageType": "MSG_TRANSPROXY_REGISTER_REQ", "TerminalType": "Camera",'
    body+=' "Version": "1.0"}}}'
    for expected in "POST /TransProxy HTTP/1.1" "Host: 127.0.0.1" "Port: $api_port" \
        "Connection: keep-alive" "Content-Length: ${#body}" "" "$body"; do
        IFS= read -r -t 20 line <&6
        is "$line" "$expected"$'\r'
    done
}

@test "relay: why it is not passed" {
    nobody=$("$peer" unused)
    run limited "$program" relay 127.0.0.1 "$nobody"
    is "$status: $output" '1: {"status": 1, "target": 1, "errors": "Connection refused"}'
    # The kernel refuses this one at once. (musl has its own words for it.)
    run limited "$program" relay 255.255.255.255 1
    is "$status: ${output/Network unr/Network is unr}" \
        '1: {"status": 1, "target": 1, "errors": "Network is unreachable"}'
    check_relay reset
    is "$status: $output" '1: {"status": 1, "target": 1, "errors": "Connection reset by peer"}'
    check_relay shut hold
    is "$status: $output" '1: {"status": 1, "target": 1, "errors": "the connection was closed"}'
    check_relay 'send:HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}' hold
    is "$status: $output" '1: {"status": 1, "target": 1, "errors": "the device was not registered"}'
    local bad
    for bad in 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n' \
        'HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n' \
        'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n' "$(printf 'x%.0s' {1..9000})"; do
        check_relay "send:$bad" hold
        is "$status" 1
        [[ $output == '{"status": 1, "target": 1, "errors": "'*'"}' ]]
    done
}

@test "relay: nobody answers in time" {
    check_relay hold
    is "$status: $output" '1: {"status": 1, "target": 1, "errors": "timed out"}'
}
