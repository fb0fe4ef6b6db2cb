#!/usr/bin/env bats
# The modules of one step by themselves: tests/unit/X.c is built with the step's own files, and what
# it prints is compared with tests/unit/X.txt.

load common

setup() {
    dir=$(echo "$top"/step0"$STEP"_*)
    # What is scarce is counted in each process.
    [ "$STEP" -lt 7 ] || SERVE_OPTIONS="--workers 1"
}

# Prints the folder of the objects of all that the step has, each where its file is, as they are with
# FLAGS. They are made when they are asked for first.
objects() { # [FLAG...]
    local objects="$BATS_FILE_TMPDIR/objects$*" folder
    if [ ! -e "$objects" ]; then
        for folder in . support demos further; do
            compgen -G "$dir/$folder/*.c" >/dev/null || continue
            mkdir -p "$objects/$folder"
            (cd "$objects/$folder" && ${CC:-cc} -g "$@" -c "$dir/$folder"/*.c) || return
        done
    fi
    echo "$objects"
}

# Builds the test NAME, with further FLAGS, with all that the step has but its main(); TEST is the
# program then. It is built once.
build() { # NAME [FLAG...]
    local objects name=$1 quoting
    shift
    test="$BATS_FILE_TMPDIR/$name$*"
    [ ! -e "$test" ] || return 0
    objects=$(objects "$@")
    set_quoting "$dir"
    mapfile -t files < <(find "$objects" -name '*.o' ! -path "$objects/main.o")
    ${CC:-cc} -g -Wall "$@" "${quoting[@]}" "$top/tests/unit/$name.c" "${files[@]}" -pthread -o "$test"
}

# The same, but of all that the step has only the MODULEs, and with FLAGs for all of it: the test takes
# the place of those who use them.
build_alone() { # NAME "FLAG..." MODULE...
    local name=$1 flags=$2 module quoting files=()
    shift 2
    test="$BATS_FILE_TMPDIR/$name.alone"
    for module in "$@"; do files+=("$dir/$(path_of "$module").c"); done
    set_quoting "$dir"
    # shellcheck disable=SC2086 # they may be several
    ${CC:-cc} -g -Wall $flags "${quoting[@]}" "$top/tests/unit/$name.c" "${files[@]}" -pthread -o "$test"
}

# Runs the test that has been built with WORDS, and compares what it says with the file NAME.
says() {
    local name=$1
    shift
    run limited "$test" "$@"
    diff "$top/tests/unit/$name.txt" - <<<"$output"
}

# Runs the test that has been built with each word before a colon: it must stop with what is behind it.
stops() { # WORD:MESSAGE...
    local how
    for how in "$@"; do
        run limited "$test" "${how%%:*}"
        is "$status: ${lines[-1]}" "1: : ${how#*:}"
    done
}

# The files that are no lesson.

@test "the story: its lines, its timeline, its trace, and who waits for it" {
    build story
    says story
    limited "$test" trace "$BATS_TEST_TMPDIR/trace" >"$BATS_TEST_TMPDIR/told"
    sed -E 's/"ts": [0-9.]+/"ts": N/' "$BATS_TEST_TMPDIR/told" "$BATS_TEST_TMPDIR/trace" |
        diff "$top/tests/unit/story_trace.txt" -
    run limited "$test" lane
    is "$status: ${lines[-1]}" "1: story: story: lane 65 is not from 1 to 64"
    run limited "$test" events
    is "$status: ${lines[-1]}" "1: story: story: more than 1000 events"
    run limited "$test" listener
    is "$status: ${lines[-1]}" "1: story: the outside world has ended: Bad file descriptor"
}

@test "the command line with all that it can have" {
    build cli
    cd "$BATS_TEST_TMPDIR" || return
    mkdir build
    ln -s "$peer" build/peer
    ln -s "$test" cli
    "$top/tests/transcript" "$top/tests/unit/cli.txt" >now
    diff "$top/tests/unit/cli.txt" now
}

# bats test_tags=needs:http
@test "requests and responses that come byte by byte" {
    build http
    says http
}

# bats test_tags=needs:buffer
@test "texts that are read and written in pieces" {
    build buffer
    says buffer
}

# bats test_tags=needs:world
@test "the outside world: its clients and its API" {
    build world
    says world
    run limited "$test" much
    is "$status" 1
    [[ $output == *"world: the outside world has failed" ]]
    run limited "$test" acts
    is "$status: $output" "1: world: world: more than 64 acts"
}

# bats test_tags=needs:blocking
@test "what keeps clients from hurting a server whose threads block: room, patience, and its end" {
    build blocking
    says blocking
}

# The files that are.

# bats test_tags=needs:callbacks
@test "the event loop, changed while it runs" {
    build loop
    says loop $RANDOM
    loop_stops
}

# bats test_tags=needs:loop,not:callbacks
@test "the loop that knows its users, changed while it runs, and each of its states" {
    build_alone loop -DBY_STATE loop story
    says loop_states $RANDOM
    loop_stops
}

# What a loop is not for.
loop_stops() {
    stops "opened_twice:loop: opened twice" \
        "still_registered:loop: closed while somebody waits for a descriptor" \
        "runs_inside:loop: run inside itself" \
        "closes_inside:loop: closed while it runs" \
        "closed_descriptor:loop: descriptor 200 was closed while somebody waits for it"
    for far in far:1073741824 negative:-1; do
        run limited "$test" "${far%:*}"
        is "$status" 1
        [[ $output == ": loop: descriptor ${far#*:} is not from 0 to "* ]]
    done
}

# bats test_tags=needs:soon
@test "what is called soon: in order, on the next turn, or not at all" {
    build soon
    says soon
    stops "twice:soon: a handle waits twice"
}

# bats test_tags=needs:soon
@test "calls of the API: answered later, as many at once as were asked for, ended at any time" {
    build api
    says api
    api_stops
}

# bats test_tags=needs:loop,not:callbacks
@test "calls of the API that know their users: as many at once as were asked for" {
    build_alone api -DBY_STATE api loop story buffer http net
    says api_states
    api_stops
}

api_stops() {
    stops "too_many:api: more calls at once than it was set up for" \
        "under_way:api: closed while a call is under way"
}

# bats test_tags=needs:gen
@test "generators do what CPython's do" {
    build gen
    says gen
}

# bats test_tags=needs:gen
@test "generators where CPython has no equal" {
    build gen
    says gen_own own
}

# bats test_tags=needs:await
@test "generators delegate as CPython's do" {
    build delegate
    says delegate
}

# bats test_tags=needs:await
@test "delegation where CPython has no equal: who is refused, who is dropped and when" {
    build delegate
    says delegate_own own
    for where in first second dropped "dropped second"; do
        stops "$where:generator level: freed while it runs"
    done
}

# bats test_tags=needs:pep380
@test "the demo pep380 says what CPython says" {
    run limited "$program" pep380
    [[ $output == *$'\n\n'"$(<"$top/tests/unit/pep380.txt")"$'\n\n'* ]]
}

# bats test_tags=needs:future
@test "futures, and what fills them: timers, threads and the ready list" {
    build future
    says future $RANDOM
    stops "waits_twice:soon: a handle waits twice" \
        "kept_when_stopped:future: kept by what stops its work" \
        "given_back_too_often:future: given back too often" \
        "freed_while_waited_for:future: freed while somebody waits for it" \
        "job_without_pool:pool: it is not open" \
        "pool_not_open:pool: it is not open" \
        "pool_opened_twice:pool: opened twice" \
        "loop_closed_first:loop: closed while somebody waits for a descriptor"
}

# bats test_tags=needs:wait_for
@test "limits of time: the result or the deadline, whichever is first, and both at once" {
    build wait_for -Dclock_gettime=told_time
    says wait_for
}

# bats test_tags=needs:call
@test "calls that wait for a slot: given up while they wait, and while they have it" {
    build call
    says call
}

# bats test_tags=needs:slot
@test "slots: in order, given up at any time, and at random" {
    build slot
    says slot $RANDOM
    stops "unset:slot: there are none"
}

# bats test_tags=needs:timer
@test "timers that are told the time" {
    build timer -Dclock_gettime=told_time
    says timer $RANDOM
    stops "twice:timer: added twice" "negative:timer: a negative time"
}

# bats test_tags=needs:sched
@test "tasks, the scheduler and its system calls" {
    build sched -Dmalloc=scarce_malloc
    says sched
}

# bats test_tags=needs:io
@test "IO in the scheduler, by each poller" {
    build io
    local poller pollers=(poll)
    [ "$(uname)" != Linux ] || pollers+=(epoll)
    for poller in "${pollers[@]}"; do
        says io "$poller"
        run limited "$test" "$poller" closed
        is "$status: $output" "0: a number that is not open
  a read:x:50: raises Bad file descriptor
  a write:x:50: raises Bad file descriptor
  a own:x: raises Bad file descriptor
  a is dropped
  all ended: yes"
        run limited "$test" "$poller" kills_io
        is "$status: $output" "0: the io task is killed
  b pause: none
  b kill:1: none
  b is dropped
deadlock: task 2 waits for IO, and the io task has ended
  a is dropped
  all ended: no"
    done
}

# bats test_tags=needs:web
@test "requests and messages that come byte by byte" {
    build web
    says web
}

# bats test_tags=needs:sched
@test "a hundred thousand system calls at random, and a model that does the same" {
    build random
    says random $RANDOM
}

# bats test_tags=needs:sched
@test "a system call that is wrong stops the program by the task's number" {
    build sched -Dmalloc=scarce_malloc
    for wrong in "twice:is ready twice" "nothing:is nowhere after its system call" \
        "waits_and_runs:is ready while it waits" "runs_and_waits:waits and does not run" \
        "wakes:is woken and does not wait"; do
        run limited "$test" "${wrong%%:*}"
        is "$status: $output" "1: ${wrong%%:*}
  a begins
: scheduler: task 1 ${wrong#*:}"
    done
}

# bats test_tags=needs:gen
@test "a generator that is wrong stops the program by its name" {
    build misuse
    stops "never_closes:generator never_closes: yielded while it was closed" \
        "has_no_return:generator has_no_return: came to its end without RETURN (at GOT)"
    for how in frees_itself frees_in_cleanup frees_in_drop yields_its_end sends_itself; do
        stops "$how:generator $how: freed while it runs"
    done
}

# bats test_tags=needs:gen
@test "the compiler warns of a yield in an inner switch, and of a resume point without a yield" {
    cat >"$BATS_TEST_TMPDIR/wrong.c" <<'EOF'
#include "gen.h"
struct frame { struct gen gen; struct value got; };
struct value wrong(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;

    BEGIN(GOT, NEVER_YIELDED)
    switch (f->got.tag) {
    case NONE:
        YIELD(GOT, f->got, none());
        break;
    default:
        break;
    }
    RETURN(none());
    END
}
EOF
    run ${CC:-cc} -std=c11 -Wall -c -iquote "$dir" "$BATS_TEST_TMPDIR/wrong.c" -o "$BATS_TEST_TMPDIR/wrong.o"
    [[ $output == *GOT* && $output == *NEVER_YIELDED* ]]
}

# What each of them makes is lost, and so is what it should have waited for.
# bats test_tags=needs:driver
@test "the compiler warns where what has been made is ignored" {
    local -A calls=(
        [gen_new]='gen_new(sizeof(struct gen), "", NULL, NULL)'
        [generator]='generator(NULL)'
        [request]='request(1, "/foo")'
        [gen_delegate]='gen_delegate(NULL, none())'
        [future_new]='future_new(sizeof(struct future), NULL)'
        [future_share]='future_share(none())'
        [wait_for]='wait_for(none(), 1)'
        [sleep_for]='sleep_for(1)'
        [run_in_thread]='run_in_thread(NULL, NULL)'
        [call_api]='call_api(1, "/foo")'
    )
    local makers name n=0 wrong="$BATS_TEST_TMPDIR/wrong.c"
    makers=$(sed -En 's/^MUST_USE [^(]*[ *](\w+)\(.*/\1/p' "$dir"/*.h)
    [[ " ${makers//$'\n'/ } " == *" gen_new "* ]]
    (cd "$dir" && grep -l ^MUST_USE ./*.h) | sed 's/.*/#include "&"/' >"$wrong"
    echo 'void ignores(void); void ignores(void) {' >>"$wrong"
    for name in $makers; do
        echo "${calls[$name]:?} /* $name */;" >>"$wrong"
    done
    echo '}' >>"$wrong"
    run ${CC:-cc} -std=c11 -c -iquote "$dir" -iquote "$dir/support" "$wrong" -o "${wrong%.c}.o"
    while IFS=: read -r n _; do
        [[ $output == *"wrong.c:$n:"*"warn"* ]] || {
            echo "no warning about $(sed -n "${n}p" "$wrong")"
            return 1
        }
    done < <(grep -n '/\*' "$wrong")
    is "$(grep -c 'wrong.c:[0-9:]* warning' <<<"$output")" "$(wc -w <<<"$makers")"
}

# bats test_tags=needs:callstack
@test "a chain of generators: results, errors, and its end at any time" {
    build callstack
    says callstack
    stops "two_stacks:generator calls: it is on a call stack already" \
        "twice:generator calls: it is on a call stack already" \
        "frees_caller:generator calls: freed while it runs" \
        "ends_its_stack:generator ends_its_stack: freed while it runs"
}

# bats test_tags=needs:ready
@test "the ready list: in order, one list for each turn" {
    build ready
    says ready
    stops "twice:ready: #7 is on the list twice"
}

# bats test_tags=needs:deep
@test "a chain of a million calls needs no C stack" {
    run bash -c "ulimit -s 256; '$peer' limit 30 '$program' deep"
    is "$status" 0
    [[ $output == *"it returns 1000000"* ]]
}

# Builds the step so that its modules WHO call scarce_FUNCTION of tests/unit/NAME.c in place of
# FUNCTION. It is the program then.
build_scarce() { # NAME FUNCTION WHO...
    build_with "$1" "-D$2=scarce_$2" "${@:3}"
}

# Builds the step with tests/unit/NAME.c, and its modules WHO with a DEFINITION. It is the program
# then.
build_with() { # NAME DEFINITION WHO...
    local name=$1 definition=$2 who path quoting
    shift 2
    program=$BATS_TEST_TMPDIR/scarce
    rm -rf "$program.objects"
    cp -r "$(objects)" "$program.objects"
    for who in "$@"; do
        path=$(path_of "$who")
        # shellcheck disable=SC2086 # they may be several
        ${CC:-cc} -g $definition -c "$dir/$path.c" -o "$program.objects/$path.o"
    done
    set_quoting "$dir"
    mapfile -t files < <(find "$program.objects" -name '*.o')
    ${CC:-cc} -g "${quoting[@]}" "$top/tests/unit/$name.c" "${files[@]}" -pthread -o "$program"
}

# Two clients of the server, which has been built so that its call number N fails. Sets output.
serve_two() { # N [OPTION...]
    SCARCE=$1 start_serve "${@:2}"
    client @a get:/one recv @b get:/one recv
    stop_serve
}

# bats test_tags=needs:clients
@test "no memory for a client: it alone is disconnected" {
    build_scarce scarce_server malloc clients
    for n in 1 2; do
        serve_two "$n"
        is "$(sed 's/.: //; s/503 .*/reset/' <<<"$output" | sort)" "200 bar
reset"
    done
}

# bats test_tags=needs:clients
@test "no memory for what is read or written: 503 for that request alone" {
    build_scarce scarce_server malloc buffer
    for n in 1 2; do
        serve_two $n
        is "$output" "a: 503 Service Unavailable
b: 200 bar"
    done
    serve_two 3 # an answer goes out without it
    is "$output" "a: 200 bar
b: 200 bar"
}

# bats test_tags=needs:clients
@test "a client that cannot be accepted is accepted later" {
    build_scarce scarce_server accept net
    serve_two 1
    is "$output" "a: 200 bar
b: 200 bar"
}

# bats test_tags=needs:clients
@test "a call that cannot begin: 502 for that request alone" {
    build_scarce scarce_server connect net
    serve_two 1
    is "$output" "a: 502 Bad Gateway
b: 200 bar"
}

# bats test_tags=needs:two_vars
@test "no memory for the variables of /two: 503 for that request alone" {
    build_scarce scarce_server malloc app
    SCARCE=1 start_serve
    client @a get:/two recv @b get:/two recv
    is "$output" "a: 503 Service Unavailable
b: 200 baz"
    stop_serve
}

# bats test_tags=needs:straight
@test "a thread for each client: where there can be none, 503 for that client alone" {
    build_scarce scarce_server pthread_create straight
    serve_two 1 --model threads
    is "$output" "a: 503 Service Unavailable
b: 200 bar"
    build_scarce scarce_server accept net
    serve_two 1 --model threads
    is "$output" "a: 200 bar
b: 200 bar"
}

# bats test_tags=needs:straight
@test "requests that come byte by byte, in straight lines" {
    for model in blocking threads; do
        start_serve --model "$model"
        client @a 'drip:GET /hello HTTP/1.1\r\n\r\n' recv @b 'send:GET /he' shut recv
        is "$output" "a: 200 hello
b: 400 Bad Request"
        stop_serve
    done
}

# bats test_tags=needs:clients
@test "a client that has its answer and does not disconnect keeps no server from its end" {
    start_serve
    exec 7<>"/dev/tcp/127.0.0.1/$port"
    printf 'GET /hello HTTP/1.0\r\n\r\n' >&7
    is "$(limited cat <&7 | tail -n 1)" hello
    stop_serve
    exec 7>&-
}

# bats test_tags=needs:web
@test "handlers that return too much, or forget to await: an answer that is cut, and 500" {
    build_with odd "-Dget_handler=odd_handler" web
    start_serve --workers 1
    client @a get:/long recv @b get:/hasty recv @c get:/hasty recv
    is "$(tr -s x <<<"$output") ${#lines[0]}" "a: 200 x
b: 500 Internal Server Error
c: 500 Internal Server Error 1030"
    stop_serve
}

# Not the clients, and not the API: they block.
# bats test_tags=needs:net
@test "sockets that are ready for a byte now and then: each request is answered all the same" {
    build_with drip "-Dread=drip_read -Dsend=drip_send" net
    start_serve
    client @a get:/hello @b get:/one @c get:/none recv @a recv @b recv @d get:/one recv
    is "$output" "c: 404 Not Found
a: 200 hello
b: 200 bar
d: 200 bar"
    [ "$STEP" = 1 ] || client get:/two recv
    [ "$STEP" = 1 ] || is "$output" "me: 200 baz"
    stop_serve
}

# bats test_tags=needs:gen,needs:app
@test "no memory for a generator: 503 for that request alone" {
    build_scarce scarce gen_new app
    start_serve
    client @a get:/one recv @b get:/one recv @c get:/one recv
    is "$output" "a: 200 bar
b: 503 Service Unavailable
c: 200 bar"
    stop_serve
}

# bats test_tags=needs:io
@test "no memory for a call of the API, or what waits for a thread: 503 for that request alone" {
    build_scarce scarce gen_new api thread
    start_serve
    client @a get:/one recv @b get:/sum recv @c get:/sum recv @d get:/one recv
    is "$output" "a: 503 Service Unavailable
b: 200 45150
c: 200 45150
d: 200 bar"
    stop_serve
}

# bats test_tags=needs:io
@test "no thread: 503 for that request alone, and its connection is kept" {
    build_scarce scarce_io pthread_create thread
    start_serve
    client get:/sum keep get:/one keep get:/sum keep
    is "$output" "me: 503 Service Unavailable
me: 200 bar
me: 200 45150"
    stop_serve
}

# bats test_tags=needs:io
@test "no memory for a timer: who would wait that long is sent away alone" {
    build_scarce scarce_io realloc timer
    start_serve
    client @a get:/one recv @b get:/one recv @c get:/one recv
    is "${output//reset/nothing}" "a: nothing
b: nothing
c: 200 bar"
    stop_serve
}

# bats test_tags=needs:io
@test "no memory for what a client sends: 503 for that request alone" {
    build_scarce scarce_io malloc buffer
    start_serve
    client @a get:/hello recv @b get:/hello keep get:/hello recv
    is "$output" "a: 503 Service Unavailable
b: 200 hello
b: 200 hello"
    stop_serve
}

# bats test_tags=needs:driver
@test "no memory for the driver of a handler: 503 for that request alone" {
    build_scarce scarce_server malloc driver
    serve_two 1
    is "$output" "a: 503 Service Unavailable
b: 200 bar"
}

# bats test_tags=needs:driver,not:future
@test "no memory for an IO: 503 for that request alone" {
    build_scarce scarce_server malloc request
    serve_two 1
    is "$output" "a: 503 Service Unavailable
b: 200 bar"
}

# bats test_tags=needs:wait_for
@test "no memory for a limit of time: 503 for that request alone, and its call is given up" {
    build_scarce scarce_future future_new wait_for
    start_api call end
    start_serve --api "127.0.0.1:$api_port" --deadline 60000
    client @a get:/one @b get:/one @b recv
    is "$output" "b: 503 Service Unavailable"
    read -r -t 20 line <&6
    is "$line" call
    stop_api # which ends the call of a
    stop_serve
}

# bats test_tags=needs:future
@test "no memory for a future: 503 for that request alone" {
    build_scarce scarce_future future_new call sleep pool
    start_serve
    client @a get:/one recv @b get:/one recv @c get:/nap recv @d get:/nap recv \
        @e get:/sum recv @f get:/sum recv @g get:/gather recv @h get:/hello recv
    is "$output" "a: 200 bar
b: 503 Service Unavailable
c: 200 rested
d: 503 Service Unavailable
e: 200 45150
f: 503 Service Unavailable
g: 503 Service Unavailable
h: 200 hello"
    stop_serve
}

# The first of its three calls cannot be made, so the second is for nobody.
# bats test_tags=needs:future
@test "no memory for a future: the API is hung up on by who does not want its answer any more" {
    build_scarce scarce_future future_new call sleep pool
    start_api call end
    start_serve --api "127.0.0.1:$api_port" --deadline 60000
    client @nap get:/nap recv @gather get:/gather recv
    is "$output" "nap: 200 rested
gather: 503 Service Unavailable"
    read -r -t 20 _ <&6
    read -r -t 20 line <&6
    is "$line" end
    stop_serve
}

# bats test_tags=needs:future
@test "no memory for a timer: 503 for that request alone" {
    build_scarce scarce_future realloc timer
    start_serve
    client @a get:/one recv @b get:/nap recv @c get:/one recv @d get:/nap recv
    is "$output" "a: 503 Service Unavailable
b: 503 Service Unavailable
c: 200 bar
d: 200 rested"
    stop_serve
}

# bats test_tags=needs:future
@test "no thread: 503 for that request alone; no thread more: they wait for the one that there is" {
    build_scarce scarce_future pthread_create pool
    start_serve
    client @a get:/sum recv @b get:/one recv @c get:/sum @d get:/sum @c recv @d recv
    is "$output" "a: 503 Service Unavailable
b: 200 bar
c: 200 45150
d: 200 45150"
    stop_serve
}
