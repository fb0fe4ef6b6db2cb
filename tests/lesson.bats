#!/usr/bin/env bats
# One step's lesson, as a student runs it.

load common

mask() {
    sed -E 's/[0-9]+ ms/N ms/g'
}

# What the whole lesson prints, and its trace, are looked at by several tests.
setup_file() {
    cd "$top" || exit 1
    "$peer" limit 60 "$program" --trace "$BATS_FILE_TMPDIR/trace" >"$BATS_FILE_TMPDIR/lesson"
}

setup() {
    cd "$top" || exit 1
    lesson=$BATS_FILE_TMPDIR/lesson
}

# Prints the .c files of the step that no line of the table names. (The demos are those of --help.)
unnamed_files() { # FOLDER
    local file
    for file in "$1"/*.c "$1"/support/*.c "$1"/further/*.c; do
        file=${file#"$1/"}
        [[ $file == main.c || $file == *'*'* || -n ${module_said[$file]:-} ]] || echo "$file"
    done
}

# A test that is left out for lack of a module is left out rightly: "has" fails if it is not.
@test "has the modules that tests/modules says, and no others" {
    local name n=0
    for name in "${!module_known[@]}"; do
        if has "$name"; then n=$((n + 1)); fi
    done
    [ "$n" -gt 0 ]
    is "$(unnamed_files step0"$STEP"_*)" ""
}

@test "says what tests/expected/step$STEP.txt says" {
    tests/transcript "tests/expected/step$STEP.txt" >"$BATS_TEST_TMPDIR/now"
    diff "tests/expected/step$STEP.txt" "$BATS_TEST_TMPDIR/now"
}

# bats test_tags=needs:service
@test "says what it could not find" {
    run limited "$program" serve --port 0 --api no.such.host.invalid:80
    is "$status" 1
    [[ $output == "step$STEP: cannot find the API no.such.host.invalid:80: "* ]]
    run limited "$program" serve --port 0 --host no.such.host.invalid
    is "$status" 1
    [[ $output == "step$STEP: cannot listen on no.such.host.invalid:0: "* ]]
}

@test "helps whoever asks, whatever else was said" {
    local words asked=("limit --help" "--slow 2 --help")
    [ "$STEP" = 6 ] || asked+=("serve --port 80 --help" "--help serve --host ::1")
    for words in "${asked[@]}"; do
        # shellcheck disable=SC2086 # they are several
        run limited "$program" $words
        is "$status: $output" "0: $("$program" --help)"
    done
}

@test "each demo alone says what it says in the lesson" {
    whole=$(mask <"$lesson")
    demos=$("$program" --help | sed -n '/^demos:/,/^$/s/^  \([a-z0-9]*\) .*/\1/p')
    [ -n "$demos" ]
    for demo in $demos; do
        alone=$(limited "$program" "$demo" | mask)
        [ -n "$alone" ]
        [[ $whole == *"$alone"* ]] || { echo "$alone"; false; }
    done
    [ "$demo" = limit ]
}

@test "pauses for Enter after each line of a story, and no more when there is no stdin" {
    limited "$program" limit | mask >"$BATS_TEST_TMPDIR/through"
    printf 'anything\n\n' | limited "$program" --pause limit | mask >"$BATS_TEST_TMPDIR/paused"
    diff "$BATS_TEST_TMPDIR/through" "$BATS_TEST_TMPDIR/paused"
    mkfifo "$BATS_TEST_TMPDIR/stdin"
    "$peer" limit 30 "$program" --pause limit <"$BATS_TEST_TMPDIR/stdin" \
        >"$BATS_TEST_TMPDIR/paused" 3>&- &
    exec 4>"$BATS_TEST_TMPDIR/stdin"
    SECONDS=0
    until [ -s "$BATS_TEST_TMPDIR/paused" ] || [ "$SECONDS" -gt 20 ]; do sleep 0.1; done
    sleep 0.3 # long enough for more to come, if it did
    [ "$(wc -l <"$BATS_TEST_TMPDIR/paused")" -lt "$(wc -l <"$BATS_TEST_TMPDIR/through")" ]
    exec 4>&-
    wait $!
    mask <"$BATS_TEST_TMPDIR/paused" | diff "$BATS_TEST_TMPDIR/through" -
}

# The figure that stands before " ms" behind WORDS in the lesson.
ms_after() {
    tr '\n' ' ' <"$lesson" | sed -nE "s/.*$1 ([0-9]+) ms.*/\1/p"
}

# Whoever holds up the machine meanwhile makes it slower: so it has three tries to be fast enough.
# bats test_tags=measures
@test "takes the time that it should" {
    for _ in 2 3; do
        calls=$(ms_after 'alls of [0-9a-z, ]+ in')
        [ "${calls:-0}" -ge 550 ] || break
        lesson=$BATS_TEST_TMPDIR/lesson
        limited "$program" >"$lesson"
    done
    case $STEP in
        1)
            blocking=$(ms_after 'calls of 300, 200 and 100 ms: blocking')
            threads=$(ms_after ', threads')
            multiplexed=$(ms_after ', multiplexed')
            echo "blocking $blocking, threads $threads, multiplexed $multiplexed"
            [ "$blocking" -ge 600 ]
            [ "$threads" -ge 300 ]
            [ "$threads" -lt $((blocking - 50)) ]
            [ "$multiplexed" -ge 300 ]
            [ "$multiplexed" -lt $((blocking - 50)) ]
            ;;
        [234])
            two=$(ms_after 'Six calls of 100 ms each in')
            echo "two $two"
            [ "$two" -ge 200 ]
            [ "$two" -lt 550 ]
            ;;
        5)
            blocked=$(ms_after 'The last answer at [0-9]+ ms; it was at')
            nap=$(ms_after 'The last answer at')
            sum=$(ms_after 'All three in')
            all=$(ms_after '300 ms, 300 ms and 100 ms in')
            timeout=$(ms_after 'is answered: 504 Gateway Timeout, at')
            gather=$(ms_after 'Calls of 300, 200 and 100 ms in')
            echo "nap $nap, not $blocked, sum $sum, all $all, timeout $timeout, gather $gather"
            [ "$blocked" -ge 400 ]
            [ "$nap" -ge 300 ]
            [ "$sum" -ge 300 ] # and no bound above: who computes depends on how busy we are
            [ "$all" -ge 300 ]
            [ "$timeout" -ge 300 ]
            [ "$gather" -ge 300 ]
            [ "$gather" -lt 550 ]
            ;;
        6)
            silence=$(ms_after 'and nobody was alive for')
            [ "$silence" -ge 300 ]
            ;;
        7)
            calls=$(ms_after 'Calls of 300, 200 and 100 ms in')
            two=$(ms_after 'has made both calls in')
            rested=$(ms_after '200 rested, at')
            timeout=$(ms_after 'is answered: 504 Gateway Timeout, at')
            echo "calls $calls, two $two, rested $rested, timeout $timeout"
            [ "$calls" -ge 300 ]
            [ "$calls" -lt 550 ]
            [ "$two" -ge 200 ]
            [ "$rested" -ge 300 ]
            [ "$timeout" -ge 300 ]
            ;;
    esac
}

# How often a task waits for its client depends on what has come already, so only what must be is
# looked for: the story, and the io task, which waits while nobody is ready.
# bats test_tags=needs:io
@test "--watch draws the queues of step 7 besides" {
    limited "$program" --watch echo >"$BATS_TEST_TMPDIR/watched"
    is "$(grep -vE '^ {7}\|' "$BATS_TEST_TMPDIR/watched")" "$(limited "$program" echo)"
    grep -qE '^ {7}\| runs 1 \| ready \| waiting [2-6 ]+$' "$BATS_TEST_TMPDIR/watched"
    refute grep -nE '.{81}' "$BATS_TEST_TMPDIR/watched"
    limited "$program" --watch relay >"$BATS_TEST_TMPDIR/watched"
    is "$(grep -vE '^ {7}\|' "$BATS_TEST_TMPDIR/watched")" "$(limited "$program" relay)"
    grep -qE '^ {7}\| runs 1 \| ready.* \| waiting 2 for 4 ' "$BATS_TEST_TMPDIR/watched"
}

@test "fits into 80 columns of plain ASCII" {
    refute grep -nE '.{81}' "$lesson"
    refute env LC_ALL=C grep -n '[^ -~]' "$lesson"
}

@test "ends with a message when stdout takes no more" {
    [ -e /dev/full ] || skip "this system has no /dev/full"
    for words in "" --help limit; do
        run bash -c "'$peer' limit 30 '$program' $words 2>&1 >/dev/full"
        is "$status" 1
        is "$output" "step$STEP: cannot write to stdout: No space left on device"
    done
}

@test "ends with a message when stdout is closed" {
    run bash -c "'$peer' limit 30 '$program' 2>&1 >&-"
    is "$status" 1
    is "$output" "step$STEP: stdout is closed"
}

@test "ends with a message when nobody reads its stdout any more" {
    limited "$program" 2>"$BATS_TEST_TMPDIR/stderr" | read -r _
    is "$(<"$BATS_TEST_TMPDIR/stderr")" "step$STEP: cannot write to stdout: Broken pipe"
}

@test "does not mind if stdin or stderr are closed" {
    limited "$program" limit <&- 2>&- >"$BATS_TEST_TMPDIR/out"
    [ -s "$BATS_TEST_TMPDIR/out" ]
}

@test "leaves nobody behind when it is interrupted" {
    mkfifo "$BATS_TEST_TMPDIR/stdout"
    # So slow that it will not have ended when we come to interrupt it: somebody waits for 5 s or more.
    local demo=limit word='asks|I read' line
    ! has io || demo=gateway
    "$peer" limit 30 "$program" --slow 50 "$demo" >"$BATS_TEST_TMPDIR/stdout" 3>&- &
    pid=$!
    exec 4<"$BATS_TEST_TMPDIR/stdout"
    until [[ $line =~ $word ]]; do read -r -t 20 line <&4; done
    SECONDS=0
    kill -TERM "$pid"
    refute wait "$pid"
    limited cat <&4 >/dev/null
    [ "$SECONDS" -lt 5 ]
}

@test "a trace that cannot be written is said" {
    run limited "$program" --trace /no/such/file
    is "$status" 1
    is "$output" "step$STEP: cannot write /no/such/file: No such file or directory"
    [ -e /dev/full ] || skip "this system has no /dev/full"
    run limited "$program" --trace /dev/full limit
    is "$status" 1
    [[ $output == *"step$STEP: cannot write the trace: No space left on device" ]]
}

@test "a trace is not begun for what is refused then" {
    echo "of yesterday" >"$BATS_TEST_TMPDIR/trace"
    run limited "$program" --trace "$BATS_TEST_TMPDIR/trace" nothing
    is "$status" 2
    [[ $output == "step$STEP: unknown demo 'nothing'; possible: "*limit* ]]
    is "$(<"$BATS_TEST_TMPDIR/trace")" "of yesterday"
}

@test "each span of the trace ends, and each event of the story is in it" {
    trace=$BATS_FILE_TMPDIR/trace
    begins=$(grep -c '"ph": "B"' "$trace")
    ends=$(grep -c '"ph": "E"' "$trace")
    # A line of the story has a number; what the tasks of steps 6 and 7 print has none.
    told='^ +[0-9]+  [^ ]'
    if [ "$STEP" -ge 6 ]; then
        told+="|^(I |I'm |Task |create |killed |stop |wait (for )?[0-9]|kill |\.\.\. |outer:|middle:|inner:)"
        told+="|^(foo cleans|Server|Connection|Client|  task [0-9] (ready|running|waits))"
    fi
    told=$(grep -E "$told" "$lesson" | grep -cvE '^ {8}1  2  3')
    is "$ends" "$begins"
    is "$(grep -c '"ph": "i"' "$trace")" "$told"
}
