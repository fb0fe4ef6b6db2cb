# check.bash: what the tests of check.bats are made of.

top=$BATS_TEST_DIRNAME/..
source "$top/tests/modules.bash"
tmp=$BATS_TEST_TMPDIR
patience=60 # seconds; only what hangs needs them all

# No compiler may have anything to say, even if it is asked for so much.
strict=(-Wall -Wextra -Wpedantic -Wshadow -Wimplicit-fallthrough -Werror)

export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1
export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=atexit_sleep_ms=0 # else each exit waits a second for threads still at work

# Where the kernel shuffles addresses more widely than an older sanitizer knows of, that one ends at
# once. So the kernel is asked not to, if there is a way.
run_sanitized=()
! setarch -R true 2>/dev/null || run_sanitized=(setarch -R)

setup() {
    cd "$top" || return 1
    step=$(echo step0"${STEP:-}"_*)
    program=$tmp/step${STEP:-}
}

# --- tools

# A tool is missing, so that something is NOT checked: says so as loudly as a test can.
lacking() {
    echo "$1"
    [ -z "${CI:-}" ] || return 1
    echo "$1" >>"${SKIPPED:-/dev/null}"
    skip "$1"
}

need() { # TOOL WHAT
    command -v "$1" >/dev/null || lacking "$1 is not installed: $2 NOT checked"
}

# A compiler may be there without the libraries that its sanitizers need.
need_sanitizer() { # COMPILER KIND [PROGRAM]
    local program=${3:-'int main(void) { return 0; }'}
    need "$1" "what its sanitizers would find is"
    echo "$program" >"$tmp/empty.c"
    "$1" "-fsanitize=$2" "$tmp/empty.c" -o "$tmp/empty" ||
        lacking "$1 -fsanitize=$2 does not link here: what it would find is NOT checked"
}

complain() {
    echo "$*"
    return 1
}

# --- files

# The files of the project whose names match an extended regular expression, new ones included.
files() {
    if [ -e .git ]; then
        git ls-files --cached --others --exclude-standard
    else
        find . -type f ! -path './build/*' ! -path './node_modules/*' ! -path './step?' | cut -c 3-
    fi >"$tmp/files"
    while read -r file; do
        if [ -f "$file" ]; then echo "$file"; fi
    done <"$tmp/files" | sort -u | grep -E "$1"
}

# What bash or sh runs, and bats does not.
scripts() {
    files . | grep -vE '\.(bats|bash)$' | while read -r file; do
        if head -n 1 "$file" | grep -aqE '^#!.*[/ ](ba)?sh( |$)'; then echo "$file"; fi
    done
}

# --- several things at the same time

started=() # the processes; what each one prints goes into a file named after it

also() { # COMMAND...
    {
        started=() # what COMMAND itself starts is its own to wait for
        "$@"
    } >"$tmp/also.$BASHPID" 2>&1 &
    started+=($!)
}

# Waits for all that "also" has started. Fails if any did, and shows what that one has printed.
all_well() {
    local pid bad=0
    for pid in "${started[@]}"; do
        wait "$pid" || {
            bad=1
            cat "$tmp/also.$pid"
        }
    done
    started=()
    return $bad
}

# --- builds

build() { # OUT COMPILER [FLAG...]
    local out=$1
    shift
    "$@" "$step"/*.c "$step"/*/*.c -pthread -o "$out" ||
        complain "this has failed: $* $step/*.c $step/*/*.c"
}

# Whether the step has all that the test FILE includes.
includes_what_there_is() { # FILE
    local header
    while read -r header; do
        compgen -G "$step/$header" >/dev/null || compgen -G "$step/*/$header" >/dev/null || return
    done < <(sed -n 's/^#include "\(.*\)"/\1/p' "$1")
}

builds_without_warning() { # COMPILER
    local std level unit quoting by_state=()
    set_quoting "$step"
    [ "$STEP" != 1 ] || by_state=(-DBY_STATE) # its loop has no callbacks
    need "$1" "what $1 would warn of is"
    for std in c11 gnu17; do
        for level in -O0 -O2; do
            also build "$tmp/$std$level" "$1" "-std=$std" "$level" "${strict[@]}"
        done
    done
    for unit in tests/unit/*.c; do
        if includes_what_there_is "$unit"; then
            also "$1" -O2 "${strict[@]}" "${by_state[@]}" "${quoting[@]}" -c "$unit" -o /dev/null
        fi
    done
    all_well
}

# What belongs to no step.
compiles_tests() { # COMPILER
    local file quoting
    need "$1" "what $1 would warn of is"
    set_quoting step07_io
    # (What takes the place of libc's functions cannot be pedantic about their types.)
    "$1" -O2 "${strict[@]}" -Wno-pedantic -c tests/torture/fail.c -o /dev/null
    files '^tests/.*\.c$' | grep -vE '^tests/(unit|torture)/' >"$tmp/list"
    while read -r file; do
        also "$1" -O2 "${strict[@]}" "${quoting[@]}" -c "$file" -o /dev/null
    done <"$tmp/list"
    all_well
}

# --- runs

# Runs COMMAND, which has to end with status 0 and to leave its stderr empty: that is where
# sanitizers report. NAME is for the files with what it says.
ends_well() { # NAME COMMAND...
    local out=$tmp/$1 status=0
    shift
    timeout "$patience" "$@" </dev/null >"$out.stdout" 2>"$out.stderr" || status=$?
    [ $status = 0 ] && [ ! -s "$out.stderr" ] && return
    head -n 50 "$out.stderr"
    complain "exit status $status: $*"
}

# The lesson, each demo alone, and "serve", all at the same time. COMMAND ends with the program.
everything_ends_well() { # COMMAND...
    local demo demos
    ends_well help "$@" --help
    also ends_well lesson "$@"
    mapfile -t demos < <(sed -n '/^demos:/,/^$/s/^  \([a-z0-9]*\) .*/\1/p' "$tmp/help.stdout")
    [[ " ${demos[*]}" == *" limit" ]] || complain "--help does not list the demos: ${demos[*]}"
    for demo in "${demos[@]}"; do
        also ends_well "$demo" "$@" --trace "$tmp/$demo.json" "$demo"
    done
    also serves "$@"
    all_well
}

# --- exercises

# Each of the step's three: what it asks for is not there; with the solution it is, and the solution
# compiles without a warning and breaks nothing in the lesson; what is plausible and wrong is refused.
exercises_are_sound() {
    local exercise
    need git "whether the solutions of the exercises apply is"
    for exercise in "$STEP".1 "$STEP".2 "$STEP".3; do
        also exercise_is_sound "$exercise"
    done
    all_well
}

exercise_is_sound() { # EXERCISE
    local solved=$tmp/$1 wrong
    mkdir "$solved"
    cp -r "$step" "$solved"
    alone tests/exercise "$1" "$solved/$step" >"$solved/said" &&
        complain "the test of exercise $1 passes before it is done"
    grep -q '^Not yet: ' "$solved/said" || complain "exercise $1: $(<"$solved/said")"
    [ -s "tests/exercises/$1.md" ] || complain "exercise $1 has no hints"
    git -C "$solved" apply "$PWD/tests/exercises/$1.patch" ||
        complain "the solution of exercise $1 does not apply"
    alone tests/exercise "$1" "$solved/$step" || complain "the solution of exercise $1 is refused"
    step=$solved/$step build "$solved/program" gcc -O2 "${strict[@]}"
    ends_well "solved$1" "$solved/program"
    wrong=(tests/exercises/wrong/"$1"-*.patch)
    [ "${#wrong[@]}" -ge 2 ] || complain "exercise $1 has not even two solutions that are wrong"
    for wrong in "${wrong[@]}"; do
        alone tests/try-wrong "$wrong"
    done
}

# (The bats that COMMAND runs must not take itself for a part of this one.)
alone() { # COMMAND...
    env -i PATH="${PATH//"$BATS_LIBEXEC:"/}" HOME="$HOME" "$@"
}

# --- serve

serves() { # COMMAND...
    local model models=("")
    [ "$STEP" != 6 ] || return 0 # it has no "serve"
    [ "$STEP" != 1 ] || models=(blocking threads multiplexed)
    for model in "${models[@]}"; do
        also serves_curl "$model" "$@"
    done
    all_well
}

# Starts the server on a free port, and lets curl visit it. It has to end well, too.
serves_curl() { # MODEL COMMAND...
    local model=$1 out=$tmp/serve$1 server bad=0 one=()
    shift
    [ "$STEP" != 7 ] || one=(--workers 1) # what other processes do is not traced
    mkfifo "$out.stdout"
    "$@" --trace "$out.json" serve --port 0 ${model:+--model "$model"} "${one[@]}" \
        </dev/null >"$out.stdout" 2>"$out.stderr" &
    server=$!
    also curl_visits "$model" "$server" "$out.stdout"
    if all_well; then
        wait "$server" || complain "serve $model ended with status $?" || bad=1
    else
        bad=1
        kill -KILL "$server" || true
        wait "$server" 2>/dev/null || true
    fi
    head -n 50 "$out.stderr"
    [ $bad = 0 ] && [ ! -s "$out.stderr" ]
}

# Asks the server, tells it to end, and waits for the end of its stdout: nobody is left behind then.
curl_visits() { # MODEL SERVER STDOUT
    local line rest
    exec 4<"$3"
    read -r -t "$patience" line <&4 || true
    [[ $line == "listening on http://127.0.0.1:"* ]] || complain "serve $1 says '$line'"
    base=${line#listening on }
    curl_asks "$1"
    kill -TERM "$2"
    rest=$(timeout "$patience" cat <&4) || complain "serve $1, or a child of it, does not end"
    [ -z "$rest" ] || complain "serve $1 says '$rest'"
}

# A dozen requests in a row, and a dozen at the same time.
curl_asks() { # MODEL
    local two='baz 200'
    [ "$STEP$1" != 1multiplexed ] || two='Not Implemented 501'
    answers /hello 'hello 200'
    answers /one 'bar 200'
    answers /two "$two"
    answers /none 'Not Found 404'
    answers '/"\"' 'Not Found 404' # the trace has to escape that
    answers '/one?two' 'bar 200'
    answers /hello 'hello 200' --http1.0
    answers /one 'bar 200' --http1.0
    answers /hello 'Method Not Allowed 405' --data text
    answers /none 'Method Not Allowed 405' --request DELETE
    if [ "$STEP" -ge 5 ]; then
        answers /nap 'rested 200'
        answers /sum '45150 200'
    fi
    for _ in 1 2 3; do
        also answers /hello 'hello 200'
        also answers /one 'bar 200'
        also answers /two "$two"
        also answers /none 'Not Found 404'
    done
    all_well
}

# What curl gets at PATH is the body and the status that the pattern EXPECTED says.
answers() { # PATH EXPECTED [OPTION...]
    local path=$1 expected=$2 got
    shift 2
    got=$(curl --silent --show-error --noproxy '*' --max-time "$patience" \
        --write-out ' %{http_code}' "$@" "$base$path") || true
    # shellcheck disable=SC2053 # it is a pattern
    [[ $got == $expected ]] && return
    complain "$path $*: expected '$expected', got '$got'"
}

# --- what the tools report

copy_project() {
    mkdir "$tmp/project"
    files . | tar -cf - -T - | tar -xf - -C "$tmp/project"
}

# Runs all suites over the copy of the project, where everything is built and run with VARIABLES, by
# COMMAND if there is one. (Exercises are built by the plain compiler, and so they have been tried.)
suites_pass() { # VARIABLE=VALUE... [COMMAND...]
    # The bats in there must not take itself for a part of this one.
    env -i PATH="${PATH//"$BATS_LIBEXEC:"/}" HOME="$HOME" LEAVE_OUT=exercise \
        "$@" make -s -C "$tmp/project" test >"$tmp/list" 2>&1 && return
    grep -v '^ok' "$tmp/list"
    return 1
}

# The same with the sanitizers KIND, but for the tests that have the tag LEFT_OUT.
suites_pass_with() { # KIND [LEFT_OUT]
    need_sanitizer gcc "$1"
    copy_project
    suites_pass LEAVE_OUT="exercise ${2:-}" ASAN_OPTIONS="$ASAN_OPTIONS" UBSAN_OPTIONS="$UBSAN_OPTIONS" \
        TSAN_OPTIONS="$TSAN_OPTIONS" \
        CC="gcc -fno-omit-frame-pointer -fsanitize=$1 -fno-sanitize-recover=all" \
        "${run_sanitized[@]}"
}

everything_ends_well_with() { # COMPILER KIND
    need_sanitizer "$1" "$2"
    need curl "how serve behaves under sanitizers is"
    build "$program" "$1" -g -O1 -fno-omit-frame-pointer "-fsanitize=$2" -fno-sanitize-recover=all
    everything_ends_well "${run_sanitized[@]}" "$program"
}

# "Possibly lost" is not counted: that is the memory of threads at work when their process ends.
everything_ends_well_under_valgrind() {
    local bad=0
    need valgrind "what memcheck would find is"
    need curl "how serve behaves under valgrind is"
    build "$program" gcc -g -O1
    mkdir "$tmp/valgrind"
    # A file for each process, named after the one that was started and after itself.
    # shellcheck disable=SC2016
    also everything_ends_well bash -c 'exec valgrind --quiet --error-exitcode=99 --track-fds=yes \
        --leak-check=full --show-leak-kinds=definite,indirect \
        --errors-for-leak-kinds=definite,indirect --log-file="$0/$$-%p" "$@"' \
        "$tmp/valgrind" "$program"
    all_well || bad=1
    valgrind_is_content "$tmp"/valgrind/* || bad=1
    return $bad
}

# Prints what is in valgrind's files, but for the descriptors that may be open at the end: inherited
# ones, and all those of the outside world, which is ended while it is at work.
valgrind_is_content() { # FILE...
    local file name bad=0
    for file in "$@"; do
        name=${file##*/}
        sed -E '/FILE DESCRIPTORS:/d; s/^==[0-9]+== ?//' "$file" |
            awk -v RS= -v started="$((${name%-*} == ${name#*-}))" '
                /^Open / && (!started || /<inherited from parent>/) { next }
                { print $0 "\n"; bad = 1 }
                END { exit bad }' || bad=1
    done
    return $bad
}

# Each C file by itself: the analyzers look at one at a time anyway.
analyze_each() { # COMMAND..., in which {} is the file
    local file
    for file in "$step"/*.c "$step"/*/*.c; do
        also "${@//\{\}/$file}"
    done
    all_well
}

# Fails unless FILES are traces that a viewer can make sense of.
traces_are_sound() { # FILE...
    python3 - "$@" <<'PYTHON'
import json
import sys


def check(events):
    spans = {}  # the names of those that are open in each lane
    named = {"process_name": set(), "thread_name": set()}
    last = 0
    for event in events:
        kind, lane = event["ph"], (event["pid"], event.get("tid"))
        if kind == "M":
            named[event["name"]].add(event["pid"] if event["name"] == "process_name" else lane)
            assert event["args"]["name"], "a name is empty"
            continue
        assert event["ts"] >= last, "time goes back"
        last = event["ts"]
        stack = spans.setdefault(lane, [])
        if kind == "B":
            stack.append(event["name"])
        elif kind == "E":
            assert stack, "a span ends that has not begun"
            assert stack.pop() == event["name"], "the spans do not nest"
        else:
            assert kind == "i" and event["name"], f"what kind of event is {kind}?"
    for lane, stack in spans.items():
        assert not stack, f"a span of lane {lane} does not end"
        assert lane in named["thread_name"], f"lane {lane} has no name"
        assert lane[0] in named["process_name"], f"process {lane[0]} has no name"
    return len(spans)


lanes = 0
for file in sys.argv[1:]:
    try:
        with open(file, encoding="ascii") as stream:
            trace = json.load(stream)
        lanes += check(trace["traceEvents"] if isinstance(trace, dict) else trace)
    except (AssertionError, KeyError, ValueError) as error:
        sys.exit(f"{file}: {type(error).__name__} {error}")
if lanes == 0:
    sys.exit("no trace has a lane")
PYTHON
}
