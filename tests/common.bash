# common.bash: what the suites share. They run from tests/suite, which sets STEP, and for which
# tests/run has built ./stepN and build/peer.

top=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
source "$top/tests/modules.bash"
peer=$top/build/peer
program=$top/step$STEP

# Runs a COMMAND that must not hang: SIGALRM ends it after half a minute.
limited() {
    "$peer" limit 30 "$@"
}

# Starts the step's server with further OPTIONS on a free port, and waits until it listens. Sets pid
# and port. Descriptor 4 is its stdout: it ends when the server and all its children are gone.
start_serve() {
    local fifo=$BATS_TEST_TMPDIR/stdout line
    rm -f "$fifo"
    mkfifo "$fifo"
    (
        [ -z "${descriptors:-}" ] || ulimit -n "$descriptors"
        # shellcheck disable=SC2086 # SERVE_OPTIONS are several words
        exec "$peer" limit 30 "$program" serve --port 0 $SERVE_OPTIONS "$@"
    ) >"$fifo" 3>&- &
    pid=$!
    exec 4<"$fifo"
    read -r -t 20 line <&4
    port=${line##*:}
    [[ $line == "listening on http://"* ]]
}

# Tells the server to stop. It must end by itself, with status 0, and leave nobody behind.
stop_serve() {
    kill -TERM "$pid"
    wait "$pid"
    everybody_has_gone
}

# Waits until nobody has the server's stdout open any more.
everybody_has_gone() {
    local rest
    rest=$(limited cat <&4)
    exec 4<&-
    [ -z "$rest" ]
}

# Starts an API that does WORDS with each call (see peer.c). Sets api_pid and api_port. A line on
# descriptor 5 lets it go on after "wait"; on descriptor 6 it says "call" at that word.
start_api() {
    stop_api
    mkfifo "$BATS_TEST_TMPDIR/go" "$BATS_TEST_TMPDIR/calls"
    exec 5<>"$BATS_TEST_TMPDIR/go" 6<>"$BATS_TEST_TMPDIR/calls"
    "$peer" limit 30 "$peer" api "$@" <&5 >&6 3>&- &
    api_pid=$!
    read -r -t 20 api_port <&6
}

stop_api() {
    [ -z "${api_pid:-}" ] && return
    kill "$api_pid"
    wait "$api_pid" 2>/dev/null || true
    api_pid=
    rm "$BATS_TEST_TMPDIR/go" "$BATS_TEST_TMPDIR/calls"
}

client() {
    run limited "$peer" client "$port" "$@"
}

# Fails with both texts unless they are the same.
is() {
    [ "$1" = "$2" ] && return
    printf 'expected: %s\n     got: %s\n' "$2" "$1"
    return 1
}

# Fails if the COMMAND succeeds. (bats does not see a failure of "! command".)
refute() {
    ! "$@"
}

teardown() {
    stop_api
    jobs -pr | xargs -r kill -KILL # what a test that has failed leaves running
    wait 2>/dev/null || true
}
